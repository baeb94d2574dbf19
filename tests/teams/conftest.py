"""What tests against the fake Teams use: an organisation with people, and a bot of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from tests.teams.fake_teams import FakeTeams
from tests.teams.sample_bot import AUDIT, JAMES, RIYA, TROIKA, SampleBot


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    """Give an organisation where two people and the bot are in a channel and in a chat."""
    fake = FakeTeams()
    fake.add_person(RIYA, "Riya Patel", upn="riya@acme.example")
    fake.add_person(JAMES, "James Whitaker", upn="james@acme.example")
    fake.add_channel(AUDIT, "jit-audit", members={RIYA, JAMES})
    fake.add_group_chat(TROIKA, "Troika", members={RIYA, JAMES})
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def bot(teams: FakeTeams) -> AsyncIterator[SampleBot]:
    """Give a bot that the organisation delivers to."""
    async with aiohttp.ClientSession() as session:
        made = SampleBot(teams, session)
        served = web.Application()
        served.router.add_post("/api/messages", made.take)
        runner = web.AppRunner(served, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        teams.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
        yield made
        await runner.cleanup()
