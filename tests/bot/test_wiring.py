"""Parts are made when they are asked for, and all of them are let go of."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing

import psycopg2
import pytest
import redis
from sqlalchemy import make_url

from bot.settings import Settings
from bot.web import make_app
from bot.wiring import Parts
from engine.errors import ConnectorError, Permanent, Temporary
from engine.model.identifiers import EntitlementId, PersonId, SystemId
from engine.model.request import RequestState
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.find import read_request
from engine.workflow.look import company_now
from tests.bot.test_web import MakeClient
from tests.waiting import until

NOWHERE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def _sessions(url: str, process: str) -> int:
    """Count the database's sessions of a process, as the database itself sees them."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE %s",
            (f"jitbot-{process}%",),
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("process", ["web", "worker", "clock"])
def test_nothing_connects_before_it_is_used(environment: dict[str, str], process: str) -> None:
    """A process starts while Postgres and Redis are away."""
    parts = Parts(Settings.load(environment | NOWHERE), process)

    with parts.pumping():
        made = parts.engine, parts.broker, parts.duties, parts.signer, parts.pump

    assert None not in made


def test_everything_is_let_go_of(parts: Parts, environment: dict[str, str]) -> None:
    """No thread, no session of Postgres and none of Redis outlives a process's parts."""
    before = set(threading.enumerate())
    clock = Parts(parts.settings, "clock")
    with closing(redis.Redis.from_url(environment["REDIS_URL"])) as server:
        clients = len(server.client_list())
        with clock.pumping():
            company_now(clock.work)
            clock.sequence()
            clock.loop.run(_nothing())
            clock.broker.client.ping()
            assert _sessions(environment["DATABASE_URL"], "clock") >= 2
            assert len(server.client_list()) > clients

        until(lambda: not _sessions(environment["DATABASE_URL"], "clock"), what="no session left")
        until(lambda: len(server.client_list()) == clients, what="no client left")
    assert set(threading.enumerate()) <= before


def test_letting_go_twice_is_fine(parts: Parts) -> None:
    """Whoever cleans up need not ask who did before."""
    parts.loop.run(_nothing())
    company_now(parts.work)

    parts.close()
    parts.close()


def test_one_part_that_fails_keeps_no_other(
    parts: Parts, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chat that cannot be closed leaves no session of the database behind."""
    web = Parts(parts.settings, "verb")
    company_now(web.work)
    (platform,) = web.platforms.values()
    web.loop.run(_nothing())

    async def fail() -> None:
        raise ValueError("cannot be closed")

    monkeypatch.setattr(type(platform), "close", lambda _: fail())

    with pytest.raises(ValueError, match="cannot be closed"):
        web.close()

    until(lambda: not _sessions(environment["DATABASE_URL"], "verb"), what="no session left")


def test_what_is_ordered_wakes_the_pump(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right after the commit, in whichever process."""
    woken = threading.Event()
    monkeypatch.setattr(parts.pump, "wake", woken.set)

    parts._wake()

    assert woken.is_set()


@pytest.mark.parametrize(("process", "carries_out"), [("web", False), ("clock", True)])
def test_only_the_clock_carries_duties_out_itself(
    parts: Parts, process: str, *, carries_out: bool
) -> None:
    """People's commands are answered by threads that nothing else may take."""
    made = Parts(parts.settings, process)

    assert (made.pump._own is not None) == carries_out

    made.close()


def test_a_system_that_is_gone_from_the_configuration_is_gone(parts: Parts) -> None:
    """Trying again would change nothing, so the sentence goes to whoever can."""
    with pytest.raises(Permanent, match="not in the configuration any more"):
        parts.connector(SystemId("long-gone"))


def test_a_secret_that_is_missing_may_still_come(parts: Parts, environment: dict[str, str]) -> None:
    """An operator sets it, and the duty goes on; nothing of other secrets is told."""
    del environment["LEDGER_CONNECTOR_URL"]
    without = Parts(Settings.load(environment), "worker")

    with pytest.raises(ConnectorError) as raised:
        without.connector(SystemId("ledger"))

    assert isinstance(raised.value, Temporary)
    assert "LEDGER_CONNECTOR_URL" in str(raised.value)
    assert environment["JIT_PLAYGROUND_TOKEN"] not in str(raised.value)
    without.close()
    parts.connector(SystemId("ledger"))


async def _nothing() -> None:
    """Be run."""


async def test_the_web_process_serves_without_redis(
    aiohttp_client: MakeClient, parts: Parts, environment: dict[str, str]
) -> None:
    """It is ready, takes requests, and ends; what it could not send is left for the clock."""
    away = environment | {"REDIS_URL": NOWHERE["REDIS_URL"]}
    web = Parts(Settings.load(away), "web")
    client = await aiohttp_client(make_app(web))
    ask = Ask(PersonId("li.wei"), EntitlementId("aws-prod-read"), None, "looking for a fault")

    submitted = await asyncio.to_thread(submit, web.work, ask)
    await asyncio.to_thread(until, lambda: web.pump._is_doubtful, what="Redis missed")
    answer = await client.get("/readyz")
    await client.close()

    assert answer.status == 200
    with parts.work() as uow:
        assert read_request(uow, submitted.request.id).request.state is RequestState.PENDING
        assert uow.outbox.due_in() is not None
