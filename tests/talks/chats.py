"""The chat products that the talks happen in.

A platform joins by its name in `CHATS`, with what makes its chat: the platform, and the product
behind it (or a stand-in of that product's Web API) as far as a talk has to look into it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from uuid import NAMESPACE_URL, uuid5

from aiohttp import web

from adapters.chat.cards import Answer, Card
from adapters.chat.inbox import Inbound, Inbox
from adapters.chat.platform import Place, Platform, PlatformError
from adapters.chat.playground.app import add_playground
from adapters.chat.playground.identity import Channel, Directory, Profile
from adapters.chat.playground.memory import Memory
from adapters.chat.playground.parts import Parts
from adapters.chat.playground.platform import PlaygroundPlatform
from adapters.chat.playground.render import read_card
from adapters.chat.teams.address import TEAMS
from adapters.chat.teams.platform import TeamsPlatform
from bot.loop import LoopThread
from engine.model.company import Company
from engine.model.identifiers import PlatformName
from engine.ports import Work
from tests.adapters.chat.company import AUDIT_CHANNEL, acme
from tests.adapters.chat.conftest import InMemory
from tests.adapters.chat.recording import RecordingChat
from tests.adapters.chat.town import Chat
from tests.faults import Proxy
from tests.slack.fake_slack import FakeSlack, unreached
from tests.slack.looking import cards_for, cards_in, slack_platform
from tests.slack.speaking import Speaking
from tests.teams.fake_teams import FakeTeams
from tests.teams.reaching import Pocket, cards_at, teams_connector
from tests.teams.speaking import Speaking as TeamsSpeaking

T = TypeVar("T")

TOKEN = "opens-only-this"
CHANNEL = AUDIT_CHANNEL.removeprefix("#")
PAGE = 100

SLACK = PlatformName("slack")
SLACK_CHANNEL = "C0AUDIT"
TEAMS_CHANNEL = "19:audit@thread.tacv2"


class InPlayground:
    """The playground, as a server in a loop of its own, behind a network that can fail."""

    def __init__(self, folder: Path) -> None:
        """Serve."""
        self._memory = Memory(folder / "playground.sqlite3")
        self._loop = LoopThread()
        self._runner = self.run(self._serve())
        port: int = self._runner.addresses[0][1]
        self._network = Proxy(("127.0.0.1", port))
        self.platform: Platform = PlaygroundPlatform(
            f"http://127.0.0.1:{self._network.port}", TOKEN
        )

    async def _serve(self) -> web.AppRunner:
        app = web.Application()
        add_playground(app, Parts(self._memory, _directory, _nobody_speaks, bot_token=TOKEN))
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    def company(self, company: Company, /) -> Company:
        """Give it as it is: its people have accounts here."""
        return company

    def hear(self, work: Work, inbound: Inbound, /) -> Answer:
        """Hand it to the Inbox, as it is."""
        return Inbox(work).receive(inbound)

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Run what the platform does."""
        result: T = self._loop.run(coroutine)
        return result

    def shown(self, place: Place) -> Sequence[Card]:
        """Read the chat's memory."""
        if place.thread is not None:
            messages = self._memory.thread(int(place.thread))[1:]
        else:
            key = f"#{CHANNEL}" if place.channel else f"@{place.account}"
            messages = self._memory.page(key, before=None, limit=PAGE)
        return [read_card(json.loads(message.card or "")) for message in messages]

    def go_away(self) -> None:
        """Take nothing any more."""
        self._network.refuse()

    def come_back(self) -> None:
        """Take everything again."""
        self._network.heal()

    def close(self) -> None:
        """Stop serving."""
        self.run(self.platform.close())
        self._network.close()
        self.run(self._runner.cleanup())
        self._loop.stop()
        self._memory.close()


async def _directory() -> Directory:
    people = tuple(Profile(person.id, person.name, person.title) for person in acme().people)
    return Directory(acme().name, people, (Channel(CHANNEL),))


async def _nobody_speaks(_inbound: Inbound) -> NoReturn:
    raise AssertionError("in a talk, people speak to the inbox directly")


@contextmanager
def _in_playground(folder: Path) -> Iterator[Chat]:
    chat = InPlayground(folder)
    try:
        yield chat
    finally:
        chat.close()


