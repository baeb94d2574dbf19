"""People speak to the bot through Slack itself, and what they see then is its answer.

What somebody says is typed as a command, signed and delivered; the bot's own app takes it, asks the
Inbox, and answers as it does: what only this person sees, or a modal, which is read back as the
card or the form that it shows. A form is filled in and submitted in the modal that is open.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from aiohttp import web

from adapters.chat.cards import Answer, Card, Choice, Field, FieldKind, Form, Line
from adapters.chat.inbox import Inbound, Inbox
from adapters.chat.slack.app import PATH, SlackParts, add_slack
from adapters.chat.slack.identity import Known
from adapters.chat.slack.views import working
from engine.ports import Work
from tests.slack.fake_slack import Delivered, FakeSlack, Message, Person, View
from tests.slack.fake_slack.filling_in import options_of, value_of, with_value
from tests.slack.fake_slack.reading import text_of
from tests.slack.fake_slack.world import Json
from tests.slack.looking import card_of
from tests.waiting import until_async

QUIET_LOOKS = 8
"""Looks, a hundredth of a second apart: a draft is drawn anew within two or three."""

ANOTHER = ":another"
_WRONG = "⚠️ "
_NAMED = re.compile(r"<@(\w+)(\|[^>]*)?>")


@dataclass(slots=True)
class Speaking:
    """The bot's app beside the fake Slack, in the fake's event loop."""

    slack: FakeSlack
    work: Work | None = None
    """What the Inbox works on; set before anybody speaks."""

    answers: dict[str, tuple[Delivered, Answer]] = field(default_factory=dict)
    """By the delivery that was answered."""

    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Serve the bot's app, and tell Slack where."""
        served = web.Application()
        parts = SlackParts(
            receive=self._receive,
            choose=self._choose,
            api_url=self.slack.api_url,
            bot_token=self.slack.app.bot_token,
            signing_secret=self.slack.app.signing_secret,
            account_changed=_nothing_follows,
        )
        add_slack(served, parts)
        self._runner = web.AppRunner(served, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.slack.bot_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}{PATH}"

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, inbound: Inbound) -> Answer:
        assert self.work is not None, "nobody may speak yet"
        return await asyncio.to_thread(Inbox(self.work).receive, inbound)

    async def _choose(self, inbound: Inbound, name: str, typed: str) -> tuple[Choice, ...]:
        assert self.work is not None, "nobody may speak yet"
        return await asyncio.to_thread(Inbox(self.work).choices, inbound, name, typed)

    # ── speaking ────────────────────────────────────────────────────────────────────────────────

    async def hear(self, inbound: Inbound) -> Answer:
        """Let somebody say it, and give what they see then."""
        before = self.answers.get(inbound.delivery)
        if before is not None:
            return await self._hear_again(inbound, *before)
        who = self._person(inbound.account)
        if inbound.fields is not None and who.modal is not None:
            await self._fill_in(who, who.modal, inbound.fields)
            return await self._seen(who, []) if inbound.is_draft else await self._submitted(who)
        for view in reversed(who.modals):
            await who.closes(view)
        seen = len(who.ephemerals())
        shared = len(_messages(self.slack, inbound.channel))
        done = await who.types(f"/jit {self._typed(inbound.text)}", inbound.channel or None)
        assert done is not None, "a command is always delivered"
        assert done.is_well, "the app did not take it"

        async def is_answered() -> bool:
            is_shared = len(_messages(self.slack, inbound.channel)) > shared
            return is_shared or await _is_answered(who, seen)

        await until_async(is_answered, what="an answer")
        new = [*who.ephemerals()[seen:], *_messages(self.slack, inbound.channel)[shared:]]
        answer = await self._seen(who, new)
        self.answers[inbound.delivery] = done, answer
        return answer

    async def _hear_again(self, inbound: Inbound, done: Delivered, answer: Answer) -> Answer:
        """Deliver it once more: the person has the first answer before them, and no other."""
        who = self._person(inbound.account)
        seen = len(who.ephemerals())
        assert (await self.slack.deliver.again(done)).is_well
        await self._rest()
        assert len(who.ephemerals()) == seen
        return answer

    def _person(self, account: str) -> Person:
        if account not in self.slack.world.users:
            return self.slack.add_person(account, account.lower())
        return self.slack.person(account)

    def _typed(self, text: str) -> str:
        """Give what a person types so that Slack makes this of it."""
        users = self.slack.world.users
        typed = _NAMED.sub(lambda found: "@" + str(users[found[1]]["name"]), text)
        typed = typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        typed = re.sub(r"^\s*/?jit(\s+|$)", "", typed, flags=re.IGNORECASE)
        # Bare, the command opens the form that most people want; elsewhere it is a cry for help.
        return typed if typed.strip() else "help"

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────

    async def _seen(self, who: Person, messages: list[Message]) -> Answer:
        if who.modal is None:
            return Answer(card_of(messages[-1]))
        if who.modal.payload["callback_id"] == "form":
            return Answer(form=await _form_of(who, who.modal))
        return Answer(_card_in(who.modal))

    async def _fill_in(self, who: Person, view: View, fields: Mapping[str, str]) -> None:
        for name, value in fields.items():
            await self._fill(who, view, name, value)

    async def _submitted(self, who: Person) -> Answer:
        assert who.modal is not None, "nothing is open"
        done = await who.submits(who.modal)
        assert done.is_well, "the app did not take it"
        await until_async(lambda: _is_answered(who, 0), what="an answer")
        return await self._seen(who, [])

    async def _fill(self, who: Person, view: View, name: str, value: str) -> None:
        """Fill in a field by its name; the app is told at once where it wants to be."""
        for block, element in list(_inputs(view, name)):
            filled = with_value(element, _chosen(view, block, value))
            state = view.state[block["block_id"]]
            if state.get(element["action_id"]) == filled:
                continue
            state[element["action_id"]] = filled
            if block.get("dispatch_action"):
                await who.acts(view, block, {**filled, "action_id": element["action_id"]})
                await self._rest()

    async def _rest(self) -> None:
        """Wait until nothing has been called for a while."""
        quiet, seen = 0, -1

        async def is_quiet() -> bool:
            nonlocal quiet, seen
            quiet = quiet + 1 if len(self.slack.calls) == seen else 0
            seen = len(self.slack.calls)
            return quiet > QUIET_LOOKS

        await until_async(is_quiet, what="quiet")


