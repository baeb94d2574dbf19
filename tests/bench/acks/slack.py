"""How soon a delivery of Slack's is acknowledged, and how soon the person has the answer.

Signed deliveries come to the real web process. The Web API behind it answers at once: what Slack
itself takes is not measured. The acknowledgement of a form is its answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.embedded import EmbeddedServers
from engine.model.company import Company
from engine.model.identifiers import PlatformName
from tests.bench.acks.deliveries import APP, BOSS, SECRET, TEAM, account, direct, sending
from tests.bench.acks.pace import PEOPLE, RATE, keep_pace
from tests.bench.company import OWNER, company, holder
from tests.bench.place import Place, made
from tests.bench.table import Row, spread
from tests.waiting import until_async

SLACK = PlatformName("slack")

ACK_WITHIN = 3.0
"""Seconds after which Slack itself has given up."""

ANSWERS_WITHIN = 30.0
"""Seconds after the last delivery in which its answer is waited for."""

_TOLD: Mapping[str, Mapping[str, Any]] = {
    "auth.test": {"team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0", "url": "https://s.example/"},
    "bots.info": {"bot": {"app_id": APP}},
    "conversations.info": {"channel": {}},
    "conversations.open": {"channel": {"id": "D0"}},
    "chat.postMessage": {"channel": "D0", "ts": "1700000000.000001"},
}


def linked(people: int) -> Company:
    """Give the company of the other benchmarks, with accounts in Slack."""
    accounts = {holder(number): account(number) for number in range(people)} | {OWNER: BOSS}
    grown = company(people)
    members = tuple(
        replace(one, platforms={SLACK: accounts[one.id]} if one.id in accounts else {})
        for one in grown.people
    )
    return replace(grown, people=members, audit_channels={}, admin_channels={})


@dataclass(slots=True)
class Slack:
    """The Web API, and when each answer came."""

    runner: web.AppRunner = field(init=False)
    answered: dict[str, float] = field(default_factory=dict)
    """By the response URL's last part, or the direct conversation: the moment."""

    def __post_init__(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/response/{turn}", self._respond)
        self.runner = web.AppRunner(app, access_log=None)

    async def start(self) -> str:
        """Serve, and say where."""
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def _call(self, request: web.Request) -> web.Response:
        given, method = await request.post(), request.match_info["method"]
        if method == "chat.postMessage":
            self.answered[str(given["channel"])] = time.perf_counter()
        if method == "users.info":
            user: Mapping[str, Any] = {"id": given["user"], "team_id": TEAM, "profile": {}}
            return web.json_response({"ok": True, "user": user})
        return web.json_response({"ok": True, **_TOLD[method]})

    async def _respond(self, request: web.Request) -> web.Response:
        self.answered[request.match_info["turn"]] = time.perf_counter()
        return web.json_response({"ok": True})


@dataclass(slots=True)
class Deliveries:
    """Delivers as Slack does, and remembers how long each acknowledgement took."""

    bot: str
    answer_to: str
    session: aiohttp.ClientSession
    took: dict[str, list[float]] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    """What is answered after its acknowledgement: since when that is waited for."""

    problems: list[str] = field(default_factory=list)
    first: int = 0
    """How many turns were had before."""

    async def deliver(self, turn: int, due: float, counts: bool) -> None:
        """Deliver what it is the turn of."""
        turn += self.first
        one = sending(turn, f"{self.answer_to}/{direct(turn)}")
        try:
            async with self.session.post(self.bot, data=one.body, headers=one.headers) as answer:
                status, told = answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as failed:
            status, told = 0, type(failed).__name__
        took = time.perf_counter() - due
        if status != 200 or (one.kind == "form" and "JIT-" not in told):
            self.problems.append(f"{one.kind}: {status} {told[:200]}")
        if not counts:
            return
        self.took.setdefault(one.kind, []).append(took)
        if one.kind != "form":
            self.due[direct(turn)] = due


def measure(folder: Path, servers: EmbeddedServers, seconds: float) -> Sequence[Row]:
    """Measure; web, worker and clock are the real ones."""
    with made(folder, servers, "slack", linked(PEOPLE)) as place:
        return asyncio.run(_measure(place, seconds))


async def _measure(place: Place, seconds: float) -> Sequence[Row]:
    slack = Slack()
    url = await slack.start()
    await asyncio.to_thread(start, place, url)
    limit = aiohttp.ClientTimeout(total=ACK_WITHIN)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=limit, connector=connector) as session:
        sent = Deliveries(f"{place.address}/slack/events", f"{url}/response", session)
        await keep_pace(sent.deliver, seconds)
    await _all_answered(sent, slack)
    await asyncio.to_thread(place.close)
    await slack.runner.cleanup()
    return _rows(sent, slack)


def start(place: Place, slack: str, more: Mapping[str, str] | None = None) -> None:
    """Start the processes, and wait until they are well; with `more` in their environment."""
    settings = {
        "JIT_PLAYGROUND": "0",
        "SLACK_BOT_TOKEN": "xoxb-for-benchmarks-only",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack}/api/",
        **(more or {}),
    }
    place.start("web", "worker", "clock", more=settings)
    place.wait_until_ready()
    place.wait_until_said("worker.started", "worker")
    place.wait_until_said("clock.started", "clock")


async def _all_answered(sent: Deliveries, slack: Slack) -> None:
    async def none_left() -> bool:
        return not sent.due.keys() - slack.answered.keys()

    with suppress(AssertionError):  # the table says how many were not
        await until_async(none_left, within=ANSWERS_WITHIN)


def _rows(sent: Deliveries, slack: Slack) -> list[Row]:
    every = spread([one for took in sent.took.values() for one in took])
    what = f"{RATE}/s, {every.count} deliveries, signatures checked; p50 / p99 / max"
    rows = [Row("Slack's acknowledgement", str(every), "p99 < 100 ms", what)]
    for kind, took in sorted(sent.took.items()):
        rows.append(Row(f"… {kind}", str(spread(took)), "", f"{len(took)} deliveries"))
    after = [slack.answered[one] - due for one, due in sent.due.items() if one in slack.answered]
    rows.append(Row("… answered", str(spread(after)), "", f"{len(after)} by message"))
    lost = len(sent.due) - len(after)
    if lost:
        rows.append(Row("… but", f"{lost} unanswered", "none", ""))
    if sent.problems:
        rows.append(Row("… but", f"{len(sent.problems)} failed", "none", sent.problems[0]))
    return rows