class InSlack:
    """The fake Slack, in a loop of its own."""

    def __init__(self) -> None:
        """Serve a workspace where the example company works."""
        self.slack = FakeSlack()
        for person in acme().people:
            self.slack.add_person(_slack_id(person.id), person.id)
        members = set(self.slack.world.users)
        self.slack.add_channel(SLACK_CHANNEL, CHANNEL, members=members)
        self._loop = LoopThread()
        self.run(self.slack.start())
        self.platform: Platform = slack_platform(self.slack)
        self._speaking = Speaking(self.slack)
        self.run(self._speaking.start())

    def company(self, company: Company, /) -> Company:
        """Give it with Slack's ids of its people and its channel, and on no other chat."""
        people = tuple(
            replace(person, platforms={SLACK: _slack_id(person.id)}) for person in company.people
        )
        channels = {SLACK: SLACK_CHANNEL}
        return replace(company, people=people, audit_channels=channels, admin_channels={})

    def hear(self, work: Work, inbound: Inbound, /) -> Answer:
        """Let it be typed in Slack, or filled in there."""
        self._speaking.work = work
        return self.run(self._speaking.hear(inbound))

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Run what the platform does."""
        result: T = self._loop.run(coroutine)
        return result

    def shown(self, place: Place) -> Sequence[Card]:
        """Read what stands in Slack."""
        if place.account:
            return cards_for(self.slack, place.account)
        return cards_in(self.slack, place.channel, place.thread)

    def go_away(self) -> None:
        """Take nothing that the workers post any more; what people say is still answered."""
        for method in ("chat.postMessage", "chat.update", "conversations.open"):
            self.slack.order(unreached(), method=method, times=sys.maxsize)

    def come_back(self) -> None:
        """Take everything again."""
        self.slack.come_back()

    def close(self) -> None:
        """Stop serving; nothing that was sent may break a rule of Slack's."""
        self.run(self._speaking.stop())
        self.run(self.platform.close())
        self.run(self.slack.stop())
        self._loop.stop()
        assert not self.slack.violations, "\n".join(self.slack.violations)


def _slack_id(person: str) -> str:
    return "U0" + person.replace(".", "").upper()


@contextmanager
def _in_slack(_folder: Path) -> Iterator[Chat]:
    chat = InSlack()
    yield chat
    chat.close()


class CutOff(TeamsPlatform):
    """The workers' own way to Teams, which can be cut while people are still answered."""

    is_cut = False

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post, if it gets through."""
        self._try()
        return await super().post(place, card, token, tried_since=tried_since)

    async def edit(self, reference: str, card: Card) -> None:
        """Edit, if it gets through."""
        self._try()
        await super().edit(reference, card)

    def _try(self) -> None:
        if self.is_cut:
            raise PlatformError("Nothing gets through.", retry_after=timedelta(seconds=5))


class InTeams:
    """The fake Teams, in a loop of its own."""

    def __init__(self) -> None:
        """Serve an organisation where the example company works."""
        self.teams = FakeTeams()
        for person in acme().people:
            self.teams.add_person(_teams_id(person.id), person.name, upn=person.email)
        members = set(self.teams.world.people)
        self.teams.add_channel(TEAMS_CHANNEL, CHANNEL, members=members)
        self._loop = LoopThread()
        self.run(self.teams.start())
        book = Pocket()
        app = self.teams.app
        self.platform: CutOff = CutOff(
            teams_connector(self.teams),
            book,
            app_id=app.id,
            tenant=app.tenant,
            service_url=self.teams.service_url,
        )
        handles = {_teams_id(person.id): person.id for person in acme().people}
        self._speaking = TeamsSpeaking(self.teams, teams_connector(self.teams), book, handles)
        self.run(self._speaking.start())

    def company(self, company: Company, /) -> Company:
        """Give it with Teams' ids of its people and its channel, and on no other chat."""
        people = tuple(
            replace(person, platforms={TEAMS: _teams_id(person.id)}) for person in company.people
        )
        channels = {TEAMS: TEAMS_CHANNEL}
        return replace(company, people=people, audit_channels=channels, admin_channels={})

    def hear(self, work: Work, inbound: Inbound, /) -> Answer:
        """Let it be typed in Teams, pressed or filled in there."""
        self._speaking.work = work
        return self.run(self._speaking.hear(inbound))

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Run what the platform does."""
        result: T = self._loop.run(coroutine)
        return result

    def shown(self, place: Place) -> Sequence[Card]:
        """Read what stands in Teams, but for what somebody was answered."""
        return cards_at(self.teams, place, without=self._speaking.answered)

    def go_away(self) -> None:
        """Take nothing that the workers post any more; what people say is still answered."""
        self.platform.is_cut = True

    def come_back(self) -> None:
        """Take everything again."""
        self.platform.is_cut = False

    def close(self) -> None:
        """Stop serving; nothing that was sent may break a rule of Teams'."""
        self.run(self._speaking.stop())
        self.run(self.platform.close())
        self.run(self.teams.stop())
        self._loop.stop()
        assert not self.teams.violations, "\n".join(self.teams.violations)


def _teams_id(person: str) -> str:
    return str(uuid5(NAMESPACE_URL, person))


@contextmanager
def _in_teams(_folder: Path) -> Iterator[Chat]:
    chat = InTeams()
    yield chat
    chat.close()


@contextmanager
def _in_memory(_folder: Path) -> Iterator[Chat]:
    yield InMemory(RecordingChat())


CHATS: dict[str, Callable[[Path], AbstractContextManager[Chat]]] = {
    "memory": _in_memory,
    "playground": _in_playground,
    "slack": _in_slack,
    "teams": _in_teams,
}
