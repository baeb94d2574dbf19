"""Something that was said in Teams goes to the Inbox, and its answer comes back.

What came in says what it says; who it is, is found out here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.grammar.asks import word_of
from adapters.chat.inbox import Inbound, Receive
from adapters.chat.platform import PlatformError
from adapters.chat.teams.address import TEAMS
from adapters.chat.teams.identity import Identities
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)

CLOSED_WITHIN = 5.0
"""Seconds in which a process that stops still answers what it was asked."""

BROKE = Answer(
    Card(
        "That did not work",
        Tone.BAD,
        (("Something went wrong here, and it is not your fault. Please try again in a minute.",),),
    ),
    code="unexpected",
)

UNSURE = Answer(
    Card(
        "Please try again in a minute",
        Tone.BAD,
        (("Teams does not tell me at the moment who you are, so nothing was done.",),),
    ),
    code="person.unsure",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, before it is known who that is."""

    turn: Turn
    text: str
    fields: Mapping[str, str] | None = None
    is_draft: bool = False
    is_home: bool = False
    """Nothing was said: the dashboard is looked at."""


class Conversation:
    """Between Teams and the Inbox. Belongs to one event loop."""

    def __init__(self, receive: Receive, identities: Identities) -> None:
        """Nothing was said yet."""
        self._receive = receive
        self.identities = identities
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, said: Said) -> Answer:
        """Give the Inbox's answer. Never raises."""
        try:
            return await self._receive(await self._inbound(said))
        except PlatformError as failed:
            log.warning("teams.person_unsure", problem=str(failed))
            return UNSURE
        except Exception:
            log.exception("teams.answer_broke")
            return BROKE

    async def _inbound(self, said: Said) -> Inbound:
        turn = said.turn
        known = await self.identities.know(turn, says_what=word_of(said.text))
        is_written = turn.kind == "message" and not known.outsider
        text = await self.identities.named(turn, said.text) if is_written else said.text
        return Inbound(
            platform=TEAMS,
            account=known.account,
            # An id counts within its conversation only.
            delivery=f"{turn.conversation}/{turn.activity_id}",
            text=text,
            fields=said.fields,
            channel=turn.channel,
            thread=thread_of(turn),
            email=known.email,
            outsider=known.outsider,
            has_left=known.has_left,
            is_read_along=known.is_read_along,
            is_draft=said.is_draft,
            is_home=said.is_home,
        )

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after the acknowledgement. It is kept until it is done; nothing escapes."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Finish what was begun, for a few seconds; then let go of it."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=CLOSED_WITHIN)
        for task in late:
            task.cancel()
        if late:
            log.warning("teams.answers_cut_off", count=len(late))
            await asyncio.wait(late)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("teams.work_broke")


def thread_of(turn: Turn) -> str | None:
    """Give the reference of the thread's root where something was said in one."""
    _, _, root = turn.conversation.partition(";messageid=")
    return f"{turn.conversation}/{root}" if turn.channel and root else None
