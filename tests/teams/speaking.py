"""People speak to the bot through Teams itself, and what they see then is its answer.

What somebody says is typed, signed and delivered; the bot's own app takes it, asks the Inbox, and
answers as it does: with a card in the chat with them, or in the place of the card they pressed. A
button that they have before them is pressed; a form is filled in on its card.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from adapters.chat.cards import Answer, Card
from adapters.chat.inbox import Inbound, Inbox
from adapters.chat.teams.address import TEAMS, AddressBook
from adapters.chat.teams.chat import ChatParts, TeamsChat
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.door.app import PATH, TeamsParts, add_teams
from engine.ports import Work
from engine.workflow.announce import story_at
from tests.teams.fake_teams import Delivered, FakeTeams, Message, Person
from tests.teams.fake_teams.filling_in import buttons, gathered
from tests.teams.fake_teams.world import Json
from tests.teams.looking import card_of, form_of, is_form, note_of, submit_of
from tests.waiting import until_async

WORKING = "Working on it…"

_NAMED = re.compile(r"<@([\w.-]+)(\|[^>]*)?>")


@dataclass(slots=True)
class Speaking:
    """The bot's app beside the fake Teams, in the fake's event loop."""

    teams: FakeTeams
    connector: BotConnector
    book: AddressBook
    handles: Mapping[str, str] = field(default_factory=dict)
    """What people are called in the company, by account: what is typed where nobody is picked."""

    work: Work | None = None
    """What the Inbox works on; set before anybody speaks."""

    answers: dict[str, tuple[Delivered, Answer]] = field(default_factory=dict)
    """By the delivery that was answered."""

    answered: set[str] = field(default_factory=set)
    """References of messages that are answers, and no news."""

    forms: dict[str, Message] = field(default_factory=dict)
    """Where somebody has a form before them."""

    _runner: web.AppRunner | None = None
    _chat: TeamsChat | None = None

    async def start(self) -> None:
        """Serve the bot's app, and tell Teams where."""
        self._chat = TeamsChat(
            ChatParts(
                receive=self._receive,
                shown_now=self._shown_now,
                remembers=self._remembers,
                connector=self.connector,
                book=self.book,
                app_id=self.teams.app.id,
                tenant=self.teams.app.tenant,
            )
        )
        served = web.Application()
        parts = TeamsParts(
            hear=self._chat.hear,
            app_id=self.teams.app.id,
            openid_url=self.teams.openid_url,
            service_hosts=(self.teams.host,),
        )
        add_teams(served, parts)
        self._runner = web.AppRunner(served, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.teams.bot_url = f"http://127.0.0.1:{port}{PATH}"

    async def stop(self) -> None:
        """Stop serving."""
        if self._chat is not None:
            await self._chat.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.connector.close()

    async def _receive(self, inbound: Inbound) -> Answer:
        assert self.work is not None, "nobody may speak yet"
        return await asyncio.to_thread(Inbox(self.work).receive, inbound)

    async def _shown_now(self, account: str, reference: str) -> Card | None:
        assert self.work is not None, "nobody may speak yet"
        return await asyncio.to_thread(Inbox(self.work).shown_now, TEAMS, account, reference)

    async def _remembers(self, reference: str) -> bool:
        assert self.work is not None, "nobody may speak yet"
        return await asyncio.to_thread(story_at, self.work, TEAMS, reference) is not None

    # ── speaking ────────────────────────────────────────────────────────────────────────────────

    async def hear(self, inbound: Inbound) -> Answer:
        """Let somebody say it, and give what they see then."""
        before = self.answers.get(inbound.delivery)
        if before is not None:
            return await self._hear_again(inbound, *before)
        who = self._person(inbound.account)
        if inbound.fields is not None and inbound.account in self.forms:
            return await self._fills_in(who, inbound.fields, is_draft=inbound.is_draft)
        pressed = self._before_them(who, inbound.text)
        if pressed is not None:
            return await self._presses(who, *pressed)
        return await self._types(who, inbound)

    async def _types(self, who: Person, inbound: Inbound) -> Answer:
        told, there = len(who.told()), len(self._channel(inbound.channel))
        text, picks = self._typed(inbound.text, is_direct=not inbound.channel)
        done = await who.types(text, inbound.channel, picks=picks)
        assert done is not None, "the bot is called, and hears it"
        assert done.is_well, "the app did not take it"

        async def is_answered() -> bool:
            if inbound.channel:  # its line there is the last of it
                return len(self._channel(inbound.channel)) > there
            return len(who.told()) > told

        await until_async(is_answered, what="an answer")
        new = who.told()[told:] or self._channel(inbound.channel)[there:]
        self.answered |= {one.reference for one in new}
        answer = self._read(who, new[0])
        self.answers[inbound.delivery] = done, answer
        return answer

    async def _hear_again(self, inbound: Inbound, done: Delivered, answer: Answer) -> Answer:
        """Deliver it once more: the person has the first answer before them, and no other."""
        who = self._person(inbound.account)
        seen = len(who.told())
        assert (await self.teams.deliver.redeliver(done)).is_well
        assert self._chat is not None
        await self._chat.close()
        assert len(who.told()) == seen
        return answer

    def _person(self, account: str) -> Person:
        if account not in self.teams.world.people:
            return self.teams.add_person(account, account.title())
        return self.teams.person(account)

    def _channel(self, channel: str) -> list[Message]:
        """Give what the bot wrote in a channel, in threads, too."""
        there = self.teams.world.conversations[channel].messages if channel else []
        return [one for one in there if not one.author]

    def _typed(self, text: str, *, is_direct: bool) -> tuple[str, list[Person]]:
        """Give what a person types so that Teams makes this of it, and whom they pick.

        In the chat with the bot there is nobody else to pick.
        """
        people = self.teams.world.people
        named = [found[1] for found in _NAMED.finditer(text) if found[1] in people]

        def typed(found: re.Match[str]) -> str:
            handle = self.handles.get(found[1], found[1])
            return f"@{handle}" if is_direct or found[1] not in named else f"@{_name(found)}"

        def _name(found: re.Match[str]) -> str:
            return people[found[1]].name

        said = _NAMED.sub(typed, text)
        said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        return said, [] if is_direct else [self.teams.person(one) for one in dict.fromkeys(named)]

    # ── pressing ────────────────────────────────────────────────────────────────────────────────

    def _before_them(self, who: Person, says: str) -> tuple[Message, Json] | None:
        """Find the newest button that says a line, as far as it asks for nothing more."""
        for message in reversed(who.told()):
            for one in buttons(who.card(message) or {}):
                data = one.action.get("data") or {}
                if data.get("says") == says and not data.get("form"):
                    return message, one.action
        return None

    async def _presses(self, who: Person, message: Message, action: Json) -> Answer:
        return await self._told(who, message, who.act(message, action, dict(action["data"])))

    async def _fills_in(self, who: Person, fields: Mapping[str, str], *, is_draft: bool) -> Answer:
        message = self.forms[who.account]
        card = who.card(message)
        assert card is not None
        action = submit_of(card, "draft" if is_draft else "say")
        button = next(one for one in buttons(card) if one.action == action)
        filled: dict[str, str] = {}
        for given in button.inputs:
            name = str(given["id"]).removeprefix("field:")
            if name in fields:
                offered = [one["value"] for one in given.get("choices") or []]
                filled[given["id"]] = fields[name]
                if offered and fields[name] not in offered:
                    is_open = any(one["id"] == f"{given['id']}:another" for one in button.inputs)
                    filled[given["id"]] = "" if is_open else fields[name]
            elif name.removesuffix(":another") in fields:
                name = name.removesuffix(":another")
                first = next(one for one in button.inputs if one["id"] == f"field:{name}")
                offered = [one["value"] for one in first["choices"]]
                filled[given["id"]] = "" if fields[name] in offered else fields[name]
        return await self._told(who, message, who.act(message, action, gathered(button, filled)))

    async def _told(self, who: Person, message: Message, activity: Json) -> Answer:
        bars, edits = len(who.bars), message.edits
        done = await who._tells(message, activity)
        assert done.is_well, "the app did not take it"
        assert not who.failures, who.failures
        if len(who.bars) > bars:
            return Answer(Card(who.bars[-1]))
        card = who.card(message)
        assert card is not None
        if card_of(card).title == WORKING:

            async def is_done() -> bool:
                return message.edits > edits

            await until_async(is_done, what="an answer")
        if card_of(who.card(message) or {}).title == "Shared in the channel":
            shared = [one for one in self.teams.world.messages() if one.root and one.card]
            return Answer(card_of(shared[-1].card or {}))
        return self._read(who, message)

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────

    def _read(self, who: Person, message: Message) -> Answer:
        card = who.card(message)
        assert card is not None, "the bot answers with a card"
        if is_form(card):
            self.forms[who.account] = message
            return Answer(form=form_of(card))
        self.forms.pop(who.account, None)
        return Answer(note_of(card) or card_of(card))
