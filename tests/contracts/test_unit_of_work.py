"""What a unit of work is: requests, grants and lists. Run against every implementation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.errors import IllegalMove, LostRace
from engine.model.dossier import Access, Dossier
from engine.model.grant import EndCause, Grant, GrantState
from engine.model.identifiers import PersonId, PlatformName, RequestId
from engine.model.request import Decision, Draft, Request, RequestState
from engine.model.via import Assurance, Via
from engine.ports import Work
from tests.contracts.samples import (
    AP,
    BEN,
    GL,
    HOUR,
    MARA,
    RIYA,
    active,
    decision,
    draft,
    entry,
    grant,
    stage,
)

NOBODY = RequestId(4711)
SECOND = timedelta(seconds=1)


def now(work: Work) -> datetime:
    """Read the time."""
    with work() as uow:
        return uow.now


def add(work: Work, wanted: Draft) -> Request:
    """Keep a request and commit it."""
    with work() as uow:
        request = uow.requests.add(wanted)
        uow.commit()
    return request


def approve(work: Work, request: Request, *, at: datetime | None = None) -> tuple[Request, Grant]:
    """Approve a request and keep its grant."""
    with work() as uow:
        approved = uow.requests.save(request.move(RequestState.APPROVED, at=uow.now))
        given = uow.grants.add(grant(approved, at=at or uow.now))
        uow.commit()
    return approved, given


def activate(work: Work, wanted: Draft, *, at: datetime, duration: timedelta = HOUR) -> Grant:
    """Keep a request whose access was read back as present at an instant."""
    _, given = approve(work, add(work, wanted), at=at)
    with work() as uow:
        saved = uow.grants.save(active(given, at=at, duration=duration))
        uow.commit()
    return saved


def end(work: Work, given: Grant, *, at: datetime) -> Grant:
    """End a grant: its access was read back as gone at an instant."""
    with work() as uow:
        ending = uow.grants.save(given.begin_end(EndCause.REVOKED, at=at))
        ended = uow.grants.save(ending.end(EndCause.REVOKED, at=at))
        uow.commit()
    return ended


def save(work: Work, *changed: Request | Grant) -> None:
    """Keep changed requests and grants, in one transaction."""
    with work() as uow:
        for one in changed:
            if isinstance(one, Request):
                uow.requests.save(one)
            else:
                uow.grants.save(one)
        uow.commit()


def decide(work: Work, *given: Decision) -> None:
    """Keep decisions, in one transaction."""
    with work() as uow:
        for one in given:
            uow.requests.add_decision(one)
        uow.commit()


def find(work: Work, request: RequestId) -> Dossier | None:
    """Read a request whole."""
    with work() as uow:
        return uow.requests.find(request)


def test_time_stands_still_within_a_unit_of_work(work: Work) -> None:
    """`now` is read once, has a time zone, and never runs backwards between units of work."""
    before = now(work)

    with work() as uow:
        first, second = uow.now, uow.now

    assert first == second >= before
    assert first.tzinfo is not None


def test_a_unit_of_work_knows_through_which_account_somebody_acts(work: Work) -> None:
    """Only where it was begun for them: the bot's own has none, not even right afterwards."""
    via = Via(PlatformName("chat"), "U1", Assurance.PINNED)

    with work(via) as uow:
        assert uow.via == via
    with work() as uow:
        assert uow.via is None


def test_leaving_without_commit_undoes_everything(work: Work) -> None:
    """Nothing is kept of a unit of work that was not committed."""
    with work() as uow:
        request = uow.requests.add(draft(uow.now))
        uow.audit.append(entry(request, "request.submitted", uow.now))

    with work() as uow:
        assert uow.requests.find(request.id) is None
        assert uow.lists.of_person(RIYA, 10) == []
        assert uow.audit.stream(f"JIT-{request.id}") == []


def test_an_error_undoes_everything(work: Work) -> None:
    """A refusal in the middle leaves no half of a change."""

    def fail() -> None:
        with work() as uow:
            uow.requests.add(draft(uow.now))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with work() as uow:
        assert uow.lists.of_person(RIYA, 10) == []


