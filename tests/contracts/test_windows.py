"""What a unit of work keeps of access that begins later, or comes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from engine.model.dossier import Dossier
from engine.model.grant import EndCause, Grant, GrantState
from engine.model.identifiers import RequestId
from engine.model.request import RequestState
from engine.model.window import Window
from engine.ports import Holding, Work
from tests.contracts.samples import AP, BEN, GL, HOUR, LEDGER, MARA, RIYA, draft, grant
from tests.contracts.test_unit_of_work import add, now, save

SECOND = timedelta(seconds=1)


def windows(at: datetime) -> tuple[Window, ...]:
    """Give two windows, the first of which begins at an instant."""
    return (
        Window(at, at + timedelta(hours=2, microseconds=1)),
        Window(at + 24 * HOUR, at + 26 * HOUR),
    )


def schedule(work: Work, *, at: datetime, **wanted: object) -> Grant:
    """Keep a request for windows, the first of which begins at an instant, and its grant."""
    asked = draft(now(work), **wanted)  # type: ignore[arg-type] # as `draft` takes them
    request = add(work, replace(asked, windows=windows(at)))
    with work() as uow:
        approved = uow.requests.save(request.move(RequestState.APPROVED, at=uow.now))
        given = grant(approved, at=uow.now)
        kept = uow.grants.add(
            replace(given, state=GrantState.SCHEDULED, windows=windows(at), begins_at=at)
        )
        uow.commit()
    return kept


def test_windows_come_back_as_they_were(work: Work) -> None:
    """To the microsecond, with the request and with the grant; and a stage ends with them."""
    at = now(work)
    soon = at + timedelta(minutes=10)
    request = add(work, replace(draft(at), windows=windows(at), decide_by=soon))

    with work() as uow:
        found = uow.requests.find(request.id)
        assert found == Dossier(request)
        assert (found.request.windows, found.request.stage_due_at) == (windows(at), soon)

    kept = schedule(work, at=at, entitlement=AP)
    with work() as uow:
        found = uow.requests.find(kept.id)
        assert found is not None
        assert found.grant == kept


def test_what_is_to_begin_comes_oldest_first(work: Work) -> None:
    """Only what waits and whose time has come."""
    at = now(work)
    second = schedule(work, at=at - SECOND)
    first = schedule(work, at=at - HOUR, entitlement=AP)
    schedule(work, at=at + HOUR, holder=BEN)
    begun = schedule(work, at=at - HOUR, holder=MARA)
    save(work, begun.begin())

    with work() as uow:
        assert [found.grant for found in uow.grants.lock_beginning(10)] == [first, second]
    with work() as uow:
        assert [found.grant for found in uow.grants.lock_beginning(1)] == [first]


def test_the_clock_knows_when_the_next_window_begins(work: Work) -> None:
    """It need not look before, and it is not late."""
    at = now(work)

    schedule(work, at=at + HOUR)

    with work() as uow:
        due_in = uow.outbox.due_in()
    assert due_in is not None
    assert timedelta(minutes=59) < due_in <= HOUR


def test_a_leavers_scheduled_access_is_found(work: Work) -> None:
    """It is among what others than the active people have."""
    waiting = schedule(work, at=now(work) + HOUR)

    with work() as uow:
        assert list(uow.lists.of_others([RIYA], after=waiting.id, limit=9)) == []
        before = RequestId(0)
        assert list(uow.lists.of_others([RIYA], after=before, limit=9)) == []
        assert list(uow.lists.of_others([BEN], after=before, limit=9)) == [waiting.id]


def test_nothing_is_held_between_two_windows(work: Work) -> None:
    """Access counts while it was there in each of them, to when it was gone."""
    at = now(work)
    begin = at - 5 * HOUR
    waiting = schedule(work, at=begin)
    end = windows(begin)[0].end
    late = end + timedelta(minutes=1)
    given = replace(waiting.begin(), held_before=False).activate(at=begin + SECOND)
    ending = given.begin_end(EndCause.EXPIRED, at=end)
    for one in (waiting.begin(), given, ending, ending.wait_for(2, at=late)):
        with work() as uow:
            found = uow.requests.lock(waiting.id)
            assert found is not None
            assert found.grant is not None
            saved = uow.grants.save(replace(one, version=found.grant.version))
            uow.commit()

    def holders(instant: datetime) -> list[Holding]:
        with work() as uow:
            return list(uow.audit.holdings_at(GL, instant))

    held = Holding(waiting.id, RIYA, GL, LEDGER, begin + SECOND, late, end)
    assert saved.begins_at == begin + 24 * HOUR
    assert holders(begin) == []
    assert holders(begin + SECOND) == [held]
    assert holders(late - SECOND) == [held]
    assert holders(late) == []
    with work() as uow:
        assert list(uow.audit.holdings_at(None, end)) == [held]
        assert list(uow.audit.holdings_at(AP, end)) == []
        found = uow.requests.find(waiting.id)
        assert found is not None
        assert found.grant == saved
