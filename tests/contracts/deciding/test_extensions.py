"""What a unit of work is where access is to go on. Run against every implementation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.errors import LostRace
from engine.model.dossier import Dossier
from engine.model.grant import Grant
from engine.model.request import Draft, Request, RequestState
from engine.ports import Work
from tests.contracts.samples import AP, HOUR, draft, stage
from tests.contracts.test_unit_of_work import activate, add, end, find, now

SECOND = timedelta(seconds=1)


def extension(given: Grant, *, at: datetime, limit: timedelta = HOUR) -> Draft:
    """Give a draft that asks for access to go on."""
    asked = draft(at, holder=given.holder, entitlement=given.entitlement)
    return replace(
        asked,
        extends=given.id,
        held_since=given.starts_at,
        held_until=given.ends_at,
        decide_by=given.ends_at,
        stages=(stage(limit=limit),),
    )


def over(work: Work, limit: int = 10) -> list[int]:
    """List the extensions that are over."""
    with work() as uow:
        return list(uow.requests.extensions_over(limit))


def extend(work: Work, asked: Request) -> tuple[Request, Grant]:
    """Approve an extension, and move the end of what it extends."""
    assert asked.extends is not None
    assert asked.extended_until is not None
    with work() as uow:
        uow.requests.lock(asked.id)
        found = uow.requests.find(asked.extends)
        assert found is not None
        assert found.grant is not None
        approved = uow.requests.save(asked.move(RequestState.APPROVED, at=uow.now))
        extended = uow.grants.save(found.grant.extend(asked.extended_until, at=uow.now))
        uow.commit()
    return approved, extended


def test_an_extension_comes_back_as_it_was_kept(work: Work) -> None:
    """With what it extends, since when that is there, and when it would have ended."""
    given = activate(work, draft(now(work)), at=now(work))

    asked = add(work, extension(given, at=now(work), limit=2 * HOUR))

    assert find(work, asked.id) == Dossier(asked)
    assert (asked.extends, asked.held_since) == (given.id, given.starts_at)
    assert asked.stage_due_at == asked.held_until == given.ends_at
    assert given.ends_at is not None
    assert asked.extended_until == given.ends_at + asked.duration


def test_the_end_moves_in_the_commit_of_the_approval(work: Work) -> None:
    """Both locked at once, by the lock of the extension."""
    given = activate(work, draft(now(work)), at=now(work))
    asked = add(work, extension(given, at=now(work)))

    approved, extended = extend(work, asked)

    assert find(work, asked.id) == Dossier(approved)
    found = find(work, given.id)
    assert found is not None
    assert found.grant == extended
    assert extended.ends_at == asked.extended_until
    assert extended.duration == given.duration + asked.duration


def test_access_is_extended_more_than_once(work: Work) -> None:
    """One after the other: the second begins where the first ends."""
    given = activate(work, draft(now(work)), at=now(work))
    _, once = extend(work, add(work, extension(given, at=now(work))))

    _, twice = extend(work, add(work, extension(once, at=now(work))))

    assert twice.duration == given.duration + 2 * draft(now(work)).duration


def test_one_extension_of_one_access_is_pending(work: Work) -> None:
    """And beside it a request for the same, which is another thing."""
    given = activate(work, draft(now(work)), at=now(work))
    add(work, extension(given, at=now(work)))
    add(work, draft(now(work)))

    with pytest.raises(LostRace):
        add(work, extension(given, at=now(work)))


def test_extensions_are_over_when_they_lapse_or_the_access_ends(work: Work) -> None:
    """By number; what is settled or can still be decided is not among them."""
    at = now(work)
    given = activate(work, draft(at), at=at)
    open_ = add(work, extension(given, at=at))
    lapsing = add(
        work, extension(activate(work, draft(at, entitlement=AP), at=at), at=at - 2 * HOUR)
    )
    usual = add(work, draft(at - 2 * HOUR, holder=given.holder, entitlement=AP))

    assert over(work) == [lapsing.id]
    with work() as uow:
        assert [found.request.id for found in uow.requests.lock_lapsed(10)] == [usual.id]

    end(work, given, at=at)

    assert over(work) == [open_.id, lapsing.id]
    assert over(work, 1) == [open_.id]
