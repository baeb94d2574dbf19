"""The two servers that the bot calls, in one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.chat.teams.connector.wire import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """Give them."""
    made = Wire()
    await made.start()
    yield made
    await made.stop()
