"""The web process: what it answers to an operator."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.test_utils import TestClient
from prometheus_client.parser import text_string_to_metric_families

from bot.settings import Settings
from bot.web import LINGERS, make_app, settled
from bot.wiring import Parts

Client = TestClient[web.Request, web.Application]
MakeClient = Callable[[web.Application], Awaitable[Client]]


async def test_healthz_says_that_the_process_is_alive(
    aiohttp_client: MakeClient, environment: dict[str, str]
) -> None:
    """A process whose database is away is alive all the same."""
    away = environment | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    client = await aiohttp_client(make_app(Parts(Settings.load(away), "web")))

    answer = await client.get("/healthz")

    assert answer.status == 200


async def test_readyz_says_that_the_database_is_away(
    aiohttp_client: MakeClient, environment: dict[str, str]
) -> None:
    """A process whose database is away is not ready, and does not say where that should be."""
    away = environment | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    client = await aiohttp_client(make_app(Parts(Settings.load(away), "web")))

    answer = await client.get("/readyz")

    assert answer.status == 503
    assert "127.0.0.1" not in await answer.text()


async def test_readyz_asks_for_a_company(aiohttp_client: MakeClient, empty_parts: Parts) -> None:
    """Without a company the process is not ready, and says which command is missing."""
    client = await aiohttp_client(make_app(empty_parts))

    answer = await client.get("/readyz")

    assert answer.status == 503
    assert "config apply" in await answer.text()


async def test_readyz_names_the_configuration(aiohttp_client: MakeClient, parts: Parts) -> None:
    """With a database and a company the process is ready."""
    client = await aiohttp_client(make_app(parts))

    answer = await client.get("/readyz")

    assert answer.status == 200
    assert (await answer.json())["config"] == 1


async def test_metrics_are_what_prometheus_reads(aiohttp_client: MakeClient, parts: Parts) -> None:
    """Every number that an operator has to watch is there, in Prometheus' text format."""
    client = await aiohttp_client(make_app(parts))

    answer = await client.get("/metrics")

    names = {family.name for family in text_string_to_metric_families(await answer.text())}
    assert names >= {
        "jit_oldest_overdue_grant_seconds",
        "jit_oldest_effect_seconds",
        "jit_audit_sequencing_lag_seconds",
        "jit_audit_checkpoint_age_seconds",
        "jit_decisions",
    }


async def test_the_playground_is_absent_unless_switched_on(
    aiohttp_client: MakeClient, environment: dict[str, str]
) -> None:
    """Without its setting there is no playground at all."""
    del environment["JIT_PLAYGROUND"]
    client = await aiohttp_client(make_app(Parts(Settings.load(environment), "web")))

    answer = await client.get("/playground")

    assert answer.status == 404


async def test_what_was_loaded_is_never_looked_through_for_garbage(parts: Parts) -> None:
    """That would stop the loop for longer than anybody's answer takes."""
    before = gc.get_freeze_count()

    await settled(make_app(parts))

    frozen = gc.get_freeze_count() - before
    gc.unfreeze()
    assert frozen > 50_000


async def test_the_rest_of_a_body_that_nobody_asked_for_is_not_read(parts: Parts) -> None:
    """It could unpack into gigabytes; the server itself would wait ten seconds for all of it."""
    runner = web.AppRunner(make_app(parts), lingering_time=LINGERS)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0])

    writer.write(b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegun")
    answer = await asyncio.wait_for(reader.read(), timeout=5)

    assert answer.startswith(b"HTTP/1.1 404")
    writer.close()
    await runner.cleanup()
