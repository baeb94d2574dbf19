"""Everything that Slack has to be right for us, tried; each finding says what to do.

Called by `python -m bot doctor`. Nothing is changed and nobody is written to.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml

from adapters.chat.platform import Gone, PlatformError
from adapters.chat.slack.identity import SLACK, Installation, SlackUser, outsider, read_user
from adapters.chat.slack.web_api.client import Reply, SlackClient
from engine.model.company import Company, Person

MANIFEST = Path(__file__).with_name("manifest.yaml")

CLOCKS_DIFFER_MAX = 60.0
"""Seconds. A signature is good for five minutes; beyond one, a clock is wrong and not just slow."""

ASKED_ONE_BY_ONE_MAX = 100
"""Accounts that the list of members lacks: a minute's worth of `users.info`."""

PAGES_MAX = 50
PAGE = 1000
"""Fifty thousand members are looked through: more would take longer than somebody waits at a
terminal, and who is not among them is asked for by id."""

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_SECRET = re.compile(r"[0-9a-f]{32}")

_ADVICE_SCOPES = (
    "add them under OAuth & Permissions (or paste adapters/chat/slack/manifest.yaml again), then "
    "install the app again"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was tried, and what to do about it, if anything."""

    what: str
    ok: bool
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is to be examined."""

    api_url: str
    bot_token: str
    signing_secret: str = ""
    app_token: str = ""
    trusts_email: bool = False
    """Whether people are linked by their managed addresses."""

    company: Company | None = None


async def examine(patient: Patient) -> list[Found]:
    """Try the token, its scopes, the ways to receive, the clock, the channels and the people."""
    client = SlackClient(patient.api_url, patient.bot_token)
    try:
        return [found async for found in _examine(patient, client)]
    finally:
        await client.close()


async def _examine(patient: Patient, client: SlackClient) -> AsyncIterator[Found]:
    began = time.time()
    try:
        reply = await client.ask("auth.test", {})
    except PlatformError as problem:
        yield Found("Slack token", ok=False, advice=str(problem))
        return
    yield Found("Slack token", ok=True)
    yield _clock(reply, (began + time.time()) / 2)
    for found in _scopes(reply, needs_email=patient.trusts_email):
        yield found
    yield await _receiving(patient)
    if patient.company is not None:
        async for found in _channels(client, patient.company):
            yield found
        async for found in _people(client, patient, reply.body):
            yield found


# ── the app ─────────────────────────────────────────────────────────────────────────────────────


def _clock(reply: Reply, ours: float) -> Found:
    what = "Slack clock"
    try:
        theirs = parsedate_to_datetime(reply.headers.get("date", "")).timestamp()
    except ValueError:
        return Found(what, ok=True, advice="Slack did not tell its time, so it was not compared.")
    if abs(ours - theirs) <= CLOCKS_DIFFER_MAX:
        return Found(what, ok=True)
    ahead = "ahead of" if ours > theirs else "behind"
    return Found(
        what,
        ok=False,
        advice=f"this machine's clock is {abs(ours - theirs):.0f} s {ahead} Slack's, and beyond "
        "300 s all that Slack sends is refused as too old: set it by NTP.",
    )


def _scopes(reply: Reply, *, needs_email: bool) -> Iterator[Found]:
    told = reply.headers.get("x-oauth-scopes")
    if told is None:
        yield Found("Slack scopes", ok=True, advice="Slack did not tell them, so look yourself.")
        return
    given = {scope.strip() for scope in told.split(",")}
    needed, optional = wanted_scopes()
    if needs_email:
        needed, optional = needed | {"users:read.email"}, optional - {"users:read.email"}
    missing = sorted(needed - given)
    advice = f"missing: {', '.join(missing)}; {_ADVICE_SCOPES}." if missing else ""
    yield Found("Slack scopes", ok=not missing, advice=advice)
    without = sorted(optional - given)
    if without:
        advice = f"not given: {', '.join(without)}; docs/slack.md says what goes without them."
        yield Found("Slack optional scopes", ok=True, advice=advice)


def wanted_scopes() -> tuple[frozenset[str], frozenset[str]]:
    """Read from the app's manifest which scopes it needs, and which it can do without."""
    scopes = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]
    return frozenset(scopes["bot"]), frozenset(scopes.get("bot_optional") or ())


async def _receiving(patient: Patient) -> Found:
    """Try the way in which deliveries come: over a socket, or else signed over HTTP."""
    if not patient.app_token:
        return _signing_secret(patient.signing_secret)
    what, socket = "Slack app token", SlackClient(patient.api_url, patient.app_token)
    try:
        await socket.call("apps.connections.open", {})
    except PlatformError as problem:
        advice = (
            f"{problem} SLACK_APP_TOKEN has to be an app-level token with the scope "
            "connections:write, of an app whose Socket Mode is on."
        )
        return Found(what, ok=False, advice=advice)
    finally:
        await socket.close()
    return Found(what, ok=True)


