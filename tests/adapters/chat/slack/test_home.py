"""The Home tab is everybody's dashboard, and follows what happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from adapters.chat.slack.identity import SLACK
from tests.adapters.chat.company import BEN, RIYA
from tests.adapters.chat.town import Town
from tests.slack.fake_slack import plain
from tests.slack.fake_slack.person import Person
from tests.talks.chats import InSlack
from tests.waiting import until


@pytest.fixture
def chat() -> Iterator[InSlack]:
    """Give the chat of the town."""
    made = InSlack()
    yield made
    made.close()


def _person(town: Town, chat: InSlack, person: str) -> Person:
    with town.work() as uow:
        company = uow.companies.active().company
    account = next(one.platforms[SLACK] for one in company.people if one.id == person)
    return chat.slack.person(account)


def _shows(person: Person) -> str:
    return plain(person.home) if person.home is not None else ""


def test_a_decision_is_taken_in_the_home_tab(town: Town, chat: InSlack) -> None:
    """It shows what waits from the moment on, and no more when that is decided."""
    town.say(RIYA, "help")
    ben = _person(town, chat, BEN)
    chat.run(ben.opens_home())
    until(lambda: "Nothing waits for you" in _shows(ben))

    town.ask()
    assert "1 request to decide." in _shows(ben)
    assert ben.home is not None
    chat.run(ben.presses(ben.home, "Approve"))
    until(lambda: "decision.approved" in town.actions())
    town.wait(timedelta(seconds=5))

    assert "Nothing waits for you" in _shows(ben)
