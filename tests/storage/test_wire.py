"""Statements share round trips, and what Postgres answers is said in our words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from engine.errors import LostRace
from engine.model.request import RequestState
from engine.ports import Duty, EffectKind
from storage.database.connect import connect
from storage.database.errors import Unavailable, Violated
from storage.database.wire import _HOT, Wire, prepare
from storage.unit_of_work import PostgresUnitOfWork, PostgresWork
from tests.contracts.samples import CHAT, decision, draft, entry, grant
from tests.contracts.test_unit_of_work import add, now
from tests.waiting import until

ONE = prepare("SELECT 1")


def kill_others(owner: Engine) -> None:
    """End every other connection to this database, as a restart would."""
    with owner.connect() as connection:
        connection.execute(
            text("""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()""")
        )


def test_a_decision_takes_two_messages(work: PostgresWork) -> None:
    """One locks and reads everything that a decision needs, one writes all of it and commits."""
    request = add(work, draft(now(work)))
    with work() as uow:
        uow.companies.active()

    with work() as uow:
        dossier = uow.requests.lock(request.id)
        assert dossier is not None
        uow.companies.active()
        uow.requests.add_decision(decision(request, at=uow.now))
        approved = uow.requests.save(dossier.request.move(RequestState.APPROVED, at=uow.now))
        uow.grants.add(grant(approved, at=uow.now))
        uow.audit.append(entry(request, "decision.approved", uow.now))
        uow.audit.append(entry(request, "request.approved", uow.now))
        uow.outbox.order(Duty(EffectKind.PROVISION, request.id, exclusive="k"))
        uow.outbox.order(Duty(EffectKind.ANNOUNCE, request.id, CHAT))
        uow.commit()

    assert isinstance(uow, PostgresUnitOfWork)
    assert uow.messages == 2


def test_a_dead_connection_is_replaced_before_anything_was_done(
    engine: Engine, owner: Engine, work: PostgresWork
) -> None:
    """A restart of Postgres costs nobody an error, whatever was idle in the pool."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: now(work), range(16)))
    kill_others(owner)

    assert [now(work) <= now(work) for _ in range(10)] == [True] * 10
    assert engine.pool is not None


def test_a_connection_that_dies_in_the_middle_is_an_error(
    owner: Engine, work: PostgresWork
) -> None:
    """Half a transaction is never begun again behind the caller's back."""
    with work() as uow:
        request = uow.requests.add(draft(uow.now))
        kill_others(owner)
        with pytest.raises(Unavailable):
            uow.commit()

    with work() as uow:
        assert uow.requests.find(request.id) is None


def test_a_lonely_commit_is_not_repeated(engine: Engine, owner: Engine) -> None:
    """Whether it happened cannot be known, so it is not done twice."""
    wire = Wire(engine)
    wire.rows((ONE, {}))
    wire.close()
    kill_others(owner)

    again = Wire(engine)
    again.later(prepare("INSERT INTO inbox (key) VALUES ('once')"), {})
    with pytest.raises(Unavailable):
        again.commit()
    again.close()


def test_a_database_that_is_not_there_is_unavailable() -> None:
    """With a sentence that names no password."""
    engine = connect("postgresql://jit:hunter2@127.0.0.1:1/jit")
    wire = Wire(engine)

    with pytest.raises(Unavailable) as refused:
        wire.rows((ONE, {}))

    assert "hunter2" not in str(refused.value)
    wire.close()


def test_an_error_quotes_no_row(work: PostgresWork) -> None:
    """A justification never gets into a log by way of a constraint's detail."""
    with work() as uow:
        request = uow.requests.add(draft(uow.now))
        own = decision(request, approver=request.requester)
        uow.requests.add_decision(own)
        with pytest.raises(Violated) as refused:
            uow.commit()

    said = str(refused.value)
    assert "decision_not_by_" in said
    assert request.reason not in said
    assert refused.value.__suppress_context__


