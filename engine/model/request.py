"""A request: someone asks for an entitlement, for a duration, for a reason.

::

    PENDING ─┬─ every stage satisfied ──▶ APPROVED
             ├─ any deny ───────────────▶ DENIED
             ├─ requester takes it back ▶ CANCELLED
             └─ nobody answered in time ▶ LAPSED

In an emergency (`RequestKind.BREAKGLASS`) the access is given while the request is PENDING, and
what is decided is whether that was right. Such a request never lapses.

An extension asks that access which is there goes on for `duration` more. It has no grant of its
own: where it is approved, the end of the one that it extends moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from engine.errors import IllegalMove
from engine.model.delegation import StandIn
from engine.model.identifiers import (
    ChainId,
    ConfigVersion,
    DelegationId,
    EntitlementId,
    PersonId,
    RequestId,
)
from engine.model.window import Window

REASON_LENGTH_MAX = 3000
"""Slack's longest plain-text input; every platform can carry it, so no reason is ever cut."""

HASH_SHOWN = 16
"""Hex digits of the content hash on a button: 64 bits bind it to what was shown."""


class RequestState(StrEnum):
    """Where a request is in its life."""

    PENDING = "pending"
    """A stage is open. Moved on by a decision, the requester, or the clock at `stage_due_at`."""

    APPROVED = "approved"
    """Every stage was satisfied; a grant exists from the same commit on. Final."""

    DENIED = "denied"
    """One approver said no, with a reason. Final."""

    CANCELLED = "cancelled"
    """The requester took it back, or somebody whom it concerns has left. Final."""

    LAPSED = "lapsed"
    """Nobody answered in time; silence never approves. Final."""


MOVES: dict[RequestState, frozenset[RequestState]] = {
    RequestState.PENDING: frozenset(
        {
            RequestState.APPROVED,
            RequestState.DENIED,
            RequestState.CANCELLED,
            RequestState.LAPSED,
        }
    ),
    RequestState.APPROVED: frozenset(),
    RequestState.DENIED: frozenset(),
    RequestState.CANCELLED: frozenset(),
    RequestState.LAPSED: frozenset(),
}
"""Every allowed move. A Postgres trigger holds the same table; a test compares the two."""


class RequestKind(StrEnum):
    """In which order it goes: deciding and having."""

    STANDARD = "standard"
    """Decided first, then given."""

    BREAKGLASS = "breakglass"
    """Given first, in an emergency, and decided afterwards. It never lapses."""


class Verdict(StrEnum):
    """The answer in a decision."""

    APPROVE = "approve"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Approver:
    """Someone who may decide at a stage, and the rule that made them so."""

    person: PersonId
    basis: str
    """In words, e.g. `manager of Riya Patel`; copied into the decision."""

    parts: tuple[int, ...] = (1,)
    """For which parts of the stage they may decide; 1 is the first."""

    stands_in: StandIn | None = None
    """In whose stead they decide; None in their own right."""

    @property
    def instead_of(self) -> PersonId | None:
        """Name whom they stand in for, if anybody."""
        return self.stands_in.instead_of if self.stands_in else None

    @property
    def delegation(self) -> DelegationId | None:
        """Name the delegation by which they do, if any."""
        return self.stands_in.delegation if self.stands_in else None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the groups that must all agree at a stage."""

    name: str
    quorum: int
    """How many of its people; for every one of them, how many they are."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of approval as it was resolved at submission."""

    number: int
    """1 is the first."""

    name: str
    quorum: int
    """How many approvals it needs, in all its parts."""

    limit: timedelta
    asked: tuple[Approver, ...]
    """Who may decide it, as far as the clock has come by since people changed."""

    chain: ChainId
    """The chain that it is a step of; empty in old requests: the entitlement's own."""

    place: int
    """Where in that chain its rule stands; 0 is the first. Steps that do not count are left out."""

    is_stalled: bool = False
    """Whether it was already said that, from here on, not enough people are left to decide."""

    parts: tuple[Part, ...] = ()
    """The groups that must all agree; empty: it is one group alone."""

    @property
    def groups(self) -> tuple[Part, ...]:
        """Give its parts; of a stage without, the one that it is."""
        return self.parts or (Part(self.name, self.quorum),)


