"""What Slack tells an app when somebody types, presses, chooses, submits, or when things happen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.slack.fake_slack.workspace import Workspace
from tests.slack.fake_slack.world import Channel, Json, Message, View, new_id

LEGACY_TOKEN = "legacy-verification-token"


def command(slack: Workspace, user: str, channel: Channel, line: str) -> dict[str, str]:
    """Make a slash command of a line as it was typed, e.g. `/jit request`."""
    word, _, text = line.partition(" ")
    app, world = slack.app, slack.world
    fields = {
        "token": LEGACY_TOKEN,
        "team_id": world.users[user]["team_id"],
        "team_domain": app.team_domain,
        "channel_id": channel.id,
        "channel_name": _name(channel, of_private="privategroup"),
        "user_id": user,
        "user_name": world.users[user]["name"],
        "command": word,
        "text": escaped(slack, text),
        "api_app_id": app.api_app_id,
        "is_enterprise_install": str(app.is_enterprise_install).lower(),
        "response_url": slack.new_response_url(user, channel.id),
        "trigger_id": slack.new_trigger(user),
    }
    if app.enterprise_id:
        fields |= {"enterprise_id": app.enterprise_id, "enterprise_name": "Acme Group"}
    return fields


def _name(channel: Channel, *, of_private: str = "") -> str:
    if channel.is_im:
        return "directmessage"
    return of_private if of_private and channel.is_private else channel.name


_ADDRESS = re.compile(r"\bhttps?://[^\s<>]+")
_HANDLE = re.compile(r"(?<![\w@])@([\w.-]*\w)")
_CHANNEL = re.compile(r"(?<![\w#&])#([\w-]+)")


def plainly_escaped(text: str) -> str:
    """Write the three characters that mean something to Slack as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped(slack: Workspace, text: str, *, names: bool = True) -> str:
    """Write people, channels and addresses as Slack does for a command with `should_escape`."""
    handles = {user["name"]: user["id"] for user in slack.world.users.values()}
    channels = {one.name: one for one in slack.world.channels.values() if not one.is_im}

    def person(found: re.Match[str]) -> str:
        known = handles.get(found[1])
        label = f"|{found[1]}" if names else ""
        return f"<@{known}{label}>" if known else found[0]

    def channel(found: re.Match[str]) -> str:
        known = channels.get(found[1])
        if known is None:
            return found[0]
        return f"<#{known.id}|{'' if known.is_private else known.name}>"

    written = _ADDRESS.sub(lambda found: f"\0{found[0]}\1", text)
    written = _CHANNEL.sub(channel, _HANDLE.sub(person, plainly_escaped(written)))
    return written.replace("\0", "<").replace("\1", ">")


def interaction(slack: Workspace, user: str, kind: str, **more: object) -> Json:
    """Make what every interaction tells."""
    app, person = slack.app, slack.world.users[user]
    team: Json = {"id": person["team_id"], "domain": app.team_domain}
    enterprise = None
    if app.enterprise_id:
        enterprise = {"id": app.enterprise_id, "name": "Acme Group"}
        team |= {"enterprise_id": app.enterprise_id, "enterprise_name": "Acme Group"}
    return {
        "type": kind,
        "user": {
            "id": user,
            "username": person["name"],
            "name": person["name"],
            "team_id": app.enterprise_id or person["team_id"],
        },
        "api_app_id": app.api_app_id,
        "token": LEGACY_TOKEN,
        "team": None if app.is_enterprise_install else team,
        "enterprise": enterprise,
        "is_enterprise_install": app.is_enterprise_install,
        **more,
    }


def pressed(
    slack: Workspace, user: str, where: Message | View, *, block: Json, action: Json
) -> Json:
    """Make the `block_actions` of one thing that was pressed or chosen."""
    action = {**action, "block_id": block["block_id"], "action_ts": slack.world.new_ts()}
    if isinstance(where, View):
        container: Json = {"type": "view", "view_id": where.id}
        return interaction(
            slack,
            user,
            "block_actions",
            container=container,
            trigger_id=slack.new_trigger(user, None if user_home(where) else where.id),
            view=where.json(),
            actions=[action],
        )
    told = interaction(
        slack,
        user,
        "block_actions",
        container=_container(where),
        trigger_id=slack.new_trigger(user),
        channel=_channel(slack, where.channel),
        state={"values": where.state},
        response_url=slack.new_response_url(user, where.channel, where.ts),
        actions=[action],
    )
    # What only one person sees is no message: Slack does not send it back.
    if not where.only_for:
        told["message"] = _as_kept(where.json(with_metadata=True))
    told["actions"] = [_as_kept(action)]
    return told


