"""What a platform said of somebody is remembered for a few minutes, and each thing asked for once.

Who speaks is asked of the platform at every word, and a press must not wait for that. Belongs to
one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from math import inf
from typing import Generic, TypeVar

from adapters.chat.platform import PlatformError

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

KEPT_FOR = 300.0
"""Seconds for which an answer is taken as it is."""

USED_UNTIL = 3600.0
"""Seconds after which an answer is too old even while the platform gives no newer one."""

KEPT_MAX = 20_000
"""People, or channels, that are remembered at once; beyond, the oldest is asked for again."""


@dataclass(slots=True)
class Kept(Generic[K, T]):
    """Answers of a platform's, each asked for once at a time."""

    ask: Callable[[K], Awaitable[T]]
    """Raises `PlatformError`."""

    clock: Callable[[], float]
    """Gives seconds."""

    kept_for: float = KEPT_FOR
    _found: dict[K, tuple[float, T]] = field(default_factory=dict)
    _asking: dict[K, asyncio.Task[T]] = field(default_factory=dict)

    async def get(self, key: K) -> T:
        """Give the answer, an old one while the platform is away. Raises `PlatformError`."""
        kept = self._found.get(key)
        age = self.clock() - kept[0] if kept else inf
        if kept is not None and age < self.kept_for:
            return kept[1]
        try:
            return await self._asked(key)
        except PlatformError as failed:
            # Only while it is away: what it refuses to say any more is not true any more.
            if kept is None or age >= USED_UNTIL or failed.retry_after is None:
                raise
            return kept[1]

    def put(self, key: K, answer: T) -> None:
        """Keep an answer."""
        self._found.pop(key, None)
        self._found[key] = (self.clock(), answer)
        while len(self._found) > KEPT_MAX:
            del self._found[next(iter(self._found))]

    async def _asked(self, key: K) -> T:
        task = self._asking.get(key)
        if task is None:
            task = asyncio.ensure_future(self._ask(key))
            self._asking[key] = task
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, key: K) -> T:
        began = self.clock()
        answer = await self.ask(key)
        told = self._found.get(key)
        if told is not None and told[0] > began:
            return told[1]  # it changed while it was asked for, and the platform said so by itself
        self.put(key, answer)
        return answer
