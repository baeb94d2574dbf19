"""Closings, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.closings import ClosingFilter
from engine.errors import IllegalMove, LostRace
from engine.model.closing import MOVES, Closing
from engine.model.dossier import Dossier
from tests.simulation.memory.aggregates import dossier, lock_due

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryUnitOfWork


class MemoryClosings:
    """Writes of closings, and what is not done yet."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def add(self, closing: Closing) -> Closing:
        """Keep a new closing."""
        self._uow.locks.check_request(closing.id)
        self._uow.state.closings[closing.id] = closing
        return closing

    def save(self, closing: Closing) -> Closing:
        """Keep a changed closing and count its version."""
        self._uow.locks.check_request(closing.id)
        kept = self._uow.state.closings[closing.id]
        if kept.version != closing.version:
            raise LostRace
        if kept.state is not closing.state and closing.state not in MOVES[kept.state]:
            raise IllegalMove("closing", kept.state, closing.state)
        saved = replace(closing, version=closing.version + 1)
        self._uow.state.closings[closing.id] = saved
        return saved

    def lock_nudged(self, limit: int) -> Sequence[Dossier]:
        """Lock what the clock has to say something about, oldest first."""
        closings = self._uow.state.closings.values()
        return lock_due(self._uow, ((c.nudge_at, c.id) for c in closings), limit)

    def not_done(self, wanted: ClosingFilter) -> Sequence[Dossier]:
        """List what is not done, the soonest due first."""
        found = [c for c in self._uow.state.closings.values() if _is_wanted(c, wanted)]
        found.sort(key=lambda c: (c.due_at is None, c.due_at or c.id, c.id))
        return [dossier(self._uow.state, c.id) for c in found[: wanted.limit]]


def _is_wanted(closing: Closing, wanted: ClosingFilter) -> bool:
    return (
        not closing.is_done
        and wanted.holder in {None, closing.holder}
        and (wanted.among is None or closing.entitlement in wanted.among)
        and (
            wanted.assigned is None
            or (closing.is_open and wanted.assigned in {one.person for one in closing.assigned})
        )
    )