def _messages(slack: FakeSlack, channel: str) -> list[Message]:
    return list(slack.world.channels[channel].messages) if channel else []


async def _is_answered(who: Person, seen: int) -> bool:
    if who.modal is not None:
        # A machine under load is slow, and then the app says so first.
        return bool(who.modal.payload["title"]["text"] != working()["title"]["text"])
    return len(who.ephemerals()) > seen


async def _nothing_follows(_known: Known) -> None:
    """Take what is told of an account: nothing changes in a talk but what it says."""


def _card_in(view: View) -> Card:
    """Read the card that a modal shows instead of a form."""
    return card_of(Message("", "", "", "", blocks=view.blocks))


# ── forms ───────────────────────────────────────────────────────────────────────────────────────


def _inputs(view: View, name: str) -> Iterator[tuple[Json, Json]]:
    """Walk the inputs of a field: its own, and the line for what is none of its proposals."""
    for block in view.blocks:
        if block["type"] == "input" and block["block_id"] in (name, name + ANOTHER):
            yield block, block["element"]


def _chosen(view: View, block: Json, value: str) -> object:
    """Say what stands at an input when a field's value is filled in."""
    name = block["block_id"].removesuffix(ANOTHER)
    [(_, first), *others] = _inputs(view, name)
    offered = [one for one in options_of(first) if one["value"] == value]
    if block["block_id"] != name:
        return None if offered else value or None
    if "selected_option" not in with_value(first, None):
        return value or None
    if offered or others or not value:
        return offered[0] if offered else None
    # Nobody's client offers that, but a claim it is all the same.
    return {"text": {"type": "plain_text", "text": value}, "value": value}


async def _form_of(who: Person, view: View) -> Form:
    """Read the form that a modal shows."""
    fields: dict[str, Field] = {}
    lines: tuple[Line, ...] = ()
    name = ""
    for block in view.blocks:
        if block["type"] == "input":
            name, _, another = block["block_id"].partition(":")
            wrong = view.errors.get(block["block_id"], "")
            read = await _field(who, view, block)
            known = fields.get(name)
            if another and known is not None:
                # Either may stay empty, which says nothing of the field itself.
                read = replace(known, value=read.value or known.value, hint=read.hint)
                read = replace(read, optional=False)
            fields[name] = replace(read, error=wrong or (known.error if known else ""))
        elif block["type"] == "divider":
            lines = _lines_in(view.blocks[view.blocks.index(block) + 1 :])
            break
        elif name:
            fields[name] = replace(fields[name], error=_error_in(block))
    words = view.payload
    title, submit = text_of(words["title"]), text_of(words["submit"])
    return Form(title, "", submit, tuple(fields.values()), lines)


def _lines_in(blocks: list[Json]) -> tuple[Line, ...]:
    card = card_of(Message("", "", "", "", blocks=blocks))
    return ((card.title,), *card.lines)


def _error_in(block: Json) -> str:
    return _card_in_block(block).removeprefix(_WRONG)


def _card_in_block(block: Json) -> str:
    return card_of(Message("", "", "", "", blocks=[block])).title


async def _field(who: Person, view: View, block: Json) -> Field:
    element, name = block["element"], block["block_id"].partition(":")[0]
    value = value_of(element, view.state[block["block_id"]][element["action_id"]])
    options = options_of(element) if element["type"] == "static_select" else []
    if element["type"] == "external_select":
        options = await who.searches(view, element["action_id"], "")
    return Field(
        name,
        text_of(block["label"]),
        FieldKind.TEXT if element.get("multiline") else FieldKind.LINE,
        hint=text_of(block["hint"]) if "hint" in block else "",
        value=value["value"] if isinstance(value, dict) else value or "",
        choices=_choices(options),
        proposals=_choices(options_of(element) if element["type"] == "radio_buttons" else []),
        optional=bool(block.get("optional")),
    )


def _choices(options: list[Json]) -> tuple[Choice, ...]:
    return tuple(Choice(one["value"], text_of(one["text"])) for one in options)
