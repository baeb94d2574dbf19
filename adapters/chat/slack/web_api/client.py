"""Slack's Web API, with our errors and at Slack's pace.

Nothing is tried again here. A worker's duty comes again by itself, and looks first whether what it
posted arrived; a library that repeats a post after a lost connection would double it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.cards import File
from adapters.chat.platform import PlatformError
from adapters.chat.slack.web_api.pacing import Pacing
from adapters.chat.slack.web_api.refusals import refusal, unreached

CALL_MAX = 8.0
"""Seconds of one call. Slack answers within one; what takes longer may have arrived or not."""

CONNECT_MAX = 4.0

UPLOAD_MAX = 30.0
"""Seconds of sending a file's bytes."""

DIRECTS_MAX = 20_000
"""Direct conversations that are remembered; beyond, the oldest is asked for again."""

_FAILED = (SlackClientError, aiohttp.ClientError, TimeoutError, ValueError, AttributeError)
"""What slack_sdk lets through: of its own, of the network's, and of an answer that is no JSON."""

_quiet = logging.getLogger("jitbot.slack_sdk")
_quiet.setLevel(logging.WARNING)
"""Below, slack_sdk writes whole messages into its log."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What Slack answered."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    """By name in lower case."""


class SlackClient:
    """Calls with one token. Belongs to the event loop of its first call."""

    def __init__(self, address: str, token: str) -> None:
        """Take the Web API's address, e.g. `https://slack.com/api/`, and a token."""
        self._address, self._token = address, token
        self._pacing = Pacing()
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._directs: dict[str, str] = {}

    # ── any method ──────────────────────────────────────────────────────────────────────────────

    async def call(self, method: str, arguments: Mapping[str, object]) -> Mapping[str, Any]:
        """Call a method and give its answer.

        Raises `Gone` where what it is about is not there or not for us, and `PlatformError`, with
        `retry_after` where Slack is away or busy. Waits for its turn, a few seconds at most.
        """
        return (await self.ask(method, arguments)).body

    async def ask(self, method: str, arguments: Mapping[str, object]) -> Reply:
        """Call a method and give its answer with its headers. Raises as `call` does."""
        await self._pacing.turn(method, str(arguments.get("channel") or ""))
        client = self._connected()
        form = {name: _written(one) for name, one in arguments.items() if one is not None}
        try:
            answer = await client.api_call(method, data=form)
        except SlackApiError as refused:
            raise self._refused(method, refused) from None
        except _FAILED as failed:
            is_sure = isinstance(failed, aiohttp.ClientConnectorError)
            raise unreached(method, failed, is_sure=is_sure) from None
        body = answer.data if isinstance(answer.data, dict) else {}
        return Reply(body, {name.lower(): text for name, text in answer.headers.items()})

    def _refused(self, method: str, refused: SlackApiError) -> PlatformError:
        response = refused.response
        told = response.data if isinstance(response.data, dict) else {}
        found = refusal(method, response.status_code, told, response.headers.get("Retry-After"))
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS and found.retry_after is not None:
            self._pacing.hold(method, found.retry_after.total_seconds())
        return found

    async def close(self) -> None:
        """Let go of connections. Calling it twice is fine."""
        if self._session is not None:
            await self._session.close()
            self._session = self._client = None

    def _connected(self) -> AsyncWebClient:
        if self._client is None:
            timeout = aiohttp.ClientTimeout(total=CALL_MAX, connect=CONNECT_MAX)
            self._session = aiohttp.ClientSession(timeout=timeout)
            self._client = AsyncWebClient(
                self._token,
                base_url=self._address,
                session=self._session,
                logger=_quiet,
                retry_handlers=[],  # its own would repeat a post whose answer was lost
            )
        return self._client

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    async def direct(self, account: str) -> str:
        """Give the conversation (`D…`) with a person, opened if need be."""
        if account not in self._directs:
            told = await self.call("conversations.open", {"users": account})
            while len(self._directs) >= DIRECTS_MAX:
                del self._directs[next(iter(self._directs))]
            self._directs[account] = str(told["channel"]["id"])
        return self._directs[account]

    # ── views ───────────────────────────────────────────────────────────────────────────────────

    async def publish(self, account: str, view: Mapping[str, Any]) -> None:
        """Show a person's Home tab: over whatever is there, since it is computed anew each time."""
        await self.call("views.publish", {"user_id": account, "view": view})

    # ── answers and files ───────────────────────────────────────────────────────────────────────

    async def respond(self, url: str, content: Mapping[str, Any]) -> None:
        """Post to a `response_url`: five times within half an hour, else `Gone`."""
        status, text = await self._send("response_url", url, json_=content)
        told = _read_object(text)
        if status != HTTPStatus.OK or told.get("ok") is False:
            raise refusal("response_url", status, told or {"error": text.strip()}, None)

    async def upload(self, account: str, file: File) -> None:
        """Hand a file over in the direct messages with a person."""
        await self.hand_over(file, await self.direct(account))

    async def hand_over(self, file: File, channel: str) -> None:
        """Upload a file into a conversation: an address to send it to, the bytes, the sharing."""
        content = file.text.encode()
        wanted = {"filename": file.name, "length": len(content)}
        place = await self.call("files.getUploadURLExternal", wanted)
        status, _ = await self._send("files.upload", str(place["upload_url"]), content=content)
        if status != HTTPStatus.OK:
            raise refusal("files.upload", status, {}, None)
        shared = {
            "files": [{"id": place["file_id"], "title": file.name}],
            "channel_id": channel,
        }
        await self.call("files.completeUploadExternal", shared)

    async def _send(
        self,
        what: str,
        url: str,
        *,
        json_: Mapping[str, Any] | None = None,
        content: bytes | None = None,
    ) -> tuple[int, str]:
        """Post to an address that Slack gave, which is the secret itself: no token, no redirect."""
        proxy = self._connected().proxy
        assert self._session is not None, "it was just connected"
        limit = aiohttp.ClientTimeout(total=UPLOAD_MAX if content else CALL_MAX)
        body = content if content is not None else json.dumps(json_).encode()
        kind = "application/octet-stream" if content is not None else "application/json"
        try:
            async with self._session.post(
                url,
                data=body,
                headers={"Content-Type": kind},
                proxy=proxy,
                timeout=limit,
                allow_redirects=False,
            ) as answer:
                return answer.status, await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, ValueError) as failed:
            raise unreached(what, failed, is_sure=False) from None


def _written(value: object) -> str:
    """Write an argument into a form, which all of Slack's methods read."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _read_object(text: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
