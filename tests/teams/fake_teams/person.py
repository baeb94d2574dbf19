"""Somebody who uses Teams: types, presses, fills in, looks, and sees what the bot shows.

What the bot answers to a press has the effect that it has in Teams: a card takes the place of the
one that was pressed, for this person alone; or a line is shown beside it; and where the bot is late
or fails, the person is told that something went wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from tests.teams.card_check import CARD_BYTES_MAX, spelled
from tests.teams.fake_teams import filling_in, payloads
from tests.teams.fake_teams.deliver import Delivered, Deliveries
from tests.teams.fake_teams.files import Files
from tests.teams.fake_teams.keys import GENUINE, Envelope
from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.payloads import Scene
from tests.teams.fake_teams.world import (
    BAR,
    CARD,
    CHANNEL,
    ERROR,
    FILE_CONSENT,
    PERSONAL,
    Conversation,
    Human,
    Json,
    Message,
)

TROUBLE = "Something went wrong. Please try again."


class Person:
    """One person, at one client."""

    def __init__(self, org: Organisation, deliveries: Deliveries, files: Files, me: Human) -> None:
        self._org = org
        self._deliveries = deliveries
        self._files = files
        self.me = me
        """What the directory knows; a test may change it."""

        self.envelope: Envelope = GENUINE
        """How everything is signed that comes from this person."""

        self.bars: list[str] = []
        """The lines that were shown beside a card after a press."""

        self.failures: list[str] = []
        """What was shown as an error after a press."""

        self.dialogs: list[Json] = []
        """The dialogs (task modules) that were opened."""

        self.is_rich = False
        """Whether this person formats messages: what is typed then arrives escaped."""

        self.after_mention = " "
        """What stands between a mention of the bot and what follows; `&nbsp;` or nothing, too."""

        self.tells_blanks = False
        """Whether this person's client tells of inputs that were left empty, too: some do."""

        self.open: set[str] = set()
        """The conversations on this person's screen: Teams asks for their cards by itself."""

        org.screens.append(self._sees)
        self._filled: dict[str, dict[str, str]] = {}

    @property
    def account(self) -> str:
        """Give the object id."""
        return self.me.account

    @property
    def mri(self) -> str:
        """Give the id that this bot knows."""
        return self.me.mri

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────

    def chat(self) -> list[Message]:
        """See the chat with the bot: what both wrote."""
        talk = self._org.world.talk(self.account)
        return [one for one in talk.messages if not one.is_deleted] if talk else []

    def told(self) -> list[Message]:
        """See what the bot wrote there."""
        return [one for one in self.chat() if not one.author]

    def channel(self, conversation: str) -> list[Message]:
        """See a channel without its threads, or a group's chat."""
        there = self._seen(conversation).messages
        return [one for one in there if not one.is_reply and not one.is_deleted]

    def thread(self, root: Message) -> list[Message]:
        """See the replies to a message."""
        there = self._seen(root.where.id).messages
        return [one for one in there if one.is_reply and one.root == root.id and not one.is_deleted]

    def card(self, message: Message) -> Json | None:
        """See the card of a message as it is for this person."""
        return message.shown.get(self.account) or message.card

    def _seen(self, conversation: str) -> Conversation:
        where = self._org.world.conversations[conversation]
        assert self.account in where.people(), "this person is not in there"
        return where

    # ── saying ──────────────────────────────────────────────────────────────────────────────────

    async def types(
        self,
        text: str,
        channel: str = "",
        *,
        thread: Message | None = None,
        picks: Sequence[Person] = (),
        calls_bot: bool = True,
    ) -> Delivered | None:
        """Type a message: to the bot alone, or in a channel or group's chat, or in a thread.

        Outside of the chat with the bot, it is called by a mention before the text, unless it is
        told not to, or `@<its name>` stands in the text; without one it hears nothing. Of `picks`,
        `@<name>` in the text becomes a mention.
        """
        bare = thread.where.id if thread else channel
        where = self._seen(bare) if bare else self._org.world.open_talk(self.account)
        bot, named = self._org.app, [(f"@{one.me.name}", payloads.human(one.me)) for one in picks]
        called = f"@{bot.name}"
        if where.kind != PERSONAL and calls_bot and called not in text:
            text = f"{called}{self.after_mention}{text}"
        if called in text:
            named.insert(0, (called, bot.json()))
        return await self._writes(where, text, named, thread)

    async def _writes(
        self,
        where: Conversation,
        text: str,
        named: Sequence[tuple[str, Json]],
        thread: Message | None,
    ) -> Delivered | None:
        root = thread.root if thread else ""
        message = self._org.put(where, {}, author=self.me, root=root)
        scene = self._scene(where, message.root)
        joined = self.after_mention
        message.activity = payloads.said(scene, text, named=named, as_rich=self.is_rich)
        if joined == "&nbsp;" and self.is_rich:
            message.activity["text"] = message.activity["text"].replace("&amp;nbsp;", "&nbsp;")
        message.activity["id"] = message.id
        is_called = any(one["id"] == self._org.app.mri for _, one in named)
        if where.kind != PERSONAL and not (is_called and where.is_open()):
            return None
        return await self._deliveries.activity(message.activity, self.envelope)

    async def edits(self, message: Message, text: str) -> Delivered | None:
        """Change what was written; the bot is told where it heard it."""
        told = message.activity | {"text": text}
        message.activity, message.edits = told, message.edits + 1
        is_heard = message.where.kind == PERSONAL or f"<at>{self._org.app.name}</at>" in text
        if not is_heard:
            return None
        again = told | {"type": "messageUpdate"}
        again["channelData"] = told["channelData"] | {"eventType": "editMessage"}
        return await self._deliveries.activity(again, self.envelope)

    def _scene(self, where: Conversation, root: str = "") -> Scene:
        return Scene(self._org, self.me, where, root)

    # ── pressing ────────────────────────────────────────────────────────────────────────────────

    def fills_in(self, message: Message, values: Mapping[str, str], *, within: str = "") -> None:
        """Fill in inputs by their labels: what is written, or what stands at a choice.

        `within` is the button that shows the card on which they are.
        """
        filled = self._filled.setdefault(message.reference, {})
        for label, value in values.items():
            field = filling_in.find_input(self._card(message), label, within=within)
            filled[field["id"]] = filling_in.written(field, value)

    async def presses(
        self,
        message: Message,
        title: str,
        values: Mapping[str, str] | None = None,
        *,
        within: str = "",
    ) -> Delivered:
        """Press a button of the card that this person sees, with what was filled in."""
        activity = self.press(message, title, values, within=within)
        return await self._tells(message, activity)

    async def presses_twice(self, message: Message, title: str) -> list[Delivered]:
        """Press a button twice, so fast that the second press is under way with the first."""
        both = [self.press(message, title), self.press(message, title)]
        return await asyncio.gather(*(self._tells(message, one) for one in both))

    def press(
        self,
        message: Message,
        title: str,
        values: Mapping[str, str] | None = None,
        *,
        within: str = "",
    ) -> Json:
        """Make what a press would tell the bot, without telling it."""
        button = filling_in.find_button(self._card(message), title, within=within)
        self.fills_in(message, values or {}, within=within)
        filled = self._filled.get(message.reference, {})
        gaps = filling_in.missing(button, filled)
        assert not gaps, f"Teams itself asks for more: {gaps}"
        data = filling_in.gathered(button, filled, blanks=self.tells_blanks)
        return self.act(message, button.action, data)

    def act(self, message: Message, action: Json, data: Json, trigger: str = "manual") -> Json:
        """Make what an action tells the bot, which need not be what is really shown there."""
        scene = self._scene(message.where, message.root)
        if action["type"] == "Action.Submit":
            if (data.get("msteams") or {}).get("type") == "task/fetch":
                value: Json = {"data": data, "context": {"theme": "default"}}
                return payloads.invoked(scene, "task/fetch", value, message)
            return scene.activity("message", value=data, replyToId=message.id)
        assert action["type"] == "Action.Execute", f"{action['type']} tells the bot nothing"
        told: Json = {
            name: action[name] for name in ("type", "title", "id", "verb") if name in action
        }
        told["data"] = data
        value = {"action": told, "trigger": trigger}
        return payloads.invoked(scene, "adaptiveCard/action", value, message)

    async def looks_at(self, message: Message) -> Delivered | None:
        """Look at a card: where this person is named in its `refresh`, Teams asks for theirs."""
        refresh = (self.card(message) or {}).get("refresh") or {}
        if self.mri not in (refresh.get("userIds") or []):
            return None
        action = refresh["action"]
        activity = self.act(message, action, dict(action.get("data") or {}), "automatic")
        return await self._tells(message, activity)

    def _sees(self, message: Message) -> None:
        """Look at what appears on the screen, without anybody waiting for that."""
        if message.where.id in self.open:
            task: asyncio.Task[object] = asyncio.ensure_future(self.looks_at(message))
            self._org.looking.add(task)
            task.add_done_callback(self._org.looking.discard)

    async def refreshes(self, message: Message) -> Delivered:
        """Ask for one's own card by its menu, which everybody can who sees the card."""
        action = (self._card(message).get("refresh") or {})["action"]
        activity = self.act(message, action, dict(action.get("data") or {}), "manual")
        return await self._tells(message, activity)

    def _card(self, message: Message) -> Json:
        card = self.card(message)
        assert card is not None, "there is no card"
        return card

    async def _tells(self, message: Message, activity: Json) -> Delivered:
        edits = message.edits
        done = await self._deliveries.activity(activity, self.envelope)
        if activity["type"] != "invoke":
            return done
        told = done.json()
        if not done.is_well or (done.status == 200 and not isinstance(told, dict)):
            self._fails(activity, TROUBLE)
        elif activity["name"] == "task/fetch":
            self._is_shown(told)
        elif activity["name"] == "adaptiveCard/action":
            self._obeys(message, activity, told, is_current=edits == message.edits)
        return done

    def _is_shown(self, told: Json) -> None:
        """Open a dialog."""
        task = told.get("task") or {}
        attached = (task.get("value") or {}).get("card") or {}
        if task.get("type") == "continue" and attached.get("contentType") == CARD:
            self._org.check_card("a dialog", attached["content"])
            self.dialogs.append(task["value"])
        else:
            self._org.violations.append(f"a dialog that Teams does not know: {told}")
            self.failures.append(TROUBLE)

    def _fails(self, activity: Json, said: str) -> None:
        # Nobody is told of what Teams asked by itself.
        if activity["value"].get("trigger") != "automatic":
            self.failures.append(said)

    def _obeys(self, message: Message, activity: Json, told: Json, *, is_current: bool) -> None:
        """Show what the answer to a press says."""
        kind, value, status = told.get("type"), told.get("value"), told.get("statusCode")
        if status == 200 and kind == CARD and isinstance(value, dict):
            self._org.check_card(f"the answer to {activity['value']['action'].get('title')}", value)
            if spelled(value) > CARD_BYTES_MAX:
                self._fails(activity, TROUBLE)
            elif is_current or activity["value"]["trigger"] == "manual":
                message.shown[self.account] = value
                self._filled.pop(message.reference, None)
        elif status == 200 and kind == BAR:
            self.bars.append(str(value))
        elif kind == ERROR and isinstance(value, dict) and {"code", "message"} <= set(value):
            self._fails(activity, str(value["message"]))
        else:
            self._org.violations.append(f"an answer that Teams does not know: {told}")
            self._fails(activity, TROUBLE)

    # ── files ───────────────────────────────────────────────────────────────────────────────────

    async def answers_file(self, message: Message, *, accepts: bool = True) -> Delivered:
        """Accept or decline a file that the bot offers."""
        offer = message.attached(FILE_CONSENT)
        assert offer is not None, "no file is offered here"
        assert message.where.kind == PERSONAL, "files are offered in the chat with the bot alone"
        context = offer.get("acceptContext" if accepts else "declineContext")
        action = "accept" if accepts else "decline"
        value: Json = {"type": "fileUpload", "action": action, "context": context}
        if accepts:
            value["uploadInfo"] = self._files.offer(self.account, str(offer["name"]))
        activity = payloads.invoked(self._scene(message.where), "fileConsent/invoke", value)
        activity["replyToId"] = message.id
        done = await self._deliveries.activity(activity, self.envelope)
        if not done.is_well:
            self.failures.append(TROUBLE)
        return done

    def files(self) -> dict[str, bytes]:
        """See the files that one keeps, by their names."""
        return self._files.kept(self.account)

    # ── the app ─────────────────────────────────────────────────────────────────────────────────

    async def installs(self) -> list[Delivered]:
        """Have the app installed, whoever does it: the bot is told twice."""
        self.me.has_app, self.me.has_blocked = True, False
        scene = self._scene(self._org.world.open_talk(self.account))
        added = payloads.members(scene, "membersAdded", [self._org.app.json()])
        return await self._both(payloads.installed(scene, "add"), added)

    async def uninstalls(self) -> list[Delivered]:
        """Remove the app."""
        self.me.has_app = False
        scene = self._scene(self._org.world.open_talk(self.account))
        return await self._both(payloads.installed(scene, "remove"))

    def blocks(self) -> None:
        """Block the bot: nobody tells it."""
        self.me.has_blocked = True

    async def adds_app(self, where: Conversation) -> list[Delivered]:
        """Install the app in a team (by a channel of it) or a group's chat."""
        _let_in(where, is_in=True)
        scene = self._scene(where)
        added = payloads.members(scene, "membersAdded", [self._org.app.json()])
        return await self._both(payloads.installed(scene, "add"), added)

    async def removes_app(self, where: Conversation) -> list[Delivered]:
        """Remove it there."""
        _let_in(where, is_in=False)
        scene = self._scene(where)
        gone = payloads.members(scene, "membersRemoved", [self._org.app.json()])
        return await self._both(payloads.installed(scene, "remove"), gone)

    async def joins(self, where: Conversation) -> Delivered:
        """Come into a team or a chat."""
        where.people().add(self.account)
        added = payloads.members(self._scene(where), "membersAdded", [payloads.human(self.me)])
        return await self._deliveries.activity(added, self.envelope)

    async def _both(self, *activities: Json) -> list[Delivered]:
        return [await self._deliveries.activity(one, self.envelope) for one in activities]


def _let_in(where: Conversation, *, is_in: bool) -> None:
    if where.kind == CHANNEL and where.team is not None and where.access == "standard":
        where.team.has_app = is_in
    else:
        where.has_app = is_in
