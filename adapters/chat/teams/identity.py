"""Who somebody is in Teams: the directory's own id of them, and whether they are a member.

An activity that Teams signed names the person by Entra's object id and tenant; names, addresses and
what a card sends along are claims of anybody. Whether they are a member, a guest or from elsewhere
is what the conversation's roster says, kept for five minutes. Teams says nothing of who is
deactivated: such an account is only not listed any more, and is told so.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

import structlog

from adapters.chat.kept import Kept
from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)

Json = Mapping[str, Any]

GUEST = "a guest in this organisation"
"""What may become of an account that was a member's."""

BOT = "a bot"
ELSEWHERE = "from another organisation"
NOBODY = "here without an account of the organisation"
UNLISTED = "nobody whom Teams lists for me here, as it lists nobody who was deactivated or has left"

UNREAD = frozenset(
    {
        *("request", "approve", "deny", "ask", "answer", "cancel", "return", "revoke"),
        *("status", "help"),
    }
)
"""Commands whose answer is the same whoever reads the channel along: a press on a card in a channel
must not wait until all of its members were listed."""

MENTIONS_MAX = 10
"""People who are looked up for one saying; no command names more than a few."""

LISTED_MAX = 5_000
"""Members of a channel who are looked at; in a larger one nobody knows who reads along."""

_MENTION = re.compile(r"<@((?:29|8):[^<>|\s]+)(\|[^<>|]*)?>")
_BOT_MRI = "28:"


class Roster(Protocol):
    """Says who is in a conversation."""

    async def member(self, service_url: str, conversation: str, member: str) -> Json:
        """Give one member, by any id. Raises `PlatformError`, and `Gone` where there is none."""

    def members(self, service_url: str, conversation: str) -> AsyncIterator[Json]:
        """Give all. Raises `PlatformError`."""


class Listed(NamedTuple):
    """Where Teams is asked about whom."""

    service_url: str
    conversation: str
    member: str = ""
    """Empty for all of them."""


@dataclass(frozen=True, slots=True)
class Member:
    """What a roster says of somebody; each may be empty."""

    account: str
    tenant: str
    role: str
    upn: str
    """The name they sign in with, which looks like an address."""

    @classmethod
    def read(cls, told: Json) -> Member:
        """Read it as Teams writes it."""
        return cls(
            account=_text(told, "aadObjectId", "objectId").lower(),
            tenant=_text(told, "tenantId").lower(),
            role=_text(told, "userRole").lower(),
            upn=_text(told, "userPrincipalName"),
        )

    def outsider(self, tenant: str) -> str:
        """Say why somebody is nobody of the organisation (`You are …`); empty for its members."""
        if self.role == "bot":
            return BOT
        if not self.account or self.role == "anonymous":
            return NOBODY
        if self.tenant != tenant:
            return ELSEWHERE
        # An invited account signs in with its own address, written into one of ours.
        if self.role == "guest" or "#ext#" in self.upn.lower():
            return GUEST
        return "" if self.role in {"", "user"} else NOBODY


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be known of an account; and, where somebody speaks, of the channel."""

    account: str
    outsider: str = ""
    email: str = ""
    """Only where the organisation manages it, and of members."""

    is_read_along: bool = False
    has_left: bool = False
    """Whether the account may have been a member's: it is a guest's by now."""


class Identities:
    """Knows accounts and channels. Belongs to one event loop."""

    def __init__(
        self,
        roster: Roster,
        *,
        tenant: str,
        trusts_upn: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is asked yet. `clock` gives seconds.

        `tenant`: the organisation's. `trusts_upn`: the names that members sign in with are the
        addresses that the company's files have.
        """
        self._roster = roster
        self._tenant = tenant.lower()
        self._trusts_upn = trusts_upn
        self._members = Kept[Listed, Member](self._ask_member, clock)
        self._shared = Kept[Listed, bool](self._ask_shared, clock)

    def is_ours(self, turn: Turn) -> bool:
        """Say whether an activity says that it is from our organisation."""
        return turn.tenant.lower() == self._tenant

    async def know(self, turn: Turn, *, says_what: str = "") -> Known:
        """Gather what the Inbox has to know of a speaker. Raises `PlatformError`.

        Nobody is asked who reads along where `says_what`, a command's word, is one of `UNREAD`.
        """
        if turn.mri.startswith(_BOT_MRI):
            return Known(turn.account or turn.mri, BOT)
        if turn.tenant and not self.is_ours(turn):
            return Known(turn.account or turn.mri, ELSEWHERE)
        if not turn.account:
            return Known(turn.mri, NOBODY)
        if says_what in UNREAD:
            return await self._known(turn)
        known, is_read_along = await asyncio.gather(self._known(turn), self._is_read_along(turn))
        return replace(known, is_read_along=is_read_along)

    async def _known(self, turn: Turn) -> Known:
        try:
            member = await self._members.get(_place(turn, turn.account))
        except Gone:
            return Known(turn.account, UNLISTED)
        why = member.outsider(self._tenant)
        if not why and member.account != turn.account:
            why = NOBODY  # a roster that answers with somebody else vouches for nobody
        email = member.upn.lower() if self._trusts_upn and not why else ""
        return Known(turn.account, why, email, has_left=why == GUEST)

    async def _is_read_along(self, turn: Turn) -> bool:
        try:
            return bool(turn.channel) and await self._shared.get(_place(turn))
        except PlatformError as failed:
            log.warning("teams.readers_unknown", problem=str(failed))
            return True

    async def named(self, turn: Turn, text: str) -> str:
        """Give what was said, with the people in it named by their accounts.

        A mention names a person by an id that only this bot knows; whom the roster does not know
        stays as they were named.
        """
        found = list(dict.fromkeys(one[1] for one in _MENTION.finditer(text)))[:MENTIONS_MAX]
        told = await asyncio.gather(*(self._account(turn, one) for one in found))
        accounts = dict(zip(found, told, strict=True))

        def by_account(mention: re.Match[str]) -> str:
            account = accounts.get(mention[1])
            return f"<@{account}{mention[2] or ''}>" if account else mention[0]

        return _MENTION.sub(by_account, text)

    async def _account(self, turn: Turn, mri: str) -> str:
        try:
            return (await self._members.get(_place(turn, mri))).account
        except PlatformError as failed:
            log.warning("teams.mention_unknown", problem=str(failed))
            return ""

    # ── asking ──────────────────────────────────────────────────────────────────────────────────

    async def _ask_member(self, listed: Listed) -> Member:
        return Member.read(await self._roster.member(*listed))

    async def _ask_shared(self, listed: Listed) -> bool:
        """Say whether anybody of a channel is no member of ours; True where nobody knows."""
        count = 0
        try:
            async for told in self._roster.members(listed.service_url, listed.conversation):
                count += 1
                # Apps read nothing along but what is said to them.
                if count > LISTED_MAX or Member.read(told).outsider(self._tenant) not in {"", BOT}:
                    return True
        except Gone:
            return True
        return not count


def _place(turn: Turn, member: str = "") -> Listed:
    return Listed(turn.service_url, turn.channel or turn.conversation, member)


def _text(told: Json, *names: str) -> str:
    found = (told.get(name) for name in names)
    return next((one for one in found if isinstance(one, str) and one), "")
