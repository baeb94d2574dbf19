"""What goes wrong between the workers and Slack is told to whom it concerns, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from adapters.chat.platform import Place
from adapters.chat.slack.identity import SLACK
from engine.model.company import Company
from tests.adapters.chat.company import BEN, MARTA
from tests.adapters.chat.town import Town
from tests.slack.fake_slack import Fault, answer_lost, broken_afterwards, rate_limited, refused
from tests.slack.looking import cards_in
from tests.talks.chats import SLACK_CHANNEL, InSlack

ADMIN = "C0ADMIN"


class WithAdmins(InSlack):
    """A Slack whose company has a channel for its admins."""

    def company(self, company: Company, /) -> Company:
        """Name the channel."""
        return replace(super().company(company), admin_channels={SLACK: ADMIN})


@pytest.fixture
def chat() -> Iterator[WithAdmins]:
    """Give the chat of the town."""
    made = WithAdmins()
    made.slack.add_channel(ADMIN, "jit-admin", members={made.slack.app.bot_user})
    yield made
    made.close()


def _admins_read(chat: WithAdmins) -> list[str]:
    return [card.plain() for card in cards_in(chat.slack, ADMIN)]


def _account(town: Town, chat: WithAdmins, person: str) -> str:
    reference = town.places()[f"ask:1:{person}"].reference
    assert reference
    (user,) = chat.slack.world.channels[reference.partition("/")[0]].members - {
        chat.slack.app.bot_user
    }
    return user


def test_a_lost_channel_is_told_to_the_admins_and_repaired_by_an_invitation(
    town: Town, chat: WithAdmins
) -> None:
    """Once, with what to do; what was missed is posted with the next thing that happens."""
    chat.slack.kick_out(SLACK_CHANNEL)
    town.ask()
    town.approve(BEN)
    (notice,) = _admins_read(chat)
    assert notice.startswith(f"JIT-1: the channel {SLACK_CHANNEL} cannot be written to")
    assert "/invite" in notice

    chat.slack.world.channels[SLACK_CHANNEL].members.add(chat.slack.app.bot_user)
    town.approve("aisha.farouk")

    (notice,) = _admins_read(chat)
    assert "can be written to again" in notice
    assert [card.title for card in town.thread()].count("Approved") == 2


def test_a_card_whose_edit_window_is_closed_gets_a_reply(town: Town, chat: WithAdmins) -> None:
    """The approver who did not decide learns in the thread of the question that somebody did."""
    town.ask()
    reference = town.places()[f"ask:1:{MARTA}"].reference
    assert reference is not None
    direct = reference.partition("/")[0]
    chat.slack.order(refused("edit_window_closed"), method="chat.update", channel=direct, times=9)

    town.approve(BEN, "aisha.farouk")

    (reply,) = cards_in(chat.slack, direct, reference)
    assert "approved by Ben Okafor" in reply.title
    assert not _admins_read(chat)


@pytest.mark.parametrize(
    "fault",
    [answer_lost(), broken_afterwards(), rate_limited(0)],
    ids=["lost", "500", "429"],
)
def test_a_rough_day_doubles_nothing(town: Town, chat: WithAdmins, fault: Fault) -> None:
    """Posts that fail, some of them after they arrived, are there once, in order."""
    go_wrong = partial(chat.slack.order, fault, method="chat.postMessage", times=2)
    go_wrong()
    town.ask()
    town.wait(timedelta(minutes=2))
    go_wrong()
    town.approve(BEN)
    town.wait(timedelta(minutes=2))

    assert len(town.channel()) == 1
    titles = [card.title for card in town.thread()]
    assert titles == ["Asked for", "Waiting for a decision", "Approved", "Waiting for a decision"]
    for person in (BEN, MARTA):
        account = _account(town, chat, person)
        assert len(chat.shown(Place(account=account))) == 1
