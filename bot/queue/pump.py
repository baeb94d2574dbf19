"""Due duties become Dramatiq messages.

Every process has a pump: web and worker pump right after a commit that ordered something, the clock
on every tick. Postgres owns the duties, so a message is only a wake-up: lost, doubled or late ones
do no harm. Where Redis is away, the clock carries duties out itself; access ends all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from engine.model.identifiers import EffectId
from engine.ports import EffectKind, Work
from engine.workflow.hand_out import hand_out

log = structlog.get_logger(__name__)

BATCH_MAX = 100
"""Duties per claim: a claim stays under a few milliseconds."""

BREAK = 2.0
"""Seconds for which Redis is left alone after it failed: a dead one costs its time limit once."""

SEND_WITHIN = 2.0
"""Seconds for a whole batch: a Redis that answers each message late is as good as away. Without it
a hundred answers just below the time limit of one would hold a pump up for minutes."""

OWN_THREADS = 8
"""Duties that the clock carries out at once while Redis is away."""

OWN_MAX = BATCH_MAX
"""Duties that are carried out by the clock or wait for it: a batch that could not be sent."""

OWN_AFTER = 3
"""From this attempt on the clock ends access itself: messages that nobody took for ten seconds mean
that there is no worker, and access must end on time whatever is down."""

PAUSE_AFTER_FAILURE = 0.5
"""Seconds before the pump turns again when Postgres was away."""

Send = Callable[[EffectKind, EffectId, int], None]
"""Puts a message on the queue. Raises `QueueAway`."""

CarryOut = Callable[[EffectKind, EffectId, int], None]
"""Carries a duty out, here and now. Raises nothing."""


class QueueAway(Exception):
    """The queue did not take a message."""


class Pump:
    """Hands due duties over."""

    def __init__(self, work: Work, send: Send, own: CarryOut | None = None) -> None:
        """Claim with `work`, send with `send`; with `own`, carry out what cannot be sent."""
        self._work = work
        self._send = send
        self._own = own
        self._pool = ThreadPoolExecutor(OWN_THREADS, "duty") if own else None
        self._taken = 0
        """Duties that are carried out here or wait for it."""

        self._counting = threading.Lock()
        # The clock's loop and its pump's thread turn both: one after the other, or they would
        # claim for the same free threads.
        self._turning = threading.Lock()
        self._away_until = 0.0
        self._is_doubtful = False
        self._ordered = threading.Event()
        self._stopping = threading.Event()

    def wake(self) -> None:
        """Turn soon: something was ordered."""
        self._ordered.set()

    def run(self) -> None:
        """Turn whenever something was ordered, until `stop`."""
        while not self._stopping.is_set():
            self._ordered.wait()
            self._ordered.clear()
            try:
                while self.turn() >= BATCH_MAX:
                    pass
            except Exception:
                # The clock finds what is left; this process only makes it quicker.
                log.exception("pump.broke")
                self._stopping.wait(PAUSE_AFTER_FAILURE)

    def stop(self) -> None:
        """End `run`, and wait for the duties that are being carried out here.

        Those that wait for a thread are dropped: they are claimed anew, by others.
        """
        self._stopping.set()
        self._ordered.set()
        with self._turning:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)

    def turn(self) -> int:
        """Hand over one batch of due duties; says how many were claimed."""
        with self._turning:
            if self._stopping.is_set():
                return 0
            if time.monotonic() < self._away_until:
                return self._carry_out_here()
            return self._hand_over()

    def _hand_over(self) -> int:
        # After a failure one goes first: what is claimed and cannot be sent is nobody's for 5 s.
        handed = hand_out(self._work, limit=1 if self._is_doubtful else BATCH_MAX)
        began = time.monotonic()
        for position, (effect, kind, attempt) in enumerate(handed):
            if self._own and kind is EffectKind.DEPROVISION and attempt >= OWN_AFTER:
                self._here(kind, effect, attempt)
                continue
            try:
                self._send_soon(began, kind, effect, attempt)
            except QueueAway:
                self._away_until, self._is_doubtful = time.monotonic() + BREAK, True
                log.warning("queue.away", unsent=len(handed) - position)
                for left_effect, left_kind, left_attempt in handed[position:]:
                    self._here(left_kind, left_effect, left_attempt)
                return len(handed)
        if handed and self._is_doubtful:
            self._is_doubtful = False
            return len(handed) + self._hand_over()
        return len(handed)

    def _send_soon(self, began: float, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        if time.monotonic() - began > SEND_WITHIN:
            raise QueueAway
        self._send(kind, effect, attempt)

    def _carry_out_here(self) -> int:
        """Claim no more than there are free threads: a claimed duty that waits loses its lease."""
        free = OWN_THREADS - self._taken if self._own is not None else 0
        handed = hand_out(self._work, limit=free) if free > 0 else ()
        for effect, kind, attempt in handed:
            self._here(kind, effect, attempt)
        return len(handed)

    def _here(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        """Carry a duty out in this process, if it is one that does; else the clock will find it."""
        own = self._own
        # What waits longer than its 5 s is claimed anew anyway: the pool's queue stays bounded.
        if own is not None and self._pool is not None and self._taken < OWN_MAX:
            self._count(1)
            carried_out = self._pool.submit(own, kind, effect, attempt)
            carried_out.add_done_callback(lambda _: self._count(-1))

    def _count(self, more: int) -> None:
        with self._counting:
            self._taken += more
