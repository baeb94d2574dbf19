"""What Teams tells, heard by the bot, with an Inbox whose answers a test writes.

The Bot Connector is a stand-in in this process that keeps what it is told; the fake Teams, with its
wire and its rules, is where the talks happen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from adapters.chat.cards import Answer, Button, Card, Field, FieldKind, Form
from adapters.chat.inbox import Inbound
from adapters.chat.platform import Gone
from adapters.chat.teams.chat import ChatParts, TeamsChat
from adapters.chat.teams.turn import Turn
from tests.waiting import until_async

TENANT = "11111111-0000-0000-0000-000000000001"
ELSEWHERE = "22222222-0000-0000-0000-000000000002"
APP = "33333333-0000-0000-0000-000000000003"
RIYA = "aaaaaaaa-0000-0000-0000-00000000000a"
BEN = "bbbbbbbb-0000-0000-0000-00000000000b"
SMBA = "https://smba.trafficmanager.net/emea/"
CHAT = "a:riya"
CHANNEL = "19:audit@thread.tacv2"
THREAD = f"{CHANNEL};messageid=1700"

Json = Mapping[str, Any]

ASKED = Answer(
    Card(
        "JIT-1: asked",
        lines=(("It waits for James Whitaker.",),),
        buttons=(Button("Details", "status JIT-1"),),
    )
)
ASK = Form(
    "Ask for access",
    "request",
    "Ask",
    (Field("reason", "Why you need it", FieldKind.TEXT),),
)

NAMES = {RIYA: "Riya Patel", BEN: "Ben Okafor"}


@dataclass
class Wire:
    """A Bot Connector that takes everything, and keeps it."""

    sent: list[tuple[str, Json]] = field(default_factory=list)
    """Conversations, and what was sent there."""

    updated: list[tuple[str, Json]] = field(default_factory=list)
    """References, and what stands there now."""

    deleted: list[str] = field(default_factory=list)
    created: list[Json] = field(default_factory=list)
    uploaded: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    listed: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    fails: dict[str, list[Exception]] = field(default_factory=dict)
    """What comes of the next calls, by method."""

    _ids: count[int] = field(default_factory=lambda: count(1))

    def add(self, account: str, **facts: str) -> dict[str, str]:
        """Let somebody be in every conversation, under every id of theirs."""
        told = {
            "id": f"29:{account[:4]}",
            "aadObjectId": account,
            "tenantId": TENANT,
            "userRole": "user",
            "userPrincipalName": f"{account[:4]}@acme.example",
            **facts,
        }
        self.people[account] = self.people[told["id"]] = told
        return told

    async def send(self, service_url: str, conversation: str, activity: Json) -> str:
        """Take a message."""
        self._fail("send")
        self.sent.append((conversation, activity))
        return f"m{next(self._ids)}"

    async def create(self, service_url: str, body: Json) -> tuple[str, str]:
        """Begin a chat."""
        self._fail("create")
        self.created.append(body)
        return "a:new", ""

    async def update(
        self, service_url: str, conversation: str, activity_id: str, activity: Json
    ) -> None:
        """Show another message."""
        self._fail("update")
        self.updated.append((f"{conversation}/{activity_id}", activity))

    async def delete(self, service_url: str, conversation: str, activity_id: str) -> None:
        """Take a message away."""
        self._fail("delete")
        self.deleted.append(f"{conversation}/{activity_id}")

    async def member(self, service_url: str, conversation: str, member: str) -> Json:
        """Say who somebody is."""
        self._fail("member")
        self.asked.append((conversation, member))
        if member not in self.people:
            raise Gone("Teams refused a member (MemberNotFoundInConversation).")
        return self.people[member]

    async def members(self, service_url: str, conversation: str) -> AsyncIterator[Json]:
        """Say who is there: everybody, where nothing else was said."""
        self._fail("members")
        self.asked.append((conversation, ""))
        everybody = [told for key, told in self.people.items() if not key.startswith("29:")]
        for told in self.listed.get(conversation, everybody):
            yield told

    async def upload(self, url: str, content: bytes) -> None:
        """Take a file."""
        self._fail("upload")
        self.uploaded.append((url, content))

    def _fail(self, method: str) -> None:
        waiting = self.fails.get(method)
        if waiting:
            raise waiting.pop(0)


@dataclass
class Pages:
    """An address book in memory."""

    pages: dict[str, str] = field(default_factory=dict)
    found: int = 0

    async def find(self, subject: str) -> str | None:
        """Look something up."""
        self.found += 1
        return self.pages.get(subject)

    async def keep(self, subject: str, written: str) -> None:
        """Write it down."""
        self.pages[subject] = written


Answering = Callable[[Inbound], Answer]


@dataclass
class Stage:
    """All of it."""

    wire: Wire = field(default_factory=Wire)
    book: Pages = field(default_factory=Pages)
    answering: Answering = lambda _inbound: ASKED
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """The Inbox answers once it is open."""

    inbounds: list[Inbound] = field(default_factory=list)
    story: dict[str, Card] = field(default_factory=dict)
    """What messages of stories show now, by reference."""

    known: set[str] = field(default_factory=set)
    """Other messages that are remembered."""

    chat: TeamsChat = field(init=False)
    _ids: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Put it together; nobody is made to wait."""
        self.gate.set()
        for account in (RIYA, BEN):
            told = self.wire.add(account, name=NAMES[account])
            self.wire.listed[CHAT if account == RIYA else f"a:{account[:4]}"] = [told]
        self.restart()

    def restart(self) -> None:
        """Begin anew, as another process would: with nothing in memory."""
        self.chat = TeamsChat(
            ChatParts(
                receive=self._receive,
                shown_now=self._shown_now,
                remembers=self._remembers,
                connector=self.wire,
                book=self.book,
                app_id=APP,
                tenant=TENANT,
                trusts_upn=True,
            )
        )

    async def _receive(self, inbound: Inbound) -> Answer:
        self.inbounds.append(inbound)
        await self.gate.wait()
        return self.answering(inbound)

    async def _shown_now(self, account: str, reference: str) -> Card | None:
        return self.story.get(reference)

    async def _remembers(self, reference: str) -> bool:
        return reference in self.story or reference in self.known

    def always(self, answer: Answer) -> None:
        """Answer everything in the same way."""
        self.answering = lambda _inbound: answer

    @property
    def said(self) -> Inbound:
        """The only thing that reached the Inbox."""
        assert len(self.inbounds) == 1, self.inbounds
        return self.inbounds[0]

    def turn(self, kind: str, who: str = RIYA, **more: object) -> Turn:
        """Say something as Teams does: to the bot directly, unless it is said where."""
        told = {
            "kind": kind,
            "activity_id": f"act-{next(self._ids)}",
            "service_url": SMBA,
            "conversation": CHAT if who == RIYA else f"a:{who[:4]}",
            "scope": "personal",
            "account": who,
            "mri": f"29:{who[:4]}",
            "name_of": NAMES.get(who, "Somebody Else"),
            "tenant": TENANT,
        }
        return Turn(**(told | more))  # type: ignore[arg-type] # as the test has it

    async def hears(self, text: str, who: str = RIYA, **more: object) -> None:
        """Let somebody write, and the bot answer."""
        status, body = await self.chat.hear(self.turn("message", who, text=text, **more))
        assert (status, body) == (202, None)
        await self.settled()

    async def pressed(
        self,
        says: object,
        message: str = "m1",
        who: str = RIYA,
        *,
        verb: str = "say",
        data: Json | None = None,
        **more: object,
    ) -> dict[str, Any]:
        """Let somebody press a button on a message, and give what they see then."""
        sent = {"says": says, **(data or {})}
        action = {"type": "Action.Execute", "verb": verb, "data": sent}
        value = {"action": action, "trigger": "manual"}
        return await self.invokes("adaptiveCard/action", value, who, reply_to=message, **more)

    async def invokes(
        self, name: str, value: object, who: str = RIYA, **more: object
    ) -> dict[str, Any]:
        """Let a client ask for an answer."""
        turn = self.turn("invoke", who, name=name, value=value, **more)
        status, body = await self.chat.hear(turn)
        assert status == 200
        return dict(body or {})

    async def settled(self) -> None:
        """Wait until nothing is left to be done."""

        async def is_idle() -> bool:
            return not self.chat._conversation._tasks

        await until_async(is_idle)


CHANNELED: Mapping[str, Any] = {
    "conversation": THREAD,
    "channel": CHANNEL,
    "team": "19:team@thread.tacv2",
    "scope": "channel",
}
"""What is said in a channel's thread."""


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so that nobody has to be asked about."""

    async def look() -> object:
        return is_so()

    await until_async(look)


def words(thing: object) -> str:
    """Give all that is written in something that was sent."""
    if isinstance(thing, str):
        return thing
    parts = thing.values() if isinstance(thing, Mapping) else thing
    return "\n".join(map(words, parts)) if isinstance(parts, Iterable) else ""
