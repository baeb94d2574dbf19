"""Teams' deliveries come in over HTTP into the bot's own server, and nobody else's do.

::

    header ─▶ genuine? ─▶ body, at most 1 MB ─▶ JSON ─▶ its address is the token's, and Teams' own
                                                          └─▶ the adapter ─▶ heard ─▶ 200, 202

Nothing of a body is read before its token was found genuine. Whatever a stranger sends, they learn
that it is not Teams', and nothing else. Nothing is answered with 5xx: Teams would send it again,
and what broke once breaks again.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
import structlog
from aiohttp import web

from adapters.chat.teams.door.activities import Unreadable, parse, read
from adapters.chat.teams.door.adapter import Adapter
from adapters.chat.teams.door.keys import Keys
from adapters.chat.teams.door.tokens import CHANNEL, NotGenuine, Tokens
from adapters.chat.teams.hosts import is_trusted
from adapters.chat.teams.turn import Hear, Turn

log = structlog.get_logger(__name__)

PATH = "/api/messages"

BODY_MAX = 1_000_000
"""Bytes, below what the server itself takes. The largest that Teams sends is some 100,000."""

BROKEN = {
    "statusCode": 500,
    "type": "application/vnd.microsoft.error",
    "value": {
        "code": "Unexpected",
        "message": "Something went wrong here, and it is not your fault. Please try again.",
    },
}
"""What somebody sees whose press broke something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsParts:
    """What the rest of the process gives to it."""

    hear: Hear
    app_id: str
    """Whom tokens must be for; never empty."""

    openid_url: str
    """Where the keys are found that sign what Teams sends."""

    service_hosts: Collection[str]
    """The only hosts that are answered at."""


def add_teams(app: web.Application, parts: TeamsParts) -> None:
    """Add Teams to an application. Raises `ValueError` without an app id.

    A delivery that is being heard when the server stops is still answered: the server waits for it.
    """
    keys = Keys(parts.openid_url)
    door = _Door(parts, Tokens(keys, parts.app_id))

    async def living(_app: web.Application) -> AsyncIterator[None]:
        # Looked for before anybody waits: a wrong address is in the log as soon as one starts.
        keys.begin()
        yield
        await keys.close()

    app.cleanup_ctx.append(living)
    app.router.add_post(PATH, door.take, expect_handler=_expected)


class _Door:
    """Where Teams' deliveries arrive."""

    def __init__(self, parts: TeamsParts, tokens: Tokens) -> None:
        self._tokens = tokens
        self._hosts = frozenset(parts.service_hosts)
        self._adapter = Adapter(parts.app_id, parts.hear)

    async def take(self, request: web.Request) -> web.Response:
        """Take a delivery. Whoever is not Teams learns nothing but that."""
        try:
            turn = await self._genuine(request)
        except NotGenuine as wrong:
            log.warning("teams.not_genuine", problem=str(wrong))
            return _refused(HTTPStatus.UNAUTHORIZED, "invalid request")
        except Unreadable as wrong:
            log.warning("teams.unreadable", problem=str(wrong))
            return _refused(HTTPStatus.BAD_REQUEST, "unreadable")
        return await self._answered(turn)

    async def _genuine(self, request: web.Request) -> Turn:
        """Read a delivery. Raises `NotGenuine`, `Unreadable`, and aiohttp's own refusals."""
        signed = await self._tokens.check(request.headers.get("Authorization", ""))
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        told = parse(await _body(request))
        turn = read(told)
        if turn.service_url != signed.service_url.rstrip("/") + "/":
            raise NotGenuine("signed for another address")
        if not is_trusted(turn.service_url, self._hosts):
            raise NotGenuine("an address that is none of Teams' own")
        if told.get("channelId") != CHANNEL:
            raise NotGenuine("from another channel")
        return turn

    async def _answered(self, turn: Turn) -> web.Response:
        """Let it be heard, and answer."""
        try:
            status, body = await self._adapter.run(turn)
            text = None if body is None else json.dumps(body, allow_nan=False)
        except Exception:
            log.exception("teams.turn_broke", kind=turn.kind)
            status, text = HTTPStatus.OK, json.dumps(BROKEN) if turn.kind == "invoke" else None
        if text is None:
            return web.Response(status=status)
        return web.Response(text=text, status=status, content_type="application/json")


async def _expected(request: web.Request) -> None:
    """Let a body come that waits to be asked for; aiohttp says 417 to whatever else is expected."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # as aiohttp does: the answer itself has not begun


async def _body(request: web.Request) -> bytes:
    """Read it. Raises `Unreadable` where it is not what its headers say, and aiohttp's refusals."""
    if (request.content_length or 0) > BODY_MAX:
        raise web.HTTPRequestEntityTooLarge(BODY_MAX, request.content_length or 0)
    try:
        raw = await request.read()  # the server itself refuses what is longer than it says
    except (web.RequestPayloadError, aiohttp.ClientPayloadError, aiohttp.http.HttpProcessingError):
        raise Unreadable("a body that is broken") from None
    if len(raw) > BODY_MAX:
        raise web.HTTPRequestEntityTooLarge(BODY_MAX, len(raw))
    return raw


def _refused(status: HTTPStatus, said: str) -> web.Response:
    return web.json_response({"error": said}, status=status)
