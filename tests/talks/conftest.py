"""The town that the talks take place in, once with each platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.chat.conftest import town
from tests.adapters.chat.town import Chat
from tests.talks.chats import CHATS

__all__ = ["town"]


@pytest.fixture(params=CHATS)
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chat]:
    """Give each platform's chat in turn."""
    make = CHATS[request.param]
    with make(tmp_path) as chat:
        yield chat


@pytest.fixture
def chat(platform: Chat) -> Chat:
    """Give the chat of the town."""
    return platform
