"""What people type, press and write in Slack, and what Slack tells about them.

Every listener acknowledges first and works afterwards, in a task of its own; forms, whose answer
*is* the acknowledgement, are in `forms.py`. What is read here was signed by Slack, but a button
holds what its message says, and a claim is all that it is: the Inbox looks at it as at anything
that is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.slack import views
from adapters.chat.slack.conversation import Conversation, Said, source_of
from adapters.chat.slack.delivery import Desk
from adapters.chat.slack.forms import Forms
from adapters.chat.slack.identity import Known

log = structlog.get_logger(__name__)

Body = dict[str, Any]

AccountChanged = Callable[[Known], Coroutine[Any, Any, None]]
"""Is told what has to be known of an account, whenever that may have changed."""

_SAYS = re.compile(r"say:[0-9]{1,4}")

STRANGE = Answer(
    Card(
        "That is no button of mine",
        Tone.BAD,
        (("It says nothing that I understand, so nothing was done; `help` lists what I can do.",),),
    ),
    code="button.unknown",
)


class Listeners:
    """What bolt calls. Belongs to one event loop."""

    def __init__(
        self, conversation: Conversation, forms: Forms, account_changed: AccountChanged
    ) -> None:
        """Nobody has said anything yet."""
        self._conversation = conversation
        self.forms = forms
        self._account_changed = account_changed
        self._pressed: set[tuple[str, str, str]] = set()
        """Presses that are being answered: who, where, what."""

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    async def command(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody typed a command; bare, it opens the form that most people want."""
        text = str(body.get("text") or "")
        account, channel = str(body["user_id"]), str(body.get("channel_id") or "")
        said = Said(
            account=account,
            source=source_of(body),
            delivery=str(body["trigger_id"]),
            text=text if text.strip() else "request",
            channel=channel,
        )
        desk = Desk(
            account,
            said.text,
            trigger=str(body["trigger_id"]),
            response_url=str(body.get("response_url") or ""),
            channel=channel,
        )
        self._conversation.later(self._conversation.answer(said, desk))
        return await ack()

    async def press(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody pressed a button, or changed a field that the form's preview depends on."""
        action, view = body["actions"][0], body.get("view") or {}
        if view.get("callback_id") == views.FORM and view.get("type") == "modal":
            self.forms.changed(body)
            return await ack()
        said = action.get("value")
        desk = _desk_of_press(body, said if isinstance(said, str) else "")
        if not desk.said or not _SAYS.fullmatch(str(action.get("action_id"))):
            self._conversation.later(self._conversation.deliver.hand_over(STRANGE, desk))
        else:
            self._conversation.later(self._answer_press(body, desk))
        return await ack()

    async def _answer_press(self, body: Body, desk: Desk) -> None:
        where = _where_pressed(body)
        press = (desk.account, where, desk.said)
        if press in self._pressed:
            return  # a double click: the first one's answer is on its way
        self._pressed.add(press)
        said = Said(
            account=desk.account,
            source=source_of(body),
            delivery=f"{where}:{body['actions'][0].get('action_ts', '')}",
            text=desk.said,
            channel=desk.channel,
            thread=desk.thread,
        )
        try:
            await self._conversation.answer(said, desk)
        finally:
            self._pressed.discard(press)

    async def shortcut(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody wants to ask for access, maybe because of a message."""
        account, trigger = str(body["user"]["id"]), str(body["trigger_id"])
        self._conversation.later(self._answer_shortcut(body, Desk(account, "request", trigger)))
        return await ack()

    async def _answer_shortcut(self, body: Body, desk: Desk) -> None:
        said = Said(desk.account, source_of(body), delivery=desk.trigger, text=desk.said)
        if body.get("message"):
            said = await self.forms.about_message(said, body)
        await self._conversation.answer(said, desk)

    async def message(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody wrote to the bot directly."""
        told = body["event"]
        is_said = told.get("user") and not (told.get("bot_id") or told.get("subtype"))
        if is_said and told.get("channel_type") == "im":
            account, channel = str(told["user"]), str(told["channel"])
            thread = str(told.get("thread_ts") or "")
            text = str(told.get("text") or "")
            said = Said(account, source_of(body), delivery=str(body["event_id"]), text=text)
            desk = Desk(account, text, channel=channel, thread=thread, is_direct=True)
            self._conversation.later(self._conversation.answer(said, desk))
        return await ack()

    async def home_opened(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody looks at the Home tab."""
        told = body["event"]
        if told.get("tab") == "home":
            said = Said(
                str(told["user"]),
                source_of(body),
                delivery=str(body["event_id"]),
                text="home",
                is_home=True,
            )
            self._conversation.later(self._conversation.show_home(said))
        return await ack()

    # ── news ────────────────────────────────────────────────────────────────────────────────────

    async def person_changed(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Slack knows somebody new, or something new about somebody."""
        self._conversation.later(self._follow(body["event"]["user"]))
        return await ack()

    async def _follow(self, told: Body) -> None:
        await self._account_changed(await self._conversation.identities.follow(told))

    async def uninstalled(self, ack: AsyncAck, body: Body) -> BoltResponse:
        """Somebody took the bot out of Slack, or its tokens were revoked."""
        tokens = body["event"].get("tokens")
        if tokens is None or tokens.get("bot"):
            log.critical(
                "slack.uninstalled",
                problem="The bot's token was revoked or the app was uninstalled: nobody can ask or "
                "decide in Slack until an admin installs it again and sets SLACK_BOT_TOKEN. "
                "Access that was granted still ends on time.",
            )
        return await ack()


def _desk_of_press(body: Body, said: str) -> Desk:
    view, container = body.get("view") or {}, body.get("container") or {}
    return Desk(
        str(body["user"]["id"]),
        said,
        trigger=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or ""),
        # A Home tab is no modal: what it says comes up above it.
        view=str(view["id"]) if view.get("type") == "modal" else "",
        channel=str((body.get("channel") or {}).get("id") or ""),
        thread=str(container.get("thread_ts") or ""),
    )


def _where_pressed(body: Body) -> str:
    container = body.get("container") or {}
    return str(container.get("message_ts") or container.get("view_id") or "")
