"""The methods `conversations.*`: which there are, who is in them, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tests.slack.fake_slack.calls import Call, SlackError
from tests.slack.fake_slack.workspace import Workspace
from tests.slack.fake_slack.world import Channel, Json, Message

T = TypeVar("T")


def open_direct(slack: Workspace, call: Call) -> Json:
    """`conversations.open`: the bot's direct messages with one person."""
    users = call.text("users").split(",")
    if len(users) != 1:
        raise SlackError("not_supported_by_this_fake")
    user = slack.world.users.get(users[0])
    if user is None:
        raise SlackError("user_not_found")
    if user["deleted"]:
        raise SlackError("user_disabled")
    if user["is_bot"]:
        raise SlackError("cannot_dm_bot")
    if user.get("is_stranger"):
        raise SlackError("user_not_visible")
    channel = slack.world.direct(slack.app.bot_user, users[0])
    told = channel.json(slack.app.bot_user) if call.flag("return_im") else {"id": channel.id}
    return {"channel": told, "no_op": False, "already_open": False}


def info(slack: Workspace, call: Call) -> Json:
    """`conversations.info`."""
    channel = slack.visible(call.text("channel"))
    slack.require_scope(f"{_kind(channel)}:read")
    told = channel.json(slack.app.bot_user)
    if not call.flag("include_num_members"):
        told.pop("num_members", None)
    return {"channel": told}


def listing(slack: Workspace, call: Call) -> Json:
    """`conversations.list`: the channels that the bot can know of."""
    kinds = (call.optional("types") or "public_channel").split(",")
    me, found = slack.app.bot_user, list[Json]()
    scopes = {"public_channel": "channels", "private_channel": "groups", "im": "im"}
    for kind in kinds:
        slack.require_scope(f"{scopes[kind]}:read")
    for channel in slack.world.channels.values():
        known = me in channel.members or _kind(channel) == "channels"
        hidden = channel.is_archived and call.flag("exclude_archived")
        if known and not hidden and _kind(channel) in {scopes[kind] for kind in kinds}:
            found.append(channel.json(me))
    page, cursor = _page(found, call)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def members(slack: Workspace, call: Call) -> Json:
    """`conversations.members`."""
    channel = slack.visible(call.text("channel"))
    slack.require_scope(f"{_kind(channel)}:read")
    page, cursor = _page(sorted(channel.members), call)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def history(slack: Workspace, call: Call) -> Json:
    """`conversations.history`: the newest first, no replies."""
    channel = _readable(slack, call)
    found = [one for one in reversed(channel.messages) if not one.is_reply]
    return _told([one for one in found if _is_within(one, call)], call)


def replies(slack: Workspace, call: Call) -> Json:
    """`conversations.replies`: the root, then its replies, the oldest first."""
    channel, ts = _readable(slack, call), call.text("ts")
    root = channel.find(ts)
    if root is None:
        raise SlackError("thread_not_found")
    thread = channel.thread(root.thread_ts or root.ts)
    return _told([one for one in thread if one.ts == ts or _is_within(one, call)], call)


def _readable(slack: Workspace, call: Call) -> Channel:
    channel = slack.visible(call.text("channel"))
    slack.require_scope(f"{_kind(channel)}:history")
    if slack.app.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "groups" if channel.is_private else "channels"


def _is_within(message: Message, call: Call) -> bool:
    at = float(message.ts)
    oldest, latest = float(call.optional("oldest") or 0), float(call.optional("latest") or "inf")
    return oldest < at < latest or (call.flag("inclusive") and at in (oldest, latest))


def _told(found: Sequence[Message], call: Call) -> Json:
    page, cursor = _page(found, call)
    metadata = call.flag("include_all_metadata")
    told: Json = {"messages": [one.json(with_metadata=metadata) for one in page]}
    told["has_more"] = bool(cursor)
    return told | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _page(found: Sequence[T], call: Call) -> tuple[list[T], str]:
    start, limit = int(call.optional("cursor") or 0), call.number("limit", 100)
    rest = found[start + limit :]
    return list(found[start : start + limit]), str(start + limit) if rest else ""
