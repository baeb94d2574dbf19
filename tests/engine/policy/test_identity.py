"""Who speaks? A chat account belongs to a person, or to nobody."""

from __future__ import annotations

from dataclasses import replace

from engine.model.company import Company
from engine.model.identifiers import PersonId, PlatformName
from engine.model.via import Assurance, Via
from engine.policy.identity import recognise
from tests.simulation.company import BEN, CHAT, RIYA, company

SLACK = PlatformName("slack")
EMAIL = "riya@acme.example"


def _with_address(*people: PersonId, email: str = EMAIL) -> Company:
    return replace(
        company(),
        people=tuple(
            replace(person, email=email) if person.id in people else person
            for person in company().people
        ),
    )


def test_a_pinned_account_is_its_persons() -> None:
    """Whatever address comes with it."""
    known = _with_address(BEN)

    found = recognise(known, CHAT, RIYA, email=EMAIL)

    assert found == (known.person[RIYA], Via(CHAT, RIYA, Assurance.PINNED))


def test_a_managed_address_finds_who_has_it() -> None:
    """However it is spelled."""
    known = _with_address(RIYA)

    found = recognise(known, SLACK, "U1", email="Riya@Acme.example")

    assert found == (known.person[RIYA], Via(SLACK, "U1", Assurance.MANAGED_EMAIL))


def test_an_address_never_adds_an_account_to_a_pinned_one() -> None:
    """A second account with the address of somebody who has one is nobody's."""
    assert recognise(_with_address(RIYA), CHAT, "U1", email=EMAIL) is None


def test_an_address_of_two_people_is_nobodys() -> None:
    """It cannot say which of them speaks."""
    assert recognise(_with_address(RIYA, BEN), SLACK, "U1", email=EMAIL) is None


def test_an_account_without_a_managed_address_is_nobodys() -> None:
    """Most people of the directory have none either; that is no likeness."""
    assert recognise(company(), SLACK, "U1") is None
    assert recognise(company(), SLACK, "U1", email="eve@evil.example") is None
