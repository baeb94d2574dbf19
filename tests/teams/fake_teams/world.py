"""What stands in the fake Teams: people, teams, conversations and their messages.

Everything is kept as it was sent. Only the fake's own loop changes it; a test may look at any time,
and change what people would change.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

PERSONAL, CHANNEL, GROUP_CHAT = "personal", "channel", "groupChat"

CARD = "application/vnd.microsoft.card.adaptive"
BAR = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
FILE_CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"

_THREAD = ";messageid="


@dataclass(slots=True)
class Human:
    """Somebody, as the directory and this bot know them."""

    account: str
    """The object id in Entra, `aadObjectId`; nobody's for who joined without an account."""

    name: str
    mri: str
    """`29:…`: made for this bot alone."""

    tenant: str
    upn: str = ""
    role: str = "user"
    """`user`, `guest` or `anonymous`."""

    has_app: bool = True
    """Whether the app is installed for this person."""

    has_blocked: bool = False
    locale: str = "en-GB"

    def json(self) -> Json:
        """Tell it as a conversation's member (TeamsChannelAccount)."""
        given, _, family = self.name.partition(" ")
        told: Json = {
            "id": self.mri,
            "name": self.name,
            "givenName": given,
            "surname": family,
            "tenantId": self.tenant,
            "userRole": self.role,
        }
        if self.role != "anonymous":
            told |= {"aadObjectId": self.account, "objectId": self.account}
            told |= {"email": self.upn, "userPrincipalName": self.upn}
        return told


@dataclass(slots=True)
class Team:
    """One team; its id is that of its first channel."""

    id: str
    name: str
    group: str
    """The id of its group in Entra."""

    members: set[str] = field(default_factory=set)
    """Accounts."""

    has_app: bool = True


@dataclass(slots=True)
class Message:
    """One message, and what single people see in its place."""

    id: str
    where: Conversation
    activity: Json
    """As it was sent, or as it was edited last."""

    author: str = ""
    """Whose account; empty for the bot's own."""

    root: str = ""
    """In a channel: the id of the message that began its thread, which may be itself."""

    edits: int = 0
    is_deleted: bool = False
    shown: dict[str, Json] = field(default_factory=dict)
    """The card that a person alone sees here, by account: until the message is edited."""

    @property
    def is_reply(self) -> bool:
        """Say whether it stands in somebody's thread."""
        return self.root not in ("", self.id)

    @property
    def conversation(self) -> str:
        """Give the id of the conversation as activities name it: in a channel, of its thread."""
        return f"{self.where.id}{_THREAD}{self.root}" if self.root else self.where.id

    @property
    def reference(self) -> str:
        """Name it as `<conversation>/<activity>`."""
        return f"{self.conversation}/{self.id}"

    @property
    def text(self) -> str:
        """Give what is written beside the cards."""
        return str(self.activity.get("text") or "")

    @property
    def card(self) -> Json | None:
        """Give the Adaptive Card that everybody sees, if there is one."""
        return self.attached(CARD)

    def attached(self, kind: str) -> Json | None:
        """Give the content of the first attachment of a kind."""
        for one in self.activity.get("attachments") or []:
            if one.get("contentType") == kind:
                content: Json = one.get("content") or {}
                return content | ({"name": one["name"]} if "name" in one else {})
        return None


@dataclass(slots=True)
class Conversation:
    """The chat with one person, a group's chat, or a channel with all its threads."""

    id: str
    kind: str
    name: str = ""
    members: set[str] = field(default_factory=set)
    """Accounts: of a chat, or of a private or shared channel."""

    team: Team | None = None
    access: str = "standard"
    """Of a channel: `standard`, `private` or `shared`."""

    has_app: bool = True
    """Of a group's chat, or a private or shared channel."""

    messages: list[Message] = field(default_factory=list)
    """In order of sending, replies among them."""

    typing: int = 0
    """How often the bot was seen typing."""

    def find(self, activity: str) -> Message | None:
        """Find a message that is there."""
        found = (one for one in self.messages if one.id == activity and not one.is_deleted)
        return next(found, None)

    def people(self) -> set[str]:
        """Give the accounts of who is in it."""
        if self.team is not None and self.access == "standard":
            return self.team.members
        return self.members

    def is_open(self) -> bool:
        """Say whether the app is installed here; for the chat with one person, it knows."""
        is_standard = self.team is not None and self.access == "standard"
        return self.team.has_app if self.team is not None and is_standard else self.has_app


@dataclass(slots=True)
class World:
    """Everything."""

    people: dict[str, Human] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    ahead: float = 0.0
    """Seconds by which this world's clock is ahead of the machine's."""

    _last: int = 0

    def now(self) -> float:
        """Tell the time, as seconds since 1970."""
        return time.time() + self.ahead

    def new_id(self) -> str:
        """Make a message's id: milliseconds since 1970, later than all before."""
        self._last = max(self._last + 1, int(self.now() * 1000))
        return str(self._last)

    def talk(self, account: str) -> Conversation | None:
        """Find the chat of somebody with the bot."""
        for one in self.conversations.values():
            if one.kind == PERSONAL and one.members == {account}:
                return one
        return None

    def open_talk(self, account: str) -> Conversation:
        """Find or open it."""
        found = self.talk(account)
        if found is None:
            found = Conversation(f"a:1{secrets.token_urlsafe(60)}", PERSONAL, members={account})
            self.conversations[found.id] = found
        return found

    def find(self, conversation: str) -> tuple[Conversation | None, str]:
        """Find a conversation as activities name it, and the thread that is meant."""
        bare, _, root = conversation.partition(_THREAD)
        return self.conversations.get(bare), root

    def somebody(self, name: str) -> Human | None:
        """Find somebody by object id, MRI or UPN."""
        wanted = name.lower()
        for one in self.people.values():
            if one.mri == name or wanted in (one.account.lower(), one.upn.lower()):
                return one
        return None

    def messages(self) -> Iterator[Message]:
        """Walk all messages."""
        for one in self.conversations.values():
            yield from one.messages
