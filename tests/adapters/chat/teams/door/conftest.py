"""A Teams with people, and our door that it delivers to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from adapters.chat.teams.door.app import PATH, add_teams
from tests.adapters.chat.teams.door.opened import Door, parts_for
from tests.teams.conftest import teams
from tests.teams.fake_teams import FakeTeams

__all__ = ["teams"]


@pytest.fixture
async def door(teams: FakeTeams) -> AsyncIterator[Door]:
    """Give the door, and who hears behind it."""
    made = Door(teams)
    served = web.Application()
    add_teams(served, parts_for(made))
    runner = web.AppRunner(served, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    teams.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    yield made
    await runner.cleanup()
