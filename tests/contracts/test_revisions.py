"""What a unit of work is where what is asked changes. Run against every implementation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import LostRace
from engine.model.dossier import Dossier
from engine.model.request import Request, RequestState
from engine.ports import Work
from tests.contracts.samples import AP, BEN, HOUR, MARA, decision, draft, grant, stage
from tests.contracts.test_unit_of_work import add, decide, find, now, save

SECOND = timedelta(seconds=1)


def revised(request: Request) -> Request:
    """Give a request as it is asked for another time, with everything that may be different."""
    return replace(
        request,
        revision=request.revision + 1,
        entitlement=AP,
        duration=HOUR,
        reason="less, and of something else",
        content_hash="77aa" * 16,
        stages=(stage(1, asked=MARA),),
        stage_number=1,
        stage_due_at=request.stage_due_at + HOUR,
    )


def test_what_is_asked_changes_as_a_revision(work: Work) -> None:
    """All of it comes back as it was saved; what was decided before is kept, and counts no more."""
    request = add(work, draft(now(work)))
    before = decision(request)
    decide(work, before)
    with work() as uow:
        assert uow.requests.lock(request.id) == Dossier(request, (before,))
        saved = uow.requests.save(revised(request))
        again = decision(saved, approver=BEN, at=before.decided_at + SECOND)
        uow.requests.add_decision(again)
        uow.commit()

    found = find(work, request.id)

    assert found == Dossier(saved, (before, again))
    assert found.standing == (again,)
    assert saved == replace(revised(request), version=request.version + 1)


def test_a_revision_can_be_settled_at_once(work: Work) -> None:
    """In the same unit of work: what is approved is what it says by then."""
    request = add(work, draft(now(work)))
    with work() as uow:
        uow.requests.lock(request.id)
        saved = uow.requests.save(revised(request))
        settled = uow.requests.save(saved.move(RequestState.APPROVED, at=uow.now))
        given = uow.grants.add(grant(settled, at=uow.now))
        uow.commit()

    assert find(work, request.id) == Dossier(settled, (), given)


def test_a_revision_for_what_is_pending_already_is_a_lost_race(work: Work) -> None:
    """One open request for one thing: also where one of them became it."""
    request = add(work, draft(now(work)))
    add(work, draft(now(work), entitlement=AP))

    with pytest.raises(LostRace):
        save(work, revised(request))

    assert find(work, request.id) == Dossier(request)


def test_a_changed_request_waits_for_who_answered_before(work: Work) -> None:
    """Their answer was to something else."""
    request = add(work, draft(now(work)))
    decide(work, decision(request))
    with work() as uow:
        assert list(uow.lists.waiting_for(BEN, 10)) == []
        uow.requests.lock(request.id)
        changed = uow.requests.save(replace(revised(request), stages=request.stages))
        uow.commit()

    with work() as uow:
        assert [found.request for found in uow.lists.waiting_for(BEN, 10)] == [changed]
