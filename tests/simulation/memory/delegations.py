"""Who stands in for whom, in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.model.delegation import Delegation, DelegationDraft
from engine.model.identifiers import DelegationId, PersonId

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryUnitOfWork


class MemoryDelegations:
    """Delegations. One unit of work runs at a time, so nothing has to wait here."""

    def __init__(self, uow: MemoryUnitOfWork, next_number: Callable[[], DelegationId]) -> None:
        self._uow = uow
        self._next_number = next_number

    def in_force(self) -> Sequence[Delegation]:
        """List those by which somebody may decide now, by number."""
        return [one for one in self._all() if one.is_in_force_at(self._uow.now)]

    def turns(self) -> int:
        """Count what has begun and what is over, together."""
        now = self._uow.now
        return sum((one.begins_at <= now) + (one.over_at <= now) for one in self._all())

    def open_of(self, person: PersonId) -> Sequence[Delegation]:
        """List what a person gave or was given and is not over, by number."""
        return [
            one
            for one in self._all()
            if one.is_open_at(self._uow.now) and person in {one.delegator, one.delegate}
        ]

    def hold(self, delegation: DelegationId) -> Delegation | None:
        """Read one."""
        return self._uow.state.delegations.get(delegation)

    def lock(self, delegation: DelegationId) -> Delegation | None:
        """Read one."""
        return self._uow.state.delegations.get(delegation)

    def add(self, draft: DelegationDraft) -> Delegation:
        """Give a draft its number and keep it."""
        self._uow.locks.check_person(draft.delegator)
        added = Delegation(**{**asdict(draft), "scope": draft.scope}, id=self._next_number())
        self._uow.state.delegations[added.id] = added
        return added

    def end(self, delegation: Delegation, *, by: PersonId, at: datetime) -> Delegation:
        """Keep that it was ended early."""
        ended = replace(delegation, ended_at=at, ended_by=by)
        self._uow.state.delegations[delegation.id] = ended
        return ended

    def _all(self) -> Sequence[Delegation]:
        return list(self._uow.state.delegations.values())
