"""Everything that the engine can refuse, and how a target system can fail.

::

    Exception
    ├── Refused                 the rules say no; a stable code and a sentence for the person
    │   ├── NotFound            no such request, person, entitlement
    │   ├── NotAllowed          this person may not do this (recorded as a refused attempt)
    │   ├── Conflict            segregation of duties forbids the combination (recorded)
    │   ├── Stale               what the person saw is no longer what would be decided
    │   ├── Undecided           the policy does not say who decides (recorded; an alarm)
    │   └── Invalid             the words do not say something that can be done
    ├── ConnectorError          a target system did not do what was asked
    │   ├── Temporary           try again after `retry_after`
    │   └── Permanent           trying again is useless until somebody changes something
    ├── IllegalMove             a move that is not in a state machine's table: a defect
    └── LostRace                somebody else saved this row first: load again and decide again

A `Refused` is an answer, never a defect: commands turn it into a card, nothing has been changed.
"""

from __future__ import annotations

from datetime import timedelta


class Refused(Exception):
    """The rules say no.

    `code` is stable (`sod.conflict`), for records and tests. `sentence` is for the person: what
    happened, why, and what would be right. It must never hold a secret.
    """

    recorded = False
    """Whether the attempt itself belongs in the audit log (PCI DSS 10.2.1.4)."""

    def __init__(self, code: str, sentence: str) -> None:
        """Keep the code and the sentence."""
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


class NotFound(Refused):
    """There is no such request, person or entitlement."""


class NotAllowed(Refused):
    """Somebody else may do this, or nobody."""

    recorded = True


class Conflict(Refused):
    """Segregation of duties forbids that one person combines these entitlements."""

    recorded = True


class Stale(Refused):
    """What the person saw is no longer what would be decided."""

    recorded = True


class Undecided(Refused):
    """The policy gives no answer, so nothing is asked and nothing is given: somebody must mend it.

    Never the person's fault; whoever lets people in raises an alarm.
    """

    recorded = True


class Invalid(Refused):
    """The words do not say something that can be done."""


class ConnectorError(Exception):
    """A target system did not do what was asked.

    The text is ours, never the target's: a target's own message may quote a secret.
    """


class Temporary(ConnectorError):
    """Trying again may help."""

    def __init__(self, text: str, *, retry_after: timedelta | None = None) -> None:
        """Keep the text and how long the target asks us to wait, if it said so."""
        super().__init__(text)
        self.retry_after = retry_after


class Permanent(ConnectorError):
    """Trying again is useless until somebody changes something."""


class IllegalMove(Exception):
    """A state machine was asked for a move that its table does not list."""

    def __init__(self, machine: str, source: str, target: str) -> None:
        """Name the machine and the two states."""
        super().__init__(f"a {machine} never moves from {source} to {target}")


class LostRace(Exception):
    """The row was saved by somebody else since it was read."""