@dataclass(frozen=True, slots=True)
class Decision:
    """One approver's answer at one stage. Never changed, never removed."""

    request: RequestId
    requester: PersonId
    holder: PersonId
    stage: int
    approver: PersonId
    approver_name: str
    approver_title: str
    basis: str
    verdict: Verdict
    reason: str
    content_hash: str
    decided_at: datetime
    revision: int = 1
    """What it was an answer to: the request's revision then."""

    instead_of: PersonId | None = None
    """In whose stead it was given: both have decided then."""

    delegation: DelegationId | None = None
    """By which delegation, where it was given in somebody's stead."""

    parts: tuple[int, ...] = (1,)
    """For which parts of its stage it may count; it counts for one of them."""

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Name who has decided by it, and decides nothing else of this request."""
        return (self.approver,) if self.instead_of is None else (self.approver, self.instead_of)


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that has no number yet."""

    requester: PersonId
    holder: PersonId
    entitlement: EntitlementId
    duration: timedelta
    reason: str
    config_version: ConfigVersion
    stages: tuple[Stage, ...]
    content_hash: str
    submitted_at: datetime
    windows: tuple[Window, ...] = ()
    decide_by: datetime | None = None
    """When the last of its windows is over, or nearly; None where it has none."""
    kind: RequestKind = RequestKind.STANDARD
    incident: str = ""
    extends: RequestId | None = None
    held_since: datetime | None = None
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `version` counts its saves; saving is compare-and-set on it."""

    id: RequestId
    state: RequestState
    version: int
    requester: PersonId
    holder: PersonId
    entitlement: EntitlementId
    duration: timedelta
    reason: str
    config_version: ConfigVersion
    stages: tuple[Stage, ...]
    content_hash: str
    submitted_at: datetime
    stage_number: int
    """The open stage while PENDING; afterwards the last one that was open."""

    stage_due_at: datetime
    """When the open stage lapses."""

    settled_at: datetime | None = None
    windows: tuple[Window, ...] = ()
    """When the access may be there, in order; empty: for `duration`, from when it is given."""

    revision: int = 1
    """Counts what was asked: 1 is the submission, each change of it is one more."""
    kind: RequestKind = RequestKind.STANDARD
    incident: str = ""
    """The reference of the incident for which the glass was broken; empty otherwise."""
    extends: RequestId | None = None
    """Whose access it asks to go on, by `duration`; None: it asks for access of its own."""

    held_since: datetime | None = None
    """When that access began."""

    held_until: datetime | None = None
    """When that access ended as it was asked; nothing else changes that while it is pending."""

    @property
    def extended_until(self) -> datetime | None:
        """When the access that it extends would end; None for one that extends nothing."""
        return self.held_until + self.duration if self.held_until else None

    @property
    def stage(self) -> Stage:
        """The open stage, or the last one that was."""
        return self.stages[self.stage_number - 1]

    @property
    def is_pending(self) -> bool:
        """Whether somebody can still decide."""
        return self.state is RequestState.PENDING

    @property
    def is_breakglass(self) -> bool:
        """Whether the access is given first and decided afterwards."""
        return self.kind is RequestKind.BREAKGLASS

    @property
    def is_ahead(self) -> bool:
        """Whether access may follow from what is still to be decided."""
        return self.is_pending and not self.is_breakglass

    def move(self, to: RequestState, *, at: datetime) -> Request:
        """Settle the request. Raises `IllegalMove` for a move that is not in `MOVES`."""
        if to not in MOVES[self.state]:
            raise IllegalMove("request", self.state, to)
        return replace(self, state=to, settled_at=at)

    def open_next_stage(self, *, at: datetime, decide_by: datetime | None = None) -> Request:
        """Open the stage after the satisfied one; there must be one.

        It lapses at `decide_by` at the latest: then nothing would be left of what was asked for.
        """
        assert self.is_pending, "only a pending request has a next stage"
        following = self.stages[self.stage_number]
        due_at = min(at + following.limit, decide_by or at + following.limit)
        return replace(self, stage_number=following.number, stage_due_at=due_at)


def first_stage_due_at(draft: Draft) -> datetime:
    """Say when the first stage lapses."""
    due_at = draft.submitted_at + draft.stages[0].limit
    return min(due_at, draft.decide_by or due_at)
