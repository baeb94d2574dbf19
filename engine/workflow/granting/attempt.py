"""A worker takes on one attempt at a duty, and says at which boundary it is.

Shared by `provision` and `deprovision`. A worker may die at any of the `Boundary`s, or be so slow
that another one takes over: every transaction of an attempt asks first whether the attempt is still
the newest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from engine.model.dossier import Dossier
from engine.model.grant import Grant, GrantState
from engine.model.identifiers import EffectId
from engine.ports import Connectors, Effect, UnitOfWork, Work
from engine.workflow.find import lock_request

LEASE = timedelta(seconds=20)
"""How long an attempt may take: three calls of at most 5 s each, and the transactions between."""

CALL_MAX = timedelta(seconds=5)
"""A connector call never takes longer; `bot/wiring` refuses to begin one with less lease left."""

RETRY_FIRST = timedelta(milliseconds=250)
RETRY_MAX = timedelta(seconds=2)
"""Retries come at least this often at first, so that a short outage costs seconds, not minutes."""

RETRY_LATER_MAX = timedelta(seconds=30)
"""After `RETRIES_FAST` attempts the target gets some peace; an alarm has been raised by then."""

RETRIES_FAST = 60


class Boundary(StrEnum):
    """Where an attempt can be cut in two: after each commit and after each call of the target."""

    STARTED = "started"
    LOOKED = "looked"
    NOTED = "noted"
    CHANGED = "changed"
    READ_BACK = "read-back"
    SETTLED = "settled"


def _go_on(_: Boundary) -> None:
    """Do nothing: a crash test puts its own function here."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one duty, with all that it needs."""

    work: Work
    connectors: Connectors
    effect: EffectId
    number: int
    reached: Callable[[Boundary], None] = _go_on


def retry_after(attempt: int, asked: timedelta | None) -> timedelta:
    """Say when to try again: doubling, capped, never sooner than the target asked."""
    cap = RETRY_MAX if attempt <= RETRIES_FAST else RETRY_LATER_MAX
    doubled: timedelta = RETRY_FIRST * (1 << min(attempt - 1, 10))
    backoff = min(doubled, cap)
    return max(backoff, asked) if asked else backoff


@dataclass(frozen=True, slots=True)
class Taken:
    """A duty that this attempt has taken on, with the grant that it is about."""

    effect: Effect
    dossier: Dossier
    grant: Grant


def take_on(uow: UnitOfWork, attempt: Attempt, state: GrantState) -> Taken | None:
    """Lock the grant and start the attempt; None where there is nothing (any more) to be done.

    The caller commits, whatever comes of it: a duty that is done is put away here. The grant's lock
    comes before the duty's, because whoever orders a duty holds the grant already.
    """
    duty = uow.outbox.duty_of(attempt.effect)
    if duty is None:
        return None
    dossier = lock_request(uow, duty.request)
    effect = uow.outbox.start(attempt.effect, attempt.number, LEASE)
    if effect is None:
        return None
    if dossier.grant is None or dossier.grant.state is not state:
        uow.outbox.finish(effect)
        return None
    return Taken(effect, dossier, dossier.grant)
