"""The queue as it is used: a real Redis, Dramatiq's own worker, and what gets lost on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Event
from urllib.parse import unquote, urlsplit

import dramatiq
import pytest
import redis
from dramatiq.brokers.redis import RedisBroker

from bot.queue.actors import MESSAGE_AGE_MAX, REDIS_TIMEOUT, declare, make_broker, sender
from bot.queue.pump import CarryOut, QueueAway
from bot.worker import POLL
from engine.model.identifiers import EffectId
from engine.ports import EffectKind
from tests.faults import Proxy, Upstream
from tests.waiting import until

Handed = tuple[EffectKind, int, int]


class Hands:
    """Notes what it is told to carry out."""

    def __init__(self) -> None:
        self.told: list[Handed] = []

    def carry_out(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        """Note it."""
        self.told.append((kind, effect, attempt))


@pytest.fixture
def broker(redis_url: str) -> Iterator[RedisBroker]:
    """Give a queue of this test's own."""
    made = make_broker(redis_url)
    yield made
    made.close()


@contextmanager
def _working(broker: RedisBroker, carry_out: CarryOut) -> Iterator[None]:
    declare(broker, carry_out)
    worker = dramatiq.Worker(broker, worker_timeout=POLL, worker_threads=2)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def test_an_end_goes_before_announcements_that_wait(broker: RedisBroker) -> None:
    """A worker whose threads are all busy takes access away first, whatever came before."""
    hands, free = Hands(), Event()

    def carry_out(kind: EffectKind, effect: EffectId, attempt: int) -> None:
        hands.carry_out(kind, effect, attempt)
        free.wait(10)

    declare(broker, carry_out)
    worker = dramatiq.Worker(broker, worker_timeout=POLL, worker_threads=1)
    worker.start()
    send = sender(broker)
    send(EffectKind.ANNOUNCE, EffectId(1), 1)
    until(lambda: hands.told, what="the only thread's being busy")
    for kind, effect in ((EffectKind.ANNOUNCE, 2), (EffectKind.DEPROVISION, 3)):
        send(kind, EffectId(effect), 1)
    until(lambda: worker.work_queue.qsize() == 2, what="both waiting for the thread")

    free.set()
    until(lambda: len(hands.told) == 3, what="all three's being carried out")
    worker.stop()

    assert [effect for _, effect, _ in hands.told] == [1, 3, 2]


def test_a_duty_gets_to_a_worker(broker: RedisBroker) -> None:
    """Kind, number and attempt arrive as they were sent."""
    hands = Hands()

    with _working(broker, hands.carry_out):
        for number, kind in enumerate(EffectKind):
            sender(broker)(kind, EffectId(number), number + 10)
        until(lambda: len(hands.told) == len(EffectKind), what="all of them told")

    assert set(hands.told) == {(kind, n, n + 10) for n, kind in enumerate(EffectKind)}


def test_a_message_holds_two_numbers(broker: RedisBroker, redis_url: str) -> None:
    """Nothing about people or reasons ever gets into Redis."""
    with closing(redis.Redis.from_url(redis_url)) as server:
        sender(broker)(EffectKind.PROVISION, EffectId(7), 3)

        (written,) = [
            value
            for key in server.scan_iter()
            if server.type(key) == b"hash"
            for value in server.hgetall(key).values()
        ]

    assert isinstance(written, bytes)
    message = dramatiq.Message[None].decode(written)
    assert (tuple(message.args), message.kwargs) == ((7, 3), {})
    assert set(message.options) == {"redis_message_id"}


def test_what_failed_does_not_come_again(broker: RedisBroker) -> None:
    """Trying again is Postgres's business: a second copy would be one too many."""
    numbers = count()

    def fail_first(kind: EffectKind, effect: EffectId, attempt: int) -> None:
        hands.carry_out(kind, effect, attempt)
        if next(numbers) == 0:
            raise ValueError("not a word of this gets anywhere")

    hands = Hands()
    with _working(broker, fail_first):
        sender(broker)(EffectKind.ANNOUNCE, EffectId(1), 1)
        until(lambda: len(hands.told) == 1, what="the first told")
        sender(broker)(EffectKind.ANNOUNCE, EffectId(2), 1)
        until(lambda: len(hands.told) == 2, what="the second told")

    assert [effect for _, effect, _ in hands.told] == [1, 2]


def test_an_old_message_is_dropped(broker: RedisBroker) -> None:
    """What piled up while no worker was there has been claimed anew since."""
    hands = Hands()
    now = int(time.time() * 1000)
    for number, age in ((1, MESSAGE_AGE_MAX + 1000), (2, MESSAGE_AGE_MAX // 2)):
        broker.enqueue(
            dramatiq.Message(
                queue_name="provision",
                actor_name="provision",
                args=(number, 1),
                kwargs={},
                options={},
                message_timestamp=now - age,
            )
        )

    with _working(broker, hands.carry_out):
        until(lambda: hands.told, what="one told")
        until(lambda: not broker.client.hlen("dramatiq:provision.msgs"), what="both gone")

    assert hands.told == [(EffectKind.PROVISION, 2, 1)]


def test_a_flushed_queue_takes_messages_again(broker: RedisBroker, redis_url: str) -> None:
    """A Redis that was emptied, of Dramatiq's scripts too, lets the next message through."""
    hands = Hands()
    with _working(broker, hands.carry_out), closing(redis.Redis.from_url(redis_url)) as server:
        sender(broker)(EffectKind.ANNOUNCE, EffectId(1), 1)
        until(lambda: len(hands.told) == 1, what="the first told")
        server.flushdb()
        server.script_flush()

        sender(broker)(EffectKind.ANNOUNCE, EffectId(2), 1)

        until(lambda: len(hands.told) == 2, what="the second told")


def test_a_queue_that_is_not_there_is_away(tmp_path: Path) -> None:
    """Whoever sends is told so, in one kind of error."""
    broker = make_broker(f"unix://{tmp_path}/nobody.sock")

    with pytest.raises(QueueAway):
        sender(broker)(EffectKind.ANNOUNCE, EffectId(1), 1)


def test_a_queue_that_does_not_answer_is_away_soon(redis_url: str) -> None:
    """A pump is not held up for longer than the time limit, whatever the network does."""
    with Proxy(upstream(redis_url)) as proxy:
        broker = make_broker(f"redis://127.0.0.1:{proxy.port}/0")
        proxy.stall()
        began = time.monotonic()

        with pytest.raises(QueueAway):
            sender(broker)(EffectKind.ANNOUNCE, EffectId(1), 1)

        # Twice: once for the connection's own greeting, at most.
        assert time.monotonic() - began < 2 * REDIS_TIMEOUT + 1
        broker.close()


def upstream(url: str) -> Upstream:
    """Say where a proxy finds this Redis."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return Path(unquote(parts.path))
    return parts.hostname or "127.0.0.1", parts.port or 6379
