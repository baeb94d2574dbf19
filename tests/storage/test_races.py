"""Many transactions at once: nobody waits for ever, and exactly one of two rivals wins."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, text

from engine.errors import LostRace
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import EffectId, EntitlementId, PersonId
from engine.model.request import Request, RequestState
from engine.ports import Duty, EffectKind, Work
from storage.database.wire import Row, Statement, Wire
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import (
    BEN,
    CHAT,
    HOUR,
    RIYA,
    company,
    draft,
    entry,
    shared_entry,
)
from tests.contracts.test_unit_of_work import activate, add, find, now

ROUNDS = 200
AT_ONCE = 8
SECOND = timedelta(seconds=1)


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run jobs that start together; gives what each came to, an error as itself."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return job()
        except LostRace as lost:
            return lost

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def decide(work: Work, request: Request) -> str:
    """Do what a decision does: lock, look at the holder's access, write, order."""
    with work() as uow:
        dossier = uow.requests.lock(request.id)
        assert dossier is not None
        uow.requests.access_of(dossier.request.holder)
        if not dossier.request.is_pending:
            return "late"
        uow.requests.save(dossier.request.move(RequestState.DENIED, at=uow.now))
        uow.audit.append(entry(request, "request.denied", uow.now))
        uow.audit.append(shared_entry("refusals", uow.now))
        uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.commit()
        return "decided"


def revoke(work: Work, request: Request) -> str:
    """Do what a revocation does."""
    with work() as uow:
        dossier = uow.requests.lock(request.id)
        assert dossier is not None
        if dossier.grant is None or dossier.grant.state is not GrantState.ACTIVE:
            return "late"
        uow.grants.save(dossier.grant.begin_end(EndCause.REVOKED, at=uow.now))
        uow.audit.append(entry(request, "grant.revoked", uow.now))
        uow.outbox.order(Duty(EffectKind.DEPROVISION, request.id, exclusive="k"))
        uow.commit()
        return "revoked"


def expire(work: Work) -> list[object]:
    """Do what the clock does."""
    with work() as uow:
        found = uow.grants.lock_expired(3)
        for dossier in found:
            assert dossier.grant is not None
            uow.grants.save(dossier.grant.begin_end(EndCause.EXPIRED, at=uow.now))
            uow.audit.append(entry(dossier.request, "grant.expired", uow.now))
            uow.outbox.order(Duty(EffectKind.DEPROVISION, dossier.request.id, exclusive="k"))
            uow.outbox.order(Duty(EffectKind.ANNOUNCE, dossier.request.id, CHAT))
        uow.commit()
        return [dossier.request.id for dossier in found]


def carry_out(work: Work) -> str:
    """Do what a worker does."""
    with work() as uow:
        claimed = uow.outbox.claim(2)
        uow.commit()
    for effect_id, _, attempt in claimed:
        with work() as uow:
            duty = uow.outbox.duty_of(effect_id)
            assert duty is not None
            uow.requests.lock(duty.request)
            effect = uow.outbox.start(effect_id, attempt, SECOND)
            uow.commit()
        if effect is not None:
            with work() as uow:
                uow.requests.lock(duty.request)
                uow.outbox.finish(effect)
                uow.commit()
    return "carried out"


def lock_both(work: Work, request: Request) -> str:
    """Do what may be done by whoever looks at a person first."""
    with work() as uow:
        uow.lock_person(request.holder)
        uow.requests.lock(request.id)
    return "locked"


def submit(work: Work, holder: PersonId, entitlement: EntitlementId) -> str:
    """Do what a submission does."""
    with work() as uow:
        uow.lock_person(holder)
        if any(r.entitlement == entitlement for r in uow.requests.access_of(holder).pending):
            return "again"
        request = uow.requests.add(draft(uow.now, holder=holder, entitlement=entitlement))
        uow.audit.append(entry(request, "request.submitted", uow.now))
        uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.commit()
        return "submitted"


