"""What stands in the fake Slack: people, conversations, messages, views, files.

Everything is kept as it was sent; `json()` of a thing is what Slack's methods answer. Only the
fake's own loop changes it; a test may look at any time, and change what people would change.
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_LETTERS = string.ascii_uppercase + string.digits


def new_id(kind: str) -> str:
    """Make an id as Slack makes them, e.g. `V0K3…`."""
    return f"{kind}0" + "".join(secrets.choice(_LETTERS) for _ in range(9))


@dataclass(slots=True)
class Message:
    """One message, seen by everybody in the channel or, if ephemeral, by one person."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    is_bot: bool = True
    edited: bool = False
    only_for: str = ""
    """Who alone sees it; empty for a message in the ordinary sense."""

    files: list[Json] = field(default_factory=list)
    state: Json = field(default_factory=dict)
    """What people chose in it: `state.values`."""

    attributes: Json = field(default_factory=dict)
    """What else Slack tells of its author: `bot_id`, `app_id`, `team`."""

    @property
    def is_reply(self) -> bool:
        """Say whether it stands in somebody's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def json(self, *, with_metadata: bool = False) -> Json:
        """Tell it as Slack does; metadata only to who asked for it."""
        told: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        told |= self.attributes
        if self.blocks:
            told["blocks"] = self.blocks
        if self.thread_ts is not None:
            told["thread_ts"] = self.thread_ts
        if self.edited:
            told["edited"] = {"user": self.user, "ts": self.ts}
        if self.metadata is not None and with_metadata:
            told["metadata"] = self.metadata
        if self.files:
            told["files"] = self.files
        return told


@dataclass(slots=True)
class Channel:
    """One conversation: a channel, or the direct messages of two."""

    id: str
    name: str = ""
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_im: bool = False
    is_ext_shared: bool = False
    """Whether other organisations read it (Slack Connect)."""

    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)
    """In order of posting, replies among them; no ephemeral ones."""

    def json(self, me: str) -> Json:
        """Tell it as `conversations.info` does."""
        told: Json = {
            "id": self.id,
            "is_im": self.is_im,
            "is_archived": self.is_archived,
            "is_ext_shared": self.is_ext_shared,
            "is_shared": self.is_ext_shared,
            "is_org_shared": False,
        }
        if self.is_im:
            return told | {"user": next(iter(self.members - {me}), me), "is_open": True}
        return told | {
            "name": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_member": me in self.members,
            "is_general": False,
            "num_members": len(self.members),
        }

    def find(self, ts: str) -> Message | None:
        """Find a message."""
        return next((message for message in self.messages if message.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        """Give a thread's root and its replies."""
        return [one for one in self.messages if ts in (one.ts, one.thread_ts)]


@dataclass(slots=True)
class View:
    """One modal or home, as one person has it before them."""

    id: str
    user: str
    payload: Json
    """As the app gave it, every block with a `block_id`."""

    hash: str
    root: str
    previous: str | None = None
    state: Json = field(default_factory=dict)
    """What is filled in: `state.values`."""

    errors: dict[str, str] = field(default_factory=dict)
    """What the app said is wrong, by `block_id`."""

    attributes: Json = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """Give what is shown."""
        blocks: list[Json] = self.payload["blocks"]
        return blocks

    @property
    def external_id(self) -> str:
        """Give the app's own id of it, or nothing."""
        return str(self.payload.get("external_id") or "")

    def json(self) -> Json:
        """Tell it as Slack does."""
        payload = self.payload
        told: Json = {
            "id": self.id,
            "type": payload["type"],
            "blocks": payload["blocks"],
            "private_metadata": payload.get("private_metadata") or "",
            "callback_id": payload.get("callback_id") or "",
            "external_id": self.external_id,
            "state": {"values": self.state},
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "title": payload.get("title"),
            "close": payload.get("close"),
            "submit": payload.get("submit"),
            "clear_on_close": bool(payload.get("clear_on_close")),
            "notify_on_close": bool(payload.get("notify_on_close")),
        }
        return told | self.attributes


@dataclass(slots=True)
class Upload:
    """A file on its way, or there."""

    id: str
    name: str
    length: int
    content: bytes | None = None
    title: str = ""
    channel: str = ""
    """Where it is shared; empty while it is private."""

    def json(self) -> Json:
        """Tell it as Slack does."""
        return {"id": self.id, "name": self.name, "title": self.title, "size": self.length}


@dataclass(slots=True)
class World:
    """Everything."""

    users: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    modals: dict[str, list[View]] = field(default_factory=dict)
    """The open modals of each person, the one on top last."""

    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    ahead: float = 0.0
    """Seconds by which this world's clock is ahead of the machine's."""

    _last: int = 0

    def now(self) -> float:
        """Tell the time, as seconds since 1970."""
        return time.time() + self.ahead

    def new_ts(self) -> str:
        """Make a message's id: an instant that no other message has, later than all before."""
        self._last = max(self._last + 1, int(self.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def direct(self, one: str, other: str) -> Channel:
        """Find or open the direct messages of two."""
        for channel in self.channels.values():
            if channel.is_im and channel.members == {one, other}:
                return channel
        made = Channel(new_id("D"), members={one, other}, is_im=True)
        self.channels[made.id] = made
        return made

    def views(self) -> Iterator[View]:
        """Walk all views that somebody has open."""
        for stack in self.modals.values():
            yield from stack
        yield from self.homes.values()
