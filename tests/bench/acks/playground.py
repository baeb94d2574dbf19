"""How soon a command is answered, through the real web process, while everything else runs.

Here through the playground's own route; `slack.py` has Slack's.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import aiohttp

from adapters.chat.playground.guard import PAGE_HEADER
from bot.embedded import EmbeddedServers
from tests.bench.acks.pace import PEOPLE, RATE, keep_pace
from tests.bench.company import OWNER, QUICK, REASON, company, holder
from tests.bench.memory import memory_rows, settled_sizes
from tests.bench.place import made
from tests.bench.table import Row, spread

ANSWER_WITHIN = 20.0
"""Seconds. Above the playground's own limit, so that its sentence is what is seen."""

_NUMBER = re.compile(r"JIT-[0-9]+")


@dataclass(slots=True)
class _Caller:
    """Says lines as people do, and remembers how long each answer took."""

    address: str
    session: aiohttp.ClientSession
    asked: list[str] = field(default_factory=list)
    """Requests that nobody has approved yet."""

    known: list[str] = field(default_factory=list)
    took: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    async def say(self, turn: int, due: float, counts: bool) -> None:
        """Say the line whose turn it is: ask, look, approve, and so on."""
        word, person, line = self._line(turn)
        status, told = await self._send(person, line)
        took = time.perf_counter() - due
        number = _NUMBER.search(told)
        if status != 200 or number is None:
            self.problems.append(f"{word}: {status} {told[:200]}")
        elif word == "request":
            self.asked.append(number[0])
            self.known.append(number[0])
        if counts:
            self.took.setdefault(word, []).append(took)

    def _line(self, turn: int) -> tuple[str, str, str]:
        round_, step = divmod(turn, 3)
        # While no number is known yet, more is asked for instead.
        if step == 2 and self.asked:
            return "approve", OWNER, f"/jit approve {self.asked.pop(0)}"
        if step == 1 and self.known:
            return "status", OWNER, f"/jit status {self.known[-1]}"
        thing = QUICK[turn // PEOPLE % len(QUICK)]
        return "request", holder(turn % PEOPLE), f'/jit request {thing} 1h "{REASON} {round_}"'

    async def _send(self, person: str, line: str) -> tuple[int, str]:
        body = {"as": person, "place": f"@{person}", "delivery": uuid4().hex, "text": line}
        headers = {"Origin": self.address, PAGE_HEADER: "1"}
        url = f"{self.address}/playground/api/say"
        try:
            async with self.session.post(url, json=body, headers=headers) as response:
                return response.status, json.dumps(await response.json())
        except (aiohttp.ClientError, TimeoutError) as error:
            return 0, type(error).__name__


def measure(folder: Path, servers: EmbeddedServers, seconds: float) -> Sequence[Row]:
    """Measure; web, worker and clock are the real ones, and so are the sandbox and the chat."""
    with made(folder, servers, "acknowledgement", company(PEOPLE)) as place:
        place.start("web", "worker", "clock")
        place.wait_until_ready()
        place.wait_until_said("worker.started", "worker")
        place.wait_until_said("clock.started", "clock")
        idle = settled_sizes(place)
        caller = asyncio.run(_call(place.address, seconds))
        after = settled_sizes(place)
    return [*_rows(caller), *memory_rows(idle, after, f"idle → after; {PEOPLE} people")]


async def _call(address: str, seconds: float) -> _Caller:
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        caller = _Caller(address, session)
        await keep_pace(caller.say, seconds)
    return caller


def _rows(caller: _Caller) -> list[Row]:
    every = spread([one for took in caller.took.values() for one in took])
    what = f"{RATE}/s, {every.count} lines; p50 / p99 / max"
    rows = [Row("acknowledgement", str(every), "p99 < 100 ms", what)]
    for word, took in sorted(caller.took.items()):
        rows.append(Row(f"… {word}", str(spread(took)), "", f"{len(took)} lines"))
    if caller.problems:
        first = caller.problems[0]
        rows.append(Row("… but", f"{len(caller.problems)} failed", "none", first))
    return rows