def test_no_mix_of_transactions_ever_deadlocks(work: PostgresWork) -> None:
    """Decisions, revocations, expiries, submissions and workers on the same few people at once.

    A deadlock would come out of here as `LostRace`, and so would a wait of 5 s.
    """
    chance = random.Random(7)
    at = now(work)
    people = [person.id for person in company().people]
    requests: list[Request] = []

    def mix(number: int) -> object:
        request = requests[number % len(requests)]
        jobs: list[Callable[[], object]] = [
            partial(decide, work, request),
            partial(revoke, work, request),
            partial(expire, work),
            partial(carry_out, work),
            partial(lock_both, work, request),
            partial(submit, work, chance.choice(people), EntitlementId(f"e{number % 5}")),
        ]
        return chance.choice(jobs)()

    for number in range(30):
        holder, wanted = people[number % 3], EntitlementId(f"x{number}")
        wanted_draft = draft(at, holder=holder, entitlement=wanted)
        if number % 2:
            requests.append(add(work, wanted_draft))
        else:
            given = activate(work, wanted_draft, at=at - 2 * HOUR)
            dossier = find(work, given.id)
            assert dossier is not None
            requests.append(dossier.request)
    with ThreadPoolExecutor(16) as pool:
        done = list(pool.map(mix, range(2 * ROUNDS)))

    assert len(done) == 2 * ROUNDS


