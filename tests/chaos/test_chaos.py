"""Whatever befalls the processes and the servers, everything that was decided comes to its end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import redis

from adapters.chat.cards import Line
from adapters.chat.playground.render import read_card
from adapters.connectors.sandbox import Fault
from bot.embedded import EmbeddedServers
from engine.audit.entry import Entry
from engine.audit.vocabulary import VOCABULARY, Action, sentence
from engine.model.identifiers import RequestId, show
from engine.workflow.look import company_now
from tests.chaos.house import ENTITLEMENT, House
from tests.waiting import until

ROUNDS = int(os.environ.get("JIT_CHAOS_ROUNDS", "1"))
"""How often every fault comes; more of them with `make soak`."""

QUIET_WITHIN = 120.0
"""A 5 s grant, the longest fault, a chat's retries: far below this on a machine under load."""

LATE_MAX = timedelta(seconds=60)
"""compliance.md 1.4: access is gone within a minute of its end."""


@pytest.fixture
def house(short_folder: Path, own_servers: EmbeddedServers) -> Iterator[House]:
    """Give an installation that runs, with two workers and two clocks."""
    house = House(short_folder, own_servers)
    house.start("web", "worker-1", "worker-2", "clock-1", "clock-2")
    try:
        yield house
    finally:
        house.close()


WORKERS = ("worker-1", "worker-2")


def _kill_workers(house: House) -> None:
    """They die in the middle of a call of the target: nobody will ever know what came of it."""
    with house.holding_target():
        house.wait_until_some_are("running")
        for name in WORKERS:
            house.kill(name)
    house.start(*WORKERS)


def _kill_clocks(house: House) -> None:
    for name in ("clock-1", "clock-2"):
        house.kill(name)
        house.start(name)


def _flush_redis(house: House) -> None:
    """It is emptied while it holds what nobody has begun yet."""
    for name in WORKERS:
        house.pause(name)
    house.ask(house.PEOPLE[0])
    house.wait_until_some_are("queued")
    with redis.Redis.from_url(house.settings.redis_url) as queue:
        queue.flushall()
    for name in WORKERS:
        house.go_on(name)


def _lose_redis(house: House) -> None:
    """Redis is gone until two grants of 5 s, one after the other, began and ended without it."""
    house.servers.stop_redis()
    for person in house.PEOPLE[:2]:
        _wait_for(house, house.ask(person), "ended")
    house.servers.start_redis()


def _restart_postgres(house: House) -> None:
    house.servers.restart_postgres()


def _stop_target(house: House) -> None:
    house.sandbox.order(Fault.DOWN, times=10)


def _lose_answers(house: House) -> None:
    house.sandbox.order(Fault.RESPONSE_LOST, times=6)


def _stop_chat(house: House) -> None:
    """The chat is away until access has been given, so that its echo comes late."""
    house.kill("web")
    _wait_for(house, house.ask(house.PEOPLE[1]), "active", "ended")
    house.start("web")


FAULTS: tuple[Callable[[House], None], ...] = (
    _kill_workers,
    _kill_clocks,
    _flush_redis,
    _restart_postgres,
    _stop_target,
    _lose_answers,
    _lose_redis,
    _stop_chat,
)


def _wait_for(house: House, request: RequestId, *states: str) -> None:
    def state() -> object:
        found = house.numbers(f"SELECT state FROM access_grant WHERE id = {request}")
        return found[0][0] if found else None

    until(lambda: state() in states, within=60, what=f"{show(request)} {states}")


@pytest.mark.timeout(180 + 240 * ROUNDS)
def test_everything_comes_to_its_end(house: House) -> None:
    """Crashes, outages and lost answers delay; they lose nothing, double nothing, leave nothing."""
    for _ in range(ROUNDS):
        for fault in FAULTS:
            for person in house.PEOPLE:
                house.ask(person)
            fault(house)
    until(house.is_quiet, within=QUIET_WITHIN * ROUNDS, what="the end of everything")

    assert house.parts.verify_log().ok, house.parts.verify_log().sentence
    assert _holders(house) == ()
    assert _late(house) <= LATE_MAX
    threads = _threads(house)
    for request in _requests(house):
        entries = _stream(house, request)
        assert _life(entries) == LIFE, show(request)
        echo = [sentence(e) for e in entries if VOCABULARY[Action(e.action)].in_thread]
        assert threads[show(request)] == echo, show(request)


LIFE = (
    Action.REQUEST_SUBMITTED,
    Action.STAGE_OPENED,
    Action.DECISION_APPROVED,
    Action.REQUEST_APPROVED,
    Action.GRANT_ACTIVATED,
    Action.GRANT_EXPIRED,
    Action.GRANT_ENDED,
)
"""Each transition once, in this order."""

ON_THE_WAY = {Action.GRANT_WARNED, Action.GRANT_OVERDUE}
"""No transitions: said once or not at all."""


def _life(entries: list[Entry]) -> tuple[Action, ...]:
    """Name a request's transitions; where a later grant needs the permission, it ended too."""
    told = [Action(entry.action) for entry in entries]
    assert all(told.count(action) <= 1 for action in ON_THE_WAY), told
    kept = (Action.GRANT_KEPT, Action.GRANT_UNUSED)
    ended = dict.fromkeys(kept, Action.GRANT_ENDED)
    return tuple(ended.get(action, action) for action in told if action not in ON_THE_WAY)


def _requests(house: House) -> list[RequestId]:
    rows = house.numbers("SELECT id FROM request ORDER BY id")
    return [RequestId(cast(int, number)) for (number,) in rows]


def _stream(house: House, request: RequestId) -> list[Entry]:
    with house.work() as uow:
        return [recorded.entry for recorded in uow.audit.stream(show(request))]


def _threads(house: House) -> dict[str, list[Line]]:
    """Read what the replies say, by request; a request with two threads has none that is right."""
    threads: dict[str, list[Line]] = {}
    roots: dict[int, str] = {}
    for number, root, written in house.said():
        card = read_card(json.loads(written))
        if root is None:
            roots[number] = card.title.partition(":")[0]
            assert roots[number] not in threads, f"{roots[number]} has two threads"
            threads[roots[number]] = []
        else:
            threads[roots[root]].append(card.lines[0])
    return threads


def _late(house: House) -> timedelta:
    ((late,),) = house.numbers("SELECT max(ended_at - ends_at) FROM access_grant")
    return cast(timedelta, late)


def _holders(house: House) -> tuple[str, ...]:
    entitlement = company_now(house.work).company.entitlement[ENTITLEMENT]
    return house.sandbox.holders(entitlement.resource, entitlement.permission, None).accounts
