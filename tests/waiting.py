"""A test never sleeps for a while and hopes: it looks until the thing is so, up to a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")

PULSE = 0.01


def until(look: Callable[[], Found], *, within: float = 10.0, what: str = "it") -> Found:
    """Look until `look` gives something true, and give that; fails after `within` seconds.

    Ten seconds are far above what anything here takes, and a machine under load still passes.
    """
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what} was not so within {within:g} s: {found!r}"
        time.sleep(PULSE)
    return found


async def until_async(
    look: Callable[[], Awaitable[Found]], *, within: float = 10.0, what: str = "it"
) -> Found:
    """Do as `until` does, without stopping the event loop."""
    deadline = time.monotonic() + within
    while not (found := await look()):
        assert time.monotonic() < deadline, f"{what} was not so within {within:g} s: {found!r}"
        await asyncio.sleep(PULSE)
    return found
