"""The bot was put somewhere, or taken out: it says hello once, and what it can do.

Teams tells of the same installation more than once, and of everybody's at once where an admin
installs it for the whole organisation. So a chat is greeted once, when its address is a new one,
and a team only where few enough people have to read it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

import structlog

from adapters.chat.cards import Answer, Button, Card, Emphasis, Tone
from adapters.chat.platform import PlatformError
from adapters.chat.teams.identity import Member
from adapters.chat.teams.talk import views
from adapters.chat.teams.talk.addresses import Addresses
from adapters.chat.teams.talk.delivery import Delivery
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)

GREETED_MAX = 100
"""Members of a team, or of a group chat, that is greeted: what Microsoft's store asks for."""

_HOW = (
    "Access is given for a time, after the right people said yes, and taken away again. "
    "Write `request` to me to ask for it; `help` lists all that you can say."
)
_WHERE = (
    "Access to systems is asked for and decided with me. Write to me directly, or mention me here: "
    "then I answer you in our own chat, so that nobody else has to read it."
)


class Members(Protocol):
    """Says who is there."""

    def members(self, service_url: str, conversation: str) -> AsyncIterator[Mapping[str, Any]]:
        """Give all. Raises `PlatformError`."""


class Greeting:
    """Greets. Belongs to one event loop."""

    def __init__(self, addresses: Addresses, delivery: Delivery, members: Members) -> None:
        """Nobody was greeted yet."""
        self._addresses = addresses
        self._delivery = delivery
        self._members = members

    async def installed(self, turn: Turn) -> None:
        """Keep where it is, and say hello where that is new and wanted."""
        if turn.scope != "personal":
            await self._addresses.note(turn)
            if await self._is_small(turn):
                await self._delivery.say(turn, views.message(Answer(hello(turn))))
            return
        person = await self._person(turn)
        if person is not None and await self._addresses.note(person):
            await self._delivery.say(person, views.message(Answer(welcome(person)), mri=person.mri))

    async def uninstalled(self, turn: Turn) -> None:
        """Strike the address out: nothing is sent there until it is installed again."""
        await self._addresses.forget(turn)
        log.warning("teams.uninstalled", scope=turn.scope)

    async def _person(self, turn: Turn) -> Turn | None:
        """Say whose chat it is, since an admin may have installed it; None where nobody knows."""
        try:
            async for told in self._members.members(turn.service_url, turn.conversation):
                account = Member.read(told).account
                if not account:
                    continue
                by = turn.name_of if turn.account != account else ""
                name, mri = str(told.get("name") or ""), str(told.get("id") or "")
                return replace(turn, account=account, mri=mri, name_of=name, added_by=by)
        except PlatformError as failed:
            log.info("teams.members_unknown", problem=str(failed))
        return None

    async def _is_small(self, turn: Turn) -> bool:
        count = 0
        try:
            async for _ in self._members.members(turn.service_url, turn.conversation):
                count += 1
                if count > GREETED_MAX:
                    return False
        except PlatformError as failed:
            log.info("teams.members_unknown", problem=str(failed))
            return False
        return True


def welcome(turn: Turn) -> Card:
    """Say hello to one person."""
    first = turn.name_of.split(" ")[0]
    by = ((f"{turn.added_by} added me for you.",),) if turn.added_by else ()
    return Card(
        f"Hello {first}, I am here now" if first else "Hello, I am here now",
        Tone.NEUTRAL,
        (*by, (_HOW,)),
        buttons=(
            Button("Ask for access", "request", Emphasis.PRIMARY),
            Button("What I may ask for", "catalog"),
            Button("My dashboard", "home"),
            Button("Help", "help"),
        ),
    )


def hello(turn: Turn) -> Card:
    """Say hello to several people."""
    by = ((f"{turn.name_of} added me here.",),) if turn.name_of else ()
    return Card("Hello, I am here now", Tone.NEUTRAL, (*by, (_WHERE,)))
