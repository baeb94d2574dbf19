"""The methods `files.*`: an address to upload to, the bytes, and where to share them."""

from __future__ import annotations

from tests.slack.fake_slack.calls import Call, SlackError
from tests.slack.fake_slack.workspace import Workspace
from tests.slack.fake_slack.world import Json, Upload, new_id


def upload_url(slack: Workspace, call: Call) -> Json:
    """`files.getUploadURLExternal`."""
    name, length = call.text("filename"), call.number("length", 0)
    if length <= 0:
        raise SlackError("invalid_arguments", ("[ERROR] length must be greater than 0",))
    upload = Upload(new_id("F"), name, length)
    slack.world.files[upload.id] = upload
    return {"upload_url": f"{slack.url}/upload/{upload.id}", "file_id": upload.id}


def complete(slack: Workspace, call: Call) -> Json:
    """`files.completeUploadExternal`: shares what was uploaded; private without a channel."""
    given = call.arguments.get("files")
    if not isinstance(given, list) or not given:
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: files",))
    uploads = [_uploaded(slack, one) for one in given]
    channel_id = call.optional("channel_id")
    if channel_id is not None:
        channel = slack.joined(channel_id)
        message = slack.bot_message(channel, {"text": call.optional("initial_comment") or ""})
        message.thread_ts = call.optional("thread_ts")
        message.files = [upload.json() for upload in uploads]
        channel.messages.append(message)
        for upload in uploads:
            upload.channel = channel.id
    return {"files": [upload.json() for upload in uploads]}


def _uploaded(slack: Workspace, given: Json) -> Upload:
    upload = slack.world.files.get(str(given.get("id")))
    if upload is None or upload.content is None:
        raise SlackError("file_not_found")
    upload.title = str(given.get("title") or upload.name)
    return upload
