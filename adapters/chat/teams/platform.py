"""The bot speaks in Teams: what the workers post and edit.

Teams has no key that makes a post happen once, and a bot cannot read back what stands in a chat.
So a post whose answer was lost is posted again: it may be there twice, and it is never lost. The
copy whose id is not remembered is retired when somebody looks at it (see `talk.presses`).
Within a process, a token whose post was answered is not posted again.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from adapters.chat.cards import Card
from adapters.chat.platform import Gone, Place, PlatformError
from adapters.chat.teams.address import TEAMS, Address, AddressBook
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.connector.refusals import AWAY, NoConversation
from adapters.chat.teams.render.card import content
from adapters.chat.teams.render.message import activity
from engine.model.identifiers import PlatformName

log = structlog.get_logger(__name__)

Json = Mapping[str, Any]

SERVICE_URL = "https://smba.trafficmanager.net/teams/"
"""Where to begin with whom nothing is known of: it reaches every region of the public cloud."""

POST_MAX = 10.0
"""Seconds of one post or edit with all that belongs to it: three of them fit into what is left of
the lease of an announcement (60 s) when its run ends (25 s)."""

ATTEMPTS_MAX = 5_000
"""Posts that this process remembers: far more than are on their way at once."""

CHATS_MAX = 20_000
"""Direct chats of which this process remembers that their address is kept."""

_REFERENCE = re.compile(r"([^/\s]{1,1000})/([^/\s]{1,500})")
_CHANNEL = re.compile(r"19:[^/\s;]{1,500}@thread\.(tacv2|skype)")
_GROUP = re.compile(r"19:[^/\s;]{1,500}@(thread\.v2|unq\.gbl\.spaces)")
_OBJECT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_THREAD = ";messageid="
"""Between a channel's id and that of a thread's root."""


class TeamsPlatform:
    """Posts and edits. Belongs to the event loop of its first call."""

    name: PlatformName = TEAMS

    def __init__(
        self,
        connector: BotConnector,
        book: AddressBook,
        *,
        app_id: str,
        tenant: str,
        service_url: str = SERVICE_URL,
    ) -> None:
        """Take the connector, which is closed with the platform, and where people are reached."""
        self._connector, self._book = connector, book
        self._bot, self._tenant = {"id": f"28:{app_id}"}, {"id": tenant}
        self._service_url = service_url
        self._attempts: OrderedDict[str, _Attempt] = OrderedDict()
        self._kept: OrderedDict[str, Address] = OrderedDict()

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post and give `<conversation>/<activity>`; once per token and process, if it is told so.

        Nobody can look for an earlier try: where one may have been, this one may double it. Raises
        `Gone` where there is no such channel, person or thread, or none for the bot.
        """
        attempt = self._attempt(token)
        async with attempt.lock:
            if attempt.reference:
                return attempt.reference
            if tried_since is not None or attempt.may_have_arrived:
                log.info("teams.posted_again")
            try:
                async with asyncio.timeout(POST_MAX):
                    attempt.reference = await self._post(place, card)
            except TimeoutError:
                attempt.may_have_arrived = True
                raise PlatformError("Teams took too long for a post.", retry_after=AWAY) from None
            except PlatformError as failed:
                attempt.may_have_arrived |= failed.may_have_arrived
                raise
            return attempt.reference

    async def edit(self, reference: str, card: Card) -> None:
        """Show another card. Raises `Gone` where that cannot be done (any more)."""
        conversation, message = _read(reference)
        try:
            async with asyncio.timeout(POST_MAX):
                address = await self._of_conversation(conversation)
                # What nobody can press any more needs no looking after.
                refresh = address.mri if card.buttons else ""
                dressed = _dressed(card, refresh)
                url = self._url(address)
                await self._connector.update(url, conversation, message, dressed)
        except TimeoutError:
            raise PlatformError("Teams took too long for an edit.", retry_after=AWAY) from None

    async def show_home(self, account: str, card: Card) -> None:
        """Do nothing: Teams keeps no place for it, and the card of `home` looks after itself."""

    async def close(self) -> None:
        """Let go of connections. Calling it twice is fine."""
        await self._connector.close()

    # ── posting ─────────────────────────────────────────────────────────────────────────────────

    def _attempt(self, token: str) -> _Attempt:
        attempt = self._attempts.setdefault(token, _Attempt())
        self._attempts.move_to_end(token)
        while len(self._attempts) > ATTEMPTS_MAX:
            self._attempts.popitem(last=False)
        return attempt

    async def _post(self, place: Place, card: Card) -> str:
        if place.thread is not None:
            return await self._reply(place.thread, card)
        if place.account:
            return await self._post_to_person(place.account, card)
        if _GROUP.fullmatch(place.channel):
            address = await self._find(place.channel)
            return await self._send(address, place.channel, _dressed(card))
        if _CHANNEL.fullmatch(place.channel):
            return await self._post_to_channel(place.channel, card)
        raise Gone(
            "That is no id of a channel or chat in Teams: it begins with `19:` and is in the "
            "channel's link; correct it in the company's files."
        )

    async def _post_to_channel(self, channel: str, card: Card) -> str:
        """Begin a thread in a channel: a conversation of its own."""
        address = await self._find(channel)
        body = {
            "isGroup": True,
            "bot": self._bot,
            "tenantId": self._tenant["id"],
            "channelData": {"channel": {"id": channel}, "tenant": self._tenant},
            "activity": _dressed(card),
        }
        conversation, message = await self._connector.create(self._url(address), body)
        message = message or conversation.partition(_THREAD)[2]
        return f"{_thread_of(conversation, message)}/{message}"

    async def _reply(self, thread: str, card: Card) -> str:
        """Reply: a thread stays where its root is, whatever is configured now.

        A reply in a direct chat says what another message cannot show any more: it shows nothing
        of the story that could be asked for anew.
        """
        conversation, root = _read(thread)
        address = await self._of_conversation(conversation)
        dressed = _dressed(card)
        if _CHANNEL.fullmatch(conversation.partition(_THREAD)[0]):
            conversation = _thread_of(conversation, root)
        else:  # chats have no threads, but a message may say what it belongs to
            dressed = {**dressed, "replyToId": root}
        return await self._send(address, conversation, dressed)

    async def _post_to_person(self, account: str, card: Card) -> str:
        """Write in the direct chat with a person, which is begun if need be, or if it is gone."""
        address = await self._find(account)
        if address.conversation:
            try:
                return await self._send_to_person(address, card)
            except NoConversation as gone:
                log.info("teams.chat_begun_again", problem=str(gone))
        return await self._send_to_person(await self._begin(account, address), card)

    async def _send_to_person(self, address: Address, card: Card) -> str:
        await self._keep_of_chat(address)
        return await self._send(address, address.conversation, _dressed(card, address.mri))

    async def _send(self, address: Address, conversation: str, dressed: Json) -> str:
        message = await self._connector.send(self._url(address), conversation, dressed)
        return f"{conversation}/{message}"

    async def _begin(self, account: str, address: Address) -> Address:
        """Begin the direct chat with a person; where there is one, Teams gives that."""
        if not address.mri and not _OBJECT_ID.fullmatch(account):
            raise Gone(
                "That is no object id of a person in Entra: correct it in the company's files."
            )
        body = {
            "isGroup": False,
            "bot": self._bot,
            "members": [{"id": address.mri or account}],
            "tenantId": self._tenant["id"],
            "channelData": {"tenant": self._tenant},
        }
        url = self._url(address)
        try:
            conversation, _ = await self._connector.create(url, body)
        except PlatformError as failed:
            failed.may_have_arrived = False  # whatever became of the chat: nothing was said in it
            raise
        # Read again: meanwhile the person may have been heard of.
        known = replace(await self._find(account), conversation=conversation)
        await self._book.keep(account, known.write())
        return known

    # ── addresses ───────────────────────────────────────────────────────────────────────────────

    def _url(self, address: Address) -> str:
        return address.service_url or self._service_url

    async def _find(self, subject: str) -> Address:
        written = await self._book.find(subject)
        return Address.read(written) if written else Address()

    async def _of_conversation(self, conversation: str) -> Address:
        """Find where a conversation is: a channel by its own id, a direct chat by the chat's."""
        return await self._find(conversation.partition(_THREAD)[0])

    async def _keep_of_chat(self, address: Address) -> None:
        """Keep a person's address under their chat's id, too: an edit knows nothing but that."""
        chat = address.conversation
        if self._kept.get(chat) == address:
            return
        await self._book.keep(chat, address.write())
        self._kept[chat] = address
        while len(self._kept) > CHATS_MAX:
            self._kept.popitem(last=False)


@dataclass(slots=True)
class _Attempt:
    """A token that this process posts, or posted."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    reference: str = ""
    may_have_arrived: bool = False


def _dressed(card: Card, refresh: str = "") -> Json:
    """Dress a card as an activity; `refresh` is the MRI of who sees to it by looking at it."""
    dressed = activity(card)
    if not refresh:
        return dressed
    (attachment,) = dressed["attachments"]
    return {
        **dressed,
        "attachments": [{**attachment, "content": content(card, refresh=(refresh,))}],
    }


def _read(reference: str) -> tuple[str, str]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Gone("That is no reference of a message in Teams.")
    return found[1], found[2]


def _thread_of(conversation: str, root: str) -> str:
    """Name the conversation of a thread in a channel."""
    return conversation if _THREAD in conversation else f"{conversation}{_THREAD}{root}"
