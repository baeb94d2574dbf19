"""Somebody answered the offer of a file: it is uploaded where they said, or let go of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import structlog

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.platform import PlatformError
from adapters.chat.teams.talk import files, views
from adapters.chat.teams.talk.conversation import Conversation, Said
from adapters.chat.teams.talk.delivery import Delivery
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)

FAILED = Card(
    "The file could not be saved",
    Tone.BAD,
    (("Your OneDrive did not take it from me, so it is not there; please ask for it again.",),),
)
NOT_YOURS = Card(
    "That is no file of yours",
    Tone.BAD,
    (("I did not offer it to you, so nothing was done.",),),
)
PASSED = Card(
    "The file waits no more", Tone.BAD, (("That was a while ago: please ask for it again.",),)
)
DECLINED = Card("All right, nothing was saved")


class Upload(Protocol):
    """Uploads."""

    async def upload(self, url: str, content: bytes) -> None:
        """Put a file where its receiver agreed to. Raises `PlatformError`."""


class Uploads:
    """Answers to offers of files. Belongs to one event loop."""

    def __init__(
        self, conversation: Conversation, delivery: Delivery, *, kept: files.Files, upload: Upload
    ) -> None:
        """Nothing was offered yet."""
        self._conversation = conversation
        self._delivery = delivery
        self._files = kept
        self._upload = upload

    def answered(self, turn: Turn) -> Mapping[str, Any]:
        """Take an answer to an offer; what comes of it follows. Gives the invoke's body."""
        try:
            token, accepted = files.read(turn)
        except files.NotOurs as wrong:
            log.warning("teams.consent_malformed", problem=str(wrong))
            self._conversation.later(self._say(turn, NOT_YOURS))
            return {}
        if accepted is None:
            self._files.drop(token, turn.account)
            self._conversation.later(self._instead(turn, DECLINED))
        else:
            self._conversation.later(self._save(turn, accepted))
        return {}

    async def _save(self, turn: Turn, accepted: files.Accepted) -> None:
        try:
            content = await self._content(turn, accepted)
        except files.NotOurs:
            await self._say(turn, NOT_YOURS)
            return
        if isinstance(content, Answer):
            await self._instead(turn, content.card or PASSED)
            return
        try:
            await self._upload.upload(accepted.upload_url, content)
        except PlatformError as failed:
            log.warning("teams.upload_failed", problem=str(failed))
            await self._instead(turn, FAILED)
            return
        if not await self._delivery.show(turn, files.info(accepted)):
            await self._delivery.say(turn, files.info(accepted))

    async def _content(self, turn: Turn, accepted: files.Accepted) -> bytes | Answer:
        """Give what was offered, or made again; or what is said instead. Raises `NotOurs`."""
        kept = self._files.take(accepted.token, turn.account)
        if kept is not None:
            return kept
        if not accepted.says:
            return Answer(PASSED)
        answer = await self._conversation.ask(Said(turn, accepted.says))
        if answer.file is None:
            return Answer(PASSED) if answer.code == "" else answer
        return answer.file.text.encode()

    async def _instead(self, turn: Turn, card: Card) -> None:
        """Show a card in the place of the offer."""
        told = views.message(Answer(card))
        if not await self._delivery.show(turn, told):
            await self._delivery.say(turn, told)

    async def _say(self, turn: Turn, card: Card) -> None:
        await self._delivery.say(turn, views.message(Answer(card)))
