"""The pump: what is due is sent, and where the queue is away, carried out or left for the clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.queue import pump as module
from bot.queue.pump import BATCH_MAX, OWN_AFTER, OWN_THREADS, Pump, QueueAway
from engine.model.identifiers import EffectId, EntitlementId
from engine.ports import Duty, EffectKind, Work
from engine.workflow.hand_out import hand_out
from storage import outbox
from storage.database.connect import connect
from storage.database.errors import Unavailable
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import CHAT, company, draft
from tests.waiting import until


class Queue:
    """A queue that may be away, and what got into it."""

    def __init__(self) -> None:
        self.is_away = False
        self.sent: list[EffectId] = []
        self.tried = 0

    def send(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        """Take it, or be away."""
        self.tried += 1
        if self.is_away:
            raise QueueAway
        self.sent.append(effect)


class Hands:
    """Carries duties out as fast as it is let."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.may_end.set()
        self.begun: list[EffectId] = []
        self.ended: list[EffectId] = []

    def carry_out(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        """Begin, and end when it may."""
        self.begun.append(effect)
        assert self.may_end.wait(10)
        self.ended.append(effect)


@pytest.fixture
def work(migrated_database_url: str) -> Iterator[PostgresWork]:
    """Give units of work with a company in force."""
    engine = connect(migrated_database_url, pool_size=4)
    work = PostgresWork(engine)
    with work() as uow:
        uow.companies.add(company(), applied_by="operator")
        uow.commit()
    yield work
    engine.dispose()


def _order(work: Work, count: int) -> None:
    """Order so many duties."""
    with work() as uow:
        for number in range(count):
            request = uow.requests.add(draft(uow.now, entitlement=EntitlementId(f"e{number}")))
            uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.commit()


def _no_break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BREAK", 0.0)


def test_what_is_due_is_sent_once(work: PostgresWork) -> None:
    """A second turn finds nothing: what was handed over is somebody's for a while."""
    _order(work, 3)
    queue = Queue()
    pump = Pump(work, queue.send)

    turned = [pump.turn(), pump.turn()]

    assert turned == [3, 0]
    assert len(set(queue.sent)) == 3


def test_whoever_ordered_something_wakes_the_pump(migrated_database_url: str) -> None:
    """It is sent right after the commit, and not at the clock's next tick."""
    engine = connect(migrated_database_url, pool_size=4)
    work = PostgresWork(engine, on_ordered=lambda: pump.wake())  # noqa: PLW0108 - made below, from this
    queue = Queue()
    pump = Pump(work, queue.send)
    thread = threading.Thread(target=pump.run)
    thread.start()
    with work() as uow:
        uow.companies.add(company(), applied_by="operator")
        uow.commit()

    _order(work, 2)

    until(lambda: len(queue.sent) == 2, what="both sent")
    pump.stop()
    thread.join()
    engine.dispose()


def test_more_than_a_batch_is_sent_in_one_go(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One wake-up is enough for whatever is due."""
    monkeypatch.setattr(module, "BATCH_MAX", 2)
    _order(work, 5)
    queue = Queue()
    pump = Pump(work, queue.send)
    thread = threading.Thread(target=pump.run)
    thread.start()

    pump.wake()

    until(lambda: len(queue.sent) == 5, what="all sent")
    pump.stop()
    thread.join()


def test_what_cannot_be_sent_is_carried_out_here(work: PostgresWork) -> None:
    """Where the queue is away, the clock does it itself: all of what it has claimed."""
    _order(work, 3 * OWN_THREADS)
    queue, hands = Queue(), Hands()
    queue.is_away = True
    pump = Pump(work, queue.send, hands.carry_out)

    claimed = pump.turn()

    assert claimed == 3 * OWN_THREADS
    until(lambda: len(set(hands.ended)) == 3 * OWN_THREADS, what="all of them carried out")
    pump.stop()


def test_access_ends_without_any_worker(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that nobody takes is sent twice; then the clock carries the duty out itself."""
    monkeypatch.setattr(outbox, "QUEUED_FOR", timedelta(0))
    queue, hands = Queue(), Hands()
    pump = Pump(work, queue.send, hands.carry_out)
    with work() as uow:
        request = uow.requests.add(draft(uow.now))
        uow.outbox.order(Duty(EffectKind.DEPROVISION, request.id))
        uow.commit()

    for _ in range(OWN_AFTER):
        pump.turn()
    until(lambda: hands.ended, what="the clock's own attempt")
    pump.stop()

    assert len(queue.sent) == OWN_AFTER - 1
    assert hands.ended == queue.sent[:1]


def test_a_queue_that_is_away_is_left_alone_for_a_while(work: PostgresWork) -> None:
    """Asking costs its time limit, which is paid once and not for every duty."""
    _order(work, 1)
    queue, hands = Queue(), Hands()
    queue.is_away = True
    pump = Pump(work, queue.send, hands.carry_out)
    pump.turn()
    until(lambda: len(hands.ended) == 1, what="the first carried out")
    with work() as uow:
        request = uow.requests.add(draft(uow.now, entitlement=EntitlementId("another")))
        uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.commit()

    pump.turn()

    until(lambda: len(hands.ended) == 2, what="the second carried out")
    assert queue.tried == 1
    pump.stop()


def test_no_more_is_claimed_than_can_be_begun(work: PostgresWork) -> None:
    """A claimed duty that waits for a thread would lose its time before it is begun."""
    queue, hands = Queue(), Hands()
    queue.is_away = True
    hands.may_end.clear()
    pump = Pump(work, queue.send, hands.carry_out)
    pump._away_until = float("inf")
    _order(work, OWN_THREADS + 3)

    claimed = [pump.turn(), pump.turn()]

    assert claimed == [OWN_THREADS, 0]
    until(lambda: len(hands.begun) == OWN_THREADS, what="as many begun as there are threads")
    hands.may_end.set()
    until(lambda: len(hands.ended) == OWN_THREADS, what="all of them ended")
    until(lambda: pump.turn() == 3, what="the rest claimed")
    pump.stop()


def test_a_database_that_fails_takes_no_thread_away(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis and Postgres gone together, and Postgres back first: everything is carried out."""
    hands = Hands()
    pump = Pump(work, Queue().send, hands.carry_out)
    pump._away_until = float("inf")
    _order(work, OWN_THREADS)

    def fail(_work: Work, *, limit: int) -> None:
        raise Unavailable

    monkeypatch.setattr(module, "hand_out", fail)
    for _ in range(OWN_THREADS):
        with pytest.raises(Unavailable):
            pump.turn()
    monkeypatch.setattr(module, "hand_out", hand_out)

    assert pump.turn() == OWN_THREADS
    until(lambda: len(hands.ended) == OWN_THREADS, what="all of them carried out")
    pump.stop()


def test_after_a_failure_one_duty_goes_first(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cannot carry anything out claims one to see whether the queue is back, not a hundred."""
    _no_break(monkeypatch)
    _order(work, 5)
    queue = Queue()
    queue.is_away = True
    pump = Pump(work, queue.send)
    pump._is_doubtful = True

    away = pump.turn()
    queue.is_away = False
    back = pump.turn()

    assert (away, back) == (1, 4)
    assert len(queue.sent) == 4


def test_what_waits_for_a_thread_is_dropped_at_the_end(work: PostgresWork) -> None:
    """Stopping takes as long as what is under way; the rest is claimed anew by others."""
    _order(work, OWN_THREADS + 3)
    queue, hands = Queue(), Hands()
    queue.is_away = True
    hands.may_end.clear()
    pump = Pump(work, queue.send, hands.carry_out)
    pump.turn()
    until(lambda: len(hands.begun) == OWN_THREADS, what="as many begun as there are threads")
    stopping = threading.Thread(target=pump.stop)

    stopping.start()
    until(pump._stopping.is_set, what="stopping begun")
    until(lambda: pump._pool is not None and pump._pool._shutdown, what="nothing more taken on")
    hands.may_end.set()
    stopping.join()

    assert len(hands.ended) == OWN_THREADS
    assert pump.turn() == 0


def test_a_pump_that_failed_goes_on(work: PostgresWork, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restart of Postgres does not end the thread."""
    monkeypatch.setattr(module, "PAUSE_AFTER_FAILURE", 0.0)
    queue = Queue()
    pump = Pump(work, queue.send)
    failed = threading.Event()

    def fail(_work: Work, *, limit: int) -> None:
        failed.set()
        raise Unavailable

    monkeypatch.setattr(module, "hand_out", fail)
    thread = threading.Thread(target=pump.run)
    thread.start()
    pump.wake()
    until(failed.is_set, what="the pump failed")
    monkeypatch.setattr(module, "hand_out", hand_out)
    _order(work, 1)

    pump.wake()

    until(lambda: len(queue.sent) == 1, what="it sent")
    pump.stop()
    thread.join()


def test_a_batch_is_bounded(work: PostgresWork) -> None:
    """However much is due, a claim stays small."""
    _order(work, BATCH_MAX + 1)

    turned = Pump(work, Queue().send).turn()

    assert turned == BATCH_MAX


def test_a_queue_that_is_slow_is_as_good_as_away(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that each come just in time do not hold a whole batch up."""
    monkeypatch.setattr(module, "SEND_WITHIN", 0.0)
    _order(work, 5)
    queue, hands = Queue(), Hands()
    pump = Pump(work, queue.send, hands.carry_out)

    pump.turn()

    until(lambda: len(hands.ended) == 5 - queue.tried, what="the rest carried out here")
    assert queue.tried < 5
    pump.stop()


def test_what_waits_for_a_thread_is_bounded(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Duties that stand still do not pile up: each look after the queue would add one."""
    _no_break(monkeypatch)
    monkeypatch.setattr(module, "OWN_MAX", OWN_THREADS + 1)
    _order(work, OWN_THREADS + 5)
    queue, hands = Queue(), Hands()
    queue.is_away = True
    hands.may_end.clear()
    pump = Pump(work, queue.send, hands.carry_out)
    pump._is_doubtful = True

    claimed = [pump.turn() for _ in range(OWN_THREADS + 5)]
    hands.may_end.set()

    assert claimed == [1] * (OWN_THREADS + 5)
    until(lambda: pump._taken == 0, what="all of them ended")
    assert len(hands.ended) == OWN_THREADS + 1
    pump.stop()


def test_a_queue_that_came_back_is_used_again(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its break it is asked, and from then on workers do the work."""
    _no_break(monkeypatch)
    _order(work, 1)
    queue, hands = Queue(), Hands()
    queue.is_away = True
    pump = Pump(work, queue.send, hands.carry_out)
    pump.turn()
    until(lambda: len(hands.ended) == 1, what="the first carried out here")
    queue.is_away = False
    with work() as uow:
        for name in ("f", "g"):
            request = uow.requests.add(draft(uow.now, entitlement=EntitlementId(name)))
            uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.commit()

    pump.turn()

    assert len(queue.sent) == 2
    assert len(hands.ended) == 1
    pump.stop()


def test_what_was_sent_nowhere_is_due_again(
    work: PostgresWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that carries nothing out itself leaves it to be claimed anew, by anybody."""
    monkeypatch.setattr(outbox, "QUEUED_FOR", timedelta(0))
    _order(work, 2)
    queue = Queue()
    queue.is_away = True
    Pump(work, queue.send).turn()
    other = Queue()

    turned = Pump(work, other.send).turn()

    assert turned == 2
