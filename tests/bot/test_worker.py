"""The worker as a process: it takes what the queue brings, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import dramatiq
import pytest

from bot import worker
from bot.queue.actors import sender
from bot.wiring import Parts
from engine.model.grant import GrantState
from engine.model.identifiers import EffectId, EntitlementId, PersonId, RequestId
from engine.model.request import Verdict
from engine.ports import EffectKind
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.find import read_request
from tests.bot.conftest import ROOT
from tests.waiting import until

STARTED = "worker.started"
ENDS_WITHIN = 20.0
"""Seconds; less than the 25 for which a worker waits for its duties."""


@contextmanager
def _running(
    environment: dict[str, str], folder: Path, process: str = "worker"
) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str]]]:
    """Run a process; gives it, and what reads its log."""
    log = folder / f"{process}.log"
    with log.open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", "bot", process],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield running, log.read_text
    finally:
        running.kill()
        running.wait()


def _approved(parts: Parts) -> RequestId:
    ask = Ask(PersonId("li.wei"), EntitlementId("aws-prod-read"), None, "looking for a fault")
    request = submit(parts.work, ask).request.id
    decide(parts.work, Answer(PersonId("tomas.silva"), request, Verdict.APPROVE))
    return request


def _state(parts: Parts, request: RequestId) -> GrantState | None:
    with parts.work() as uow:
        grant = read_request(uow, request).grant
    return grant.state if grant else None


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("process", ["worker", "clock"])
def test_an_idle_process_ends_when_it_is_told_to(
    environment: dict[str, str],
    tmp_path: Path,
    process: str,
    number: signal.Signals,
) -> None:
    """Soon, of its own accord, and without a word about anything that broke."""
    with _running(environment, tmp_path, process) as (running, log):
        until(lambda: f"{process}.started" in log(), within=30, what="it started")

        running.send_signal(number)

        assert running.wait(ENDS_WITHIN) == 0
        assert f"{process}.stopped" in log()
        assert "broke" not in log()


def test_a_worker_carries_out_what_comes(
    parts: Parts, environment: dict[str, str], tmp_path: Path
) -> None:
    """What web or clock put on the queue is done by it."""
    with _running(environment, tmp_path) as (_, log):
        until(lambda: STARTED in log(), within=30, what="it started")
        request = _approved(parts)

        def is_given() -> bool:
            parts.pump.turn()
            return _state(parts, request) is GrantState.ACTIVE

        until(is_given, within=30, what="access given")


class _Slow:
    """Carries a duty out, and ends it when it may."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.ended = (threading.Event() for _ in range(3))

    def carry_out(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        """Begin, and end when it may."""
        self.begun.set()
        assert self.may_end.wait(30)
        self.ended.set()


@pytest.fixture
def signals() -> Iterator[None]:
    """Put back what happens at signals: the worker takes them over."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, then in before.items():
        signal.signal(number, then)


@pytest.mark.usefixtures("signals")
def test_a_busy_worker_ends_what_it_has_begun(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A duty that is under way when the signal comes is finished before the process ends."""
    slow, stopping = _Slow(), threading.Event()

    class Watched(dramatiq.Worker):
        def stop(self, timeout: int = 600000) -> None:
            stopping.set()
            super().stop(timeout)

    def hurry() -> None:
        assert slow.begun.wait(30)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.wait(30)
        slow.may_end.set()

    monkeypatch.setattr(worker, "Worker", Watched)
    busy = Parts(parts.settings, "worker")
    busy.__dict__["duties"] = slow
    sender(parts.broker)(EffectKind.ANNOUNCE, EffectId(1), 1)

    with ThreadPoolExecutor(1) as pool:
        hurried = pool.submit(hurry)
        worker.run(busy)
        hurried.result()

    assert slow.ended.is_set()
