"""What a unit of work is: where platforms reach people and channels."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model.address import WRITTEN_MAX, Address
from engine.model.identifiers import PlatformName
from engine.ports import Work
from tests.contracts.samples import CHAT
from tests.contracts.test_unit_of_work import now

SECOND = timedelta(seconds=1)
OTHER = PlatformName("slack")


@pytest.fixture
def told(work: Work) -> Address:
    """Give an address that is not kept yet."""
    return Address(CHAT, "U1", '{"conversation": "a:1"}', now(work))


def save(work: Work, address: Address) -> None:
    """Keep an address."""
    with work() as uow:
        uow.addresses.save(address)
        uow.commit()


def find(work: Work, subject: str = "U1", platform: PlatformName = CHAT) -> Address | None:
    """Read an address."""
    with work() as uow:
        return uow.addresses.find(platform, subject)


def test_an_address_is_kept_as_it_was_written(work: Work, told: Address) -> None:
    """However long it may be, and for its platform alone."""
    longest = replace(told, subject="19:é@thread.tacv2", written="é" * WRITTEN_MAX)

    save(work, told)
    save(work, longest)

    assert find(work) == told
    assert find(work, longest.subject) == longest
    assert find(work, platform=OTHER) is None


def test_nobody_is_reached_of_whom_nothing_was_told(work: Work) -> None:
    """That is an answer, not a defect."""
    assert find(work) is None


def test_what_is_told_later_stands_in_the_place_of_what_was_told_before(
    work: Work, told: Address
) -> None:
    """A person's address changes when they move, or install the app again."""
    later = replace(told, written="new", told_at=told.told_at + SECOND)

    save(work, told)
    save(work, later)

    assert find(work) == later


def test_who_was_told_earlier_and_writes_later_changes_nothing(work: Work, told: Address) -> None:
    """Two processes hear of somebody at once, and one of them is slow."""
    save(work, told)

    save(work, replace(told, written="old", told_at=told.told_at - SECOND))

    assert find(work) == told


def test_what_was_not_committed_was_never_told(work: Work, told: Address) -> None:
    """As with everything."""
    with work() as uow:
        uow.addresses.save(told)

    assert find(work) is None