def test_waiting_for_a_lock_has_an_end(migrated_database_url: str, work: PostgresWork) -> None:
    """Who waits too long for a lock gives way, and may load again."""
    request = add(work, draft(now(work)))
    hasty = connect(migrated_database_url)
    slow = Wire(hasty)
    slow.rows((prepare("SET LOCAL lock_timeout = '20ms'"), {}), (ONE, {}))

    with work() as uow:
        uow.requests.lock(request.id)
        with pytest.raises(LostRace):
            slow.rows((prepare("SELECT 1 FROM request WHERE id = :id FOR UPDATE"), {"id": 1}))
    slow.close()
    hasty.dispose()


def test_connections_have_limits(engine: Engine) -> None:
    """Nothing waits for ever, in a zone without summer time, with the app's rights."""
    settings = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")

    with engine.connect() as connection:
        held = [connection.scalar(text(f"SHOW {name}")) for name in (*settings, "timezone")]
        user = connection.scalar(text("SELECT current_user"))

    assert held == ["5s", "10s", "10s", "UTC"]
    assert user == "jitbot_app"


def test_a_unit_of_work_ends_with_its_commit(work: PostgresWork) -> None:
    """What comes afterwards would have no locks: it needs another one."""
    with work() as uow:
        request = uow.requests.add(draft(uow.now))
        uow.commit()
        with pytest.raises(AssertionError, match="one transaction"):
            uow.requests.find(request.id)


def test_orders_are_told_after_the_commit(engine: Engine, work: PostgresWork) -> None:
    """Whoever hands effects to workers wakes up at once, and not for what was undone."""
    told: list[bool] = []
    telling = PostgresWork(engine, on_ordered=lambda: told.append(True))
    request = add(work, draft(now(work)))
    duty = Duty(EffectKind.ANNOUNCE, request.id, CHAT)

    with telling() as uow:
        uow.outbox.order(duty)
    assert told == []
    with telling() as uow:
        uow.outbox.order(duty)
        uow.commit()
        assert told == []
    assert told == [True]
    with telling() as uow:
        uow.outbox.claim(1)
        uow.commit()
    assert told == [True]


def test_the_person_is_locked_before_the_request(work: PostgresWork) -> None:
    """The other way round is refused at once, before it ever deadlocks."""
    request = add(work, draft(now(work)))

    with work() as uow:
        uow.requests.lock(request.id)
        uow.lock_person(request.holder)
        with pytest.raises(AssertionError, match="before the request"):
            uow.lock_person(decision(request).approver)


def test_hot_statements_are_prepared_once_per_connection(
    engine: Engine, work: PostgresWork
) -> None:
    """All of them, on every connection that units of work use, so that none is planned again."""
    now(work)
    now(work)

    with engine.connect() as connection:
        count = text("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'jit_%'")
        assert connection.scalar(count) == len(_HOT) > 10


def test_before_the_first_migration_it_says_what_is_missing(database_url: str) -> None:
    """An empty database is a clear error, and not one about preparing statements."""
    bare = connect(database_url)

    with PostgresWork(bare)() as uow, pytest.raises(Violated, match="config_version"):
        uow.companies.active()

    bare.dispose()


def test_a_forgotten_transaction_is_ended(engine: Engine, owner: Engine) -> None:
    """Who forgets one is told that nothing is known, and the next one gets a good connection."""
    wire = Wire(engine)
    wire.rows((prepare("SET LOCAL idle_in_transaction_session_timeout = '1ms'"), {}), (ONE, {}))
    until(lambda: others(owner) == 0, what="the forgotten connection gone")

    with pytest.raises(Unavailable):
        wire.rows((ONE, {}))
    wire.close()

    again = Wire(engine)
    assert again.rows((ONE, {})) == [(1,)]
    again.close()


def others(owner: Engine) -> int:
    """Count the other connections to this database."""
    with owner.connect() as connection:
        count = text("""SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()""")
        return int(connection.scalar(count) or 0)
