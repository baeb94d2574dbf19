"""A grant: access held by a holder until `ends_at`; always from a request.

::

        ┌─────────── another window is to come ───┐
        ▼                                         │
    SCHEDULED ─▶ PROVISIONING ─▶ ACTIVE ─▶ DEPROVISIONING ─▶ ENDED
      ▲ │           │ ├────────────────────────▲               ▲
      └─┼── missed ─┘ │                                        │
        └─────────────┴── nothing was given ───────────────────┘

A grant has the number of its request. One that was decided for windows waits for each of them,
SCHEDULED; one that was decided for now begins with PROVISIONING.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from engine.errors import IllegalMove
from engine.model.identifiers import AccountName, EntitlementId, PersonId, RequestId, SystemId
from engine.model.target import Target
from engine.model.window import Held, Window


class GrantState(StrEnum):
    """Where a grant is in its life."""

    SCHEDULED = "scheduled"
    """Decided, to begin at `begins_at`; nothing is there yet, or not between two windows. Moved on
    by the clock."""

    PROVISIONING = "provisioning"
    """The duty to give access is in the outbox. A worker moves it on, at the latest by a sweep."""

    ACTIVE = "active"
    """Access was read back as present. The clock moves it on at `ends_at`."""

    DEPROVISIONING = "deprovisioning"
    """The duty to take access away is in the outbox and is retried for ever, with an alarm."""

    ENDED = "ended"
    """Access was read back as gone, or as held by another right. Final."""


MOVES: dict[GrantState, frozenset[GrantState]] = {
    GrantState.SCHEDULED: frozenset({GrantState.PROVISIONING, GrantState.ENDED}),
    GrantState.PROVISIONING: frozenset(
        {GrantState.ACTIVE, GrantState.DEPROVISIONING, GrantState.SCHEDULED, GrantState.ENDED}
    ),
    GrantState.ACTIVE: frozenset({GrantState.DEPROVISIONING}),
    GrantState.DEPROVISIONING: frozenset({GrantState.SCHEDULED, GrantState.ENDED}),
    GrantState.ENDED: frozenset(),
}
"""Every allowed move. A Postgres trigger holds the same table; a test compares the two."""

LIVE = frozenset(GrantState) - {GrantState.ENDED}
"""States in which the holder has, or may have, the access, or will have it."""


class EndCause(StrEnum):
    """Why a grant ends."""

    EXPIRED = "expired"
    """Its time ran out."""

    REVOKED = "revoked"
    """Taken early by somebody else."""

    RETURNED = "returned"
    """Given back early by the holder."""

    LEFT = "left"
    """Its holder does not work here any more."""

    FROZEN = "frozen"
    """Everything of its kind was frozen, and what is held taken away."""

    FAILED = "failed"
    """It could not be given, or must not be any more; whatever was given is taken away."""

    MISSED = "missed"
    """One of its windows was over, or nearly, before it could be given."""

    SKIPPED = "skipped"
    """Its holder gave one of its windows back."""


GOES_ON = frozenset({EndCause.EXPIRED, EndCause.MISSED, EndCause.SKIPPED})
"""Causes that end one window; whatever else ends a grant ends all that was to come, too."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Access. `version` counts its saves; saving is compare-and-set on it."""

    id: RequestId
    state: GrantState
    version: int
    holder: PersonId
    entitlement: EntitlementId
    system: SystemId
    account: AccountName
    resource: str
    permission: str
    """The exact permission as it was decided; a later change of the catalog does not reach it."""

    duration: timedelta
    ordered_at: datetime
    held_before: bool | None = None
    """Whether the account had the permission before us; None until it was looked up."""

    starts_at: datetime | None = None
    """When access was read back as present: the timer starts here."""

    ends_at: datetime | None = None
    warn_at: datetime | None = None
    """When the holder is warned of the end; None once that happened."""

    cause: EndCause | None = None
    """Why it ends, from DEPROVISIONING on."""

    end_ordered_at: datetime | None = None
    """When it was ordered that access is taken away: its time was over, or somebody said so."""

    ended_at: datetime | None = None
    """When access was read back as gone."""

    alarmed: bool = False
    """Whether it was already said that taking the access away is overdue."""

    windows: tuple[Window, ...] = ()
    """When the access may be there, in order; empty: from when it is given, for `duration`."""

    window_number: int = 1
    """Which of the windows is the present or the next one; 1 is the first."""

    begins_at: datetime | None = None
    """When it is to begin, while SCHEDULED."""

    past: tuple[Held, ...] = ()
    """When the access was there in windows before this one, in order."""

    @property
    def window(self) -> Window | None:
        """The present window, or the next one; None for a grant that is not about windows."""
        return self.windows[self.window_number - 1] if self.windows else None

    @property
    def due_at(self) -> datetime:
        """When it was to be given: at once, or when the window began."""
        return max(self.ordered_at, self.window.begin) if self.window else self.ordered_at

    @property
    def target(self) -> Target:
        """What the connector is told."""
        return Target(self.account, self.resource, self.permission)

    @property
    def exclusive(self) -> str:
        """Name the thing in the target that only one worker may change at a time.

        By target and not by entitlement: two entitlements may stand for the same permission.
        """
        return f"{self.system}/{self.resource}/{self.permission}/{self.account}"

    @property
    def is_live(self) -> bool:
        """Whether the holder has, or may have, the access, or will have it."""
        return self.state in LIVE

    def move(self, to: GrantState) -> Grant:
        """Take one step. Raises `IllegalMove` for a move that is not in `MOVES`."""
        if to not in MOVES[self.state]:
            raise IllegalMove("grant", self.state, to)
        return replace(self, state=to)

    def activate(self, *, at: datetime) -> Grant:
        """Start the timer, now that access was read back as present.

        A window's end stays where it was decided, however late the access was there.
        """
        ends_at = self.window.end if self.window else at + self.duration
        return replace(
            self.move(GrantState.ACTIVE),
            starts_at=at,
            ends_at=ends_at,
            warn_at=ends_at - warning_before(max(ends_at - at, timedelta(0))),
        )

    def extend(self, until: datetime, *, at: datetime) -> Grant:
        """Let the access that is there end later, as was decided; its holder is warned again."""
        assert self.state is GrantState.ACTIVE, "only what is there can go on"
        assert self.starts_at is not None
        assert self.ends_at is not None
        assert at < self.ends_at < until, "access goes on before it ends, and never for shorter"
        return replace(
            self,
            duration=until - self.starts_at,
            ends_at=until,
            warn_at=until - warning_before(until - at),
        )

    def begin(self) -> Grant:
        """Begin with the window that it waited for."""
        return replace(self.move(GrantState.PROVISIONING), begins_at=None)

    def wait_for(self, number: int, *, at: datetime) -> Grant:
        """Wait for a later window; `at` is when the access of the present one was gone.

        All that was noted of the present one is forgotten but when the access was there: what the
        holder has by the next one, from somebody else, is looked up anew.
        """
        assert number > self.window_number, "a window never comes again"
        past = self.past
        if self.starts_at is not None and self.ends_at is not None:
            past = (*past, Held(self.starts_at, at, self.ends_at))
        return replace(
            self.move(GrantState.SCHEDULED),
            window_number=number,
            begins_at=self.windows[number - 1].begin,
            past=past,
            held_before=None,
            starts_at=None,
            ends_at=None,
            warn_at=None,
            cause=None,
            end_ordered_at=None,
            alarmed=False,
        )

    def begin_end(self, cause: EndCause, *, at: datetime) -> Grant:
        """Order that access is taken away; `at` is when it should have gone."""
        return replace(
            self.move(GrantState.DEPROVISIONING), cause=cause, end_ordered_at=at, warn_at=None
        )

    def end(self, cause: EndCause, *, at: datetime) -> Grant:
        """Record that access is gone."""
        return replace(
            self.move(GrantState.ENDED), cause=cause, ended_at=at, warn_at=None, begins_at=None
        )


def warning_before(duration: timedelta) -> timedelta:
    """Say how long before the end the holder is warned: a tenth, from 5 seconds to 30 minutes."""
    return min(max(duration / 10, timedelta(seconds=5)), timedelta(minutes=30), duration)


SOON_SHARE = 4
SOON_MAX = timedelta(hours=24)


def soon_before(duration: timedelta) -> timedelta:
    """Say how long before its end access ends soon: the last quarter of its time, at most a day.

    A day alone would be all of nearly every grant's time, and a quarter of a month is not soon.
    """
    return min(duration / SOON_SHARE, SOON_MAX)
