"""One short actor per kind of duty. No decisions are made here.

A message holds the duty's id and the attempt, nothing else. It has no retries, no delay and no
lock: Postgres owns all three. After some seconds it is worthless: the duty was claimed anew.
"""

from __future__ import annotations

from collections.abc import Callable

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerError
from dramatiq.middleware import AgeLimit, Middleware, ShutdownNotifications, TimeLimit
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from bot.queue.pump import CarryOut, QueueAway, Send
from engine.model.identifiers import EffectId
from engine.ports import EffectKind

MESSAGE_AGE_MAX = 60_000
"""Milliseconds. An unstarted duty is claimed anew every 5 s: what piles up while no worker is there
is dropped unread. Two machines' clocks are compared here, and they may differ by all but 5 s of it;
were it less, a worker whose clock is fast would drop everything."""

TIME_LIMIT = 70_000
"""Milliseconds; above the longest lease, so that it only ends what is stuck for good."""

HEARTBEAT_TIMEOUT = 15_000
MAINTENANCE_CHANCE = 100_000
"""Of a million. With these a dead worker's messages are dropped after half a minute, not 18 minutes
(reference numbers of Dramatiq 2.2); until then their age limit makes them harmless."""

PRIORITY = {EffectKind.DEPROVISION: 0, EffectKind.PROVISION: 1, EffectKind.ANNOUNCE: 2}
"""The lowest goes first where all of a worker's threads are busy. Each end is announced, too: with
200 of both a second, ends that had to wait for announcements came seconds late (`make bench`)."""

REDIS_TIMEOUT = 2.0
"""Seconds for which sending may hold up a pump."""


def make_broker(redis_url: str) -> RedisBroker:
    """Connect to the queue. Nothing that has to survive is kept in it."""
    middleware: list[Middleware] = [
        AgeLimit(max_age=MESSAGE_AGE_MAX),
        TimeLimit(time_limit=TIME_LIMIT),
        ShutdownNotifications(notify_shutdown=False),
    ]
    return RedisBroker(  # type: ignore[no-untyped-call] # dramatiq leaves its brokers untyped
        client=Redis.from_url(
            redis_url,
            socket_timeout=REDIS_TIMEOUT,
            socket_connect_timeout=1.0,
            # The client's own ten retries would hold a pump up for seconds; ours is the next tick.
            retry=Retry(NoBackoff(), 0),
        ),
        middleware=middleware,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        maintenance_chance=MAINTENANCE_CHANCE,
    )


def declare(broker: RedisBroker, carry_out: CarryOut) -> None:
    """Declare the actors, in the worker only."""
    for kind in EffectKind:
        declared = dramatiq.actor(
            actor_name=kind.value, queue_name=kind.value, broker=broker, priority=PRIORITY[kind]
        )
        declared(_actor(kind, carry_out))


def _actor(kind: EffectKind, carry_out: CarryOut) -> Callable[[int, int], None]:
    def act(effect: int, attempt: int) -> None:
        carry_out(kind, EffectId(effect), attempt)

    return act


def sender(broker: RedisBroker) -> Send:
    """Give what puts a duty on its queue."""

    def send(kind: EffectKind, effect: EffectId, attempt: int) -> None:
        message: dramatiq.Message[None] = dramatiq.Message(
            queue_name=kind.value,
            actor_name=kind.value,
            args=(int(effect), attempt),
            kwargs={},
            options={},
        )
        try:
            broker.enqueue(message)
        except (BrokerError, RedisError, OSError) as error:
            raise QueueAway from error

    return send
