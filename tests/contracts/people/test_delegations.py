"""What a unit of work is: who stands in for whom is kept, and read at the right time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model.delegation import Delegation, DelegationDraft, Scope
from engine.model.identifiers import DelegationId, PersonId
from engine.ports import Work
from tests.contracts.samples import BEN, GL, HOUR, LEDGER, MARA, RIYA
from tests.contracts.test_unit_of_work import now


@pytest.fixture
def draft(work: Work) -> DelegationDraft:
    """Give a delegation of Ben's to Mara that has begun, and is not kept yet."""
    at = now(work)
    return DelegationDraft(
        delegator=BEN,
        delegate=MARA,
        scope=Scope(),
        begins_at=at - HOUR,
        ends_at=at + HOUR,
        reason="on “holiday”, 100 % away",
        given_by=BEN,
        given_at=at,
    )


def add(work: Work, draft: DelegationDraft) -> Delegation:
    """Keep a delegation."""
    with work() as uow:
        uow.lock_person(draft.delegator)
        added = uow.delegations.add(draft)
        uow.commit()
    return added


def in_force(work: Work) -> list[Delegation]:
    """Read those that count now."""
    with work() as uow:
        return list(uow.delegations.in_force())


def turns(work: Work) -> int:
    """Count beginnings and ends."""
    with work() as uow:
        return uow.delegations.turns()


def open_of(work: Work, person: PersonId) -> list[Delegation]:
    """Read what somebody gave and was given."""
    with work() as uow:
        return list(uow.delegations.open_of(person))


@pytest.mark.parametrize("scope", [Scope(), Scope(system=LEDGER), Scope(entitlement=GL)])
def test_a_delegation_is_kept_as_it_was_given(
    work: Work, draft: DelegationDraft, scope: Scope
) -> None:
    """With a number of its own, and for both people."""
    given = add(work, replace(draft, scope=scope))

    assert given.scope == scope
    assert (given.delegator, given.delegate, given.reason) == (BEN, MARA, draft.reason)
    assert (given.begins_at, given.ends_at) == (draft.begins_at, draft.ends_at)
    assert in_force(work) == [given]
    assert open_of(work, BEN) == open_of(work, MARA) == [given]
    assert open_of(work, RIYA) == []
    with work() as uow:
        assert uow.delegations.hold(given.id) == uow.delegations.lock(given.id) == given


def test_it_counts_from_its_beginning_until_its_end(work: Work, draft: DelegationDraft) -> None:
    """What begins later is open, and not in force; what is over is neither."""
    second = timedelta(seconds=1)
    later = add(work, replace(draft, begins_at=draft.given_at + HOUR / 2))
    add(work, replace(draft, ends_at=draft.given_at - second, given_at=draft.given_at - HOUR))

    assert in_force(work) == []
    assert open_of(work, BEN) == [later]


def test_it_counts_until_somebody_ends_it(work: Work, draft: DelegationDraft) -> None:
    """Who decides in the same transaction does not decide by it any more."""
    given, other = add(work, draft), add(work, replace(draft, scope=Scope(system=LEDGER)))

    with work() as uow:
        locked = uow.delegations.lock(given.id)
        assert locked is not None
        ended = uow.delegations.end(locked, by=MARA, at=uow.now)
        own = list(uow.delegations.in_force())
        uow.commit()

    assert (ended.ended_by, ended.over_at) == (MARA, ended.ended_at)
    assert own == in_force(work) == open_of(work, BEN) == [other]
    with work() as uow:
        assert uow.delegations.hold(given.id) == ended


def test_each_beginning_and_each_end_is_a_turn(work: Work, draft: DelegationDraft) -> None:
    """Also where both were since somebody looked; what begins later is none yet."""
    seen = [turns(work)]
    add(work, replace(draft, begins_at=draft.given_at + HOUR / 2))
    seen.append(turns(work))
    second, before = timedelta(seconds=1), draft.given_at - HOUR
    add(work, replace(draft, ends_at=draft.given_at - second, given_at=before))
    seen.append(turns(work))
    given = add(work, draft)
    seen.append(turns(work))
    with work() as uow:
        locked = uow.delegations.lock(given.id)
        assert locked is not None
        uow.delegations.end(locked, by=MARA, at=uow.now)
        uow.commit()
    seen.append(turns(work))

    assert seen == [0, 0, 2, 3, 4]


def test_what_is_not_committed_was_never_given(work: Work, draft: DelegationDraft) -> None:
    """Whoever gives it sees it."""
    with work() as uow:
        uow.lock_person(BEN)
        given = uow.delegations.add(draft)
        own = list(uow.delegations.in_force())

    assert own == [given]
    assert in_force(work) == []


def test_there_is_none_with_an_unknown_number(work: Work) -> None:
    """To hold and to lock alike."""
    with work() as uow:
        assert uow.delegations.hold(DelegationId(99)) is None
        assert uow.delegations.lock(DelegationId(99)) is None
