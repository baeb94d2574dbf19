"""Who speaks? A chat account belongs to a person, or to nobody."""

from __future__ import annotations

from dataclasses import replace

from engine.model.account import Account
from engine.model.company import Company
from engine.model.identifiers import PersonId, PlatformName
from engine.model.via import Assurance, Via
from engine.policy.accounts import Directory, follow_up
from engine.policy.identity import recognise
from tests.simulation.company import BEN, CHAT, RIYA, company
from tests.simulation.memory import BEGINNING

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


def _directory(files: Company, *accounts: Account) -> Directory:
    return Directory(files, follow_up(files, accounts), {one.key: one for one in accounts})


def _linked(account: str = "U1", *, is_active: bool = True) -> Account:
    """Give an account that is Riya's by its address."""
    return Account(SLACK, account, RIYA, Assurance.MANAGED_EMAIL, is_active, "", BEGINNING)


def test_a_pinned_account_is_its_persons() -> None:
    """Whatever address comes with it."""
    known = _with_address(BEN)

    found = recognise(_directory(known), CHAT, RIYA, email=EMAIL)

    assert found == (known.person[RIYA], Via(CHAT, RIYA, Assurance.PINNED))


def test_a_managed_address_finds_who_has_it() -> None:
    """However it is spelled."""
    known = _with_address(RIYA)

    found = recognise(_directory(known), SLACK, "U1", email="Riya@Acme.example")

    assert found == (known.person[RIYA], Via(SLACK, "U1", Assurance.MANAGED_EMAIL))


def test_an_address_never_adds_an_account_to_a_pinned_one() -> None:
    """A second account with the address of somebody who has one is nobody's."""
    assert recognise(_directory(_with_address(RIYA)), CHAT, "U1", email=EMAIL) is None


def test_an_address_of_two_people_is_nobodys() -> None:
    """It cannot say which of them speaks."""
    shared = _directory(_with_address(RIYA, BEN))

    assert recognise(shared, SLACK, "U1", email=EMAIL) is None


def test_an_account_without_a_managed_address_is_nobodys() -> None:
    """Most people of the directory have none either; that is no likeness."""
    assert recognise(_directory(company()), SLACK, "U1") is None
    assert recognise(_directory(company()), SLACK, "U1", email="eve@evil.example") is None


def test_a_linked_account_is_its_persons_while_it_has_the_address() -> None:
    """That it once was theirs is no reason: the address may be somebody else's by now."""
    known = _directory(_with_address(RIYA), _linked())

    found = recognise(known, SLACK, "U1", email=EMAIL)

    assert found == (known.followed.person[RIYA], Via(SLACK, "U1", Assurance.MANAGED_EMAIL))
    assert recognise(known, SLACK, "U1") is None
    assert recognise(known, SLACK, "U1", email="ben@acme.example") is None


def test_a_second_account_with_an_address_is_nobodys() -> None:
    """Not even once the first is deactivated: the address may have been given to somebody new."""
    files = _with_address(RIYA)

    for is_active in (True, False):
        known = _directory(files, _linked("U0", is_active=is_active))
        assert recognise(known, SLACK, "U1", email=EMAIL) is None


def test_somebody_who_left_is_recognised_as_such() -> None:
    """By whichever account, they are found, and found to be inactive."""
    known = _directory(_with_address(RIYA), _linked(is_active=False))

    for platform, account, email in ((SLACK, "U1", EMAIL), (CHAT, str(RIYA), "")):
        found = recognise(known, platform, account, email=email)
        assert found is not None
        assert not found[0].active
