"""Teams is spoken to as fast as it allows, and not faster.

A bot's calls are counted in four windows at once, in each thread: a chat, or a channel with all its
conversations. Counted per process here: where several together are too fast, Teams says 429 and how
long to wait, and that is kept to by whoever heard it.

The numbers: "Optimize your bot with rate limiting in Teams" in Microsoft's documentation.
"""

from __future__ import annotations

import asyncio
import time
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from adapters.chat.platform import PlatformError

WAIT_MAX = 4.0
"""Seconds that a call waits for its turn; beyond, the caller has better things to do meanwhile."""

LANES_MAX = 10_000
"""Threads that are counted at once; those that were quiet for long enough are forgotten first."""

APART = 0.1
"""Seconds that each window is taken to be longer: calls do not travel equally long."""

Windows = tuple[tuple[int, float], ...]
"""How many calls within how many seconds; all of them hold."""

_WRITES: Windows = ((7, 1), (8, 2), (60, 30), (1800, 3600))


class Pace(Enum):
    """How often something may be done in one thread; each is counted apart."""

    SEND = ("a message", _WRITES)
    # Not in the table: held to the same, so that a story's edits never cost its replies.
    CHANGE = ("an edit", _WRITES)
    CREATE = ("a new conversation", _WRITES)
    MEMBERS = ("the members", ((14, 1), (16, 2), (120, 30), (3600, 3600)))


IN_TENANT: Windows = ((50, 1),)
"""An app in one organisation, all together."""


class Pacing:
    """Gives each call its turn. Belongs to one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing was called yet. `clock` gives seconds."""
        self._clock = clock
        self._everything = _Lane(IN_TENANT)
        self._lanes: dict[tuple[Pace, str], _Lane] = {}

    async def turn(self, pace: Pace, thread: str) -> None:
        """Wait for a call's turn. Raises `PlatformError` where that would take too long."""
        now = self._clock()
        lane = self._lane(pace, thread, now)
        at = max(now, lane.next_at(), self._everything.next_at())
        if at - now > WAIT_MAX:
            raise PlatformError(
                f"Teams takes no more of {pace.value[0]} for {at - now:.0f} s: "
                "it is asked for too often.",
                retry_after=timedelta(seconds=at - now),
                may_have_arrived=False,
            )
        lane.take(at)
        self._everything.take(at)
        if at > now:
            await asyncio.sleep(at - now)

    def hold(self, pace: Pace, thread: str, seconds: float) -> None:
        """Let nobody do it in a thread for a while: Teams said 429."""
        now = self._clock()
        self._lane(pace, thread, now).closed_until = now + seconds

    def _lane(self, pace: Pace, thread: str, now: float) -> _Lane:
        key = (pace, thread)
        if key not in self._lanes and len(self._lanes) >= LANES_MAX:
            self._lanes = {one: lane for one, lane in self._lanes.items() if lane.is_busy(now)}
        return self._lanes.setdefault(key, _Lane(pace.value[1]))


@dataclass(slots=True)
class _Lane:
    """One row of calls, with the windows that it keeps to."""

    windows: Windows
    taken: list[float] = field(default_factory=list)
    """When calls went, or will go, in order."""

    closed_until: float = 0.0

    def next_at(self) -> float:
        """Say from when on the next call may go."""
        bounds = [
            self.taken[-count] + seconds + APART
            for count, seconds in self.windows
            if len(self.taken) >= count
        ]
        return max([self.closed_until, *bounds])

    def take(self, at: float) -> None:
        """Count a call, and forget those that no window reaches back to."""
        insort(self.taken, at)
        del self.taken[: -self.windows[-1][0]]

    def is_busy(self, now: float) -> bool:
        """Say whether anything is still counted: a lane that was forgotten begins anew."""
        return self.closed_until > now or bool(
            self.taken and self.taken[-1] + self.windows[-1][1] + APART > now
        )
