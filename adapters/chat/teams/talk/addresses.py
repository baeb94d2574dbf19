"""Addresses are kept as Teams tells them, with whatever comes in; and a direct chat is found.

A bot may only write where it was told that it can. So whatever somebody of ours says, wherever they
say it, is also news of where they are reached.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog

from adapters.chat.platform import Gone
from adapters.chat.teams.address import Address, AddressBook
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)

BELIEVED_FOR = 600.0
"""Seconds for which an address that was seen in the book is believed to be there still."""

BELIEVED_MAX = 20_000
"""Addresses that are remembered at once; beyond, the oldest is looked up again."""


class Opening(Protocol):
    """Begins a direct chat."""

    async def create(self, service_url: str, body: Mapping[str, Any]) -> tuple[str, str]:
        """Give the conversation's id and the first activity's. Raises `PlatformError`."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message is sent."""

    service_url: str
    conversation: str


@dataclass(slots=True)
class Addresses:
    """Keeps addresses, and finds them. Belongs to one event loop."""

    book: AddressBook
    opening: Opening
    app_id: str
    tenant: str
    clock: Callable[[], float] = time.monotonic
    _believed: dict[str, tuple[float, Address]] = field(default_factory=dict)

    async def note(self, turn: Turn) -> bool:
        """Keep where an activity came from, where that is news; say whether the person's chat is.

        It must be of the person's own doing, and of our own organisation: what others' activities
        say is nobody's address.
        """
        for channel in dict.fromkeys(filter(None, (turn.channel, turn.team))):
            there = Address(service_url=turn.service_url, conversation=channel)
            await self._keep(channel, there)
        if not turn.account:
            return False
        chat = turn.conversation if turn.scope == "personal" else ""
        told = Address(service_url=turn.service_url, conversation=chat, mri=turn.mri)
        return await self._keep(turn.account, told)

    async def forget(self, turn: Turn) -> None:
        """Strike out a chat, or a channel, that the bot was taken out of."""
        if turn.scope != "personal":
            await self._write(turn.channel or turn.team, Address(service_url=turn.service_url))
            return
        known = await self._known(turn.account)
        if known.conversation == turn.conversation:  # else an admin did it for somebody
            await self._write(turn.account, replace(known, conversation=""))

    async def _keep(self, subject: str, told: Address) -> bool:
        """Keep what is told, and what was known beside it; say whether the chat is a new one."""
        known = await self._known(subject)
        chat = told.conversation or known.conversation
        now = replace(told, conversation=chat, mri=told.mri or known.mri)
        if now != known:
            await self._write(subject, now)
        return bool(told.conversation) and told.conversation != known.conversation

    async def _known(self, subject: str) -> Address:
        at, known = self._believed.get(subject, (0.0, Address()))
        if subject in self._believed and self.clock() - at < BELIEVED_FOR:
            return known
        written = await self.book.find(subject)
        known = Address.read(written) if written else Address()
        self._believe(subject, known)
        return known

    async def _write(self, subject: str, address: Address) -> None:
        await self.book.keep(subject, address.write())
        self._believe(subject, address)

    def _believe(self, subject: str, address: Address) -> None:
        self._believed.pop(subject, None)
        self._believed[subject] = (self.clock(), address)
        while len(self._believed) > BELIEVED_MAX:
            del self._believed[next(iter(self._believed))]

    # ── finding ─────────────────────────────────────────────────────────────────────────────────

    async def direct(self, turn: Turn) -> Spot:
        """Give the direct chat with whoever said something, beginning one where there is none.

        Raises `PlatformError`, and `Gone` where the person has not installed the bot.
        """
        if turn.scope == "personal":
            return Spot(turn.service_url, turn.conversation)
        known = await self._known(turn.account)
        if known.conversation:
            return Spot(turn.service_url, known.conversation)
        if not turn.mri:
            raise Gone("Teams does not say who this is, so there is no chat with them.")
        body = {
            "isGroup": False,
            "bot": {"id": f"28:{self.app_id}"},
            "members": [{"id": turn.mri}],
            "tenantId": self.tenant,
            "channelData": {"tenant": {"id": self.tenant}},
        }
        conversation, _ = await self.opening.create(turn.service_url, body)
        address = Address(service_url=turn.service_url, conversation=conversation, mri=turn.mri)
        await self._write(turn.account, address)
        return Spot(turn.service_url, conversation)
