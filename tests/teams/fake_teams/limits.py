"""How often the bot may call, as Microsoft publishes it (rate-limit.md); off unless switched on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import ceil

from tests.teams.fake_teams.journal import Call, error
from tests.teams.fake_teams.world import Json

Window = tuple[int, float]
"""So many calls within so many seconds."""

WRITING: Sequence[Window] = ((7, 1), (8, 2), (60, 30), (1800, 3600))
READING: Sequence[Window] = ((14, 1), (16, 2), (120, 30), (3600, 3600))

OF_EACH: dict[str, Sequence[Window]] = {
    "send": WRITING,
    "create": WRITING,
    "members": READING,
    "member": READING,
}
"""For one bot in one thread: a chat, or a channel with everything in it."""

ALL: Window = (50, 1)
"""Of all calls of an app in an organisation."""


class Limits:
    """Counts calls, and refuses those above a limit."""

    def __init__(self) -> None:
        self.is_on = False
        self._seen: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def refusal(self, call: Call) -> tuple[int, Json] | None:
        """Count a call; where it is one too many, say when to come again."""
        if not self.is_on:
            return None
        name = "send" if call.name == "reply" else call.name
        thread = call.conversation.partition(";")[0]
        waits = [
            self._wait((name, thread), call.at, OF_EACH.get(name, ())),
            self._wait(("", ""), call.at, (ALL,)),
        ]
        if max(waits) > 0:
            status, told = error(429, "TooManyRequests", "Too many requests.")
            return status, told | {"retry_after": ceil(max(waits))}
        for counted in ((name, thread), ("", "")):
            self._seen[counted].append(call.at)
        return None

    def _wait(self, counted: tuple[str, str], now: float, windows: Sequence[Window]) -> float:
        """Give the seconds until one more is allowed; nought if it is now."""
        seen = self._seen[counted]
        waits = [
            seen[-most] + seconds - now
            for most, seconds in windows
            if len(seen) >= most and seen[-most] + seconds > now
        ]
        return max(waits, default=0)
