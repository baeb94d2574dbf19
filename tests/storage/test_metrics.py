"""The numbers say how things stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from engine.model.grant import EndCause
from engine.ports import Duty, EffectKind
from storage.metrics import read_numbers
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import BEN, CHAT, HOUR, active, decision, draft, shared_entry
from tests.contracts.test_closings import broken, done, opened
from tests.contracts.test_unit_of_work import activate, add, approve, decide, now, save

Labels = tuple[str, ...]


def numbers(engine: Engine) -> Mapping[str, Mapping[Labels, float]]:
    """Read all numbers, by name and labels."""
    return {
        number.name: {sample.labels: sample.value for sample in number.samples}
        for number in read_numbers(engine)
    }


def test_an_empty_database_tells_zeros(engine: Engine) -> None:
    """An alarm needs one comparison: nothing waiting is 0, not nothing."""
    told = numbers(engine)

    assert told["jit_requests"][("pending",)] == 0
    assert told["jit_grants"][("deprovisioning",)] == 0
    assert told["jit_decisions"] == {("approve",): 0, ("deny",): 0}
    assert told["jit_effects"][("provision", "ready")] == 0
    ages = [name for name in told if name.endswith("_seconds")]
    assert len(ages) == 5
    assert all(told[name] == {(): 0} for name in ages)


def test_states_are_counted(engine: Engine, work: PostgresWork) -> None:
    """Requests, grants, decisions and duties, each by where they stand."""
    at = now(work)
    request = add(work, draft(at))
    decide(work, decision(request))
    activate(work, draft(at, holder=BEN), at=at)
    with work() as uow:
        uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.outbox.claim(1)
        uow.commit()

    told = numbers(engine)

    assert told["jit_requests"][("pending",)] == told["jit_requests"][("approved",)] == 1
    assert told["jit_grants"][("active",)] == 1
    assert told["jit_decisions"][("approve",)] == 1
    assert told["jit_effects"][("announce", "queued")] == 1


@pytest.mark.parametrize("is_ending", [False, True])
def test_overdue_access_has_an_age(engine: Engine, work: PostgresWork, is_ending: bool) -> None:
    """Counted from when it should have gone, whether or not that was noticed yet."""
    at = now(work)
    _, given = approve(work, add(work, draft(at)))
    started = active(given, at=at - 3 * HOUR)
    save(work, started)
    if is_ending:
        assert started.ends_at is not None
        begun = started.begin_end(EndCause.EXPIRED, at=started.ends_at)
        save(work, replace(begun, version=started.version + 1))

    (age,) = numbers(engine)["jit_oldest_overdue_grant_seconds"].values()

    assert 2 * HOUR <= timedelta(seconds=age) < 2 * HOUR + timedelta(minutes=1)


def test_an_emergency_that_nobody_closed_has_an_age(engine: Engine, work: PostgresWork) -> None:
    """Counted from when it should have been closed; not before, and not any more once it is."""
    _, waiting = broken(work)
    after = opened(work, waiting, due_at=now(work) - 2 * HOUR)

    (age,) = numbers(engine)["jit_oldest_overdue_closing_seconds"].values()

    assert 2 * HOUR <= timedelta(seconds=age) < 2 * HOUR + timedelta(minutes=1)
    done(work, after)
    assert numbers(engine)["jit_oldest_overdue_closing_seconds"] == {(): 0}


def test_what_waits_has_an_age(engine: Engine, work: PostgresWork) -> None:
    """The oldest duty that is not done, and the oldest entry without a place."""
    request = add(work, draft(now(work)))
    with work() as uow:
        uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.audit.append(shared_entry("audit", uow.now))
        uow.commit()

    told = numbers(engine)

    assert 0 < told["jit_oldest_effect_seconds"][()] < 60
    assert 0 < told["jit_audit_sequencing_lag_seconds"][()] < 60
