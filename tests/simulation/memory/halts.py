"""Freezes, and how much was asked for and is held, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.model.grant import GrantState
from engine.model.halt import Halt
from engine.model.identifiers import EntitlementId, HaltId, PersonId, RequestId
from engine.model.request import Request, RequestState

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryUnitOfWork

_NOT_HELD = frozenset({GrantState.SCHEDULED, GrantState.ENDED})
_NOT_ENDING = frozenset({GrantState.PROVISIONING, GrantState.ACTIVE})


class MemoryHalts:
    """Freezes of entitlements."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow
        self._is_locked = False

    def lock(self) -> None:
        """Note that nobody else changes them."""
        self._is_locked = True

    def in_force(self) -> Sequence[Halt]:
        """List those that are not lifted, oldest first."""
        return [halt for halt in self._uow.state.halts.values() if halt.lifted_at is None]

    def add(self, halt: Halt) -> Halt:
        """Keep a new one."""
        assert self._is_locked, "freezes are changed under their lock"
        added = replace(halt, id=HaltId(len(self._uow.state.halts) + 1))
        self._uow.state.halts[added.id] = added
        return added

    def lift(self, halt: Halt) -> None:
        """Keep that one was lifted."""
        assert self._is_locked, "freezes are changed under their lock"
        self._uow.state.halts[halt.id] = halt


class MemoryUsage:
    """How much of an entitlement was asked for and is held."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def lock(self, entitlement: EntitlementId) -> None:
        """Do nothing: only one unit of work runs at a time."""

    def asked(
        self, holder: PersonId, entitlement: EntitlementId, since: datetime
    ) -> Sequence[datetime]:
        """List when it was asked for, for somebody, since an instant."""
        asked = (request.submitted_at for request in self._of(holder, entitlement))
        return sorted(at for at in asked if at > since)

    def denied_at(self, holder: PersonId, entitlement: EntitlementId) -> datetime | None:
        """Say when it was last denied to somebody."""
        found = self._of(holder, entitlement)
        denied = (r.settled_at for r in found if r.state is RequestState.DENIED)
        return max((at for at in denied if at is not None), default=None)

    def holders(self, entitlement: EntitlementId) -> frozenset[PersonId]:
        """Name who has it or is about to."""
        grants = self._uow.state.grants.values()
        held = (g for g in grants if g.entitlement == entitlement and g.state not in _NOT_HELD)
        return frozenset(grant.holder for grant in held)

    def to_end(self, halts: Collection[Halt], limit: int) -> Sequence[RequestId]:
        """List grants that some freezes cover and whose end is not ordered yet."""
        found = (g for g in self._uow.state.grants.values() if g.state in _NOT_ENDING)
        frozen = (g.id for g in found if any(halt.covers(g.entitlement) for halt in halts))
        return sorted(frozen)[:limit]

    def _of(self, holder: PersonId, entitlement: EntitlementId) -> list[Request]:
        found = self._uow.state.requests.values()
        return [r for r in found if (r.holder, r.entitlement) == (holder, entitlement)]
