"""What the clock sees to now and then: who works here, what is frozen, what may be forgotten.

Who left is noticed within half a second of the configuration or an account that says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.wiring import Parts
from engine.workflow.guarding.enforce import end_frozen
from engine.workflow.leavers import follow_people, people_now

log = structlog.get_logger(__name__)

PAUSE = timedelta(milliseconds=500)
"""Looking whether people have changed is one short question."""

FOLLOW_EVERY = 60.0
"""Seconds after which people are followed although nothing has changed: a decision or submission
that was under way in that moment knew them as they were before."""

FORGET_EVERY = 3600.0
KEPT_FOR = timedelta(days=3)
"""No platform delivers again after a day; two more for whoever looks into what was answered."""


@dataclass(slots=True)
class Upkeep:
    """One process's turn at it. Any number may do the same at once."""

    parts: Parts
    now: Callable[[], float] = time.monotonic
    _people: object = field(default=None, init=False)
    _followed_at: float | None = field(default=None, init=False)
    _forgot_at: float | None = field(default=None, init=False)

    def turn(self) -> timedelta:
        """Do what is to be done; say how long to sleep."""
        self._follow()
        ended = end_frozen(self.parts.work)
        if ended:
            log.info("frozen.ended", grants=ended)
        if self._is_past(self._forgot_at, FORGET_EVERY):
            forgot = self.parts.forget_seen(KEPT_FOR)
            if forgot:
                log.info("inbox.forgot", deliveries=forgot)  # and on with the next ones
            else:
                self._forgot_at = self.now()
        return PAUSE

    def _follow(self) -> None:
        # Named before they are followed: what changes meanwhile is found in the next turn.
        people = people_now(self.parts.work)
        if people is None:
            return
        if people != self._people or self._is_past(self._followed_at, FOLLOW_EVERY):
            done = follow_people(self.parts.work)
            if done:
                log.info("people.followed", requests=done)
            self._people, self._followed_at = people, self.now()

    def _is_past(self, at: float | None, every: float) -> bool:
        return at is None or self.now() - at >= every
