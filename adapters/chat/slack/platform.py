"""The bot speaks in Slack: what the workers post, edit and publish.

Slack has no key that makes a post happen once. Every message carries our token in its metadata, and
where an earlier try may have arrived, the place is read back for it first. Nothing else is ever
read from a conversation.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from adapters.chat.cards import Card
from adapters.chat.platform import Gone, Place, PlatformError
from adapters.chat.slack import render
from adapters.chat.slack.identity import SLACK
from adapters.chat.slack.page import COMMAND
from adapters.chat.slack.web_api.client import SlackClient
from adapters.chat.slack.web_api.refusals import AWAY, MissingScope
from engine.model.identifiers import PlatformName

log = structlog.get_logger(__name__)

POST_MAX = 10.0
"""Seconds of one post or edit with all that belongs to it: three of them fit into what is left of
the lease of an announcement (60 s) when its run ends (25 s)."""

ATTEMPTS_MAX = 5_000
"""Posts that this process remembers: far more than are on their way at once."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""By how much our clock, or the database's, may be ahead of Slack's."""

PAGES_MAX = 5
PAGE = 200
"""A thousand messages since the first try: beyond, a doubled message is better than a lost one."""

KIND = "jit_message"
"""What our metadata is called (`event_type`)."""

_REFERENCE = re.compile(r"([CDG][A-Z0-9]{2,})/(\d{10}\.\d{6})")


class SlackPlatform:
    """Posts once per token, edits, publishes. Belongs to the event loop of its first call.

    Within a process, a token is posted once whatever happens. Two processes that post the same one
    at the same moment could double it: the lease of an announcement keeps them apart, as long as
    none of them is stopped for a minute in the middle of a call.
    """

    name: PlatformName = SLACK

    def __init__(self, client: SlackClient, *, command: str = COMMAND) -> None:
        """Take the client, which is closed with the platform, and what people type, e.g. `/jit`."""
        self._client, self._command = client, command
        self._attempts: OrderedDict[str, _Attempt] = OrderedDict()
        self._bot = ""

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post once per token and give `<channel>/<ts>`; looks for an earlier try where one was.

        Raises `Gone` where there is no such channel, person or thread, or none for the bot.
        """
        attempt = self._attempt(token)
        async with attempt.lock:
            if attempt.reference:
                return attempt.reference
            since = min(filter(None, (attempt.since, tried_since)), default=None)
            try:
                async with asyncio.timeout(POST_MAX):
                    attempt.reference = await self._post(place, card, attempt, since)
            except TimeoutError:
                raise PlatformError("Slack took too long for a post.", retry_after=AWAY) from None
            return attempt.reference

    async def edit(self, reference: str, card: Card) -> None:
        """Show another card. Raises `Gone` where that cannot be done (any more)."""
        channel, ts = _read(reference)
        try:
            async with asyncio.timeout(POST_MAX):
                content = render.message(card, command=self._command)
                await self._client.call("chat.update", {"channel": channel, "ts": ts, **content})
        except TimeoutError:
            raise PlatformError("Slack took too long for an edit.", retry_after=AWAY) from None

    async def show_home(self, account: str, card: Card) -> None:
        """Publish a person's Home tab. Raises `Gone` where the person is not there."""
        await self._client.publish(account, render.home(card))

    async def close(self) -> None:
        """Let go of connections. Calling it twice is fine."""
        await self._client.close()

    # ── posting once ────────────────────────────────────────────────────────────────────────────

    def _attempt(self, token: str) -> _Attempt:
        attempt = self._attempts.setdefault(token, _Attempt(token))
        self._attempts.move_to_end(token)
        while len(self._attempts) > ATTEMPTS_MAX:
            self._attempts.popitem(last=False)
        return attempt

    async def _post(
        self, place: Place, card: Card, attempt: _Attempt, since: datetime | None
    ) -> str:
        channel, thread = await self._where(place)
        found = await self._find_if_allowed(channel, thread, attempt.token, since)
        if found is not None:
            return f"{channel}/{found}"
        content = {
            "channel": channel,
            "thread_ts": thread,
            **render.message(card, command=self._command),
            "metadata": {"event_type": KIND, "event_payload": {"token": attempt.token}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        attempt.since = since or datetime.now(UTC)
        try:
            told = await self._client.call("chat.postMessage", content)
        except PlatformError as failed:
            if not failed.may_have_arrived:
                attempt.since = since
            raise
        return f"{told['channel']}/{told['ts']}"

    async def _where(self, place: Place) -> tuple[str, str | None]:
        """Find the conversation: a thread stays where its root is, whatever is configured now."""
        if place.thread is not None:
            return _read(place.thread)
        if place.account:
            return await self._client.direct(place.account), None
        return place.channel, None

    async def _find_if_allowed(
        self, channel: str, thread: str | None, token: str, since: datetime | None
    ) -> str | None:
        """Look for an earlier try, where there may be one and the app was given the scope for it.

        A company may leave that scope out: then a message may come twice, but never not at all.
        """
        if since is None:
            return None
        try:
            return await self._find(channel, thread, token, since)
        except MissingScope as problem:
            log.warning("slack.search_not_allowed", problem=str(problem))
            return None

    async def _find(
        self, channel: str, thread: str | None, token: str, since: datetime
    ) -> str | None:
        """Look for our message with a token, among what was posted since an earlier try."""
        method = "conversations.replies" if thread else "conversations.history"
        asked: dict[str, object] = {
            "channel": channel,
            "ts": thread,
            "oldest": f"{(since - CLOCKS_DIFFER).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": PAGE,
        }
        bot = await self._own_bot()
        for _ in range(PAGES_MAX):
            told = await self._client.call(method, asked)
            for message in told.get("messages") or ():
                if message.get("bot_id") == bot and _token_of(message) == token:
                    return str(message["ts"])
            cursor = (told.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor
        log.warning("slack.search_given_up", method=method, messages=PAGES_MAX * PAGE)
        return None

    async def _own_bot(self) -> str:
        """Give the bot's id: metadata is no secret, so others could have copied it."""
        if not self._bot:
            self._bot = str((await self._client.call("auth.test", {}))["bot_id"])
        return self._bot


@dataclass(slots=True)
class _Attempt:
    """A token that this process posts, or posted."""

    token: str
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    reference: str = ""
    since: datetime | None = None
    """When it was first tried by this process, where that try may have arrived."""


def _read(reference: str) -> tuple[str, str]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Gone("That is no reference of a message in Slack.")
    return found[1], found[2]


def _token_of(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return str(payload.get("token") or "") if metadata.get("event_type") == KIND else ""
