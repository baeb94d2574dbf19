"""What the page asks and says: the people's side of the chat product.

Whoever the page says it is, it is: that is what a playground is for, and why `guard` lets in this
machine's own page only.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import asdict

from aiohttp import web

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.inbox import Inbound
from adapters.chat.playground.bodies import Attempt, Saying, Seen, read_body
from adapters.chat.playground.guard import refusal, refuse_other_pages
from adapters.chat.playground.identity import PLAYGROUND, Directory, Profile
from adapters.chat.playground.live import Bell, Live
from adapters.chat.playground.memory import Changes, Draft, Memory, Message, NoThread
from adapters.chat.playground.parts import Parts
from adapters.chat.playground.render import answer_json, card_json
from adapters.chat.playground.writing import changes_json, message_json

ANSWER_SECONDS = 15
"""The engine answers in milliseconds; a person has given up by now."""

_PAGE = 50
_COMMAND = re.compile(r"\s*/(?P<word>\S+)(?P<line>.*)", re.DOTALL)


class PageApi:
    """The routes that the page uses."""

    def __init__(self, parts: Parts, bell: Bell) -> None:
        """Nobody is connected yet."""
        self._parts = parts
        self._memory: Memory = parts.memory
        self._bell = bell
        self.live = Live(bell, changes_json)

    def routes(self) -> list[web.RouteDef]:
        """List the routes, under the playground's own path."""
        return [
            web.get("/api/start", self.start),
            web.get("/api/history", self.history),
            web.get("/api/thread", self.thread),
            web.get("/api/live", self.follow),
            web.get("/api/suggest", self.suggest),
            web.get("/api/sessions", self.sessions),
            web.post("/api/seen", self.seen),
            web.post("/api/say", self.say),
            web.post("/api/try", self.try_it),
        ]

    async def start(self, request: web.Request) -> web.Response:
        """Give all that a page needs to begin: who is there, where one can talk, what is unread."""
        directory = await self._parts.directory()
        me = directory.person(request.query.get("as", ""))
        # Before the counting of what is unread: what is written meanwhile comes again, live.
        change = await asyncio.to_thread(self._memory.last_change)
        newest = await asyncio.to_thread(self._memory.last_number)
        return web.json_response(
            {
                "company": directory.company,
                "memory": self._memory.name,
                "change": change,
                "newest": newest,
                "me": None if me is None else me.account,
                "people": [asdict(profile) for profile in directory.people],
                "places": [] if me is None else await self._places(directory, me),
                "commands": [asdict(hint) for hint in self._parts.commands],
                "prepared": [asdict(prepared) for prepared in self._parts.prepared],
            }
        )

    async def _places(self, directory: Directory, me: Profile) -> list[dict[str, object]]:
        shown = {channel.key: channel.topic for channel in directory.channels}
        shown[f"@{me.account}"] = "Direct messages between you and the bot"
        readings = await asyncio.to_thread(self._memory.readings, me.account)
        return [
            {
                "key": key,
                "topic": topic,
                "read": readings.get(key, 0),
                "unread": await asyncio.to_thread(self._memory.unread, me.account, key),
            }
            for key, topic in shown.items()
        ]

    async def history(self, request: web.Request) -> web.Response:
        """Give a page of a place's messages, the last ones or those before a message."""
        directory, me = await self._person(request.query.get("as", ""))
        place = _place(directory, me, request.query.get("place", ""))
        before = _number(request, "before")
        found = await asyncio.to_thread(self._memory.page, place, before=before, limit=_PAGE)
        return web.json_response(
            {"messages": _messages(found), "more": len(found) == _PAGE},
        )

    async def thread(self, request: web.Request) -> web.Response:
        """Give a thread: its root and the replies."""
        directory, me = await self._person(request.query.get("as", ""))
        found = await asyncio.to_thread(self._memory.thread, _number(request, "root") or 0)
        if not found or found[0].root is not None:
            raise refusal(web.HTTPNotFound, "There is no such thread.")
        _place(directory, me, found[0].place)
        return web.json_response({"messages": _messages(found)})

    async def follow(self, request: web.Request) -> web.StreamResponse:
        """Keep the page up to date, from the last change that it has seen."""
        refuse_other_pages(request)
        directory, me = await self._person(request.query.get("as", ""))
        if self.live.is_full():
            raise refusal(web.HTTPServiceUnavailable, "Too many tabs are open. Close some.")
        since = _number(request, "since") or 0

        async def read(since: int) -> Changes:
            keys = [channel.key for channel in directory.channels] + [f"@{me.account}"]
            return await asyncio.to_thread(self._memory.changes, me.account, keys, since)

        return await self.live.serve(request, since, read)

    async def suggest(self, request: web.Request) -> web.Response:
        """Suggest how a command line may go on."""
        _, me = await self._person(request.query.get("as", ""))
        line = request.query.get("line", "")[:500]
        found = [] if self._parts.suggest is None else await self._parts.suggest(me.account, line)
        return web.json_response({"suggestions": [asdict(one) for one in found[:12]]})

    async def seen(self, request: web.Request) -> web.Response:
        """Remember how far a person has read, for all of the person's tabs."""
        seen = await read_body(request, Seen)
        directory, me = await self._person(seen.account)
        place = _place(directory, me, seen.place)
        await asyncio.to_thread(self._memory.mark_read, me.account, place, seen.number)
        self._bell.ring()
        return web.json_response({})

    async def say(self, request: web.Request) -> web.Response:
        """Take what a person says: to the bot, whose answer only they see, or to the others."""
        saying = await read_body(request, Saying)
        directory, me = await self._person(saying.account)
        place = _place(directory, me, saying.place)
        if saying.draft and saying.says is None:
            raise refusal(web.HTTPBadRequest, "Only a form can be a draft.")
        line = _command_line(saying, place)
        if isinstance(line, Card):
            return web.json_response({"answer": answer_json(Answer(card=line, code="unknown"))})
        if line is None:
            return await self._post(saying, me, place)
        answer = await self._ask(_inbound(saying, place, line))
        if answer.is_shared and answer.card is not None and place.startswith("#"):
            return await self._share(saying, place, answer.card)
        return web.json_response({"answer": answer_json(answer)})

    async def _share(self, saying: Saying, place: str, card: Card) -> web.Response:
        """Show a card to everybody in the channel, as the bot's message."""
        draft = Draft(
            place=place,
            author=None,
            token=f"shared:{saying.account}:{saying.delivery}",
            card=json.dumps(card_json(card)),
            root=saying.thread,
        )
        await self._keep(draft)
        return web.json_response({"answer": answer_json(Answer())})

    async def _post(self, saying: Saying, me: Profile, place: str) -> web.Response:
        if not saying.text.strip():
            raise refusal(web.HTTPBadRequest, "An empty message cannot be sent.")
        draft = Draft(
            place=place,
            author=me.account,
            # The browser repeats a delivery whose answer it did not get.
            token=f"{me.account}:{saying.delivery}",
            text=saying.text.strip(),
            root=saying.thread,
        )
        return web.json_response({"message": message_json(await self._keep(draft))})

    async def _keep(self, draft: Draft) -> Message:
        try:
            message = await asyncio.to_thread(self._memory.post, draft)
        except NoThread:
            raise refusal(web.HTTPNotFound, "There is no such thread.") from None
        self._bell.ring()
        return message

    async def _ask(self, inbound: Inbound) -> Answer:
        try:
            return await asyncio.wait_for(self._parts.receive(inbound), ANSWER_SECONDS)
        except TimeoutError:
            raise refusal(
                web.HTTPGatewayTimeout,
                "The bot has not answered in time, and may still be at it. "
                "Look at /jit mine before you say it again.",
            ) from None

    async def try_it(self, request: web.Request) -> web.Response:
        """Run a statement in a target system, with the person's own login."""
        attempt = await read_body(request, Attempt)
        _, me = await self._person(attempt.account)
        if self._parts.try_it is None:
            raise refusal(web.HTTPNotFound, "There is no system to try statements in.")
        if not attempt.statement.strip():
            raise refusal(web.HTTPBadRequest, "Choose a statement, or write one.")
        result = await self._parts.try_it.run(me.account, attempt.system, attempt.statement)
        return web.json_response(asdict(result))

    async def sessions(self, request: web.Request) -> web.Response:
        """Tell what became of the person's sessions in the target systems."""
        _, me = await self._person(request.query.get("as", ""))
        if self._parts.try_it is None:
            return web.json_response({"sessions": {}})
        return web.json_response({"sessions": dict(await self._parts.try_it.sessions(me.account))})

    async def _person(self, account: str) -> tuple[Directory, Profile]:
        directory = await self._parts.directory()
        me = directory.person(account)
        if me is None:
            raise refusal(web.HTTPNotFound, "There is nobody of that name here (any more).")
        return directory, me


