"""What the bot says: the Web API that the worker posts to, as to any other chat product's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from aiohttp import web

from adapters.chat.playground.bodies import Edit, Post, read_body
from adapters.chat.playground.guard import refusal, require_token
from adapters.chat.playground.identity import Directory, channel_key
from adapters.chat.playground.live import Bell
from adapters.chat.playground.memory import Draft, NoThread
from adapters.chat.playground.parts import Parts
from adapters.chat.playground.render import card_json, read_card


class BotApi:
    """The routes that the bot uses."""

    def __init__(self, parts: Parts, bell: Bell) -> None:
        """Take the parts; `bell` tells the browsers."""
        self._parts = parts
        self._bell = bell
        self._check = require_token(parts.bot_token)

    def routes(self) -> list[web.RouteDef]:
        """List the routes, under the playground's own path."""
        return [
            web.post("/api/bot/post", self.post),
            web.post("/api/bot/edit", self.edit),
        ]

    async def post(self, request: web.Request) -> web.Response:
        """Post a card once per token; 404 where there is no such channel, person or thread."""
        self._check(request)
        body = await read_body(request, Post)
        draft = Draft(
            place=_key(await self._parts.directory(), body),
            author=None,
            # People's tokens begin with their account; no account has a space.
            token=f"bot {body.token}",
            card=_canonical(body.card),
            root=None if body.thread is None else _number(body.thread),
        )
        try:
            message = await asyncio.to_thread(self._parts.memory.post, draft)
        except NoThread:
            raise refusal(web.HTTPNotFound, "There is no such thread.") from None
        self._bell.ring()
        return web.json_response({"reference": str(message.number)})

    async def edit(self, request: web.Request) -> web.Response:
        """Show another card in a message's place; 404 where the bot has no such message."""
        self._check(request)
        body = await read_body(request, Edit)
        number, card = _number(body.reference), _canonical(body.card)
        if not await asyncio.to_thread(self._parts.memory.edit, number, card):
            raise refusal(web.HTTPNotFound, "There is no such message.")
        self._bell.ring()
        return web.json_response({})


def _key(directory: Directory, body: Post) -> str:
    if body.channel and directory.has_channel(key := channel_key(body.channel)):
        return key
    if body.account and directory.person(body.account) is not None:
        return f"@{body.account}"
    raise refusal(web.HTTPNotFound, "There is no such channel or person.")


def _canonical(raw: Mapping[str, object]) -> str:
    try:
        return json.dumps(card_json(read_card(dict(raw))), ensure_ascii=False)
    except ValueError as wrong:
        raise refusal(web.HTTPBadRequest, f"This is no card: {wrong}.") from None


def _number(reference: str) -> int:
    if reference.isascii() and reference.isdecimal() and len(reference) <= 16:
        return int(reference)
    raise refusal(web.HTTPNotFound, "There is no such message.")
