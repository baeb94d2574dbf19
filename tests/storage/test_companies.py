"""Configurations are read and parsed once per process."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine

from engine.model.account import Account
from engine.model.company import Company
from engine.model.via import Assurance
from engine.policy import accounts
from engine.ports import CompanyVersion
from storage import companies, company_codec
from storage.accounts import PostgresAccounts
from storage.unit_of_work import PostgresUnitOfWork, PostgresWork
from tests.contracts.samples import RIYA
from tests.contracts.test_accounts import SLACK, in_force, save
from tests.contracts.test_unit_of_work import now

AT_ONCE = 8


@pytest.fixture
def linked(work: PostgresWork) -> Account:
    """Keep an account that is Riya's by its address."""
    account = Account(SLACK, "U1", RIYA, Assurance.MANAGED_EMAIL, True, "", now(work))
    save(work, account)
    return account


def test_threads_that_need_the_same_version_parse_it_once(
    engine: Engine, linked: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that come second wait: many copies at once would be many times the memory."""
    read, follow_up = company_codec.read, accounts.follow_up
    parsed: list[str] = []
    followed: list[Company] = []

    def count_read(body: str) -> Company:
        parsed.append(body)
        return read(body)

    def count_follow_up(files: Company, told: Collection[Account]) -> Company:
        followed.append(files)
        return follow_up(files, told)

    monkeypatch.setattr(company_codec, "read", count_read)
    monkeypatch.setattr(companies, "follow_up", count_follow_up)
    fresh, barrier = PostgresWork(engine), Barrier(AT_ONCE)

    def look(_: int) -> CompanyVersion:
        barrier.wait()
        return in_force(fresh)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(look, range(AT_ONCE)))

    assert len(parsed) == 1
    assert len(followed) == 1
    assert all(one is found[0] for one in found)
    assert linked.key in found[0].accounts


def test_following_accounts_costs_no_message(work: PostgresWork, linked: Account) -> None:
    """Once they were read: how often they changed is read with every look."""
    in_force(work)

    with work() as uow:
        version = uow.companies.active()
        assert isinstance(uow, PostgresUnitOfWork)
        messages = uow.messages

    assert messages == 1
    assert version.company.person[RIYA].platforms[SLACK] == "U1"


def test_an_older_look_does_not_bring_older_accounts_back(
    engine: Engine, work: PostgresWork, linked: Account
) -> None:
    """A transaction that looked before a change may keep what it read after; never the reverse."""
    with work() as uow:
        uow.companies.active()
        save(PostgresWork(engine), replace(linked, is_active=False, why="deactivated"))
        assert uow.companies.active().company.person[RIYA].active

    assert not in_force(work).company.person[RIYA].active


def test_two_changes_of_accounts_come_one_after_the_other(
    work: PostgresWork, linked: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the lock sees all changes before; none is lost, and each is counted."""
    before = in_force(work).accounts_number

    def rename(number: int) -> None:
        with work() as uow:
            uow.accounts.lock()
            (known,) = uow.companies.active().accounts.values()
            assert isinstance(uow.accounts, PostgresAccounts)
            uow.accounts.save(replace(known, why=known.why + f"{number},"))
            uow.commit()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(rename, range(AT_ONCE)))

    after = in_force(work)
    told = after.accounts[linked.key].why.strip(",").split(",")
    assert sorted(told) == [str(number) for number in range(AT_ONCE)]
    assert after.accounts_number == before + AT_ONCE