_BARE = re.compile(r"&(?!amp;|lt;|gt;)|[<>]")


def _as_kept(thing: Any) -> Any:  # noqa: ANN401 - any JSON
    """Give a message's part as Slack gives it back: with entities in its plain texts."""
    if isinstance(thing, list):
        return [_as_kept(one) for one in thing]
    if not isinstance(thing, dict):
        return thing
    if thing.get("type") == "plain_text":
        text = _BARE.sub(lambda found: plainly_escaped(found[0]), thing["text"])
        return thing | {"text": text}
    return {key: _as_kept(value) for key, value in thing.items()}


def user_home(view: View) -> bool:
    """Say whether a view is a home, where nothing can be pushed."""
    return bool(view.payload["type"] == "home")


def _container(message: Message) -> Json:
    told: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.only_for),
    }
    return told | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _channel(slack: Workspace, channel_id: str) -> Json:
    return {"id": channel_id, "name": _name(slack.world.channels[channel_id])}


def suggestion(
    slack: Workspace, where: Message | View, at: tuple[Json, Json], *, user: str, typed: str
) -> Json:
    """Make the `block_suggestion` of a block and its select, while somebody types into it."""
    block, element = at
    more: Json = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
    }
    if isinstance(where, View):
        # What is filled in elsewhere is not told here.
        view = where.json() | {"state": {"values": {}}}
        more |= {"container": {"type": "view", "view_id": where.id}, "view": view}
    else:
        more |= {"container": _container(where), "channel": _channel(slack, where.channel)}
        more |= {"message": where.json()}
    return interaction(slack, user, "block_suggestion", **more)


def submission(slack: Workspace, view: View) -> Json:
    """Make the `view_submission` of a modal."""
    return interaction(
        slack,
        view.user,
        "view_submission",
        trigger_id=slack.new_trigger(view.user, view.id),
        view=view.json(),
        response_urls=[],
    )


def closing(slack: Workspace, view: View, *, is_cleared: bool) -> Json:
    """Make the `view_closed` of a modal."""
    return interaction(slack, view.user, "view_closed", view=view.json(), is_cleared=is_cleared)


def shortcut(slack: Workspace, user: str, callback_id: str) -> Json:
    """Make a global shortcut."""
    return interaction(
        slack,
        user,
        "shortcut",
        callback_id=callback_id,
        action_ts=slack.world.new_ts(),
        trigger_id=slack.new_trigger(user),
    )


def message_shortcut(slack: Workspace, user: str, message: Message, callback_id: str) -> Json:
    """Make a shortcut that was used upon a message."""
    return interaction(
        slack,
        user,
        "message_action",
        callback_id=callback_id,
        action_ts=slack.world.new_ts(),
        trigger_id=slack.new_trigger(user),
        response_url=slack.new_response_url(user, message.channel),
        message_ts=message.ts,
        channel=_channel(slack, message.channel),
        message=message.json(),
    )


def happened(slack: Workspace, what: Mapping[str, object], *, shared: bool = False) -> Json:
    """Make the envelope of something that happened (Events API)."""
    app = slack.app
    authorization = {
        "enterprise_id": app.enterprise_id,
        "team_id": None if app.is_enterprise_install else app.team_id,
        "user_id": app.bot_user,
        "is_bot": True,
        "is_enterprise_install": app.is_enterprise_install,
    }
    return {
        "token": LEGACY_TOKEN,
        "team_id": app.team_id,
        "context_team_id": app.team_id,
        "context_enterprise_id": app.enterprise_id,
        "api_app_id": app.api_app_id,
        "event": {"event_ts": slack.world.new_ts(), **what},
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(slack.world.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{new_id('x')}",
    }
