"""A grant: access held by a holder until `ends_at`; always from a request.

::

    SCHEDULED ─▶ PROVISIONING ─▶ ACTIVE ─▶ DEPROVISIONING ─▶ ENDED
        │             ├────────────────────────▲               ▲
        └─────────────┴── nothing was ever given ──────────────┘

A grant has the number of its request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from engine.errors import IllegalMove
from engine.model.identifiers import AccountName, EntitlementId, PersonId, RequestId, SystemId
from engine.model.target import Target


class GrantState(StrEnum):
    """Where a grant is in its life."""

    SCHEDULED = "scheduled"
    """Decided, to begin later. Moved on by the clock."""

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
        {GrantState.ACTIVE, GrantState.DEPROVISIONING, GrantState.ENDED}
    ),
    GrantState.ACTIVE: frozenset({GrantState.DEPROVISIONING}),
    GrantState.DEPROVISIONING: frozenset({GrantState.ENDED}),
    GrantState.ENDED: frozenset(),
}
"""Every allowed move. A Postgres trigger holds the same table; a test compares the two."""

LIVE = frozenset(GrantState) - {GrantState.ENDED}
"""States in which the holder has, or may have, the access."""


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

    FAILED = "failed"
    """It could not be given, or must not be any more; whatever was given is taken away."""


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
        """Whether the holder has, or may have, the access."""
        return self.state in LIVE

    def move(self, to: GrantState) -> Grant:
        """Take one step. Raises `IllegalMove` for a move that is not in `MOVES`."""
        if to not in MOVES[self.state]:
            raise IllegalMove("grant", self.state, to)
        return replace(self, state=to)

    def activate(self, *, at: datetime) -> Grant:
        """Start the timer, now that access was read back as present."""
        return replace(
            self.move(GrantState.ACTIVE),
            starts_at=at,
            ends_at=at + self.duration,
            warn_at=at + self.duration - warning_before(self.duration),
        )

    def begin_end(self, cause: EndCause, *, at: datetime) -> Grant:
        """Order that access is taken away; `at` is when it should have gone."""
        return replace(
            self.move(GrantState.DEPROVISIONING), cause=cause, end_ordered_at=at, warn_at=None
        )

    def end(self, cause: EndCause, *, at: datetime) -> Grant:
        """Record that access is gone."""
        return replace(self.move(GrantState.ENDED), cause=cause, ended_at=at, warn_at=None)


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
