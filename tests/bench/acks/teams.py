"""How soon a delivery of Teams' is answered, and whether Slack's are answered as soon beside it.

Signed deliveries of both come to the real web process: Slack's alone at first, then both. The Bot
Connector behind it answers at once: what Teams itself takes is not measured. That of a message is
its acknowledgement; that of a press and of a form is what people see.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
from aiohttp import web

from adapters.chat.teams.address import TEAMS
from bot.embedded import EmbeddedServers
from engine.model.company import Company
from tests.bench.acks import slack as slack_acks
from tests.bench.acks import stalls
from tests.bench.acks.activities import APP, PEOPLE, Sending, account, first, sending
from tests.bench.acks.pace import PEOPLE as IN_SLACK
from tests.bench.acks.pace import RATE, WARM_UP, keep_pace
from tests.bench.company import holder
from tests.bench.place import Place, made
from tests.bench.table import Row, spread
from tests.teams.fake_teams import GENUINE
from tests.teams.fake_teams.journal import Journal
from tests.teams.fake_teams.keys import Keys
from tests.teams.fake_teams.login import Login
from tests.teams.fake_teams.organisation import Organisation
from tests.waiting import until_async

GIVES_UP_AFTER = 10.0
"""Seconds after which Teams says that something went wrong."""


def linked() -> Company:
    """Give the company of Slack's benchmark with people more who are in Teams alone."""
    grown = slack_acks.linked(IN_SLACK + PEOPLE)
    places = {holder(IN_SLACK + number): account(number) for number in range(PEOPLE)}
    members = tuple(
        replace(one, platforms={TEAMS: places[one.id]}) if one.id in places else one
        for one in grown.people
    )
    return replace(grown, people=members)


@dataclass(slots=True)
class _Teams:
    """Teams' keys and sign-in, and a connector that takes everything; when each answer came."""

    org: Organisation = field(default_factory=lambda: Organisation(APP))
    awaited: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    """By chat, in order: since when an answer is waited for there."""

    answered: list[float] = field(default_factory=list)
    """How long each answer took."""

    runner: web.AppRunner = field(init=False)
    headers: dict[str, str] = field(init=False)
    """Of every delivery: Teams, too, uses a token for many. The bot looks at it each time."""

    async def start(self) -> None:
        """Serve."""
        journal = Journal(self.org)
        keys = Keys(self.org, journal)
        app = web.Application()
        app.add_routes(keys.routes())
        app.add_routes(Login(self.org, journal).routes())
        base = f"/{self.org.region}/v3/conversations"
        app.router.add_post(f"{base}/{{chat}}/activities", self._send)
        app.router.add_put(f"{base}/{{chat}}/activities/{{id}}", self._send)
        app.router.add_get(f"{base}/{{chat}}/members/{{id}}", self._member)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.org.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        signed = keys.header(GENUINE, self.org.service_url)
        self.headers = {"Authorization": signed, "Content-Type": "application/json"}

    async def _send(self, request: web.Request) -> web.Response:
        awaited = self.awaited[request.match_info["chat"]]
        if request.method == "POST" and awaited:
            self.answered.append(time.perf_counter() - awaited.popleft())
        return web.json_response({"id": f"1:{len(self.answered)}"}, status=201)

    @property
    def lost(self) -> int:
        """Count what is still waited for."""
        return sum(map(len, self.awaited.values()))

    async def _member(self, request: web.Request) -> web.Response:
        told = {"aadObjectId": request.match_info["id"], "tenantId": APP.tenant, "userRole": "user"}
        return web.json_response({"id": "29:1", "name": "Somebody", **told})

    @property
    def settings(self) -> dict[str, str]:
        """Give what the bot has to know of it."""
        return {
            "MICROSOFT_APP_ID": APP.id,
            "MICROSOFT_APP_PASSWORD": APP.secret,
            "MICROSOFT_APP_TENANT_ID": APP.tenant,
            "TEAMS_OPENID_METADATA_URL": f"{self.org.url}/v1/.well-known/openidconfiguration",
            "TEAMS_LOGIN_URL": f"{self.org.url}/",
            "TEAMS_SERVICE_HOSTS": "127.0.0.1",
            "TEAMS_SERVICE_URL": self.org.service_url,
        }


