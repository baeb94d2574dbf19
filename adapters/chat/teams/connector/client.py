"""The Bot Connector's REST API (v3), with our errors and at Teams' pace.

The SDK's own client is not used: it never tries a POST again, not even after 429, waits for
`Retry-After` asleep in a thread, allows a call 100 s, and sends the bot's token wherever an
activity says. Here a call that was refused before anything was done is tried again for a moment;
where it may have arrived, it is left to the caller.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.connector.pacing import WAIT_MAX, Pace, Pacing
from adapters.chat.teams.connector.refusals import AWAY, CREATE, refusal, unreached
from adapters.chat.teams.connector.tokens import TokenSource
from adapters.chat.teams.hosts import SERVICE_HOSTS, is_trusted

Json = Mapping[str, Any]

CALL_MAX = 10.0
"""Seconds of one call; Teams answers within one or two."""

CONNECT_MAX = 4.0

UPLOAD_MAX = 30.0
"""Seconds of sending a file's bytes."""

TRIES = 3
FIRST_PAUSE = 0.5
"""Seconds before the second try, doubled before the third, each within ±20 %."""

REPEAT_WITHIN = 3.0
"""Seconds after which no further try begins: what takes longer is left to the caller."""

PAGE = 200
"""Members that are asked for at once."""

FILE_HOSTS = (".sharepoint.com", ".sharepoint.us", ".sharepoint.cn")
"""Where Teams keeps people's files, in its clouds."""

