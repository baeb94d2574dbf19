"""Slack, the app that listens to it, and an Inbox whose answers a test writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from adapters.chat.cards import Answer, Button, Card, Choice, Field, FieldKind, Form
from adapters.chat.inbox import Inbound
from adapters.chat.slack.app import PATH, SlackParts, add_slack
from adapters.chat.slack.identity import Known
from tests.slack.fake_slack import FakeSlack, Person
from tests.slack.sample_app import AUDIT, JAMES, PRIVATE, RIYA
from tests.waiting import until_async

__all__ = ["AUDIT", "JAMES", "PRIVATE", "RIYA", "SHARED"]

SHARED = "C0SHARED"

ASKED = Answer(
    Card(
        "JIT-1: asked",
        lines=(("It waits for James Whitaker.",),),
        buttons=(
            Button("Details", "status JIT-1"),
            Button("Deny…", "deny JIT-1 @3f9a0c11d2e4b567"),
        ),
    )
)

CHOICES = tuple(Choice(f"thing-{n}", f"Thing number {n}") for n in range(30))

ASK = Form(
    "Ask for access",
    "request",
    "Ask",
    (
        Field("entitlement", "What you need", FieldKind.CHOICE, choices=CHOICES),
        Field("reason", "Why you need it", FieldKind.TEXT, is_live=True),
    ),
)

Answering = Callable[[Inbound], Answer]


@dataclass
class Script:
    """An Inbox that says what a test wrote."""

    answering: Answering = lambda _inbound: ASKED
    takes: float = 0.0
    """Seconds."""

    inbounds: list[Inbound] = field(default_factory=list)
    changed: list[Known] = field(default_factory=list)

    async def receive(self, inbound: Inbound) -> Answer:
        """Answer like the Inbox: never raises, unless the test's answer does."""
        self.inbounds.append(inbound)
        await asyncio.sleep(self.takes)
        return self.answering(inbound)

    async def choose(self, inbound: Inbound, field: str, typed: str) -> tuple[Choice, ...]:
        """Search in what the form offers that would be answered."""
        answer = await self.receive(inbound)
        fields = answer.form.fields if answer.form else ()
        offered = next((one.choices for one in fields if one.name == field), ())
        return tuple(choice for choice in offered if typed in choice.label)

    async def account_changed(self, known: Known) -> None:
        """Take what is told of an account."""
        self.changed.append(known)

    def always(self, answer: Answer) -> None:
        """Answer everything in the same way."""
        self.answering = lambda _inbound: answer


@dataclass
class Stage:
    """All of it, running."""

    slack: FakeSlack
    script: Script

    @property
    def riya(self) -> Person:
        """Somebody who asks."""
        return self.slack.person(RIYA)

    @property
    def james(self) -> Person:
        """Somebody who approves; an account of an organisation of several workspaces."""
        return self.slack.person(JAMES)

    @property
    def said(self) -> Inbound:
        """The only thing that reached the Inbox."""
        assert len(self.script.inbounds) == 1, self.script.inbounds
        return self.script.inbounds[0]


async def serve(parts: SlackParts) -> tuple[web.AppRunner, str]:
    """Serve the app and say where."""
    app = web.Application()
    add_slack(app, parts)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"


def parts_for(slack: FakeSlack, script: Script, **more: object) -> SlackParts:
    """Give what the app needs, of the fake and the script."""
    given = {
        "receive": script.receive,
        "choose": script.choose,
        "api_url": slack.api_url,
        "bot_token": slack.app.bot_token,
        "signing_secret": slack.app.signing_secret,
        "account_changed": script.account_changed,
    }
    return SlackParts(**(given | more))  # type: ignore[arg-type] # as the test has it


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so that nobody has to be asked about."""

    async def look() -> object:
        return is_so()

    await until_async(look)


async def settled(act: Awaitable[object]) -> None:
    """Do something, and wait until nothing is left to be done because of it."""
    await act
    await until(lambda: not any(map(_is_at_work, asyncio.all_tasks())))


def _is_at_work(task: asyncio.Task[Any]) -> bool:
    """Say whether it is what a listener does after its acknowledgement."""
    return getattr(task.get_coro(), "__name__", "") == "_logged"