@dataclass(slots=True)
class _Deliveries:
    """Delivers as Teams does, and remembers how long each answer took."""

    bot: str
    teams: _Teams
    session: aiohttp.ClientSession
    took: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    async def meet(self) -> None:
        """Let everybody look once, one after the other."""
        for number in range(PEOPLE):
            await self._post(first(number, self.teams.org.service_url))

    async def deliver(self, turn: int, due: float, counts: bool) -> None:
        """Deliver what it is the turn of."""
        one = sending(turn, self.teams.org.service_url)
        if one.kind == "message":
            self.teams.awaited[one.chat].append(due)
        await self._post(one)
        if counts:
            self.took.setdefault(one.kind, []).append(time.perf_counter() - due)

    async def _post(self, one: Sending) -> None:
        try:
            async with self.session.post(
                self.bot, data=one.body, headers=self.teams.headers
            ) as answer:
                status, told = answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as failed:
            status, told = 0, type(failed).__name__
        wanted = {"message": "", "press": "Nothing waits", "form": "JIT-"}[one.kind]
        if status not in {200, 202} or wanted not in told:
            self.problems.append(f"{one.kind}: {status} {told[:200]}")


def measure(folder: Path, servers: EmbeddedServers, seconds: float) -> Sequence[Row]:
    """Measure; web, worker and clock are the real ones."""
    with made(folder, servers, "teams", linked()) as place:
        rows = asyncio.run(_measure(place, seconds))
    return [*rows, *stalls.measure()]


async def _measure(place: Place, seconds: float) -> Sequence[Row]:
    slack, teams = slack_acks.Slack(), _Teams()
    await teams.start()
    url = await slack.start()
    await asyncio.to_thread(slack_acks.start, place, url, teams.settings)
    limit = aiohttp.ClientTimeout(total=GIVES_UP_AFTER)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=limit, connector=connector) as session:
        slack_at, answers_at = f"{place.address}/slack/events", f"{url}/response"
        alone = slack_acks.Deliveries(slack_at, answers_at, session)
        await keep_pace(alone.deliver, seconds / 2)
        beside = slack_acks.Deliveries(slack_at, answers_at, session)
        beside.first = round((seconds / 2 + WARM_UP) * RATE)
        sent = _Deliveries(f"{place.address}/api/messages", teams, session)
        await sent.meet()
        await asyncio.gather(keep_pace(beside.deliver, seconds), keep_pace(sent.deliver, seconds))
    await _all_answered(teams)
    await asyncio.to_thread(place.close)
    await slack.runner.cleanup()
    await teams.runner.cleanup()
    return [*_rows(sent, teams), _slacks("alone", alone), _slacks("beside Teams'", beside)]


async def _all_answered(teams: _Teams) -> None:
    async def none_left() -> bool:
        return not teams.lost

    with suppress(AssertionError):  # the table says how many were not
        await until_async(none_left, within=slack_acks.ANSWERS_WITHIN)


def _rows(sent: _Deliveries, teams: _Teams) -> list[Row]:
    every = spread([one for took in sent.took.values() for one in took])
    what = f"{RATE}/s, {every.count} deliveries, tokens checked; p50 / p99 / max"
    rows = [Row("Teams' deliveries", str(every), "p99 < 150 ms", what)]
    for kind, took in sorted(sent.took.items()):
        rows.append(Row(f"… {kind}", str(spread(took)), "", f"{len(took)} deliveries"))
    after = f"{len(teams.answered)} by message"
    rows.append(Row("… answered", str(spread(teams.answered)), "", after))
    if teams.lost:
        rows.append(Row("… but", f"{teams.lost} unanswered", "none", ""))
    if sent.problems:
        rows.append(Row("… but", f"{len(sent.problems)} failed", "none", sent.problems[0]))
    return rows


def _slacks(how: str, sent: slack_acks.Deliveries) -> Row:
    every = spread([one for took in sent.took.values() for one in took])
    failed = f", {len(sent.problems)} failed: {sent.problems[0]}" if sent.problems else ""
    return Row(
        f"Slack's {how}", str(every), "p99 < 100 ms", f"{every.count} in the same run{failed}"
    )