def _signing_secret(secret: str) -> Found:
    if _SECRET.fullmatch(secret):
        return Found("Slack signing secret", ok=True)
    return Found(
        "Slack signing secret",
        ok=False,
        advice="Slack's own have 32 digits and letters from a to f, this one does not: set "
        "SLACK_SIGNING_SECRET to the Signing Secret under Basic Information.",
    )


# ── channels ────────────────────────────────────────────────────────────────────────────────────


async def _channels(client: SlackClient, company: Company) -> AsyncIterator[Found]:
    named = {"audit": company.audit_channels, "admin": company.admin_channels}
    for purpose, channels in named.items():
        what = f"Slack {purpose} channel"
        channel = channels.get(SLACK)
        if channel is None:
            advice = f"none is named: add channels.{purpose}.slack to the company's files."
            yield Found(what, ok=False, advice=advice)
        elif not _CHANNEL.fullmatch(channel):
            advice = f"{channel} is no id: take it from the bottom of View channel details (C…)."
            yield Found(what, ok=False, advice=advice)
        else:
            yield await _channel(client, what, channel)


async def _channel(client: SlackClient, what: str, channel: str) -> Found:
    try:
        told = (await client.call("conversations.info", {"channel": channel}))["channel"]
    except PlatformError as problem:
        return Found(what, ok=False, advice=f"{channel}: {problem}")
    if told.get("is_archived"):
        return Found(what, ok=False, advice=f"{channel} is archived: restore it, or name another.")
    if not told.get("is_member"):
        advice = f"I am not in {channel}: open it and type `/invite` with my name."
        return Found(what, ok=False, advice=advice)
    if told.get("is_ext_shared") or told.get("is_pending_ext_shared"):
        advice = (
            f"people of other organisations read {channel}, and would read who asks for what: "
            "name a channel of your own."
        )
        return Found(what, ok=False, advice=advice)
    return Found(what, ok=True)


# ── people ──────────────────────────────────────────────────────────────────────────────────────


async def _people(
    client: SlackClient, patient: Patient, home: Mapping[str, Any]
) -> AsyncIterator[Found]:
    """Look for the accounts that the company's files name."""
    assert patient.company is not None, "asked of a company only"
    named = {
        person.platforms[SLACK]: person
        for person in patient.company.people
        if person.active and SLACK in person.platforms
    }
    if not named:
        if not patient.trusts_email:
            advice = "nobody has one: add platforms.slack to people, or set JIT_SLACK_LINK."
            yield Found("Slack accounts", ok=False, advice=advice)
        return
    known, place = await _members(client), _installation(home)
    missing = [account for account in named if account not in known]
    for account in missing[:ASKED_ONE_BY_ONE_MAX]:
        try:
            told = await client.call("users.info", {"user": account})
        except Gone:
            continue
        except PlatformError as problem:
            yield Found("Slack accounts", ok=False, advice=str(problem))
            return
        known[account] = read_user(told["user"])
    unasked = set(missing[ASKED_ONE_BY_ONE_MAX:])
    wrong = [
        found
        for account, person in named.items()
        if account not in unasked
        and (found := _account(account, person, known.get(account), place))
    ]
    for found in wrong:
        yield found
    advice = f"{len(unasked)} more are not in the list of members, and were not tried." * bool(
        unasked
    )
    if not wrong:
        yield Found("Slack accounts", ok=True, advice=advice)


def _account(
    account: str, person: Person, user: SlackUser | None, home: Installation
) -> Found | None:
    """Say what is wrong with an account; None where nothing is."""
    what = f"Slack account of {person.id}"
    if user is None:
        advice = f"Slack knows no {account}: take the id from the profile, Copy member ID."
        return Found(what, ok=False, advice=advice)
    why = outsider(user, home)
    if not why:
        return None
    return Found(what, ok=False, advice=f"{account} is {why}, and is refused: name their own.")


async def _members(client: SlackClient) -> dict[str, SlackUser]:
    """List a workspace's members by their ids; nobody where Slack gives no list."""
    known: dict[str, SlackUser] = {}
    asked: dict[str, object] = {"limit": PAGE}
    for _ in range(PAGES_MAX):
        try:
            told = await client.call("users.list", asked)
        except PlatformError:
            return known  # those who are missing are asked for one by one
        for member in told["members"]:
            user = read_user(member)
            known |= {str(member["id"]): user, user.account: user}
        cursor = (told.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
        asked["cursor"] = cursor
    return known


def _installation(home: Mapping[str, Any]) -> Installation:
    return Installation(
        app="",
        team=str(home.get("team_id") or ""),
        enterprise=str(home.get("enterprise_id") or ""),
        bot=str(home.get("user_id") or ""),
        url=str(home.get("url") or ""),
    )
