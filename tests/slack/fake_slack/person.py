"""Somebody who uses Slack: types, presses, fills in, and sees what the app shows.

What an app answers has the effect that it has in Slack: an ephemeral message comes up, a modal
closes or shows what is wrong, and where the app is late or fails, the person is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.slack.fake_slack import chat_methods, payloads, view_methods
from tests.slack.fake_slack.calls import SlackError
from tests.slack.fake_slack.deliver import GENUINE, Delivered, Deliveries, Envelope
from tests.slack.fake_slack.filling_in import elements, missing, options_of, with_value
from tests.slack.fake_slack.reading import label_of, text_of
from tests.slack.fake_slack.workspace import Workspace
from tests.slack.fake_slack.world import Channel, Json, Message, View

TROUBLE = "We had some trouble connecting. Try again?"


class Person:
    """One person, at one client."""

    def __init__(self, slack: Workspace, deliveries: Deliveries, user: str) -> None:
        """Take the workspace, the way to the app, and the person's id."""
        self._slack = slack
        self._deliveries = deliveries
        self.id = user
        self.envelope: Envelope = GENUINE
        """How everything is signed that comes from this person."""

        self.failures: list[str] = []
        """What Slack itself said when the app failed."""

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────

    @property
    def home(self) -> View | None:
        """See the app's home."""
        return self._slack.world.homes.get(self.id)

    @property
    def modal(self) -> View | None:
        """See the modal on top."""
        stack = self._slack.world.modals.get(self.id)
        return stack[-1] if stack else None

    @property
    def modals(self) -> Sequence[View]:
        """See all open modals, the one on top last."""
        return self._slack.world.modals.get(self.id) or []

    def direct(self) -> list[Message]:
        """See the direct messages with the app, without what stands in threads there."""
        return [one for one in self._talk().messages if not one.is_reply]

    def channel(self, channel_id: str) -> list[Message]:
        """See a channel, without its threads."""
        return [one for one in self._seen(channel_id).messages if not one.is_reply]

    def thread(self, root: Message) -> list[Message]:
        """See the replies of a thread."""
        return self._seen(root.channel).thread(root.ts)[1:]

    def ephemerals(self, channel_id: str | None = None) -> list[Message]:
        """See what only this person sees, everywhere or in a channel."""
        return [
            one
            for one in self._slack.world.ephemerals
            if one.only_for == self.id and channel_id in (None, one.channel)
        ]

    def _talk(self) -> Channel:
        return self._slack.world.direct(self._slack.app.bot_user, self.id)

    def _seen(self, channel_id: str) -> Channel:
        channel = self._slack.world.channels[channel_id]
        assert self.id in channel.members or not channel.is_private, "this person is not in there"
        return channel

    # ── saying ──────────────────────────────────────────────────────────────────────────────────

    async def types(
        self, line: str, channel: str | None = None, *, thread: Message | None = None
    ) -> Delivered | None:
        """Type a command or a message; without a channel in the messages with the app.

        In a thread there are no commands: what looks like one is a message.
        """
        where = self._slack.world.channels[channel] if channel else self._talk()
        if line.startswith("/") and thread is None:
            return await self._commands(where, line)
        return await self._writes(where, line, thread)

    async def _commands(self, where: Channel, line: str) -> Delivered:
        fields = payloads.command(self._slack, self.id, where, line)
        done = await self._deliveries.command(fields, self.envelope)
        if not done.is_well:
            code = "dispatch_failed" if done.status else "operation_timeout"
            self.failures.append(f'{fields["command"]} failed with the error "{code}"')
        elif done.body:
            said = done.json()
            content = said if isinstance(said, dict) else {"text": done.body}
            chat_methods.say(self._slack, self.id, where, content)
        return done

    async def _writes(self, where: Channel, line: str, thread: Message | None) -> Delivered | None:
        slack = self._slack
        text = payloads.escaped(slack, line, names=False)
        message = Message(where.id, slack.world.new_ts(), self.id, text, is_bot=False)
        message.thread_ts = thread.ts if thread else None
        where.messages.append(message)
        if not (where.is_im and slack.app.bot_user in where.members):
            return None
        what = message.json() | {
            "channel": where.id,
            "channel_type": "im",
            "event_ts": message.ts,
            "team": slack.world.users[self.id]["team_id"],
        }
        return (await self._deliveries.envelope(payloads.happened(slack, what), self.envelope))[-1]

    async def uses_shortcut(self, callback_id: str, message: Message | None = None) -> Delivered:
        """Use a global shortcut, or one upon a message."""
        if message is None:
            payload = payloads.shortcut(self._slack, self.id, callback_id)
        else:
            payload = payloads.message_shortcut(self._slack, self.id, message, callback_id)
        return await self._interacts(payload)

    async def opens_home(self, tab: str = "home") -> Delivered:
        """Open the app's page at a tab: `home` or `messages`."""
        what: Json = {"type": "app_home_opened", "user": self.id, "tab": tab}
        what |= {"channel": self._talk().id}
        if self.home is not None and tab == "home":
            what["view"] = self.home.json()
        body = payloads.happened(self._slack, what)
        return (await self._deliveries.envelope(body, self.envelope))[-1]

    # ── pressing ────────────────────────────────────────────────────────────────────────────────

    async def presses(self, where: Message | View, label: str) -> Delivered:
        """Press a button, or choose from a menu of more buttons."""
        for block in where.blocks:
            for element in elements(block):
                action = _pressed(block, element, label)
                if action is not None:
                    return await self.acts(where, block, action)
        raise AssertionError(f"there is nothing to press called {label!r}")

    async def acts(self, where: Message | View, block: Json, action: Json) -> Delivered:
        """Deliver one action, which need not be what is really shown there."""
        return await self._interacts(
            payloads.pressed(self._slack, self.id, where, block=block, action=action)
        )

    async def _interacts(self, payload: Json) -> Delivered:
        done = await self._deliveries.interaction(payload, self.envelope)
        if not done.is_well:
            self.failures.append(TROUBLE)
        return done

    # ── filling in ──────────────────────────────────────────────────────────────────────────────

    async def fills_in(self, view: View, values: Mapping[str, str]) -> None:
        """Fill in fields by their labels: what is written, or the label of what is chosen.

        The app is told at once of every field that says so (`dispatch_action`).
        """
        for label, value in values.items():
            await self.picks(view, label, value)

    async def picks(self, where: Message | View, label: str, value: str) -> Delivered | None:
        """Fill in one field; where the app is told of it, give what it answered."""
        block, element = _find(where.blocks, label)
        filled = with_value(element, await self._valued(where, (block, element), value))
        where.state[block["block_id"]][element["action_id"]] = filled
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        action = {**filled, "action_id": element["action_id"]}
        return await self.acts(where, block, action)

    async def _valued(self, where: Message | View, at: tuple[Json, Json], value: str) -> Any:  # noqa: ANN401 - of any kind, as Slack has it
        kind = at[1]["type"]
        if kind == "external_select":
            return _option(await self.searches(where, at[1]["action_id"], value), value)
        if kind in ("static_select", "radio_buttons"):
            return _option(options_of(at[1]), value) if value else None
        if kind in ("checkboxes", "multi_static_select"):
            return [_option(options_of(at[1]), one) for one in value.split(", ") if value]
        # Slack sends nothing where nothing is written, and not an empty text.
        return value or None

    async def searches(self, where: Message | View, label: str, typed: str) -> list[Json]:
        """Type into a select whose options the app gives, and give the options that come up."""
        at = _find(where.blocks, label)
        if len(typed) < at[1].get("min_query_length", 3):
            return []
        payload = payloads.suggestion(self._slack, where, at, user=self.id, typed=typed)
        done = await self._deliveries.interaction(payload, self.envelope)
        told = done.json() if done.is_well else None
        if not isinstance(told, dict):
            self.failures.append(TROUBLE)
            return []
        options = options_of(told)
        if len(options) > 100:
            self._slack.violations.append(f"options of {label}: more than 100")
        return options

    async def submits(self, view: View) -> Delivered:
        """Submit a modal; the app's answer closes it, or says what is wrong, or what comes next."""
        view.errors = {}
        gaps = {block["block_id"]: missing(block, view.state) for block in view.blocks}
        assert not any(gaps.values()), f"Slack itself asks for more: {gaps}"
        done = await self._interacts(payloads.submission(self._slack, view))
        if done.is_well:
            self._obeys(view, done.json() if done.body.strip() else None)
        return done

    def _obeys(self, view: View, told: object) -> None:
        """Do what the answer to a submission says."""
        stack = self._slack.world.modals.get(self.id) or []
        action = told.get("response_action") if isinstance(told, dict) else None
        if not isinstance(told, dict) or action is None:
            stack[:] = [one for one in stack if one is not view]
        elif action == "clear":
            stack.clear()
        elif action == "errors":
            self._is_told_what_is_wrong(view, told["errors"])
        else:
            self._is_shown(view, str(action), told.get("view"))

    def _is_told_what_is_wrong(self, view: View, errors: Mapping[str, str]) -> None:
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not errors or set(errors) - inputs:
            self._slack.violations.append(f"errors at {sorted(errors)}, where no inputs are")
            self.failures.append(TROUBLE)
        view.errors = dict(errors)

    def _is_shown(self, view: View, action: str, given: object) -> None:
        assert action in ("update", "push"), f"Slack knows no response_action {action}"
        try:
            if action == "update":
                view_methods.change(self._slack, "response_action", view, given)
            else:
                view_methods.push(self._slack, "response_action", self.id, given)
        except SlackError as refused:
            self._slack.violations.append(f"response_action {action}: {refused.code}")
            self.failures.append(TROUBLE)

    async def closes(self, view: View, *, everything: bool = False) -> Delivered | None:
        """Close a modal by its button, or all of them by the window's cross."""
        stack = self._slack.world.modals[self.id]
        told = stack[0] if everything else view
        stack[:] = [] if everything else [one for one in stack if one is not view]
        if not told.payload.get("notify_on_close"):
            return None
        payload = payloads.closing(self._slack, told, is_cleared=everything)
        return await self._interacts(payload)


def _pressed(block: Json, element: Json, label: str) -> Json | None:
    """Make the action of a button or a menu's entry with a label; None if it is another one."""
    kind = element["type"]
    action = {"type": kind, "action_id": element["action_id"]} if kind != "image" else {}
    if kind == "button" and label_of(block, element) == label:
        kept = {key: element[key] for key in ("value", "style", "url") if key in element}
        return action | {"text": element["text"]} | kept
    if kind == "overflow":
        for option in element["options"]:
            if text_of(option["text"]) == label:
                return action | {"selected_option": option}
    return None


def _find(blocks: list[Json], label: str) -> tuple[Json, Json]:
    """Find what can be filled in by its label or its `action_id`."""
    for block in blocks:
        for element in elements(block):
            if element["type"] in ("button", "overflow", "image"):
                continue
            if label in (label_of(block, element), element["action_id"]):
                return block, element
    raise AssertionError(f"there is nothing to fill in called {label!r}")


def _option(options: Sequence[Json], wanted: str) -> Json:
    for option in options:
        if wanted in (text_of(option["text"]), option["value"]):
            return option
    shown = [text_of(option["text"]) for option in options]
    raise AssertionError(f"{wanted!r} is not among {shown}")
