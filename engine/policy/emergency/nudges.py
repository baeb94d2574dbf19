"""When is somebody reminded of what is open after an emergency, and how loudly?

::

    opened ──── half ──── three quarters ──── due ──── again ── again …
               remind        escalate       overdue, said again more seldom, until it is done
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

AGAIN_MIN = timedelta(minutes=1)
AGAIN_MAX = timedelta(days=1)
"""What is overdue is said again after this long at the latest, then after twice as long, and so on:
often enough to be in the way, and seldom enough that it is still read."""

AT_LEAST_EVERY = timedelta(days=7)
"""However long it is overdue: what nobody hears of for a month is forgotten."""

AGAIN_SHARE = 4


class Nudge(StrEnum):
    """What is said."""

    REMIND = "remind"
    ESCALATE = "escalate"
    OVERDUE = "overdue"


def nudge_due(opened_at: datetime, due_at: datetime, now: datetime) -> Nudge | None:
    """Say what is to be said by now; None where it is too early for anything."""
    reached = [nudge for nudge, at in _instants(opened_at, due_at) if at <= now]
    return reached[-1] if reached else None


def next_nudge(opened_at: datetime, due_at: datetime, after: datetime) -> datetime:
    """Say when the next thing is to be said, after an instant. There is always one."""
    ahead = [at for _, at in _instants(opened_at, due_at) if at > after]
    return ahead[0] if ahead else said_again_at(opened_at, due_at, after)


def said_again_at(opened_at: datetime, due_at: datetime, after: datetime) -> datetime:
    """Say when what is overdue is said again, the first time after an instant."""
    pause = min(max((due_at - opened_at) / AGAIN_SHARE, AGAIN_MIN), AGAIN_MAX)
    while due_at + pause <= after:
        pause += min(pause, AT_LEAST_EVERY)
    return due_at + pause


def is_escalated(opened_at: datetime, due_at: datetime, now: datetime) -> bool:
    """Say whether others than those who were asked first may do it by now."""
    return nudge_due(opened_at, due_at, now) in {Nudge.ESCALATE, Nudge.OVERDUE}


def _instants(opened_at: datetime, due_at: datetime) -> tuple[tuple[Nudge, datetime], ...]:
    within = due_at - opened_at
    return (
        (Nudge.REMIND, opened_at + within / 2),
        (Nudge.ESCALATE, opened_at + within * 3 / 4),
        (Nudge.OVERDUE, due_at),
    )
