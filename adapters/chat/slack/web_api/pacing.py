"""Slack is spoken to as fast as it allows, and not faster.

Each method has a rate in a workspace, and each channel takes a message a second; short bursts are
tolerated. Counted per process: where several together are too fast, Slack says 429 and how long to
wait, and that is kept to by whoever heard it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from adapters.chat.platform import PlatformError

WAIT_MAX = 4.0
"""Seconds that a call waits for its turn; beyond, the caller has better things to do meanwhile."""

CHANNELS_MAX = 10_000
"""Channels that are counted at once; those that were quiet for long enough are forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often, in the long run, and how many at once."""

    per_minute: int
    burst: int


RATES: Mapping[str, Rate] = {
    # Several hundred a minute in one workspace (docs: chat.postMessage, rate limiting).
    "chat.postMessage": Rate(300, 20),
    # Tier 3: 50 a minute and more, bursts tolerated.
    "chat.update": Rate(50, 20),
    "conversations.open": Rate(50, 20),
    "conversations.history": Rate(50, 10),
    "conversations.replies": Rate(50, 10),
    # Tier 4: 100 a minute and more.
    "views.publish": Rate(100, 20),
}
"""What workers call. Not here: what a person waits for, who never presses often enough."""

CHANNEL = Rate(60, 5)
"""A message a second in one channel."""


class Pacing:
    """Gives each call its turn. Belongs to one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing was called yet. `clock` gives seconds."""
        self._clock = clock
        self._methods = {method: _Lane(rate) for method, rate in RATES.items()}
        self._channels: dict[str, _Lane] = {}
        self._closed: dict[str, float] = {}

    async def turn(self, method: str, channel: str = "") -> None:
        """Wait for a call's turn. Raises `PlatformError` where that would take too long."""
        now = self._clock()
        wait = max(0.0, self._closed.get(method, 0.0) - now)
        lanes = self._lanes(method, channel)
        wait = max([wait, *(lane.wait(now) for lane in lanes)])
        if wait > WAIT_MAX:
            raise PlatformError(
                f"Slack takes no more of {method} for {wait:.0f} s: it is called too often.",
                retry_after=timedelta(seconds=wait),
                may_have_arrived=False,
            )
        for lane in lanes:
            lane.take(now)
        if wait:
            await asyncio.sleep(wait)

    def hold(self, method: str, seconds: float) -> None:
        """Let nobody call a method for a while: Slack said 429, for this method and everywhere."""
        self._closed[method] = self._clock() + seconds

    def _lanes(self, method: str, channel: str) -> list[_Lane]:
        lanes = [self._methods[method]] if method in self._methods else []
        if channel and method == "chat.postMessage":
            lanes.append(self._of_channel(channel))
        return lanes

    def _of_channel(self, channel: str) -> _Lane:
        if channel not in self._channels and len(self._channels) >= CHANNELS_MAX:
            now = self._clock()
            self._channels = {one: lane for one, lane in self._channels.items() if lane.due > now}
        return self._channels.setdefault(channel, _Lane(CHANNEL))


@dataclass(slots=True)
class _Lane:
    """One rate that is kept to (the generic cell rate algorithm)."""

    rate: Rate
    due: float = 0.0
    """When the last call would have come, had all come evenly."""

    def wait(self, now: float) -> float:
        """Say how many seconds until the next call may go; zero or less means at once."""
        return max(self.due, now) - now - (self.rate.burst - 1) * self._interval

    def take(self, now: float) -> None:
        """Count a call."""
        self.due = max(self.due, now) + self._interval

    @property
    def _interval(self) -> float:
        return 60 / self.rate.per_minute
