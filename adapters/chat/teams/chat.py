"""What Teams tells is heard: words, presses, answers to a file, and where the bot was put.

A message is acknowledged at once and answered afterwards. An invoke (a press, an answer to a file)
is answered within the acknowledgement, because people look at it meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

import structlog

from adapters.chat.inbox import Receive
from adapters.chat.teams.address import AddressBook
from adapters.chat.teams.identity import Identities, Roster
from adapters.chat.teams.talk import views
from adapters.chat.teams.talk.addresses import Addresses, Opening
from adapters.chat.teams.talk.conversation import Conversation, Said
from adapters.chat.teams.talk.delivery import Delivery, Wire
from adapters.chat.teams.talk.files import Files
from adapters.chat.teams.talk.greeting import Greeting
from adapters.chat.teams.talk.presses import Presses, Remembers, ShownNow
from adapters.chat.teams.talk.trail import Trail
from adapters.chat.teams.talk.uploads import Upload, Uploads
from adapters.chat.teams.turn import Reply, Turn

log = structlog.get_logger(__name__)


class Connector(Wire, Roster, Opening, Upload, Protocol):
    """The Bot Connector, as far as people are answered through it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatParts:
    """What the rest of the process gives to it."""

    receive: Receive
    shown_now: ShownNow
    remembers: Remembers
    connector: Connector
    book: AddressBook
    app_id: str
    tenant: str
    """The organisation's."""

    trusts_upn: bool = False
    """Whether the names that members sign in with are the addresses in the company's files."""


TAKEN: Reply = (HTTPStatus.OK, None)
LATER: Reply = (HTTPStatus.ACCEPTED, None)


class TeamsChat:
    """Hears. Belongs to one event loop."""

    def __init__(self, parts: ChatParts) -> None:
        """Nothing was heard yet."""
        wire, trail, files = parts.connector, Trail(), Files()
        identities = Identities(wire, tenant=parts.tenant, trusts_upn=parts.trusts_upn)
        talk = Conversation(parts.receive, identities)
        self._addresses = Addresses(parts.book, wire, app_id=parts.app_id, tenant=parts.tenant)
        self._conversation = talk
        self._delivery = Delivery(wire, self._addresses, trail=trail, files=files)
        self.presses = Presses(
            talk,
            self._delivery,
            shown_now=parts.shown_now,
            remembers=parts.remembers,
            trail=trail,
        )
        self._greeting = Greeting(self._addresses, self._delivery, wire)
        self._uploads = Uploads(talk, self._delivery, kept=files, upload=wire)

    async def close(self) -> None:
        """Finish what was begun, for a few seconds."""
        await self._conversation.close()

    async def hear(self, turn: Turn) -> Reply:
        """Answer what Teams tells. Never raises."""
        is_ours = self._conversation.identities.is_ours(turn)
        if is_ours and turn.kind in {"message", "invoke"}:
            self._conversation.later(self._note(turn))
        match turn.kind:
            case "message":
                self._conversation.later(self._answer(turn))
                return LATER
            case "invoke":
                return await self._invoked(turn)
            case "installed" if is_ours:
                self._conversation.later(self._greeting.installed(turn))
            case "uninstalled" if is_ours:
                self._conversation.later(self._greeting.uninstalled(turn))
        return TAKEN

    async def _note(self, turn: Turn) -> None:
        await self._addresses.note(turn)

    async def _answer(self, turn: Turn) -> None:
        """Answer what somebody wrote, once: not again for what Teams sent again."""
        text = turn.text
        if not text.strip() and isinstance(turn.value.get("says"), str):
            text = turn.value["says"]  # a card's plain submit, which comes as a message
        answer = await self._conversation.ask(Said(turn, text))
        if not answer.is_repeated:
            await self._delivery.hand_over(answer, turn, text)

    async def _invoked(self, turn: Turn) -> Reply:
        match turn.name:
            case "adaptiveCard/action":
                return HTTPStatus.OK, await self.presses.take(turn)
            case "fileConsent/invoke":
                return HTTPStatus.OK, self._uploads.answered(turn)
        log.info("teams.unheard", name=turn.name[:40])
        return HTTPStatus.OK, views.sentence(views.STRANGE)