def test_a_request_comes_back_as_it_was_kept(work: Work) -> None:
    """Every attribute survives, to the microsecond and the last character."""
    wanted = draft(now(work), stages=(stage(1), stage(2, asked=MARA, limit=2 * HOUR)))

    request = add(work, wanted)

    assert find(work, request.id) == Dossier(request)
    assert (request.state, request.stage_number) == (RequestState.PENDING, 1)
    assert request.stage_due_at == wanted.submitted_at + HOUR
    assert request.reason == wanted.reason


def test_a_locked_request_is_read_whole(work: Work) -> None:
    """Locking gives the request with its decisions and its grant."""
    request = add(work, draft(now(work)))
    given = decision(request)
    decide(work, given)
    approved, held = approve(work, request)

    with work() as uow:
        dossier = uow.requests.lock(request.id)

    assert dossier == Dossier(approved, (given,), held)


def test_a_request_that_is_not_there_is_none(work: Work) -> None:
    """Nobody is surprised by a wrong number."""
    with work() as uow:
        assert uow.requests.lock(NOBODY) is None
        assert uow.requests.find(NOBODY) is None


def test_saving_counts_versions(work: Work) -> None:
    """A save is kept, with one version more."""
    request = add(work, draft(now(work), stages=(stage(1), stage(2, asked=MARA))))

    with work() as uow:
        moved = request.open_next_stage(at=uow.now)
        saved = uow.requests.save(moved)
        uow.commit()

    assert saved == replace(moved, version=request.version + 1)
    assert find(work, request.id) == Dossier(saved)


def test_saving_keeps_whom_a_later_stage_asks(work: Work) -> None:
    """A stage's approvers are found anew when it opens, and kept."""
    request = add(work, draft(now(work)))

    with work() as uow:
        dossier = uow.requests.lock(request.id)
        assert dossier is not None
        saved = uow.requests.save(replace(dossier.request, stages=(stage(1, asked=MARA),)))
        uow.commit()

    assert find(work, request.id) == Dossier(saved)
    assert saved.stage.asked[0].person == MARA


def test_saving_what_somebody_else_saved_is_a_lost_race(work: Work) -> None:
    """Compare-and-set: the second save of one version fails, and changes nothing."""
    request = add(work, draft(now(work)))
    with work() as uow:
        first = uow.requests.save(request.move(RequestState.CANCELLED, at=uow.now))
        uow.commit()

    with pytest.raises(LostRace):
        save(work, request.move(RequestState.APPROVED, at=first.submitted_at))

    assert find(work, request.id) == Dossier(first)


def test_a_move_that_is_not_in_the_table_is_illegal(work: Work) -> None:
    """Whoever goes around the model is stopped by the memory, at the latest at the commit."""
    request = add(work, draft(now(work)))
    with work() as uow:
        denied = uow.requests.save(request.move(RequestState.DENIED, at=uow.now))
        uow.commit()

    with pytest.raises(IllegalMove):
        save(work, replace(denied, state=RequestState.APPROVED))


def test_one_person_decides_once(work: Work) -> None:
    """A second decision by one approver on one request never gets in."""
    request = add(work, draft(now(work)))
    decide(work, decision(request))

    with pytest.raises(LostRace):
        decide(work, decision(request))


def test_decisions_come_in_the_order_of_time(work: Work) -> None:
    """The first one given is the first one read."""
    at = now(work)
    request = add(work, draft(at))
    later = decision(request, approver=BEN, at=at + 2 * SECOND)
    sooner = decision(request, approver=MARA, at=at + SECOND)

    decide(work, later, sooner)

    found = find(work, request.id)
    assert found is not None
    assert found.decisions == (sooner, later)


def test_one_request_is_pending_per_holder_and_entitlement(work: Work) -> None:
    """An equal request that slipped past the person's lock is a lost race."""
    add(work, draft(now(work)))

    with pytest.raises(LostRace):
        add(work, draft(now(work)))

    add(work, draft(now(work), entitlement=AP))
    add(work, draft(now(work), holder=BEN))


def test_access_is_what_is_pending_and_what_is_live(work: Work) -> None:
    """Settled requests and ended grants are no access; other people's is not this person's."""
    at = now(work)
    pending = add(work, draft(at))
    live = activate(work, draft(at, entitlement=AP), at=at)
    end(work, activate(work, draft(at, entitlement=AP), at=at), at=at)
    activate(work, draft(at, holder=BEN), at=at)

    with work() as uow:
        uow.lock_person(RIYA)
        access = uow.requests.access_of(RIYA)

    assert access == Access(pending=(pending,), live=(live,))


