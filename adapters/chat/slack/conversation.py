"""Something that was said in Slack goes to the Inbox, and its answer back to where it was said.

Listeners say what came in; who it is, is found out here, after the acknowledgement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.chat.cards import Answer, Card, Choice, Tone
from adapters.chat.inbox import Choose, Inbound, Receive
from adapters.chat.platform import PlatformError
from adapters.chat.slack.delivery import Delivery, Desk
from adapters.chat.slack.identity import SLACK, Identities, Source

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
        (("Slack does not tell me at the moment who you are, so nothing was done.",),),
    ),
    code="person.unsure",
)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, before it is known who that is."""

    account: str
    source: Source
    delivery: str
    text: str
    fields: Mapping[str, str] | None = None
    channel: str = ""
    thread: str = ""
    """The `ts` of the thread's root."""

    is_draft: bool = False
    is_home: bool = False
    """Nothing was said: the Home tab was opened."""


class Conversation:
    """Between Slack and the Inbox. Belongs to one event loop."""

    def __init__(
        self, receive: Receive, choose: Choose, *, identities: Identities, deliver: Delivery
    ) -> None:
        """Nothing was said yet."""
        self._receive = receive
        self._choose = choose
        self.identities = identities
        self.deliver = deliver
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, said: Said) -> Answer:
        """Give the Inbox's answer. Never raises."""
        try:
            return await self._ask(said)
        except PlatformError as failed:
            log.warning("slack.person_unsure", problem=str(failed))
            return UNSURE
        except Exception:
            log.exception("slack.answer_broke")
            return BROKE

    async def _ask(self, said: Said) -> Answer:
        return await self._receive(await self._inbound(said))

    async def choose(self, said: Said, field: str, typed: str) -> tuple[Choice, ...]:
        """Give the choices of a form's field that are like what is typed. Never raises."""
        try:
            return await self._choose(await self._inbound(said), field, typed)
        except PlatformError as failed:
            log.warning("slack.person_unsure", problem=str(failed))
        except Exception:
            log.exception("slack.choices_broke")
        return ()

    async def _inbound(self, said: Said) -> Inbound:
        known = await self.identities.know(said.account, said.source, channel=said.channel)
        is_direct = said.channel.startswith("D")
        return Inbound(
            platform=SLACK,
            account=known.account,
            delivery=said.delivery,
            text=said.text,
            fields=said.fields,
            channel="" if is_direct else said.channel,
            thread=f"{said.channel}/{said.thread}" if said.thread else None,
            email=known.email,
            outsider=known.outsider,
            has_left=known.has_left,
            is_read_along=known.is_read_along,
            is_draft=said.is_draft,
            is_home=said.is_home,
        )

    async def answer(self, said: Said, desk: Desk) -> None:
        """Ask the Inbox and hand the answer over, once: not again for what Slack sent again.

        A process that died between the two leaves a person without an answer, who says it again;
        the other way round, everybody whose network is slow would be answered twice.
        """
        await self.deliver.answer(self.ask(said), desk)

    async def show_home(self, said: Said) -> None:
        """Show somebody's dashboard; who may see none is told so there."""
        answer = await self.ask(said)
        if answer.card is not None:
            await self.deliver.show_home(said.account, answer.card)

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
            log.warning("slack.answers_cut_off", count=len(late))
            await asyncio.wait(late)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("slack.work_broke")


def source_of(body: Mapping[str, Any]) -> Source:
    """Read where a delivery says that it is from."""
    granted = (body.get("authorizations") or [{}])[0]
    team, org = body.get("team") or {}, body.get("enterprise") or {}
    return Source(
        app=str(body.get("api_app_id") or ""),
        team=str(granted.get("team_id") or body.get("team_id") or team.get("id") or ""),
        enterprise=str(
            granted.get("enterprise_id")
            or body.get("enterprise_id")
            or org.get("id")
            or team.get("enterprise_id")
            or ""
        ),
    )
