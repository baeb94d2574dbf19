"""A Teams with people, and the bot listening to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.chat.teams.stage import Stage


@pytest.fixture(name="stage")
async def _stage() -> AsyncIterator[Stage]:
    """Give the bot that listens."""
    stage = Stage()
    yield stage
    stage.gate.set()
    await stage.chat.close()