_SURE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""No connection came about, so nothing was sent."""


class BotConnector:
    """Calls as the bot. Belongs to the event loop of its first call.

    Every call raises `Gone` where what it is about is not there or not for us, and `PlatformError`,
    with `retry_after` where Teams is away or busy; it waits for its turn, a few seconds at most.
    """

    def __init__(self, tokens: TokenSource, hosts: Collection[str] = SERVICE_HOSTS) -> None:
        """Take the bot's tokens, which are closed with it, and the hosts that are Teams' own."""
        self._tokens, self._hosts = tokens, frozenset(hosts)
        self._pacing = Pacing()
        self._session: aiohttp.ClientSession | None = None

    async def sign_in(self) -> None:
        """Fetch a token ahead of the first call."""
        await self._tokens.token()

    # ── messages ────────────────────────────────────────────────────────────────────────────────

    async def send(self, service_url: str, conversation: str, activity: Json) -> str:
        """Send an activity into a conversation and give its id; typing has none."""
        path = f"{_conversation(conversation)}/activities"
        call = _Call("POST", path, "a message", Pace.SEND, _thread(conversation), activity)
        told = await self._call(service_url, call)
        if not told.get("id") and activity.get("type") == "message":
            raise unreached(call.what, ValueError(), is_sure=False)
        return str(told.get("id") or "")

    async def create(self, service_url: str, body: Json) -> tuple[str, str]:
        """Begin a conversation; give its id and that of the activity in `body`, if one is.

        `body` is a ConversationParameters object. Where a direct chat exists, that is given.
        """
        data = body.get("channelData") or {}
        thread = str((data.get("channel") or {}).get("id") or "")
        call = _Call("POST", "v3/conversations", CREATE, Pace.CREATE, thread, body)
        told = await self._call(service_url, call)
        if not told.get("id"):
            raise unreached(call.what, ValueError(), is_sure=False)
        return str(told["id"]), str(told.get("activityId") or "")

    async def update(
        self, service_url: str, conversation: str, activity_id: str, activity: Json
    ) -> None:
        """Show another activity in the place of one."""
        path = f"{_conversation(conversation)}/activities/{_segment(activity_id)}"
        body = {**activity, "id": activity_id}
        thread = _thread(conversation)
        await self._call(service_url, _Call("PUT", path, "an edit", Pace.CHANGE, thread, body))

    async def delete(self, service_url: str, conversation: str, activity_id: str) -> None:
        """Take an activity away; an organisation's policy may refuse that."""
        path = f"{_conversation(conversation)}/activities/{_segment(activity_id)}"
        thread = _thread(conversation)
        await self._call(service_url, _Call("DELETE", path, "a deletion", Pace.CHANGE, thread))

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    async def member(self, service_url: str, conversation: str, member: str) -> Json:
        """Read one member of a conversation, by MRI, object id or UPN (a TeamsChannelAccount)."""
        path = f"{_conversation(conversation)}/members/{_segment(member)}"
        thread = _thread(conversation)
        call = _Call("GET", path, "a member", Pace.MEMBERS, thread)
        return await self._call(service_url, call)

    async def members(self, service_url: str, conversation: str) -> AsyncIterator[Json]:
        """Read the members of a conversation, page by page."""
        path = f"{_conversation(conversation)}/pagedmembers"
        thread, following = _thread(conversation), ""
        while True:
            asked = {
                "pageSize": str(PAGE),
                **({"continuationToken": following} if following else {}),
            }
            called = f"{path}?{urlencode(asked)}"
            call = _Call("GET", called, "the members", Pace.MEMBERS, thread)
            told = await self._call(service_url, call)
            for member in told.get("members") or ():
                yield member
            following = str(told.get("continuationToken") or "")
            if not following:
                return

    # ── files ───────────────────────────────────────────────────────────────────────────────────

    async def upload(self, url: str, content: bytes) -> None:
        """Put a file where its receiver agreed to; the address is the secret itself: no token."""
        if not takes_files(url, self._hosts):
            raise PlatformError(
                "That address is none where Teams keeps files.", may_have_arrived=False
            )
        last = len(content) - 1
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes 0-{last}/{len(content)}",
        }
        limit = aiohttp.ClientTimeout(total=UPLOAD_MAX)
        try:
            async with self._connected().put(
                URL(url, encoded=True),
                data=content,
                headers=headers,
                proxy=_proxy(url),
                timeout=limit,
                allow_redirects=False,
            ) as answer:
                if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
                    raise refusal("a file", answer.status, {}, answer.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError, ValueError) as failed:
            raise unreached("a file", failed, is_sure=isinstance(failed, _SURE)) from None

    async def close(self) -> None:
        """Let go of connections. Calling it twice is fine."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        await self._tokens.close()

    # ── any call ────────────────────────────────────────────────────────────────────────────────

    async def _call(self, service_url: str, call: _Call) -> Json:
        """Call, and again where it is sure that nothing was done and that it will be soon."""
        if not is_trusted(service_url, self._hosts):
            raise PlatformError(
                "That address is none of Teams' own: TEAMS_SERVICE_HOSTS names those that are.",
                may_have_arrived=False,
            )
        began, pause, left = time.monotonic(), FIRST_PAUSE, TRIES
        while True:
            left -= 1
            await self._pacing.turn(call.pace, call.thread)
            try:
                return await self._call_signed(service_url, call)
            except PlatformError as failed:
                is_late = time.monotonic() > began + REPEAT_WITHIN
                if not left or is_late or not call.may_be_repeated(failed):
                    raise
            # So that not all who were refused at once come again at once.
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            pause *= 2

    async def _call_signed(self, service_url: str, call: _Call) -> Json:
        """Call with the token; where it is not accepted any more, once more with a new one."""
        token = await self._tokens.token()
        status, told, after = await self._ask(service_url, call, token)
        if status == HTTPStatus.UNAUTHORIZED:
            token = await self._tokens.token(rejected=token)
            status, told, after = await self._ask(service_url, call, token)
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return told
        failed = refusal(call.what, status, told, after)
        if status == HTTPStatus.TOO_MANY_REQUESTS and failed.retry_after is not None:
            self._pacing.hold(call.pace, call.thread, failed.retry_after.total_seconds())
        raise failed

    async def _ask(self, service_url: str, call: _Call, token: str) -> tuple[int, Json, str | None]:
        headers = {"Authorization": f"Bearer {token}"}
        body = None
        if call.body is not None:
            body = json.dumps(call.body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            async with self._connected().request(
                call.method,
                URL(f"{service_url.rstrip('/')}/{call.path}", encoded=True),
                data=body,
                headers=headers,
                proxy=_proxy(service_url),
                allow_redirects=False,  # the token goes to this host, and to no other
            ) as answer:
                text = await answer.text(errors="replace")
                return answer.status, _read_object(text), answer.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, ValueError) as failed:
            raise unreached(call.what, failed, is_sure=isinstance(failed, _SURE)) from None

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            limit = aiohttp.ClientTimeout(total=CALL_MAX, connect=CONNECT_MAX)
            self._session = aiohttp.ClientSession(
                timeout=limit, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    what: str
    """Completes "Teams refused …"."""

    pace: Pace
    thread: str
    body: Json | None = None

    def may_be_repeated(self, failed: PlatformError) -> bool:
        """Say whether a failure is worth another try at once; only a POST may not come twice."""
        if failed.retry_after is None or isinstance(failed, Gone):
            return False
        is_soon = failed.retry_after.total_seconds() <= WAIT_MAX or failed.retry_after == AWAY
        return is_soon and (self.method != "POST" or not failed.may_have_arrived)


def takes_files(url: str, hosts: Collection[str] = ()) -> bool:
    """Say whether a file may be sent to an address: where Teams keeps files, over TLS."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    mine = [host] if host.endswith(FILE_HOSTS) else []
    return is_trusted(url, [*hosts, *mine])


def _conversation(conversation: str) -> str:
    return f"v3/conversations/{_segment(conversation)}"


def _segment(name: str) -> str:
    """Write an id into a path: whatever is in it, it names one thing."""
    if not name.strip("."):
        raise Gone("That is no id of anything in Teams.")
    return quote(name, safe="")


def _thread(conversation: str) -> str:
    """Say what a conversation is counted with: a channel with everything in it."""
    return conversation.partition(";")[0]


def _proxy(url: str) -> str | None:
    """Give the proxy that this machine is set to use for an address, if any."""
    parts = urlsplit(url)
    proxies = getproxies()
    if parts.scheme not in proxies or proxy_bypass(parts.hostname or ""):
        return None
    return proxies[parts.scheme]


def _read_object(text: str) -> Json:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
