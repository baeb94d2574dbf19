"""Who stands in for whom is kept: given and ended, never changed and never removed.

A port like those in `ports.py`, defined by a suite of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.model.delegation import Delegation, DelegationDraft
from engine.model.identifiers import DelegationId, PersonId


class Delegations(Protocol):
    """Delegations. Those that are in force are few, and read with nearly everything."""

    def in_force(self) -> Sequence[Delegation]:
        """List those by which somebody may decide now (`uow.now`), by number."""

    def turns(self) -> int:
        """Count what has begun and what is over at `uow.now`, together: it only ever grows.

        The same count, and nobody stood in for anybody meanwhile who does not now. Those in force
        alone would not tell: what began and was over between two looks is in neither.
        """

    def open_of(self, person: PersonId) -> Sequence[Delegation]:
        """List what a person gave or was given and is not over at `uow.now`, by number."""

    def hold(self, delegation: DelegationId) -> Delegation | None:
        """Read one that nobody may end before this transaction does, waiting for who ends it now.

        For who decides by it: so it was in force at the instant of the decision, or is refused.
        """

    def lock(self, delegation: DelegationId) -> Delegation | None:
        """Read one to end it, waiting for those who decide by it now. Before anything else."""

    def add(self, draft: DelegationDraft) -> Delegation:
        """Give a draft its number and keep it. Take `lock_person` of the delegator first."""

    def end(self, delegation: Delegation, *, by: PersonId, at: datetime) -> Delegation:
        """Keep that it was ended early. Take `lock` first."""
