"""The workspace with our app in it: what every method and every delivery works on."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.slack.blockkit_check import check_message, check_view
from tests.slack.fake_slack.calls import Call, SlackError
from tests.slack.fake_slack.filling_in import fresh
from tests.slack.fake_slack.world import Channel, Json, Message, World, new_id

TRIGGER_LIVES = 3.0
"""Seconds for which a `trigger_id` can be used, once."""

URL_LIVES = 1800.0
URL_USES_MAX = 5

TEXT_MAX = 40_000
"""Characters that Slack keeps of a message's text; it cuts off the rest."""

SCOPES = (
    *("chat:write", "commands", "channels:history", "channels:read", "files:write"),
    *("groups:history", "groups:read", "im:history", "im:read", "im:write", "team:read"),
    *("users:read", "users:read.email"),
)


@dataclass(slots=True)
class App:
    """Our app as it is installed."""

    bot_token: str = "xoxb-opens-only-this"
    app_token: str = "xapp-opens-only-this"
    signing_secret: str = "signs-only-this"
    api_app_id: str = "A0JITBOT"
    team_id: str = "T0ACME"
    team_domain: str = "acme"
    enterprise_id: str | None = None
    is_enterprise_install: bool = False
    bot_user: str = "U0JITBOT"
    bot_id: str = "B0JITBOT"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    has_home: bool = True


@dataclass(slots=True)
class Trigger:
    """What lets a modal be opened: once, and at once."""

    user: str
    until: float
    view: str | None = None
    """The modal in which somebody pressed something."""

    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where the app may answer a command or a press without any token."""

    user: str
    channel: str
    until: float
    ts: str | None = None
    """The message in which something was pressed."""

    uses: int = 0


@dataclass(slots=True)
class Workspace:
    """All of it."""

    app: App = field(default_factory=App)
    world: World = field(default_factory=World)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    """Everything sent that breaks a rule of Block Kit, whether Slack refuses it or not."""

    loses_orphans: bool = False
    """A reply to a message that is not there is taken and never seen, instead of refused: Slack
    was seen to do either."""

    url: str = ""
    """Where the fake itself listens, without a slash at the end."""

    # ── who may ────────────────────────────────────────────────────────────────────────────────

    def require_scope(self, scope: str) -> None:
        """Refuse a call that needs a scope which the app lacks."""
        if scope not in self.app.scopes:
            provided = ",".join(sorted(self.app.scopes))
            raise SlackError("missing_scope", needed=scope, provided=provided)

    def visible(self, channel_id: str) -> Channel:
        """Find a conversation that the bot can know of."""
        channel = self.world.channels.get(channel_id)
        if channel is None:
            raise SlackError("channel_not_found")
        hidden = channel.is_private or channel.is_im
        if hidden and self.app.bot_user not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def joined(self, channel_id: str) -> Channel:
        """Find a conversation that the bot is in."""
        channel = self.visible(channel_id)
        if self.app.bot_user not in channel.members:
            raise SlackError("not_in_channel")
        if channel.is_archived:
            raise SlackError("is_archived")
        return channel

    # ── what may be shown ──────────────────────────────────────────────────────────────────────

    def check_content(self, where: str, content: Json) -> None:
        """Refuse a message that Slack would refuse, and note every broken rule."""
        shown = {key: content[key] for key in _CONTENT if content.get(key) not in (None, "")}
        if not {"text", "blocks", "attachments"} & set(shown):
            raise SlackError("no_text")
        found = check_message(shown)
        self.violations += [f"{where}: {finding}" for finding in found]
        if content.get("link_names") or any(map(_calls_everybody, _spoken(shown))):
            self.violations.append(f"{where}: a whole channel would be called")
        wrong = [finding for finding in found if finding.startswith("/blocks")]
        if wrong:
            raise SlackError("invalid_blocks", tuple(f"[ERROR] {one}" for one in wrong))
        if any(finding.startswith("/metadata") for finding in found):
            raise SlackError("invalid_metadata_format")

    def check_view(self, where: str, view: object) -> Json:
        """Refuse a view that Slack would refuse, and give it with an id for every block."""
        if not isinstance(view, dict):
            raise SlackError("invalid_arguments", ("[ERROR] must provide an object: view",))
        found = check_view(view)
        self.violations += [f"{where}: {finding}" for finding in found]
        if found:
            raise SlackError("invalid_arguments", tuple(f"[ERROR] {one}" for one in found))
        return view | {"blocks": with_ids(view["blocks"])}

    # ── what lets the app answer ───────────────────────────────────────────────────────────────

    def new_trigger(self, user: str, view: str | None = None) -> str:
        """Make a `trigger_id`."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[trigger] = Trigger(user, self.world.now() + TRIGGER_LIVES, view)
        return trigger

    def use_trigger(self, call: Call) -> Trigger:
        """Use up the `trigger_id` of a call."""
        trigger = self.triggers.get(call.text("trigger_id"))
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self.world.now() > trigger.until:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def new_response_url(self, user: str, channel: str, ts: str | None = None) -> str:
        """Make a `response_url`."""
        key = f"{self.app.team_id}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        until = self.world.now() + URL_LIVES
        self.response_urls[key] = ResponseUrl(user, channel, until, ts)
        return f"{self.url}/response/{key}"

    # ── what happens by itself ─────────────────────────────────────────────────────────────────

    def bot_message(self, channel: Channel, content: Json) -> Message:
        """Make a message of the bot's; it stands nowhere yet."""
        app, blocks = self.app, with_ids(content.get("blocks") or [])
        return Message(
            channel=channel.id,
            ts=self.world.new_ts(),
            user=app.bot_user,
            text=str(content.get("text") or "")[:TEXT_MAX],
            blocks=blocks,
            state=fresh(blocks),
            metadata=content.get("metadata") or None,
            attributes={"bot_id": app.bot_id, "app_id": app.api_app_id, "team": app.team_id},
        )


_CONTENT = ("text", "blocks", "attachments", "metadata")


_EVERYBODY = re.compile(r"<!(channel|here|everyone|subteam)\b")


def _spoken(thing: object) -> Iterator[str]:
    """Walk the texts that Slack reads as mrkdwn: a message's own, and those that say so."""
    if isinstance(thing, list):
        for one in thing:
            yield from _spoken(one)
    elif isinstance(thing, dict):
        if thing.get("type") in (None, "mrkdwn") and isinstance(thing.get("text"), str):
            yield thing["text"]
        for value in thing.values():
            yield from _spoken(value)


def _calls_everybody(text: str) -> bool:
    return _EVERYBODY.search(text) is not None


def with_ids(blocks: list[Json]) -> list[Json]:
    """Give every block an id, as Slack does where the app gave none."""
    return [{**block, "block_id": block.get("block_id") or new_id("b")} for block in blocks]
