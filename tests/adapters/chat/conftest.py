"""The town that the chat's tests take place in."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from adapters.chat.cards import Answer, Card
from adapters.chat.inbox import Inbound, Inbox
from adapters.chat.platform import Place
from adapters.conditions.cel import CelConditions
from adapters.connectors.sandbox import Sandbox
from adapters.tickets.registry import KnownTickets
from engine.model.company import Company
from engine.ports import Work
from storage.database import roles
from storage.database.connect import connect
from storage.unit_of_work import PostgresWork
from tests.adapters.chat.clockwork import Clockwork
from tests.adapters.chat.company import ACME, acme
from tests.adapters.chat.emergency.proving import Proving
from tests.adapters.chat.recording import RecordingChat
from tests.adapters.chat.town import Chat, Town

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InMemory:
    """The recording chat, as a test sees it."""

    platform: RecordingChat

    def company(self, company: Company, /) -> Company:
        """Give it as it is: its people have accounts here."""
        return company

    def hear(self, work: Work, inbound: Inbound, /) -> Answer:
        """Hand it to the Inbox, as it is."""
        return Inbox(work).receive(inbound)

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Run to the end: it never really waits."""
        try:
            coroutine.send(None)
        except StopIteration as ended:
            result: T = ended.value
            return result
        raise AssertionError("the recording chat waits for nothing")

    def shown(self, place: Place) -> Sequence[Card]:
        """Read the cards in a place."""
        return self.platform.shown(place)

    def go_away(self) -> None:
        """Take nothing any more."""
        self.platform.is_down = True

    def come_back(self) -> None:
        """Take everything again."""
        self.platform.is_down = False


@pytest.fixture
def recording() -> RecordingChat:
    """Give a chat that remembers everything."""
    return RecordingChat()


@pytest.fixture
def chat(recording: RecordingChat) -> Chat:
    """Give the chat of the town."""
    return InMemory(recording)


@pytest.fixture
def town(migrated_database_url: str, chat: Chat, tmp_path: Path) -> Iterator[Town]:
    """Give a town where the example company works."""
    owner = connect(migrated_database_url, role=None, pool_size=1)
    clock = Clockwork(owner)
    engine = connect(migrated_database_url, pool_size=4)
    clock.rule(engine)
    sequencer = connect(migrated_database_url, role=roles.SEQUENCER, pool_size=1)
    tickets = KnownTickets({"TICKETS_FILE": str(ACME / "tickets.csv")}.__getitem__)
    made = Town(
        PostgresWork(engine, conditions=CelConditions(), tickets=tickets),
        chat,
        Sandbox(tmp_path / "systems"),
        clock,
        Proving(owner, sequencer),
    )
    made.apply(acme())
    yield made
    engine.dispose()
    sequencer.dispose()
    owner.dispose()
