"""Forms while they are filled in, and when they are submitted: the acknowledgement is the answer.

::

    submitted   answered within the acknowledgement; if that takes too long, "Working…" stands in
    changed     the preview follows what is filled in, the newest only
    searched    the choices of a menu that are like what was typed
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.platform import PlatformError
from adapters.chat.slack import views
from adapters.chat.slack.blocks import Json
from adapters.chat.slack.conversation import Conversation, Said, source_of
from adapters.chat.slack.delivery import Desk

log = structlog.get_logger(__name__)

Body = dict[str, Any]

WITHIN = 2.0
"""Seconds that an answer may take within an acknowledgement. Slack gives three, and the way here
and back takes a part of them."""

SETTLED_AFTER = 0.5
"""Seconds after an acknowledgement that shows "Working…" until Slack shows that: an answer that
came before would be covered by it."""

CHAIN_MAX = 1000
"""Changes of views that are remembered."""

NOT_OURS = Card(
    "That is no form of mine",
    Tone.BAD,
    (("What came with it is not what I had written there, so nothing was done.",),),
)


class Forms:
    """Belongs to one event loop."""

    def __init__(self, conversation: Conversation) -> None:
        """Nobody fills anything in yet."""
        self._conversation = conversation
        self._drafts: dict[str, _Draft] = {}
        self._newer: dict[str, str] = {}
        """By a view's hash, the one that replaced it: what a client sends may be from before."""

    # ── submitted ───────────────────────────────────────────────────────────────────────────────

    async def submitted(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody submitted a form."""
        view = body["view"]
        try:
            filled = _read(view)
        except views.Malformed as wrong:
            log.warning("slack.form_malformed", problem=str(wrong))
            return await ack(response_action="update", view=views.card_modal(NOT_OURS))
        said = Said(
            account=str(body["user"]["id"]),
            source=source_of(body),
            delivery=str(body["trigger_id"]),
            text=filled.says,
            fields=filled.fields,
            channel=filled.came_from.channel,
            thread=filled.came_from.thread,
        )
        asking = asyncio.ensure_future(self._conversation.ask(said))
        await asyncio.wait({asking}, timeout=WITHIN)
        shown = _shown(asking.result(), view) if asking.done() else None
        if shown is not None:
            return await ack(shown)
        desk = Desk(
            said.account,
            said.text,
            view=str(view["id"]),
            channel=said.channel,
            thread=said.thread,
        )
        self._conversation.later(self._finish(asking, desk))
        return await ack(response_action="update", view=views.working())

    async def _finish(self, asking: asyncio.Task[Answer], desk: Desk) -> None:
        await asyncio.sleep(SETTLED_AFTER)
        await self._conversation.deliver.answer(asking, desk)

    # ── changed ─────────────────────────────────────────────────────────────────────────────────

    def changed(self, body: Body) -> None:
        """Somebody changed a field: show what the form says now, once the last draft is shown."""
        view = str(body["view"]["id"])
        draft = self._drafts.get(view)
        if draft is not None:
            draft.next = body
            return
        self._drafts[view] = _Draft(body)
        self._conversation.later(self._redraw(view))

    async def _redraw(self, view: str) -> None:
        draft = self._drafts[view]
        try:
            while draft.next is not None:
                body, draft.next = draft.next, None
                await self._show_draft(body)
        finally:
            del self._drafts[view]

    async def _show_draft(self, body: Body) -> None:
        view = body["view"]
        try:
            filled = _read(view)
        except views.Malformed as wrong:
            log.warning("slack.form_malformed", problem=str(wrong))
            return
        said = Said(
            account=str(body["user"]["id"]),
            source=source_of(body),
            delivery=f"draft:{uuid4().hex}",
            text=filled.says,
            fields=filled.fields,
            channel=filled.came_from.channel,
            is_draft=True,
        )
        answer = await self._conversation.ask(said)
        if answer.form is not None:
            shown = views.modal(answer.form, came_from=filled.came_from)
            await self._replace(str(view["id"]), str(view["hash"]), shown)

    async def _replace(self, view_id: str, seen: str, shown: Json) -> None:
        while seen in self._newer:  # the client had not heard of our own last change yet
            seen = self._newer[seen]
        made = await self._conversation.deliver.update(view_id, shown, seen)
        if made and made != seen:
            self._newer[seen] = made
        while len(self._newer) > CHAIN_MAX:
            del self._newer[next(iter(self._newer))]

    # ── searched ────────────────────────────────────────────────────────────────────────────────

    async def searched(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody types into a menu."""
        try:
            filled = _read(body.get("view") or {})
        except views.Malformed as wrong:
            log.warning("slack.form_malformed", problem=str(wrong))
            return await ack(options=[])
        said = Said(
            account=str(body["user"]["id"]),
            source=source_of(body),
            delivery=f"draft:{uuid4().hex}",
            text=filled.says,
            fields=filled.fields,
            channel=filled.came_from.channel,
            is_draft=True,
        )
        field, typed = str(body.get("block_id") or ""), str(body.get("value") or "")
        try:
            found = await asyncio.wait_for(self._conversation.choose(said, field, typed), WITHIN)
        except TimeoutError:
            log.warning("slack.choices_late")
            found = ()
        return await ack(options=views.choices(found))

    # ── because of a message ────────────────────────────────────────────────────────────────────

    async def about_message(self, said: Said, body: Body) -> Said:
        """Say that the form shall begin with a link to a message."""
        message, channel = body["message"], str((body.get("channel") or {}).get("id") or "")
        try:
            home = await self._conversation.identities.home()
        except PlatformError:
            return said  # who it is cannot be found out now either, and is said
        root = message.get("thread_ts")
        in_thread = f"?thread_ts={root}&cid={channel}" if root else ""
        ts = str(body.get("message_ts") or message.get("ts") or "").replace(".", "")
        link = f"{home.url}archives/{channel}/p{ts}{in_thread}"
        return replace(said, fields={"reason": link}, is_draft=True)


@dataclass(slots=True)
class _Draft:
    """A form that is being filled in."""

    next: Body | None = field(default=None)
    """What is to be shown next; what came before it does not matter any more."""


def _read(view: Mapping[str, object]) -> views.Filled:
    if view.get("callback_id") != views.FORM:
        raise views.Malformed("callback_id: none of ours")
    return views.read(view)


def _shown(answer: Answer, view: Mapping[str, Any]) -> Json | None:
    """Say how an acknowledgement shows an answer; None where it needs more than that."""
    if answer.file is not None or answer.is_shared:
        return None
    if answer.form is None:
        card = answer.card or Card("Done", Tone.GOOD)
        return {"response_action": "update", "view": views.card_modal(card)}
    errors, inputs = views.errors(answer.form), view["state"]["values"]
    if errors and set(errors) <= set(inputs):
        return {"response_action": "errors", "errors": errors}
    came_from = views.read(view).came_from
    return {"response_action": "update", "view": views.modal(answer.form, came_from=came_from)}
