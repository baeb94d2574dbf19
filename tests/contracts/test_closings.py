"""What is kept of emergencies. Run against every implementation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.closings import ClosingFilter
from engine.errors import IllegalMove, LostRace
from engine.model.closing import Closing, ClosingOutcome, ClosingState
from engine.model.dossier import Access, Dossier
from engine.model.identifiers import EntitlementId, PersonId
from engine.model.request import Approver, Request, RequestKind
from engine.ports import Work
from tests.contracts.samples import AP, BEN, GL, HOUR, MARA, RIYA, draft, grant
from tests.contracts.test_unit_of_work import add, find, now


def broken(
    work: Work, *, holder: PersonId = RIYA, entitlement: EntitlementId = GL
) -> tuple[Request, Closing]:
    """Let somebody break the glass: request, grant and closing in one commit."""
    with work() as uow:
        wanted = draft(uow.now, holder=holder, entitlement=entitlement)
        wanted = replace(wanted, kind=RequestKind.BREAKGLASS, incident="INC-7")
        request = uow.requests.add(wanted)
        uow.grants.add(grant(request, at=uow.now))
        waiting = Closing(
            request.id,
            ClosingState.WAITING,
            0,
            holder,
            entitlement,
            nudge_at=request.stage_due_at,
        )
        closing = uow.closings.add(waiting)
        uow.commit()
    return request, closing


def opened(work: Work, closing: Closing, *, due_at: datetime, asked: PersonId = MARA) -> Closing:
    """Open a closing that asks one person."""
    with work() as uow:
        saved = uow.closings.save(
            replace(
                closing.move(ClosingState.OPEN),
                opened_at=uow.now,
                due_at=due_at,
                nudge_at=due_at,
                assigned=(Approver(asked, "one of compliance"),),
            )
        )
        uow.commit()
    return saved


def done(work: Work, closing: Closing) -> Closing:
    """Keep that Mara closed it."""
    with work() as uow:
        saved = uow.closings.save(
            replace(
                closing.move(ClosingState.DONE),
                nudge_at=None,
                closed_at=uow.now,
                closed_by=MARA,
                outcome=ClosingOutcome.JUSTIFIED,
                finding="one row was corrected",
            )
        )
        uow.commit()
    return saved


def not_done(work: Work, wanted: ClosingFilter) -> list[Closing | None]:
    """List what is not done."""
    with work() as uow:
        return [dossier.closing for dossier in uow.closings.not_done(wanted)]


def test_a_closing_comes_back_with_its_request_as_it_was_kept(work: Work) -> None:
    """Every attribute survives, through the whole life of a closing."""
    request, waiting = broken(work)
    found = find(work, request.id)
    assert found == Dossier(request, (), found.grant if found else None, waiting)
    assert (request.kind, request.incident) == (RequestKind.BREAKGLASS, "INC-7")

    after = opened(work, waiting, due_at=now(work) + HOUR)
    found = find(work, request.id)
    assert found is not None
    assert found.closing == after

    last = done(work, after)
    with work() as uow:
        locked = uow.requests.lock(request.id)
    assert locked is not None
    assert locked.closing == last


def test_saving_what_somebody_else_saved_is_a_lost_race(work: Work) -> None:
    """Of two who close it at once, one is second."""
    _, waiting = broken(work)
    after = opened(work, waiting, due_at=now(work) + HOUR)
    done(work, after)

    with pytest.raises((LostRace, IllegalMove)):
        done(work, after)


def test_a_move_that_is_not_in_the_table_is_illegal(work: Work) -> None:
    """What was closed stays closed."""
    _, waiting = broken(work)
    last = done(work, opened(work, waiting, due_at=now(work) + HOUR))

    with pytest.raises(IllegalMove):
        opened(work, replace(last, state=ClosingState.WAITING), due_at=now(work))


def test_what_is_not_done_is_listed_the_soonest_due_first(work: Work) -> None:
    """Narrowed to whose it is, who has to do it, and what it is about."""
    at = now(work)
    _, first = broken(work)
    _, second = broken(work, holder=BEN, entitlement=AP)
    _, third = broken(work, entitlement=AP)
    second = opened(work, second, due_at=at + 2 * HOUR)
    third = opened(work, third, due_at=at + HOUR, asked=BEN)
    _, last = broken(work, holder=MARA)
    with work() as uow:
        uow.closings.save(
            replace(
                last.move(ClosingState.DONE),
                nudge_at=None,
                closed_at=uow.now,
                outcome=ClosingOutcome.UNUSED,
            )
        )
        uow.commit()

    assert not_done(work, ClosingFilter()) == [third, second, first]
    assert not_done(work, ClosingFilter(limit=1)) == [third]
    assert not_done(work, ClosingFilter(holder=RIYA)) == [third, first]
    assert not_done(work, ClosingFilter(assigned=MARA)) == [second]
    assert not_done(work, ClosingFilter(among=frozenset({GL}))) == [first]
    assert not_done(work, ClosingFilter(holder=MARA)) == []


def test_the_clock_locks_what_it_has_to_say_something_about(work: Work) -> None:
    """The longest due first, and nothing before its instant."""
    at = now(work)
    _, first = broken(work)
    _, second = broken(work, entitlement=AP)
    _, third = broken(work, holder=BEN)
    after = opened(work, first, due_at=at)
    before = opened(work, second, due_at=at - HOUR)
    opened(work, third, due_at=at + HOUR)

    with work() as uow:
        found = [dossier.closing for dossier in uow.closings.lock_nudged(10)]

    assert found == [before, after]
    with work() as uow:
        assert len(uow.closings.lock_nudged(1)) == 1


def test_the_clock_wakes_up_for_it(work: Work) -> None:
    """And not for the limit of a stage after which nothing lapses."""
    _, closing = broken(work)
    at = now(work)
    opened(work, closing, due_at=at + timedelta(minutes=30))

    with work() as uow:
        left = uow.outbox.due_in()

    assert left is not None
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)


def test_breaking_the_glass_never_lapses_and_stops_nobody_who_asks_as_usual(work: Work) -> None:
    """What it gives is live access; the request itself is no access to come."""
    request, _ = broken(work)
    with work() as uow:
        uow.requests.save(replace(request, stage_due_at=uow.now))
        uow.commit()
    asked = add(work, draft(now(work)))

    with work() as uow:
        assert not uow.requests.lock_lapsed(10)
    with work() as uow:
        uow.lock_person(RIYA)
        found = find_access(uow.requests.access_of(RIYA))
        assert found == ([asked.id], [request.id])
        assert list(uow.lists.of_others([], after=type(asked.id)(0), limit=10)) == [
            request.id,
            asked.id,
        ]


def find_access(access: Access) -> tuple[list[int], list[int]]:
    """Name what is pending and what is live by number."""
    return [one.id for one in access.pending], [one.id for one in access.live]
