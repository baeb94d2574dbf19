"""Slack's Web API, as the process that listens calls it: briefly, and with a person waiting.

Nothing is tried again here and nothing waits for a rate limit: what must arrive is posted by the
workers. A failure says which method and Slack's own code, never what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.cards import File
from adapters.chat.platform import Gone, PlatformError

SECONDS = 5
"""Slack answers within tenths of one; a person has given up by now."""

_RETRY_AFTER = timedelta(seconds=5)

_LATER = {"ratelimited", "fatal_error", "internal_error", "service_unavailable", "request_timeout"}
_NOT_THERE = ("_not_found", "_not_visible")


class Calls:
    """Calls with the bot's token. Belongs to the event loop of its first call."""

    def __init__(self, address: str, token: str) -> None:
        """Take the Web API's address, with a slash at the end, and the bot's token."""
        self._address, self._token = address, token
        self._client: AsyncWebClient | None = None
        self._session: aiohttp.ClientSession | None = None

    async def call(self, method: str, arguments: Mapping[str, object]) -> Mapping[str, Any]:
        """Call a method. Raises `PlatformError`, with `retry_after` where Slack is away or busy."""
        client = self._connected()
        try:
            if method.endswith((".info", ".test")):
                told = await client.api_call(method, http_verb="GET", params=dict(arguments))
            else:
                told = await client.api_call(method, json=dict(arguments))
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as failed:
            raise _ours(method, failed) from None
        return told.data if isinstance(told.data, dict) else {}

    async def respond(self, url: str, content: Mapping[str, object]) -> None:
        """Post to a `response_url`. Raises `PlatformError` where it is used up or too old."""
        self._connected()
        assert self._session is not None, "it was just made"
        try:
            async with self._session.post(url, json=dict(content)) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as failed:
            raise _ours("response_url", failed) from None
        if status != HTTPStatus.OK:
            raise PlatformError(f"Slack refused an answer to its response_url (HTTP {status}).")

    async def hand_over(self, file: File, channel: str) -> None:
        """Upload a file into a conversation. Raises `PlatformError`."""
        try:
            await self._connected().files_upload_v2(
                channel=channel, content=file.text, filename=file.name, title=file.name
            )
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as failed:
            raise _ours("files.upload", failed) from None

    async def close(self) -> None:
        """Let go of connections. Calling it twice is fine."""
        if self._session is not None:
            await self._session.close()
            self._session = self._client = None

    def _connected(self) -> AsyncWebClient:
        if self._client is None:
            timeout = aiohttp.ClientTimeout(total=SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
            self._client = AsyncWebClient(
                self._token, base_url=self._address, timeout=SECONDS, session=self._session
            )
        return self._client


def _ours(method: str, failed: Exception) -> PlatformError:
    """Say what failed without quoting what Slack, or a library, says about it."""
    if isinstance(failed, SlackApiError):
        status = failed.response.status_code
        code = str(failed.response.get("error", status)) if status == HTTPStatus.OK else str(status)
        if code == "not_found" or code.endswith(_NOT_THERE):
            return Gone(f"Slack refused {method}: {code}.")
        is_later = status >= HTTPStatus.TOO_MANY_REQUESTS or code in _LATER
        after = _RETRY_AFTER if is_later else None
        return PlatformError(f"Slack refused {method}: {code}.", retry_after=after)
    return PlatformError(
        f"Slack could not be reached for {method} ({type(failed).__name__}).",
        retry_after=_RETRY_AFTER,
    )
