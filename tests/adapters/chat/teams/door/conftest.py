"""A Teams, and a bot of which there is nothing but the door."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.chat.teams.door.listening import Listening
from tests.teams.fake_teams import FakeTeams
from tests.teams.sample_bot import AUDIT, JAMES, RIYA


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    """Give an organisation with two people and a channel."""
    fake = FakeTeams()
    fake.add_person(RIYA, "Riya Patel", upn="riya@acme.example")
    fake.add_person(JAMES, "James Whitaker", upn="james@acme.example")
    fake.add_channel(AUDIT, "jit-audit", members={RIYA, JAMES})
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def bot(teams: FakeTeams) -> AsyncIterator[Listening]:
    """Give the bot that it delivers to."""
    made = Listening(teams)
    await made.start()
    yield made
    await made.stop()
