"""For how long nobody else is heard while Teams' keys and sign-in take two seconds each.

Slack's three seconds run on the same event loop. A Teams that is slow has a loop of its own here;
on ours are the door and the connector, as in the web process, and a pulse that wants a turn each
millisecond.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import pairwise

from aiohttp import web

from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.tokens import Tokens
from adapters.chat.teams.door.app import PATH, TeamsParts, add_teams
from adapters.chat.teams.turn import Hear, Reply, Turn
from bot.loop import LoopThread
from tests.bench.table import Row, spread
from tests.teams.fake_teams import FakeTeams, slow
from tests.teams.sample_bot import RIYA, said
from tests.waiting import until_async

TAKES = 2.0
"""Seconds of each call to the servers of keys and of tokens."""

PULSE = 0.001


def measure() -> Sequence[Row]:
    """Measure the first message: keys and token are fetched for it, and its answer waits."""
    teams, elsewhere = FakeTeams(), LoopThread()
    teams.add_person(RIYA, "Riya Patel", upn="riya@acme.example")
    elsewhere.run(teams.start())
    try:
        gaps, took = asyncio.run(_first_message(teams, elsewhere))
    finally:
        elsewhere.run(teams.stop())
        elsewhere.stop()
    what = (
        f"keys and sign-in take {TAKES:g} s a call, the first answer {took:.1f} s; p50 / p99 / max"
    )
    return [Row("the loop's lag", str(spread(gaps)), "max < 50 ms", what)]


async def _first_message(teams: FakeTeams, elsewhere: LoopThread) -> tuple[list[float], float]:
    connector = BotConnector(Tokens(_credentials(teams)), [teams.host])
    answering: list[asyncio.Future[str]] = []

    async def hear(turn: Turn) -> Reply:
        sending = connector.send(turn.service_url, turn.conversation, said("Hello"))
        answering.append(asyncio.ensure_future(sending))
        return 202, None

    teams.order(slow(TAKES), call="keys", times=2)
    teams.order(slow(TAKES), call="login", times=3)
    pulse, began = _Pulse(), time.perf_counter()
    runner = await _served(teams, hear)
    await asyncio.to_thread(elsewhere.run, teams.person(RIYA).types("home"))

    async def is_answered() -> bool:
        return bool(answering) and answering[0].done()

    await until_async(is_answered, within=30)
    took = time.perf_counter() - began
    gaps = pulse.stop()
    await answering[0]
    await connector.close()
    await runner.cleanup()
    return gaps, took


async def _served(teams: FakeTeams, hear: Hear) -> web.AppRunner:
    app = web.Application()
    add_teams(
        app,
        TeamsParts(
            hear=hear,
            app_id=teams.app.id,
            openid_url=teams.openid_url,
            service_hosts=[teams.host],
        ),
    )
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    teams.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    return runner


def _credentials(teams: FakeTeams) -> Credentials:
    app = teams.app
    return Credentials(
        app_id=app.id, tenant=app.tenant, login_url=teams.login_url, password=app.secret
    )


class _Pulse:
    """Looks how late each turn comes."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._seen: list[float] = []
        self._beat()

    def _beat(self) -> None:
        self._seen.append(time.perf_counter())
        self._next = self._loop.call_later(PULSE, self._beat)

    def stop(self) -> list[float]:
        """Give all delays, in seconds."""
        self._next.cancel()
        self._seen.append(time.perf_counter())
        return [after - before - PULSE for before, after in pairwise(self._seen)]