def test_of_two_answers_at_once_one_counts(work: PostgresWork) -> None:
    """Under the request's lock the second one finds it settled."""
    for _ in range(ROUNDS // 4):
        request = add(work, draft(now(work)))

        done = at_once(*[partial(decide, work, request)] * 2)

        assert sorted(map(str, done)) == ["decided", "late"]


def test_of_equal_requests_at_once_one_is_made(work: PostgresWork) -> None:
    """Eight clicks are one request: the person's lock lets one after the other look."""
    for number in range(ROUNDS // 10):
        wanted = EntitlementId(f"e{number}")

        done = at_once(*[partial(submit, work, RIYA, wanted)] * AT_ONCE)

        assert sorted(map(str, done)) == ["again"] * (AT_ONCE - 1) + ["submitted"]


def test_equal_requests_without_the_lock_are_stopped_below(work: PostgresWork) -> None:
    """Also code that forgets the person's lock makes one request, and knows that it lost."""
    at = now(work)

    done = at_once(*[partial(add, work, draft(at))] * AT_ONCE)

    assert [type(one).__name__ for one in done].count("Request") == 1
    assert [type(one).__name__ for one in done].count("LostRace") == AT_ONCE - 1


def test_of_saves_without_a_lock_one_counts(work: PostgresWork) -> None:
    """Compare-and-set holds where everybody read the same version at once."""
    request = add(work, draft(now(work)))

    def save() -> str:
        with work() as uow:
            uow.requests.save(request.move(RequestState.CANCELLED, at=uow.now))
            uow.commit()
        return "saved"

    done = at_once(*[save] * AT_ONCE)

    assert [one for one in done if one == "saved"] == ["saved"]
    dossier = find(work, request.id)
    assert dossier is not None
    assert dossier.request.version == request.version + 1


def test_revoking_and_expiring_at_once_end_it_once(work: PostgresWork) -> None:
    """One of them finds the grant active; the record has one entry of it."""
    for _ in range(ROUNDS // 4):
        at = now(work)
        given = activate(work, draft(at), at=at - 2 * HOUR)
        dossier = find(work, given.id)
        assert dossier is not None

        at_once(partial(revoke, work, dossier.request), partial(expire, work))

        with work() as uow:
            ended = [found.entry.action for found in uow.audit.stream(f"JIT-{given.id}")]
        expire(work)
        with work() as uow:
            final = [found.entry.action for found in uow.audit.stream(f"JIT-{given.id}")]
        assert len(ended) <= 1
        assert len(final) == 1


def test_what_was_just_ended_is_not_found_as_due(
    work: PostgresWork, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan whose view of the grants is older than a revocation looks again after its lock."""
    at = now(work)
    given = activate(work, draft(at), at=at - 2 * HOUR)
    dossier = find(work, given.id)
    assert dossier is not None
    find_first = Wire.rows

    def find_then_revoke(wire: Wire, *asked: tuple[Statement, Mapping[str, object]]) -> list[Row]:
        rows = find_first(wire, *asked)
        if "SKIP LOCKED" in asked[0][0].sql:
            # As if the revocation had committed just before the row was locked.
            with engine.begin() as other:
                other.execute(
                    text("""
                    UPDATE access_grant SET state = 'deprovisioning', cause = 'revoked',
                        version = version + 1""")
                )
        return rows

    monkeypatch.setattr(Wire, "rows", find_then_revoke)

    assert expire(work) == []


def test_the_clock_passes_over_what_others_hold(work: PostgresWork) -> None:
    """It neither waits for a request that somebody decides on, nor forgets it."""
    at = now(work)
    given = activate(work, draft(at), at=at - 2 * HOUR)
    other = activate(work, draft(at, holder=BEN), at=at - 2 * HOUR)

    with work() as busy:
        busy.requests.lock(given.id)
        assert expire(work) == [other.id]
    assert expire(work) == [given.id]


def test_every_effect_is_claimed_once(work: PostgresWork) -> None:
    """Claims at once share the work out; the limit holds for each of them."""
    at = now(work)
    for number in range(40):
        with work() as uow:
            request = uow.requests.add(draft(at, entitlement=EntitlementId(f"e{number}")))
            uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
            uow.commit()

    def claim() -> list[EffectId]:
        with work() as uow:
            claimed = [one[0] for one in uow.outbox.claim(7)]
            uow.commit()
        return claimed

    done = [claimed for claimed in at_once(*[claim] * AT_ONCE) if isinstance(claimed, list)]

    together = [effect for claimed in done for effect in claimed]
    assert all(len(claimed) <= 7 for claimed in done)
    assert len(together) == len(set(together)) == 40


def test_one_of_many_starts_of_a_key_runs(work: PostgresWork) -> None:
    """However many workers start at once, one touches the target."""
    at = now(work)
    for number in range(AT_ONCE):
        request = add(work, draft(at, entitlement=EntitlementId(f"e{number}")))
        with work() as uow:
            uow.outbox.order(Duty(EffectKind.PROVISION, request.id, exclusive="gl/riya"))
            uow.commit()
    with work() as uow:
        claimed = uow.outbox.claim(AT_ONCE)
        uow.commit()

    def start(effect_id: EffectId, attempt: int) -> bool:
        with work() as uow:
            effect = uow.outbox.start(effect_id, attempt, HOUR)
            uow.commit()
        return effect is not None

    done = at_once(*[partial(start, one[0], one[2]) for one in claimed])

    assert done.count(True) == 1


def test_shared_streams_stay_whole(work: PostgresWork) -> None:
    """Entries of many transactions at once are chained one after the other."""

    def append() -> str:
        with work() as uow:
            uow.audit.append(shared_entry("refusals", uow.now))
            uow.audit.append(shared_entry("audit", uow.now))
            uow.commit()
        return "appended"

    for _ in range(5):
        assert at_once(*[append] * AT_ONCE) == ["appended"] * AT_ONCE

    with work() as uow:
        for name in ("refusals", "audit"):
            found = [recorded.stream_seq for recorded in uow.audit.stream(name)]
            assert found == list(range(1, 5 * AT_ONCE + 1))


def test_of_two_configurations_at_once_both_are_numbered(work: PostgresWork) -> None:
    """One waits for the other; no number is given twice and none left out."""

    def apply(name: str) -> int:
        with work() as uow:
            uow.companies.lock()
            added = uow.companies.add(company(name), applied_by="operator")
            uow.commit()
        return added.number

    done = at_once(*[partial(apply, name) for name in "abcd"])

    assert sorted(map(str, done)) == ["2", "3", "4", "5"]


def test_a_delivery_sent_eight_times_is_taken_on_once(work: PostgresWork) -> None:
    """Who comes second waits for the first one's commit, and is told that it was seen."""

    def claim() -> bool:
        with work() as uow:
            is_new = uow.inbox.claim("d1")
            uow.commit()
        return is_new

    assert at_once(*[claim] * AT_ONCE).count(True) == 1


def test_a_decision_after_a_wait_has_a_later_time(work: PostgresWork) -> None:
    """Time is read once the lock is held: a stream's instants never run backwards."""
    request = add(work, draft(now(work)))

    def answer() -> str:
        with work() as uow:
            uow.companies.active()
            uow.requests.lock(request.id)
            uow.audit.append(entry(request, "x.y", uow.now))
            uow.commit()
        return "answered"

    at_once(*[answer] * AT_ONCE)

    with work() as uow:
        instants = [found.entry.at for found in uow.audit.stream(f"JIT-{request.id}")]
    assert instants == sorted(instants)
    assert len(instants) == AT_ONCE