def test_a_grant_comes_back_as_it_was_saved(work: Work) -> None:
    """Every attribute survives through the whole life of a grant."""
    at = now(work)
    request = add(work, draft(at))
    approved, given = approve(work, request)
    assert find(work, request.id) == Dossier(approved, (), given)

    with work() as uow:
        started = uow.grants.save(active(given, at=at))
        uow.commit()
    assert find(work, request.id) == Dossier(approved, (), started)

    ended = end(work, replace(started, alarmed=True), at=at + SECOND)
    assert find(work, request.id) == Dossier(approved, (), ended)
    assert (ended.version, ended.state) == (given.version + 3, GrantState.ENDED)


def test_saving_a_grant_twice_is_a_lost_race(work: Work) -> None:
    """Compare-and-set holds for grants as well."""
    at = now(work)
    _, given = approve(work, add(work, draft(at)))
    with work() as uow:
        uow.grants.save(active(given, at=at))
        uow.commit()

    with pytest.raises(LostRace):
        save(work, given.end(EndCause.FAILED, at=at))


def test_lapsed_requests_come_oldest_first(work: Work) -> None:
    """Only pending requests whose stage is past due, at most as many as asked for."""
    at = now(work)
    second = add(work, draft(at - 2 * HOUR))
    first = add(work, draft(at - 3 * HOUR, entitlement=AP))
    third = add(work, draft(at - 90 * timedelta(minutes=1), holder=BEN))
    add(work, draft(at, holder=MARA))
    approve(work, third)

    with work() as uow:
        assert uow.requests.lock_lapsed(1) == [Dossier(first)]
    with work() as uow:
        assert uow.requests.lock_lapsed(10) == [Dossier(first), Dossier(second)]


def test_nothing_lapses_before_its_time(work: Work) -> None:
    """A stage that is due later is left alone."""
    add(work, draft(now(work)))

    with work() as uow:
        assert list(uow.requests.lock_lapsed(10)) == []


def test_expired_grants_come_oldest_first(work: Work) -> None:
    """Only active grants whose time is over, with their requests; never one that was ended."""
    at = now(work)
    second = activate(work, draft(at), at=at - 2 * HOUR)
    first = activate(work, draft(at, entitlement=AP), at=at - 3 * HOUR)
    activate(work, draft(at, holder=BEN), at=at)
    end(work, activate(work, draft(at, holder=MARA), at=at - 2 * HOUR), at=at)

    with work() as uow:
        found = uow.grants.lock_expired(10)
        assert all(d.grant and d.grant.ends_at and d.grant.ends_at <= uow.now for d in found)

    assert [dossier.grant for dossier in found] == [first, second]
    with work() as uow:
        assert [dossier.grant for dossier in uow.grants.lock_expired(1)] == [first]


def test_a_warning_is_due_once(work: Work) -> None:
    """A grant whose holder was warned is not found again."""
    at = now(work)
    ending = activate(work, draft(at), at=at - HOUR + SECOND)
    activate(work, draft(at, holder=BEN), at=at)

    with work() as uow:
        found = uow.grants.lock_ending(10)
        assert [dossier.grant for dossier in found] == [ending]
        uow.grants.save(replace(ending, warn_at=None))
        uow.commit()

    with work() as uow:
        assert list(uow.grants.lock_ending(10)) == []


def test_lists_are_newest_first_and_limited(work: Work) -> None:
    """A person's list holds what they asked for or hold, and nothing else."""
    at = now(work)
    older = add(work, draft(at))
    newer = add(work, replace(draft(at, holder=BEN), requester=RIYA))
    add(work, draft(at, holder=MARA))

    with work() as uow:
        assert uow.lists.of_person(RIYA, 10) == [Dossier(newer), Dossier(older)]
        assert uow.lists.of_person(RIYA, 1) == [Dossier(newer)]
        assert uow.lists.of_person(BEN, 10) == [Dossier(newer)]
        assert list(uow.lists.of_person(PersonId("nobody"), 10)) == []


