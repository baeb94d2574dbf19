"""What a unit of work is: the configuration in force follows people's accounts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.account import Account
from engine.model.identifiers import PlatformName
from engine.model.via import Assurance
from engine.ports import CompanyVersion, Work
from tests.contracts.samples import BEN, CHAT, MARA, RIYA, company
from tests.contracts.test_unit_of_work import now

SLACK = PlatformName("slack")


@pytest.fixture
def linked(work: Work) -> Account:
    """Give an account that is Riya's by its address, and is not kept yet."""
    return Account(SLACK, "U1", RIYA, Assurance.MANAGED_EMAIL, True, "", now(work))


def save(work: Work, *accounts: Account) -> None:
    """Keep accounts, in one transaction."""
    with work() as uow:
        uow.accounts.lock()
        for account in accounts:
            uow.accounts.save(account)
        uow.commit()


def in_force(work: Work) -> CompanyVersion:
    """Read the version in force."""
    with work() as uow:
        return uow.companies.active()


def test_the_version_in_force_follows_accounts(work: Work, linked: Account) -> None:
    """Whose account is linked is found by it, whose was deactivated left; the files stay."""
    before = in_force(work)
    gone = Account(CHAT, BEN, None, Assurance.PINNED, False, "a guest", linked.told_at)

    save(work, linked, gone)

    after = in_force(work)
    riya = after.company.person_on(SLACK, "U1")
    assert riya is not None
    assert riya.id == RIYA
    assert not after.company.person[BEN].active
    assert after.accounts == {linked.key: linked, gone.key: gone}
    assert (after.number, after.digest) == (before.number, before.digest)
    assert after.accounts_number > before.accounts_number
    with work() as uow:
        assert uow.companies.version(after.number).company == company()


def test_an_account_is_changed_and_forgotten(work: Work, linked: Account) -> None:
    """Each change is seen by whoever begins after it."""
    save(work, linked)
    first = in_force(work)

    save(work, replace(linked, is_active=False, why="deactivated"))
    second = in_force(work)
    with work() as uow:
        uow.accounts.lock()
        uow.accounts.forget(linked)
        uow.commit()
    third = in_force(work)

    assert first.company.person[RIYA].active
    assert not second.company.person[RIYA].active
    assert second.accounts[linked.key].why == "deactivated"
    assert third.company == company()
    assert first.accounts_number < second.accounts_number < third.accounts_number


def test_a_change_that_was_not_committed_is_seen_by_nobody_else(
    work: Work, linked: Account
) -> None:
    """Whoever made it sees it; afterwards it never was, for this process, too."""
    save(work, replace(linked, person=MARA))

    with work() as uow:
        uow.accounts.lock()
        uow.accounts.forget(linked)
        uow.accounts.save(linked)
        own = uow.companies.active().company.person_on(SLACK, "U1")

    assert own is not None
    assert own.id == RIYA
    others = in_force(work).company.person_on(SLACK, "U1")
    assert others is not None
    assert others.id == MARA


def test_an_address_moves_from_account_to_account_in_one_transaction(
    work: Work, linked: Account
) -> None:
    """Whichever of the two is written first."""
    save(work, linked)

    with work() as uow:
        uow.accounts.lock()
        uow.accounts.save(replace(linked, account="U2"))
        uow.accounts.forget(linked)
        uow.commit()

    assert list(in_force(work).accounts) == [(SLACK, "U2")]


def test_a_new_configuration_follows_the_same_accounts(work: Work, linked: Account) -> None:
    """What platforms told outlives the files."""
    save(work, linked)

    with work() as uow:
        uow.companies.add(company("Acme two"), applied_by="operator")
        own = uow.companies.active()
        uow.commit()

    after = in_force(work)
    assert (own.number, own.company) == (2, after.company)
    assert after.company.name == "Acme two"
    assert after.company.person[RIYA].platforms[SLACK] == "U1"
