"""What is said of a speaker's account is kept, and followed at once."""

from __future__ import annotations

from dataclasses import replace

from adapters.chat.inbox import Inbound, Inbox
from engine.model.identifiers import PlatformName
from engine.workflow.look import company_now
from tests.adapters.chat.company import CHAT, RIYA, acme
from tests.adapters.chat.town import Town

MINE = Inbound(CHAT, RIYA, delivery="d1", text="mine", fields=None, channel="", thread=None)


def test_whoever_is_found_by_their_address_is_reached_by_it(town: Town) -> None:
    """The account is kept: others can name them by it, and the bot can write to them."""
    slack = PlatformName("slack")
    riya = next(person for person in acme().people if person.id == RIYA)
    town.apply(
        replace(
            acme(),
            people=(
                replace(riya, email="riya@acme.example"),
                *(person for person in acme().people if person is not riya),
            ),
        )
    )
    inbound = replace(MINE, platform=slack, account="U1", email="riya@acme.example")

    answer = Inbox(town.work).receive(inbound)

    assert answer.code == ""
    found = company_now(town.work).company.person_on(slack, "U1")
    assert found is not None
    assert found.id == RIYA
    assert [entry.action for entry in town.entries("people")] == ["account.linked"]


def test_a_member_who_became_a_guest_has_left(town: Town) -> None:
    """Whatever they try is refused, and whatever they hold ends; nobody else's outsider does."""
    inbound = replace(MINE, outsider="in another workspace than this bot")
    Inbox(town.work).receive(inbound)
    stayed = company_now(town.work).company.person[RIYA].active

    guest = replace(MINE, outsider="a guest in this workspace", has_left=True)
    answer = Inbox(town.work).receive(guest)

    assert stayed
    assert answer.code == "person.outsider"
    assert not company_now(town.work).company.person[RIYA].active
