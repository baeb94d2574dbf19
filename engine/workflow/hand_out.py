"""Due duties are handed to workers, with the attempt that makes each of them the newest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from engine.model.identifiers import EffectId, RequestId
from engine.ports import EffectKind, Work

Handed = tuple[EffectId, EffectKind, int]
"""A duty's id and kind, and the attempt that a worker has to name when it starts."""


def hand_out(work: Work, *, limit: int) -> Sequence[Handed]:
    """Claim up to `limit` due duties; who does not start one in time loses it to the next claim."""
    with work() as uow:
        claimed = uow.outbox.claim(limit)
        uow.commit()
        return claimed


def request_of(work: Work, effect: EffectId) -> RequestId | None:
    """Say which request a duty is about, for whoever logs it; None where there is no such duty."""
    with work() as uow:
        duty = uow.outbox.duty_of(effect)
        return duty.request if duty else None


def due_in(work: Work) -> timedelta | None:
    """Say how long until the clock has something to do; None where nothing waits at all."""
    with work() as uow:
        return uow.outbox.due_in()
