"""Processes with threads that all do the same thing at once, as web and worker processes would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import TypeVar

from engine.model.identifiers import PersonId, RequestId
from engine.model.request import Verdict
from engine.ports import Work
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.look import company_now
from storage.database.connect import connect
from storage.unit_of_work import PostgresWork
from tests.bench.company import REASON, STAGED, holder

T = TypeVar("T")

GET_READY = 60.0
"""Seconds in which every process must have its connections, so that all of them begin together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and who decides it, stage by stage."""

    request: RequestId
    approvers: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What a crew did."""

    took: tuple[float, ...]
    """Seconds of each single one."""

    seconds: float
    """From the common beginning to the end of the last one."""

    cpu: float
    """Seconds of processor time of the crew itself, without the database's."""

    @property
    def rate(self) -> float:
        """How many a second."""
        return len(self.took) / self.seconds


@dataclass(frozen=True, slots=True)
class Crew:
    """So many processes, with so many threads each."""

    processes: int
    threads: int

    @property
    def size(self) -> int:
        """How many work at once."""
        return self.processes * self.threads

    def ask(self, url: str, people: int) -> tuple[Sequence[Asked], Done]:
        """Submit two requests for each of some people, in three stages."""
        numbers = [range(turn, people, self.size) for turn in range(self.size)]
        return _together(self, url, numbers, _ask)

    def decide(self, url: str, requests: Sequence[Asked], seconds: float) -> Done:
        """Approve each request at each stage; stops when the time is up or all are approved."""
        shares = [requests[turn :: self.size] for turn in range(self.size)]
        given = [(share, seconds) for share in shares]
        return _together(self, url, given, _decide)[1]


def _ask(work: Work, numbers: range) -> tuple[list[Asked], list[float]]:
    asked, took = [], []
    for number in numbers:
        for entitlement in STAGED:
            began = time.perf_counter()
            request = submit(work, Ask(holder(number), entitlement, None, REASON)).request
            took.append(time.perf_counter() - began)
            approvers: list[PersonId] = []
            for stage in request.stages:
                free = [one.person for one in stage.asked if one.person not in approvers]
                approvers.append(free[0])
            asked.append(Asked(request.id, tuple(approvers)))
    return asked, took


def _decide(work: Work, given: tuple[Sequence[Asked], float]) -> tuple[list[Asked], list[float]]:
    share, seconds = given
    until = time.perf_counter() + seconds
    took: list[float] = []
    for asked in share:
        for approver in asked.approvers:
            began = time.perf_counter()
            if began > until:
                return [], took
            decide(work, Answer(approver, asked.request, Verdict.APPROVE))
            took.append(time.perf_counter() - began)
    return [], took


_Turn = Callable[[Work, T], tuple[list[Asked], list[float]]]
_Part = tuple[list[Asked], list[float], "_Span"]


@dataclass(frozen=True, slots=True)
class _Span:
    """When a process began and ended, and what it spent of the processor's time."""

    began: float
    ended: float
    cpu: float


class _Gate:
    """Where all threads of all processes wait for each other; given to each process at its start.

    A process's own, because a barrier cannot travel with a call.
    """

    barrier: Barrier

    @classmethod
    def give(cls, barrier: Barrier) -> None:
        """Take it over in a new process."""
        cls.barrier = barrier


def _together(crew: Crew, url: str, given: Sequence[T], turn: _Turn[T]) -> tuple[list[Asked], Done]:
    """Let every thread of every process take its turn, all from the same instant on."""
    spawning = get_context("spawn")  # a fork would copy connections and locks
    gate = spawning.Barrier(crew.size, timeout=GET_READY)
    with ProcessPoolExecutor(
        crew.processes, mp_context=spawning, initializer=_Gate.give, initargs=(gate,)
    ) as pool:
        shares = [given[first :: crew.processes] for first in range(crew.processes)]
        futures = [pool.submit(_process, url, share, turn) for share in shares]
        parts = [future.result() for future in futures]
    spans = [span for _, _, span in parts]
    return [one for asked, _, _ in parts for one in asked], Done(
        took=tuple(one for _, took, _ in parts for one in took),
        seconds=max(span.ended for span in spans) - min(span.began for span in spans),
        cpu=sum(span.cpu for span in spans),
    )


def _process(url: str, given: Sequence[T], turn: _Turn[T]) -> _Part:
    began: list[tuple[float, float]] = []

    def one(work: Work, share: T) -> tuple[list[Asked], list[float]]:
        company_now(work)  # the company is parsed once per process
        _Gate.barrier.wait()
        began.append((time.time(), time.process_time()))
        return turn(work, share)

    with _working(url, len(given)) as work, ThreadPoolExecutor(len(given)) as pool:
        found = list(pool.map(lambda share: one(work, share), given))
        ended, cpu = time.time(), time.process_time()
    first, cpu_before = min(began)
    asked = [each for part, _ in found for each in part]
    took = [each for _, part in found for each in part]
    return asked, took, _Span(first, ended, cpu - cpu_before)


@contextmanager
def _working(url: str, threads: int) -> Iterator[Work]:
    engine = connect(url, pool_size=threads, name="jitbot-bench")
    try:
        yield PostgresWork(engine)
    finally:
        engine.dispose()