def test_only_the_open_stage_waits_for_somebody(work: Work) -> None:
    """Whom a later stage asks is not waited for yet; whom an earlier one asked, no longer."""
    at = now(work)
    request = add(work, draft(at, stages=(stage(1, asked=BEN), stage(2, asked=MARA))))
    settled = add(work, draft(at, entitlement=AP, stages=(stage(1, asked=BEN),)))
    approve(work, settled)

    with work() as uow:
        assert uow.lists.waiting_for(BEN, 10) == [Dossier(request)]
        assert list(uow.lists.waiting_for(MARA, 10)) == []
        moved = uow.requests.save(request.open_next_stage(at=uow.now))
        uow.commit()

    with work() as uow:
        assert list(uow.lists.waiting_for(BEN, 10)) == []
        assert uow.lists.waiting_for(MARA, 10) == [Dossier(moved)]


def test_what_somebody_has_answered_waits_for_others_only(work: Work) -> None:
    """However many of those there are, what waits for them is listed."""
    at = now(work)
    asked = (*stage(asked=BEN).asked, *stage(asked=MARA).asked)
    two = replace(stage(1), quorum=2, asked=asked)
    waiting = add(work, draft(at, stages=(two,)))
    answered = add(work, draft(at, entitlement=AP, stages=(two,)))
    with work() as uow:
        uow.requests.lock(answered.id)
        uow.requests.add_decision(decision(answered))
        uow.commit()

    with work() as uow:
        assert [found.request for found in uow.lists.waiting_for(BEN, 1)] == [waiting]
        found = uow.lists.waiting_for(MARA, 10)
        assert [dossier.request for dossier in found] == [answered, waiting]


def test_whom_a_stage_asks_can_change(work: Work) -> None:
    """And that nobody is left, which is kept with it."""
    request = add(work, draft(now(work), stages=(stage(1, asked=BEN), stage(2, asked=BEN))))
    stalled = replace(request.stage, asked=(), is_stalled=True)

    with work() as uow:
        uow.requests.lock(request.id)
        changed = uow.requests.save(replace(request, stages=(stalled, request.stages[1])))
        uow.commit()

    found = find(work, request.id)
    assert found is not None
    assert found.request == changed
    assert found.request.stages == (stalled, request.stages[1])
    assert changed.version == request.version + 1


def test_pending_requests_are_listed_page_by_page(work: Work) -> None:
    """By number, from the one after a number on, and nothing that is settled."""
    at = now(work)
    first, second, settled, last = (
        add(work, draft(at, holder=who, entitlement=what))
        for who, what in ((RIYA, AP), (BEN, AP), (MARA, AP), (RIYA, GL))
    )
    approve(work, settled)

    with work() as uow:
        assert uow.lists.pending(after=RequestId(0), limit=2) == [Dossier(first), Dossier(second)]
        assert uow.lists.pending(after=second.id, limit=2) == [Dossier(last)]


def test_what_others_have_is_found_by_number(work: Work) -> None:
    """Pending requests by or for them, and grants whose end is not ordered; a page at a time."""
    at = now(work)
    pending = add(work, draft(at))
    asked_by = add(work, replace(draft(at, holder=BEN), requester=RIYA))
    _, beginning = approve(work, add(work, draft(at, entitlement=AP)))
    held = activate(work, draft(at, holder=MARA), at=at)
    ending = activate(work, draft(at, holder=MARA, entitlement=AP), at=at)
    with work() as uow:
        uow.requests.lock(ending.id)
        uow.grants.save(ending.begin_end(EndCause.LEFT, at=uow.now))
        uow.commit()
    end(work, activate(work, draft(at, holder=BEN, entitlement=AP), at=at), at=at)

    def others(*people: PersonId, after: int = 0, limit: int = 10) -> list[RequestId]:
        with work() as uow:
            found = uow.lists.of_others(people, after=RequestId(after), limit=limit)
        return list(found)

    assert others(RIYA, BEN, MARA) == []
    assert others(RIYA, BEN) == [held.id]
    assert others(BEN, MARA) == [pending.id, asked_by.id, beginning.id]
    assert others(RIYA, MARA) == [asked_by.id]
    assert others() == [pending.id, asked_by.id, beginning.id, held.id]
    assert others(after=asked_by.id, limit=1) == [beginning.id]
