"""A delegation: while somebody is away, somebody else may decide in their stead.

It adds a pair of hands and no right: whoever is away can still decide, one of the two counts, and
what either of them may not decide, nobody decides by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from engine.model.company import Entitlement
from engine.model.identifiers import (
    NUMBER_MAX,
    DelegationId,
    EntitlementId,
    PersonId,
    SystemId,
)

_SHOWN = re.compile(r"(?:D-)?([1-9][0-9]{0,18})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a delegation is for: everything, where neither is named; never both."""

    system: SystemId | None = None
    entitlement: EntitlementId | None = None

    def covers(self, entitlement: Entitlement) -> bool:
        """Say whether decisions about an entitlement are in it."""
        if self.entitlement is not None:
            return self.entitlement == entitlement.id
        return self.system is None or self.system == entitlement.system


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class DelegationDraft:
    """A delegation that has no number yet."""

    delegator: PersonId
    """Who is away."""

    delegate: PersonId
    """Who stands in for them."""

    scope: Scope
    begins_at: datetime
    ends_at: datetime
    reason: str
    given_by: PersonId
    """The delegator, or an admin for somebody who cannot."""

    given_at: datetime


@dataclass(frozen=True, slots=True)
class Delegation(DelegationDraft):
    """A delegation. Nothing of it changes but that it may be ended early, once."""

    id: DelegationId
    ended_at: datetime | None = None
    """When somebody ended it early."""

    ended_by: PersonId | None = None

    @property
    def over_at(self) -> datetime:
        """When it is over: at its end, or when it was ended."""
        return self.ends_at if self.ended_at is None else self.ended_at

    def is_open_at(self, at: datetime) -> bool:
        """Say whether it is not over yet; it may begin later."""
        return at < self.over_at

    def is_in_force_at(self, at: datetime) -> bool:
        """Say whether the delegate may decide by it."""
        return self.begins_at <= at < self.over_at


@dataclass(frozen=True, slots=True)
class StandIn:
    """For whom somebody may decide, by which delegation, and until when."""

    instead_of: PersonId
    delegation: DelegationId
    until: datetime


def show_delegation(delegation: DelegationId) -> str:
    """Write a delegation's number as people say it."""
    return f"D-{delegation}"


def read_delegation(text: str) -> DelegationId | None:
    """Read `D-7`, `d-7` or `7`; anything else is None."""
    match = _SHOWN.fullmatch(text)
    if match is None or int(match[1]) > NUMBER_MAX:
        return None
    return DelegationId(int(match[1]))
