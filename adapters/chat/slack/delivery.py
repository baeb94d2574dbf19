"""An answer reaches the person who asked: where they look, and in any case somewhere.

::

    quick      a form opens as a modal; a card comes as a message that only they see
    slow       a modal "Working…" opens while the trigger lives, and becomes the answer
    neither    the response URL is used up, the modal was closed: a direct message

A `trigger_id` is good for three seconds from the press; what it may be needed for is not known
before the engine has answered, so it is kept back for the tenths of a second that this takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace

import structlog

from adapters.chat.cards import Answer, Card, File, Form, Tone
from adapters.chat.platform import PlatformError
from adapters.chat.slack import render, views
from adapters.chat.slack.blocks import Json
from adapters.chat.slack.views import CameFrom
from adapters.chat.slack.web_api.client import SlackClient

log = structlog.get_logger(__name__)

QUICK = 0.8
"""Seconds that an answer may take before "Working…" is shown: of a trigger's three, Slack has used
some to reach us, and opening a modal takes about half of one."""


POSTS_MAX = 4
"""Tries of a message that did not arrive because Slack is busy or away."""

PAUSE_MAX = 30.0
"""Seconds between two of them: whoever waits longer has said it again meanwhile."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody stands who said something, and so where the answer can be handed over."""

    account: str
    said: str = ""
    """The command line, or the button's: leads to the same form again."""

    trigger: str = ""
    """Opens a modal: once, within three seconds."""

    response_url: str = ""
    """Takes five answers within half an hour."""

    view: str = ""
    """The modal in which it was said."""

    channel: str = ""
    thread: str = ""
    is_direct: bool = False
    """Whether it was written in the direct messages, and is answered there for good."""


class Delivery:
    """Hands answers over. Belongs to one event loop."""

    def __init__(self, client: SlackClient, *, command: str) -> None:
        """Take the Web API, and what people type in this workspace, e.g. `/jit`."""
        self._client = client
        self._command = command

    async def answer(self, asking: Awaitable[Answer], desk: Desk) -> None:
        """Wait for an answer and hand it over; show that it is being worked on if it takes long.

        `asking` never raises.
        """
        task = asyncio.ensure_future(asking)
        await asyncio.wait({task}, timeout=QUICK)
        if not task.done() and desk.view:
            await self.update(desk.view, views.working())
        elif not task.done() and desk.trigger:
            opened = await self.open(desk.trigger, views.working())
            desk = replace(desk, trigger="", view=opened)
        answer = await task
        if not (answer.is_repeated and not desk.view):
            await self.hand_over(answer, desk)

    async def hand_over(self, answer: Answer, desk: Desk) -> None:
        """Hand an answer over. Never raises: where nothing works, it is logged."""
        if answer.file is not None and not await self._give(answer.file, desk.account):
            said = "Slack did not take the file, so it is not in our direct messages; please retry."
            answer = Answer(Card("The file could not be sent", Tone.BAD, ((said,),)))
        if answer.form is not None:
            await self._hand_over_form(answer.form, desk)
        elif answer.is_shared:
            await self._share(answer, desk)
        else:
            await self._hand_over_card(answer, desk)

    async def _hand_over_form(self, form: Form, desk: Desk) -> None:
        view = views.modal(form, came_from=CameFrom(desk.channel, desk.thread))
        if desk.view and await self.update(desk.view, view):
            return
        if desk.trigger and await self.open(desk.trigger, view):
            return
        # No trigger, as in a direct message, or an old one: pressing a button gives a new one.
        card = render.invitation(form, desk.said or form.says)
        await self._hand_over_card(Answer(card), replace(desk, trigger="", view=""))

    async def _hand_over_card(self, answer: Answer, desk: Desk) -> None:
        card = answer.card or Card("You find it in our direct messages" if answer.file else "Done")
        content = render.response(replace(answer, card=card), command=self._command)
        card_view = views.card_modal(card)
        if desk.view and await self.update(desk.view, card_view):
            return
        if desk.response_url:
            if await self._respond(content, desk):
                return
        elif desk.trigger and await self.open(desk.trigger, card_view):
            return
        if not await self._write(content, desk):
            log.error("slack.answer_lost", code=answer.code)

    async def _share(self, answer: Answer, desk: Desk) -> None:
        """Show a card to everybody where it was asked for; else to the person, who sees that."""
        content = render.response(answer, command=self._command)
        if desk.response_url:
            is_shared = await self._respond(content, desk)
        else:
            is_shared = bool(desk.channel) and await self._post(content, desk.channel, desk.thread)
        if not is_shared:
            await self._hand_over_card(replace(answer, is_shared=False), desk)
        elif desk.view:
            await self.update(desk.view, views.card_modal(Card("Shared in the channel", Tone.GOOD)))

    # ── ways ────────────────────────────────────────────────────────────────────────────────────

    async def open(self, trigger: str, view: Json) -> str:
        """Open a modal and give its id; empty where the trigger is too old, or used."""
        told = await self._tried("views.open", {"trigger_id": trigger, "view": view})
        return str(told["view"]["id"]) if told else ""

    async def update(self, view_id: str, view: Json, seen: str = "") -> str:
        """Show another view in a modal's place and give its hash; empty where it is not there.

        `seen`: the hash that it must still have.
        """
        arguments = {"view_id": view_id, "view": view, "hash": seen or None}
        told = await self._tried("views.update", arguments)
        return str(told["view"]["hash"]) if told else ""

    async def show_home(self, account: str, card: Card) -> None:
        """Show somebody's dashboard."""
        await self._tried("views.publish", {"user_id": account, "view": render.home(card)})

    async def _respond(self, content: Json, desk: Desk) -> bool:
        whole = {**content, "replace_original": False}
        if desk.thread:
            whole["thread_ts"] = desk.thread
        try:
            await self._client.respond(desk.response_url, whole)
        except PlatformError as failed:
            log.warning("slack.response_failed", problem=str(failed))
            return False
        return True

    async def _write(self, content: Json, desk: Desk) -> bool:
        """Write a direct message, in the thread where it was asked."""
        if desk.is_direct:
            return await self._post(content, desk.channel, desk.thread)
        try:
            channel = await self._client.direct(desk.account)
        except PlatformError as failed:
            log.warning("slack.call_failed", method="conversations.open", problem=str(failed))
            return False
        return await self._post(content, channel, "")

    async def _post(self, content: Json, channel: str, thread: str) -> bool:
        arguments = {
            "channel": channel,
            "thread_ts": thread or None,
            "text": content["text"],
            "blocks": content["blocks"],
            "unfurl_links": False,
            "unfurl_media": False,
        }
        for _ in range(POSTS_MAX - 1):
            try:
                await self._client.call("chat.postMessage", arguments)
            except PlatformError as failed:
                if failed.may_have_arrived or failed.retry_after is None:
                    log.warning("slack.call_failed", method="chat.postMessage", problem=str(failed))
                    return False
                await asyncio.sleep(min(failed.retry_after.total_seconds(), PAUSE_MAX))
            else:
                return True
        return await self._tried("chat.postMessage", arguments) is not None

    async def _give(self, file: File, account: str) -> bool:
        try:
            await self._client.upload(account, file)
        except PlatformError as failed:
            log.warning("slack.file_failed", problem=str(failed))
            return False
        return True

    async def _tried(
        self, method: str, arguments: Mapping[str, object]
    ) -> Mapping[str, Json] | None:
        try:
            return await self._client.call(method, arguments)
        except PlatformError as failed:
            log.warning("slack.call_failed", method=method, problem=str(failed))
            return None
