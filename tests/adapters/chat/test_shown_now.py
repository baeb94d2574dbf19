"""A message that somebody looks at is shown as it is now, to whom it is for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from adapters.chat.cards import Card
from adapters.chat.inbox import Inbox
from engine.model.identifiers import PlatformName
from engine.model.via import Via
from engine.ports import UnitOfWork
from tests.adapters.chat.company import BEN, CHAT, HELEN, MARTA, RIYA, acme, with_person
from tests.adapters.chat.town import Town


def _shown(town: Town, account: str, reference: str) -> Card | None:
    return Inbox(town.work).shown_now(CHAT, account, reference)


def _reference(town: Town, key: str) -> str:
    reference = town.places()[key].reference
    assert reference
    return reference


def test_an_approvers_card_is_shown_as_it_is_now(town: Town) -> None:
    """What was decided meanwhile stands on it, and there is nothing left to press."""
    town.ask()
    reference = _reference(town, f"ask:1:{BEN}")
    before = _shown(town, BEN, reference)
    town.only_say(MARTA, "approve JIT-1")

    now = _shown(town, BEN, reference)

    assert before is not None
    assert before == town.direct(BEN)[0]
    assert now is not None
    assert now.title == "JIT-1: GL posting for Riya Patel: approved by Marta Kowalska"
    assert not now.buttons
    town.settle()
    assert town.direct(BEN)[0] == now


@pytest.mark.parametrize("account", [MARTA, RIYA, "U666", ""])
def test_it_is_shown_to_nobody_else(town: Town, account: str) -> None:
    """Not to another approver, and not to whom the request is for."""
    town.ask()

    assert _shown(town, account, _reference(town, f"ask:1:{BEN}")) is None


@pytest.mark.parametrize("key", ["root", "entry:1"])
def test_what_stands_in_a_channel_is_shown_to_every_member(town: Town, key: str) -> None:
    """And to no stranger."""
    town.ask()
    reference = _reference(town, key)

    assert _shown(town, HELEN, reference) == _shown(town, RIYA, reference)
    assert _shown(town, HELEN, reference) is not None
    assert _shown(town, "U666", reference) is None


def test_who_left_is_shown_nothing(town: Town) -> None:
    """Neither their own messages nor a channel's."""
    town.ask()
    town.apply(with_person(acme(), BEN, active=False))

    for key in (f"ask:1:{BEN}", "root"):
        assert _shown(town, BEN, _reference(town, key)) is None


def test_what_is_none_of_ours_is_not_shown(town: Town) -> None:
    """Another platform's message of the same name, or a copy that nobody remembers."""
    town.ask()
    reference = _reference(town, "root")

    assert _shown(town, BEN, "999999") is None
    assert _shown(town, BEN, "") is None
    assert Inbox(town.work).shown_now(PlatformName("slack"), BEN, reference) is None


def test_what_was_said_instead_of_a_message_shows_that_message(town: Town) -> None:
    """It says what its message could not; whoever looks at it sees how things stand."""
    town.ask()
    asked = town.places()[f"ask:1:{BEN}"]
    with town.work() as uow:
        key = f"instead:0123456789abcdef:{asked.key}"
        uow.posts.remember(replace(asked, key=key, reference="reply"))
        uow.commit()

    assert _shown(town, BEN, "reply") == town.direct(BEN)[0]
    assert _shown(town, MARTA, "reply") is None


def test_what_is_no_part_of_the_story_any_more_is_not_shown(town: Town) -> None:
    """Word to the admins stands for itself."""
    town.ask()
    post = replace(town.places()["root"], key=f"lost:{BEN}", reference="word")
    with town.work() as uow:
        uow.posts.remember(post)
        uow.commit()

    assert _shown(town, BEN, "word") is None


def test_a_memory_that_is_away_is_not_one_that_knows_nothing() -> None:
    """Or a platform would take away what it shows."""

    def broken(via: Via | None = None) -> AbstractContextManager[UnitOfWork]:
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError):
        Inbox(broken).shown_now(CHAT, BEN, "m1")
