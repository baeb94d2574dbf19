"""The clock process: what is due happens.

Any number of these may run; they share the work by SKIP LOCKED and need no leader. Only the
database's time is compared: a process only ever sleeps for a length that the database gave.

::

    tick    expire ─ warn ─ lapse ─ nudge ─ sleep until the next due row, half a second at most
    hand    hand due duties over ─ sleep as long
    record  sequence ─ sign a checkpoint ─ sleep
    keep    follow who works here ─ forget old deliveries ─ sleep

Handing over has a loop of its own because Redis may keep it waiting, and nothing keeps an end
waiting; so has following people, of whom there may be many.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.queue.pump import BATCH_MAX as HANDED_MAX
from bot.upkeep import Upkeep
from bot.wiring import Parts
from engine.workflow.asking.lapse import BATCH_MAX, lapse_due
from engine.workflow.emergency.nudging import nudge_open
from engine.workflow.extending.over import end_extensions
from engine.workflow.granting.end import expire_due
from engine.workflow.granting.warn import warn_due
from engine.workflow.hand_out import due_in

log = structlog.get_logger(__name__)

SLEEP_MAX = timedelta(milliseconds=500)
"""What another process ordered is found at the latest after this."""

SLEEP_MIN = timedelta(milliseconds=2)
"""Waking up for less than this would cost more than it gains."""

HELD = timedelta(milliseconds=10)
"""What is due, and not for us to do now: another clock or loop has it. It must not become a busy
loop, and what falls due meanwhile waits hardly longer than it would in a queue."""

RECORD_IDLE = timedelta(milliseconds=100)
"""How long an entry waits at most for its place in the sequence, when little happens."""

PAUSE_AFTER_FAILURE = timedelta(seconds=1)


def run(parts: Parts) -> None:
    """Tick and record until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    loops = [
        threading.Thread(target=_repeat, args=(stopping, lambda: tick(parts)), name="tick"),
        threading.Thread(target=_repeat, args=(stopping, lambda: hand(parts)), name="hand"),
        threading.Thread(target=_repeat, args=(stopping, lambda: record(parts)), name="record"),
        threading.Thread(target=_repeat, args=(stopping, Upkeep(parts).turn), name="keep"),
    ]
    with parts.pumping():
        for loop in loops:
            loop.start()
        log.info("clock.started")
        stopping.wait()
        for loop in loops:
            loop.join()
    log.info("clock.stopped")


def _repeat(stopping: threading.Event, once: Callable[[], timedelta]) -> None:
    """Go on for ever: whatever fails, the next turn finds the same rows."""
    while not stopping.is_set():
        try:
            pause = once()
        except Exception:
            log.exception("clock.broke", loop=threading.current_thread().name)
            pause = PAUSE_AFTER_FAILURE
        stopping.wait(pause.total_seconds())


def tick(parts: Parts) -> timedelta:
    """End, warn, lapse and say again what is due; say how long to sleep."""
    acts = (expire_due, warn_due, lapse_due, end_extensions, nudge_open)
    busy = [act(parts.work) for act in acts]
    if BATCH_MAX in busy:
        return timedelta(0)
    # What was just ended is a duty that is due; it must not be taken for something that is held.
    return SLEEP_MIN if any(busy) else _until_due(parts)


def hand(parts: Parts) -> timedelta:
    """Hand due duties over, or carry them out; say how long to sleep."""
    handed = parts.pump.turn()
    return timedelta(0) if handed >= HANDED_MAX else _until_due(parts)


def _until_due(parts: Parts) -> timedelta:
    waiting = due_in(parts.work)
    if waiting is None:
        return SLEEP_MAX
    return min(max(waiting, SLEEP_MIN), SLEEP_MAX) if waiting else HELD


def record(parts: Parts) -> timedelta:
    """Give new entries their place and sign where the log stands; say how long to sleep."""
    sequenced = parts.sequence()
    parts.sign_checkpoint()
    return timedelta(0) if sequenced else RECORD_IDLE
