"""The outbox in memory: the same states, leases and fences as in Postgres."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.model.grant import GrantState
from engine.model.identifiers import EffectId
from engine.ports import Duty, Effect, EffectKind

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryUnitOfWork

QUEUED_FOR = timedelta(seconds=5)
"""As in storage/outbox.py."""

BUSY = timedelta(milliseconds=150)
"""How soon an effect comes again whose exclusive key was in use: the middle of Postgres' range."""


class RowState(StrEnum):
    """Where an effect is."""

    READY = "ready"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Row:
    """An effect as it is kept; `next_at` is when it is due, or its lease ends."""

    duty: Duty
    state: RowState
    attempt: int
    generation: int
    ordered_at: datetime
    next_at: datetime

    def runs_at(self, at: datetime) -> bool:
        """Say whether a worker's lease on it is alive."""
        return self.state is RowState.RUNNING and self.next_at > at


class MemoryOutbox:
    """Duties, written in the transaction that decided them."""

    def __init__(self, uow: MemoryUnitOfWork, next_number: Callable[[], EffectId]) -> None:
        self._uow = uow
        self._next_number = next_number

    def order(self, duty: Duty) -> None:
        """Add a duty, or wake it up again."""
        now = self._uow.now
        for number, row in self._uow.state.effects.items():
            if _subject(row.duty) == _subject(duty):
                self._put(number, _woken(row, duty, now))
                return
        self._put(self._next_number(), Row(duty, RowState.READY, 0, 1, now, now))

    def claim(self, limit: int) -> Sequence[tuple[EffectId, EffectKind, int]]:
        """Take due effects to hand to workers: id, kind and the attempt to hand over."""
        now = self._uow.now
        due = sorted(
            (row.next_at, number)
            for number, row in self._uow.state.effects.items()
            if row.state is not RowState.DONE and row.next_at <= now
        )
        claimed = []
        for _, number in due[:limit]:
            row = self._uow.state.effects[number]
            taken = replace(
                row, state=RowState.QUEUED, attempt=row.attempt + 1, next_at=now + QUEUED_FOR
            )
            self._put(number, taken)
            claimed.append((number, row.duty.kind, taken.attempt))
        return claimed

    def duty_of(self, effect: EffectId) -> Duty | None:
        """Read what an effect is about."""
        row = self._uow.state.effects.get(effect)
        return row.duty if row else None

    def start(self, effect: EffectId, attempt: int, lease: timedelta) -> Effect | None:
        """Begin an attempt; None where it is done, newer, or its exclusive key is in use."""
        row = self._uow.state.effects.get(effect)
        if row is None or row.attempt != attempt or row.state is not RowState.QUEUED:
            return None
        if self._is_busy(effect, row.duty.exclusive):
            self._put(effect, replace(row, state=RowState.READY, next_at=self._uow.now + BUSY))
            return None
        self._put(effect, replace(row, state=RowState.RUNNING, next_at=self._uow.now + lease))
        return Effect(effect, row.duty, attempt, row.generation, row.ordered_at)

    def finish(self, effect: Effect) -> bool:
        """Mark it done; False where a newer attempt took it over, or its lease ran out."""
        row = self._newest(effect)
        if row is None:
            return False
        done = row.generation == effect.generation
        state = RowState.DONE if done else RowState.READY
        self._put(effect.id, replace(row, state=state, next_at=self._uow.now))
        return True

    def is_newest(self, effect: Effect) -> bool:
        """Say whether the attempt still has the effect."""
        return self._newest(effect) is not None

    def postpone(self, effect: Effect, after: timedelta, problem: str) -> None:
        """Let it come again after a while, or at once where it was ordered again meanwhile."""
        row = self._uow.state.effects[effect.id]
        if row.state is RowState.RUNNING and row.attempt == effect.attempt:
            wait = after if row.generation == effect.generation else timedelta(0)
            later = replace(row, state=RowState.READY, next_at=self._uow.now + wait)
            self._put(effect.id, later)

    def due_in(self) -> timedelta | None:
        """Say how long until something in the clock's care is due; None where nothing waits."""
        state = self._uow.state
        active = [g for g in state.grants.values() if g.state is GrantState.ACTIVE]
        instants = [
            *(g.ends_at for g in active if g.ends_at is not None),
            *(g.warn_at for g in active if g.warn_at is not None),
            *(g.begins_at for g in state.grants.values() if g.begins_at is not None),
            *(r.stage_due_at for r in state.requests.values() if r.is_ahead),
            *(c.nudge_at for c in state.closings.values() if c.nudge_at is not None),
            *(e.next_at for e in state.effects.values() if e.state is not RowState.DONE),
        ]
        return max(min(instants) - self._uow.now, timedelta(0)) if instants else None

    def _newest(self, effect: Effect) -> Row | None:
        row = self._uow.state.effects[effect.id]
        has_it = row.attempt == effect.attempt and row.runs_at(self._uow.now)
        return row if has_it else None

    def _is_busy(self, effect: EffectId, exclusive: str) -> bool:
        return exclusive != "" and any(
            row.duty.exclusive == exclusive and row.runs_at(self._uow.now)
            for number, row in self._uow.state.effects.items()
            if number != effect
        )

    def _put(self, number: EffectId, row: Row) -> None:
        self._uow.state.effects[number] = row


def _subject(duty: Duty) -> tuple[object, ...]:
    return duty.kind, duty.request, duty.platform


def _woken(row: Row, duty: Duty, now: datetime) -> Row:
    """Order it again: at once, unless somebody has it, who will find the new generation."""
    was_done = row.state is RowState.DONE
    waits = row.state in {RowState.DONE, RowState.READY}
    return Row(
        duty=duty,
        state=RowState.READY if was_done else row.state,
        attempt=row.attempt,
        generation=row.generation + 1,
        ordered_at=now if was_done else row.ordered_at,
        next_at=now if waits else row.next_at,
    )
