"""A closing: somebody looks at a use of break-glass once it is over, and says what came of it.

::

    WAITING ─▶ OPEN ─▶ DONE
       └── nothing was given ──▲

There is one for each break-glass request, from the commit that gives the access on: none can be
forgotten. It has the number of its request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from engine.errors import IllegalMove
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.model.request import Approver


class ClosingState(StrEnum):
    """Where a closing is in its life."""

    WAITING = "waiting"
    """The access may still be there. Moved on with the end of the grant, in the same commit."""

    OPEN = "open"
    """Somebody has to look at it. Whoever is assigned is reminded until somebody does."""

    DONE = "done"
    """It was looked at, or nothing was ever given. Final."""


MOVES: dict[ClosingState, frozenset[ClosingState]] = {
    ClosingState.WAITING: frozenset({ClosingState.OPEN, ClosingState.DONE}),
    ClosingState.OPEN: frozenset({ClosingState.DONE}),
    ClosingState.DONE: frozenset(),
}
"""Every allowed move. A Postgres trigger holds the same table; a test compares the two."""


class ClosingOutcome(StrEnum):
    """What came of looking at it."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not-justified"
    UNUSED = "unused"
    """Nothing was ever given, so there was nothing to look at."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The look at one use of break-glass. `version` counts its saves."""

    id: RequestId
    state: ClosingState
    version: int
    holder: PersonId
    entitlement: EntitlementId
    nudge_at: datetime | None
    """When the clock has to say something next; None once it is done."""

    opened_at: datetime | None = None
    due_at: datetime | None = None
    assigned: tuple[Approver, ...] = ()
    """Who is asked to do it, each with the rule that made them so."""

    closed_at: datetime | None = None
    closed_by: PersonId | None = None
    outcome: ClosingOutcome | None = None
    finding: str = ""
    """What was done, and what follows from it."""

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look at it."""
        return self.state is ClosingState.OPEN

    @property
    def is_done(self) -> bool:
        """Whether nobody has to do anything about it any more."""
        return self.state is ClosingState.DONE

    def is_overdue(self, now: datetime) -> bool:
        """Say whether somebody should have looked at it by now."""
        return self.is_open and self.due_at is not None and now >= self.due_at

    def move(self, to: ClosingState) -> Closing:
        """Take one step. Raises `IllegalMove` for a move that is not in `MOVES`."""
        if to not in MOVES[self.state]:
            raise IllegalMove("closing", self.state, to)
        return replace(self, state=to)
