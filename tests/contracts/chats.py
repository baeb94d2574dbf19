"""The chats that the platforms' contract is run against: each product, or a stand-in of it.

A platform joins by a *chat* in `CHATS`: the platform with the product behind it, or a stand-in of
that product's Web API, as far as a test has to look into it and to break it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

from adapters.chat.cards import Card
from adapters.chat.platform import Place, Platform
from adapters.chat.playground.platform import PlaygroundPlatform
from adapters.chat.playground.render import read_card
from adapters.chat.teams.address import Address
from tests.adapters.chat.playground.stage import CHANNEL, RIYA, TOKEN, make_stage
from tests.faults import Proxy
from tests.slack.fake_slack import FakeSlack, answer_lost
from tests.slack.looking import cards_for, cards_in, slack_platform
from tests.teams.fake_teams import FakeTeams
from tests.teams.fake_teams import answer_lost as answer_lost_in_teams
from tests.teams.reaching import Pocket, cards_at, teams_platform
from tests.teams.sample_bot import AUDIT
from tests.teams.sample_bot import RIYA as RIYA_IN_TEAMS


class Chat(Protocol):
    """A platform, and the chat behind it as a test sees it."""

    platform: Platform
    channel: str
    account: str
    secret: str
    """What opens the chat, and must never be told."""

    copies_at_most: int
    """How often a message may stand there in the end whose answer was lost: once where the chat
    can be asked what became of it, twice where nobody can."""

    async def shown(self, place: Place) -> Sequence[Card]:
        """Read the cards in a place, in order: in a thread its replies, else what is no reply.

        A chat need not keep what is a fact and what is a line: what counts is what is read.
        """

    def another(self) -> Platform:
        """Make the platform once more, as another process has it; it is closed by the test."""

    def refuse(self) -> None:
        """Let the chat be out of reach."""

    def lose_next_answer(self) -> None:
        """Let the next call succeed, and its answer be lost."""

    def heal(self) -> None:
        """Let everything be well again."""


class PlaygroundChat:
    """The playground, reached through a network that can fail."""

    channel = CHANNEL
    account = RIYA
    secret = TOKEN
    copies_at_most = 1

    def __init__(self, folder: Path) -> None:
        """Nothing runs yet."""
        self._stage = make_stage(folder)

    async def start(self) -> None:
        """Serve, and put the failing network before it."""
        await self._stage.start()
        self._network = Proxy(("127.0.0.1", self._stage.port))
        self.platform = self.another()

    def another(self) -> Platform:
        """Speak to the same server."""
        return PlaygroundPlatform(f"http://127.0.0.1:{self._network.port}", TOKEN)

    async def stop(self) -> None:
        """End everything."""
        await self.platform.close()
        self._network.close()
        await self._stage.stop()
        self._stage.memory.close()

    async def shown(self, place: Place) -> Sequence[Card]:
        """Read the chat's memory."""
        memory = self._stage.memory
        if place.thread is not None:
            messages = memory.thread(int(place.thread))[1:]
        else:
            key = f"#{place.channel}" if place.channel else f"@{place.account}"
            messages = memory.page(key, before=None, limit=100)
        return [read_card(json.loads(message.card or "")) for message in messages]

    def refuse(self) -> None:
        """Close the network."""
        self._network.refuse()

    def lose_next_answer(self) -> None:
        """Cut the network when the answer comes."""
        self._network.lose_answer_to(b"POST ")

    def heal(self) -> None:
        """Open the network."""
        self._network.heal()


@asynccontextmanager
async def playground(folder: Path) -> AsyncIterator[Chat]:
    """Make the playground's chat."""
    chat = PlaygroundChat(folder)
    await chat.start()
    try:
        yield chat
    finally:
        await chat.stop()


class SlackChat:
    """The fake Slack."""

    channel = "C0AUDIT"
    account = "U0RIYA"
    copies_at_most = 1

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._slack = FakeSlack()
        self._slack.add_person(self.account, "riya.patel")
        members = {self.account, self._slack.app.bot_user}
        self._slack.add_channel(self.channel, "jit-audit", members=members)
        self.secret = self._slack.app.bot_token

    async def start(self) -> None:
        """Serve."""
        await self._slack.start()
        self.platform = self.another()

    def another(self) -> Platform:
        """Speak to the same workspace."""
        return slack_platform(self._slack)

    async def stop(self) -> None:
        """End everything; nothing that was sent may break a rule of Slack's."""
        await self.platform.close()
        await self._slack.stop()
        assert not self._slack.violations, "\n".join(self._slack.violations)

    async def shown(self, place: Place) -> Sequence[Card]:
        """Read what stands in Slack."""
        if place.account:
            return cards_for(self._slack, place.account)
        return cards_in(self._slack, place.channel, place.thread)

    def refuse(self) -> None:
        """Cut every call."""
        self._slack.go_away()

    def lose_next_answer(self) -> None:
        """Post, and cut the connection instead of saying so."""
        self._slack.order(answer_lost(), method="chat.postMessage")

    def heal(self) -> None:
        """Answer every call."""
        self._slack.come_back()


@asynccontextmanager
async def slack(_folder: Path) -> AsyncIterator[Chat]:
    """Make Slack's chat."""
    chat = SlackChat()
    await chat.start()
    yield chat
    await chat.stop()


class TeamsChat:
    """The fake Teams."""

    channel = AUDIT
    account = RIYA_IN_TEAMS
    copies_at_most = 2

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._teams = FakeTeams()
        self._teams.add_person(self.account, "Riya Patel", upn="riya@acme.example")
        self._teams.add_channel(self.channel, "jit-audit", members={self.account})
        self._book = Pocket()
        self.secret = self._teams.app.secret

    async def start(self) -> None:
        """Serve; the chat with the person is known from when the bot was installed."""
        await self._teams.start()
        known = Address(
            service_url=self._teams.service_url,
            conversation=self._teams.world.open_talk(self.account).id,
            mri=self._teams.person(self.account).mri,
        )
        self._book.has(self.account, known)
        self.platform = self.another()

    def another(self) -> Platform:
        """Speak to the same organisation, with the same address book."""
        return teams_platform(self._teams, self._book)

    async def stop(self) -> None:
        """End everything; nothing that was sent may break a rule of cards."""
        await self.platform.close()
        await self._teams.stop()
        assert not self._teams.violations, "\n".join(self._teams.violations)

    async def shown(self, place: Place) -> Sequence[Card]:
        """Read what stands in Teams."""
        return cards_at(self._teams, place)

    def refuse(self) -> None:
        """Cut every call."""
        self._teams.go_away("connector")

    def lose_next_answer(self) -> None:
        """Post, and cut the connection instead of saying so."""
        self._teams.order(answer_lost_in_teams())

    def heal(self) -> None:
        """Answer every call."""
        self._teams.come_back()


@asynccontextmanager
async def teams(_folder: Path) -> AsyncIterator[Chat]:
    """Make the chat of Teams."""
    chat = TeamsChat()
    await chat.start()
    yield chat
    await chat.stop()


CHATS: dict[str, Callable[[Path], AbstractAsyncContextManager[Chat]]] = {
    "playground": playground,
    "slack": slack,
    "teams": teams,
}
