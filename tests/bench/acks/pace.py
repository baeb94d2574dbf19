"""A fixed pace: what is sent does not wait for what was sent before.

Each one's time counts from when it was to be sent: a queue that builds up is seen, not left out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

RATE = 50
"""Sendings a second."""

WARM_UP = 2.0
"""Seconds that are not counted: connections are opened and statements prepared."""

PEOPLE = 500
"""The company's size. Each asks for a thing once at most, so that every request is a new one."""

Send = Callable[[int, float, bool], Awaitable[None]]
"""Takes whose turn it is, when it is due (`time.perf_counter`), and whether it counts."""


async def keep_pace(send: Send, seconds: float) -> None:
    """Send for so long, and wait until all of it has come to an end."""
    began = time.perf_counter()
    turns = []
    for turn in range(round((seconds + WARM_UP) * RATE)):
        due = began + turn / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        turns.append(asyncio.ensure_future(send(turn, due, turn >= WARM_UP * RATE)))
    await asyncio.gather(*turns)
