"""The methods `chat.*`: what the bot posts, edits and deletes."""

from __future__ import annotations

import re

from tests.slack.fake_slack.calls import Call, SlackError
from tests.slack.fake_slack.filling_in import fresh
from tests.slack.fake_slack.workspace import URL_USES_MAX, Workspace, with_ids
from tests.slack.fake_slack.world import Channel, Json, Message

UPDATE_TEXT_MAX = 4000


def post_message(slack: Workspace, call: Call) -> Json:
    """`chat.postMessage`: to a channel, a direct message, or a person."""
    channel = _where(slack, call.text("channel"))
    slack.check_content("chat.postMessage", call.arguments)
    message = slack.bot_message(channel, call.arguments)
    message.thread_ts = _thread(slack, channel, call.optional("thread_ts"))
    if message.thread_ts is None or channel.find(message.thread_ts) is not None:
        channel.messages.append(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.json(with_metadata=True)}


def _where(slack: Workspace, given: str) -> Channel:
    if given not in slack.world.users:
        named = [one.id for one in slack.world.channels.values() if f"#{one.name}" == given]
        channel = slack.joined(named[0] if named else given)
        gone = [one for one in channel.members if slack.world.users.get(one, {}).get("deleted")]
        if channel.is_im and gone:
            raise SlackError("channel_not_found")
        return channel
    if slack.world.users[given]["deleted"] or slack.world.users[given].get("is_stranger"):
        raise SlackError("channel_not_found")
    return slack.world.direct(slack.app.bot_user, given)


def _thread(slack: Workspace, channel: Channel, ts: str | None) -> str | None:
    if ts is None:
        return None
    if not re.fullmatch(r"\d{10}\.\d{6}", ts):
        raise SlackError("invalid_thread_ts", (f"[ERROR] {ts} is not a valid thread_ts",))
    root = channel.find(ts)
    if root is None:
        if not slack.loses_orphans:
            raise SlackError("thread_not_found")
        return ts
    if root.is_reply:
        raise SlackError("cannot_reply_to_message")
    root.thread_ts = root.ts
    return ts


def update(slack: Workspace, call: Call) -> Json:
    """`chat.update`: only the bot's own messages, and none that only one person sees."""
    channel = slack.joined(call.text("channel"))
    message = _own(slack, channel, call.text("ts"), "cant_update_message")
    if len(call.optional("text") or "") > UPDATE_TEXT_MAX:
        raise SlackError("msg_too_long")
    slack.check_content("chat.update", call.arguments)
    message.text = call.optional("text") or ""
    message.blocks = with_ids(call.arguments.get("blocks") or [])
    message.state = fresh(message.blocks, message.state)
    message.edited = not message.blocks
    if "metadata" in call.arguments:
        message.metadata = call.arguments["metadata"] or None
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.json(with_metadata=True),
    }


def delete(slack: Workspace, call: Call) -> Json:
    """`chat.delete`: only the bot's own messages."""
    channel = slack.joined(call.text("channel"))
    message = _own(slack, channel, call.text("ts"), "cant_delete_message")
    channel.messages.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def _own(slack: Workspace, channel: Channel, ts: str, otherwise: str) -> Message:
    message = channel.find(ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.user != slack.app.bot_user:
        raise SlackError(otherwise)
    return message


def post_ephemeral(slack: Workspace, call: Call) -> Json:
    """`chat.postEphemeral`: to one person, who has to be in the channel."""
    channel, user = slack.joined(call.text("channel")), call.text("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    slack.check_content("chat.postEphemeral", call.arguments)
    message = slack.bot_message(channel, call.arguments)
    message.only_for = user
    message.thread_ts = call.optional("thread_ts")
    slack.world.ephemerals.append(message)
    return {"message_ts": message.ts}


def respond(slack: Workspace, key: str, content: Json) -> None:
    """Take what is posted to a `response_url`: five times, within half an hour."""
    url = slack.response_urls.get(key)
    if url is None:
        raise SlackError("invalid_url")
    if slack.world.now() > url.until:
        raise SlackError("expired_url")
    if url.uses >= URL_USES_MAX:
        raise SlackError("used_url")
    url.uses += 1
    channel = slack.world.channels[url.channel]
    original = _original(slack, channel, url.ts)
    if content.get("delete_original"):
        _remove(slack, channel, original)
    elif content.get("replace_original") and original is not None:
        slack.check_content("response_url", content)
        original.text = str(content.get("text") or "")
        original.blocks = with_ids(content.get("blocks") or [])
        original.state = fresh(original.blocks)
    else:
        say(slack, url.user, channel, content)


def say(slack: Workspace, user: str, channel: Channel, content: Json) -> Message:
    """Show an answer to who typed or pressed: to them alone, unless it says `in_channel`."""
    slack.check_content("answer", content)
    message = slack.bot_message(channel, content)
    message.thread_ts = content.get("thread_ts")
    if content.get("response_type", "ephemeral") == "in_channel":
        channel.messages.append(message)
    else:
        message.only_for = user
        slack.world.ephemerals.append(message)
    return message


def _original(slack: Workspace, channel: Channel, ts: str | None) -> Message | None:
    hidden = [one for one in slack.world.ephemerals if one.ts == ts]
    return hidden[0] if hidden else channel.find(ts or "")


def _remove(slack: Workspace, channel: Channel, message: Message | None) -> None:
    if message is None:
        raise SlackError("message_not_found")
    (slack.world.ephemerals if message.only_for else channel.messages).remove(message)
