"""An answer reaches the person who asked: in the chat with them, wherever they asked.

::

    direct chat   the answer, there
    channel       the answer, in the direct chat; the channel reads one line that says so
    to be shared  the answer, in the channel's thread, for everybody
    a file        Teams asks the person first whether they want it, in the direct chat

Nobody else in a channel sees what somebody was answered: Teams has no message for one person there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import structlog

from adapters.chat.cards import Answer
from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.talk import views
from adapters.chat.teams.talk.addresses import Addresses, Spot
from adapters.chat.teams.talk.files import Files
from adapters.chat.teams.talk.trail import Shown, Trail
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)

Json = Mapping[str, Any]

POSTS_MAX = 4
"""Tries of a message that did not arrive because Teams is busy or away."""

PAUSE_MAX = 30.0
"""Seconds between two of them: whoever waits longer has said it again meanwhile."""

ANSWERED = "I answered in our chat."
NOT_INSTALLED = (
    "I cannot write to you yet: please add me in Teams under Apps, and then say it once "
    "more, here or to me directly."
)
NOT_NOW = "I could not write to you just now: please say it again in a minute."
MEMBERS_ONLY = "I answer only members of this organisation."

OUTSIDER = "person.outsider"
"""What the Inbox refuses them with who are nobody of the organisation."""

NAME_MAX = 40
"""Characters of a name in a line: people choose their own."""


class Wire(Protocol):
    """Writes messages. Everything raises `PlatformError`."""

    async def send(self, service_url: str, conversation: str, activity: Json) -> str:
        """Give the activity's id."""

    async def update(
        self, service_url: str, conversation: str, activity_id: str, activity: Json
    ) -> None:
        """Show another activity in its place."""

    async def delete(self, service_url: str, conversation: str, activity_id: str) -> None:
        """Take it away."""


class Delivery:
    """Hands answers over. Belongs to one event loop."""

    def __init__(self, wire: Wire, addresses: Addresses, *, trail: Trail, files: Files) -> None:
        """Nothing was handed over yet."""
        self._wire = wire
        self._addresses = addresses
        self._trail = trail
        self._files = files

    async def hand_over(self, answer: Answer, turn: Turn, said: str) -> None:
        """Hand an answer over. Never raises: where nothing works, it is logged."""
        if answer.is_shared and turn.channel and await self.share(answer, turn):
            return
        if turn.channel and answer.code == OUTSIDER:
            outcome = MEMBERS_ONLY  # no chat is begun with them
        else:
            outcome = await self.write(answer, turn, said)
        if turn.channel:
            await self.say(turn, views.line(called(outcome, turn)))

    async def share(self, answer: Answer, turn: Turn) -> bool:
        """Show an answer to everybody where it was asked for; say whether that worked."""
        spot = Spot(turn.service_url, turn.conversation)
        return bool(await self._tried(spot, views.message(answer)))

    async def write(self, answer: Answer, turn: Turn, said: str) -> str:
        """Write to the person directly; say what a channel is told about it."""
        try:
            spot = await self._addresses.direct(turn)
        except Gone as gone:
            log.warning("teams.not_installed", problem=str(gone))
            return NOT_INSTALLED
        except PlatformError as failed:
            log.warning("teams.no_direct_chat", problem=str(failed))
            return NOT_NOW
        try:
            await self._write(answer, turn, spot, said)
        except Gone as gone:
            log.warning("teams.not_installed", problem=str(gone))
            return NOT_INSTALLED
        except PlatformError as failed:
            log.warning("teams.answer_lost", code=answer.code, problem=str(failed))
            return NOT_NOW
        return ANSWERED

    async def _write(self, answer: Answer, turn: Turn, spot: Spot, said: str) -> None:
        if answer.card is not None or answer.form is not None or answer.file is None:
            shown = Shown((said,), turn if turn.channel else None)
            told = await self._send(spot, views.message(answer, mri=turn.mri, said=said))
            self._trail.keep(f"{spot.conversation}/{told}", shown)
        if answer.file is not None:
            await self._send(spot, self._files.offer(answer.file, turn, said))

    async def give(self, answer: Answer, turn: Turn, said: str) -> str:
        """Offer an answer's file; give what is said where the answer is shown."""
        assert answer.file is not None, "there is something to hand over"
        return await self.write(replace(answer, card=None, form=None), turn, said)

    async def show(self, turn: Turn, activity: Json) -> bool:
        """Show something in the place of the message that was pressed; say whether it is there."""
        try:
            await self._wire.update(turn.service_url, turn.conversation, turn.reply_to, activity)
        except PlatformError as failed:
            log.warning("teams.not_updated", problem=str(failed))
            return False
        return True

    async def take_away(self, turn: Turn) -> None:
        """Take the message that was pressed away, or say in its place that it does not count."""
        try:
            await self._wire.delete(turn.service_url, turn.conversation, turn.reply_to)
        except PlatformError as failed:
            log.info("teams.not_deleted", problem=str(failed))
            await self.show(turn, views.message(Answer(views.OLD)))

    async def say(self, turn: Turn, activity: Json) -> bool:
        """Write something where it was said; say whether that worked."""
        return bool(await self._tried(Spot(turn.service_url, turn.conversation), activity))

    async def _tried(self, spot: Spot, activity: Json) -> str:
        try:
            return await self._send(spot, activity)
        except PlatformError as failed:
            log.warning("teams.not_sent", problem=str(failed))
            return ""

    async def _send(self, spot: Spot, activity: Json) -> str:
        for _ in range(POSTS_MAX - 1):
            try:
                return await self._wire.send(spot.service_url, spot.conversation, activity)
            except PlatformError as failed:
                if failed.may_have_arrived or failed.retry_after is None:
                    raise
                await asyncio.sleep(min(failed.retry_after.total_seconds(), PAUSE_MAX))
        return await self._wire.send(spot.service_url, spot.conversation, activity)


def called(line: str, turn: Turn) -> str:
    """Address a line to whoever said something."""
    first = " ".join(turn.name_of.split()).partition(" ")[0][:NAME_MAX]
    return f"{first}, {line}" if first else line[0].upper() + line[1:]
