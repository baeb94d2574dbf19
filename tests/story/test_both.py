"""One request, decided in two chats: both tell the whole story, in order, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.chat.cards import Card
from adapters.connectors.sandbox import Sandbox
from storage.database.connect import connect
from storage.unit_of_work import PostgresWork
from tests.adapters.chat.clockwork import Clockwork
from tests.adapters.chat.company import acme
from tests.adapters.chat.town import button
from tests.story.both import Both, chats

SLACK, TEAMS = "slack", "teams"

LIFE = [
    "Asked for",
    "Waiting for a decision",
    "Approved",
    "Waiting for a decision",
    "Approved",
    "Waiting for a decision",
    "Approved",
    "Approved in full",
    "Access given",
    "Time is over",
    "Access is gone",
]
"""What a thread says, in this order and nothing else."""

AWAY = timedelta(minutes=2)
"""More than the longest pause after which a platform that was away is tried again."""


@pytest.fixture
def town(migrated_database_url: str, tmp_path: Path) -> Iterator[Both]:
    """Give a company that works in Slack and in Teams."""
    owner = connect(migrated_database_url, role=None, pool_size=1)
    clock = Clockwork(owner)
    engine = connect(migrated_database_url, pool_size=4)
    clock.rule(engine)
    with chats((SLACK, TEAMS), tmp_path) as running:
        made = Both(
            PostgresWork(engine),
            running[SLACK],
            Sandbox(tmp_path / "systems"),
            clock,
            chats=running,
        )
        made.apply(acme())
        yield made
    engine.dispose()
    owner.dispose()


def presses(town: Both, chat: str, who: str, label: str = "Approve") -> Card:
    """Let somebody press a button on the last card that was written to them."""
    there = town.on(chat)
    answer = there.say(who, button(there.direct(who)[-1], label))
    assert answer.card is not None
    assert not answer.code, answer
    return answer.card


def told(town: Both, chat: str) -> list[str]:
    """Read a thread's titles."""
    return [card.title for card in town.on(chat).thread()]


def status(town: Both, chat: str) -> str:
    """Read what the thread's root says."""
    [root] = [card for card in town.on(chat).channel() if card.title.startswith("JIT-1")]
    return next(line for line in root.plain().splitlines() if line.startswith("Status"))


def through(town: Both) -> list[str]:
    """Read through which chat each decision was taken, from the record."""
    entries = [one for one in town.entries("JIT-1") if one.action == "decision.approved"]
    return [str(one.facts["via"]["platform"]) for one in entries]


def test_a_request_is_decided_in_both_chats(town: Both) -> None:
    """Asked for in Slack; approved in Teams, in Slack, and in Teams."""
    town.on(SLACK).say("riya.patel", 'request netsuite-gl 4h "Q4 close, posting accruals"')

    decided = [
        presses(town, TEAMS, "ben.okafor"),
        presses(town, SLACK, "aisha.farouk"),
        presses(town, TEAMS, "helen.moreau"),
    ]
    town.wait(timedelta(hours=4, seconds=30))

    assert {card.title for card in decided} == {"You approved JIT-1"}
    assert through(town) == [TEAMS, SLACK, TEAMS]
    for chat in (SLACK, TEAMS):
        assert told(town, chat) == LIFE
        assert status(town, chat) == "Status: Ended: its time was over"


def test_everybody_is_told_in_both_chats(town: Both) -> None:
    """Who asked, who decided, and who was asked as well: wherever they look."""
    town.on(SLACK).say("riya.patel", 'request netsuite-gl 4h "Q4 close, posting accruals"')
    presses(town, TEAMS, "ben.okafor")

    for chat in (SLACK, TEAMS):
        there = town.on(chat)
        for who in ("ben.okafor", "marta.kowalska"):
            [asked] = there.direct(who)
            assert asked.title == "JIT-1: GL posting for Riya Patel: approved by Ben Okafor"
            assert "Approve" not in [one.label for one in asked.buttons]
        [news] = there.direct("riya.patel")
        assert news.title == "JIT-1, GL posting for Riya Patel: approved"


def test_a_decision_in_one_chat_is_refused_in_the_other(town: Both) -> None:
    """The button that is still there says what became of it; nothing is decided twice."""
    town.on(SLACK).say("riya.patel", 'request netsuite-gl 4h "Q4 close, posting accruals"')
    there = town.on(SLACK)
    says = button(there.direct("marta.kowalska")[-1], "Approve")
    presses(town, TEAMS, "ben.okafor")

    answer = there.say("marta.kowalska", says)

    assert answer.card is not None
    assert answer.card.title == "Nothing was changed"
    assert through(town) == [TEAMS]


@pytest.mark.parametrize("away", [SLACK, TEAMS])
def test_a_chat_that_is_away_for_a_while_tells_everything_afterwards(town: Both, away: str) -> None:
    """In order, and nothing twice; the other one goes on meanwhile."""
    there = SLACK if away == TEAMS else TEAMS
    town.on(SLACK).say("riya.patel", 'request netsuite-gl 4h "Q4 close, posting accruals"')
    presses(town, away, "ben.okafor")
    town.chats[away].go_away()
    presses(town, there, "aisha.farouk")
    presses(town, there, "helen.moreau")
    meanwhile = told(town, there)

    town.chats[away].come_back()
    town.wait(AWAY)
    town.wait(timedelta(hours=4))

    assert meanwhile == LIFE[:9]
    assert through(town) == [away, there, there]
    for chat in (SLACK, TEAMS):
        assert told(town, chat) == LIFE
        assert status(town, chat) == "Status: Ended: its time was over"
        titles = [card.title for card in town.on(chat).direct("riya.patel")]
        assert sum("access given" in title for title in titles) == 1
        assert sum("approved" in title for title in titles) == 3