def _messages(found: Sequence[Message]) -> list[dict[str, object]]:
    return [message_json(message) for message in found]


def _place(directory: Directory, me: Profile, key: str) -> str:
    """A person is in every channel, and in the direct messages with the bot. Raises 404."""
    if key == f"@{me.account}" or directory.has_channel(key):
        return key
    raise refusal(web.HTTPNotFound, "There is no such channel here (any more).")


def _inbound(saying: Saying, place: str, line: str) -> Inbound:
    return Inbound(
        platform=PLAYGROUND,
        account=saying.account,
        delivery=saying.delivery,
        text=line,
        fields=saying.fields,
        channel=place if place.startswith("#") else "",
        thread=None if saying.thread is None else str(saying.thread),
        is_draft=saying.draft,
    )


def _command_line(saying: Saying, place: str) -> str | Card | None:
    """The line for the bot, a refusal, or None: it is a message for the others."""
    if saying.says is not None:
        return saying.says
    command = _COMMAND.fullmatch(saying.text)
    if command is None:
        return saying.text.strip() if place.startswith("@") else None
    if command["word"].lower() == "jit":
        return command["line"].strip()
    return Card(
        title=f"There is no command /{command['word'][:40]} here.",
        tone=Tone.BAD,
        lines=(("Commands begin with /jit; /jit help lists them.",),),
    )


def _number(request: web.Request, name: str) -> int | None:
    raw = request.query.get(name, "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) <= 16 else None
