"""The clock: what is due happens, also without Redis, and it sleeps no longer than it should."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import make_url

from adapters.company.difference import difference
from adapters.company.read import read_company
from adapters.connectors.sandbox import Sandbox
from bot import clock
from bot.queue.pump import BATCH_MAX as HANDED_MAX
from bot.settings import Settings
from bot.wiring import Parts, known
from engine.errors import LostRace
from engine.model.grant import GrantState
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.model.request import RequestState, Verdict
from engine.model.target import Target
from engine.workflow.apply_config import apply_config
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.asking.lapse import BATCH_MAX
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.emergency.checked import Emergency
from engine.workflow.emergency.open import break_glass
from engine.workflow.find import read_request
from engine.workflow.granting.end import give_back
from tests.bot.conftest import ACME
from tests.bot.queue.test_actors import upstream
from tests.contracts.samples import HOUR, RIYA, draft
from tests.contracts.test_unit_of_work import activate, add, now
from tests.faults import Proxy
from tests.waiting import until

LI, TOMAS = PersonId("li.wei"), PersonId("tomas.silva")


@pytest.fixture
def parts(environment: dict[str, str], tmp_path: Path) -> Iterator[Parts]:
    """Give a clock's parts, with no chat, and with a Redis that is not there."""
    away = {"REDIS_URL": f"unix://{tmp_path}/nobody.sock", "JIT_PLAYGROUND": "0"}
    made = Parts(Settings.load(environment | away), "clock")
    company = read_company(ACME, known())
    apply_config(made.work, company, applied_by="operator:test", difference=difference)
    yield made
    made.pump.stop()
    made.close()


def _state(parts: Parts, request: RequestId) -> GrantState | RequestState:
    with parts.work() as uow:
        dossier = read_request(uow, request)
    return dossier.grant.state if dossier.grant else dossier.request.state


def _approved(parts: Parts) -> RequestId:
    ask = Ask(LI, EntitlementId("aws-prod-read"), None, "looking for a fault")
    request = submit(parts.work, ask).request.id
    decide(parts.work, Answer(TOMAS, request, Verdict.APPROVE))
    return request


def _tick_until(parts: Parts, request: RequestId, state: GrantState) -> Target:
    def is_so() -> bool:
        clock.tick(parts)
        clock.hand(parts)
        return _state(parts, request) is state

    until(is_so, what=f"the grant {state}")
    with parts.work() as uow:
        grant = read_request(uow, request).grant
    assert grant is not None
    return grant.target


def test_a_tick_ends_what_is_over(parts: Parts) -> None:
    """A grant whose time ran out is on its way out after the next tick."""
    given = activate(parts.work, draft(now(parts.work)), at=now(parts.work) - 2 * HOUR)

    clock.tick(parts)

    assert _state(parts, given.id) is GrantState.DEPROVISIONING


def test_a_tick_settles_what_nobody_answered(parts: Parts) -> None:
    """A request that is past its stage's time has lapsed after the next tick."""
    request = add(parts.work, draft(now(parts.work) - 2 * HOUR))

    clock.tick(parts)

    assert _state(parts, request.id) is RequestState.LAPSED


def test_access_begins_and_ends_without_redis(parts: Parts, environment: dict[str, str]) -> None:
    """The clock gives and takes access itself where the queue is away."""
    request = _approved(parts)
    sandbox = Sandbox(Path(environment["SANDBOX_FILE"]))

    target = _tick_until(parts, request, GrantState.ACTIVE)
    assert sandbox.observe(target)
    give_back(parts.work, LI, request)
    _tick_until(parts, request, GrantState.ENDED)

    assert not sandbox.observe(target)


def _let_break(parts: Parts, wanted: EntitlementId) -> None:
    """Let what is in the sandbox be had in an emergency."""
    known_now = read_company(ACME, known())
    rule = known_now.breakglass[0].id
    entitlements = (
        replace(one, breakglass=rule) if one.id == wanted else one for one in known_now.entitlements
    )
    changed = replace(known_now, entitlements=tuple(entitlements))
    apply_config(parts.work, changed, applied_by="operator:test", difference=difference)


def test_who_breaks_the_glass_gets_in_once_that_is_signed(
    parts: Parts, environment: dict[str, str]
) -> None:
    """Until the clock has signed the record nothing is given; it signs at once, not in a second."""
    wanted, why = EntitlementId("aws-prod-read"), "INC-4711 payments are stuck"
    _let_break(parts, wanted)
    parts.sequence()
    parts.sign_checkpoint()
    request = break_glass(parts.work, Emergency(LI, wanted, None, why)).request.id
    sandbox = Sandbox(Path(environment["SANDBOX_FILE"]))
    clock.hand(parts)
    assert _state(parts, request) is GrantState.PROVISIONING

    def is_in() -> bool:
        clock.record(parts)
        clock.hand(parts)
        return _state(parts, request) is GrantState.ACTIVE

    until(is_in, what="the access in an emergency")
    with parts.work() as uow:
        grant = read_request(uow, request).grant
    assert grant is not None
    assert sandbox.observe(grant.target)


def test_an_idle_clock_sleeps_its_longest(parts: Parts) -> None:
    """Where nothing is due it still looks twice a second: others order things, too."""
    assert clock.tick(parts) == clock.SLEEP_MAX


def test_a_clock_sleeps_until_the_next_due_row(parts: Parts) -> None:
    """Access ends when its time is over, not at the end of a period."""
    began = now(parts.work)
    activate(parts.work, draft(began), at=began - HOUR + timedelta(milliseconds=400))

    pause = clock.tick(parts)

    assert clock.SLEEP_MIN <= pause < timedelta(milliseconds=400)


def test_a_clock_that_is_behind_does_not_sleep(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as whole batches are due, the next one follows at once."""
    monkeypatch.setattr(clock, "expire_due", lambda _: BATCH_MAX)

    assert clock.tick(parts) == timedelta(0)


def test_a_clock_never_spins(parts: Parts) -> None:
    """What is due and held by another clock is left to it for a moment."""
    given = activate(parts.work, draft(now(parts.work)), at=now(parts.work) - 2 * HOUR)

    with parts.work() as other:
        other.requests.lock(given.id)
        pause = clock.tick(parts)

    assert pause == clock.HELD
    assert _state(parts, given.id) is GrantState.ACTIVE


def test_a_clock_that_failed_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Postgres away, a race lost, a defect: the next turn finds the same rows."""
    monkeypatch.setattr(clock, "PAUSE_AFTER_FAILURE", timedelta(0))
    stopping, turns = threading.Event(), iter((LostRace("once"), ValueError("twice")))

    def fail_twice() -> timedelta:
        for error in turns:
            raise error
        stopping.set()
        return timedelta(0)

    clock._repeat(stopping, fail_twice)

    assert stopping.is_set()


def test_entries_get_their_place_and_are_signed(parts: Parts) -> None:
    """A while after something was recorded the log verifies, signature included."""
    submit(parts.work, Ask(RIYA, EntitlementId("netsuite-reports"), None, "looking at last year"))

    until(lambda: clock.record(parts) and _is_signed(parts), what="all entries placed and signed")

    verdict = parts.verify_log()
    assert verdict.ok, verdict.sentence
    assert verdict.size > 1


def _is_signed(parts: Parts) -> bool:
    with parts.engine.connect() as connection:
        found = connection.exec_driver_sql("""
            SELECT (SELECT max(size) FROM audit_checkpoint) = (SELECT count(*) FROM audit_entry)
        """).scalar()
    return bool(found)


def test_a_clock_with_more_to_hand_over_does_not_sleep(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as whole batches are handed over, the next one follows at once."""
    monkeypatch.setattr(parts.pump, "turn", lambda: HANDED_MAX)

    assert clock.hand(parts) == timedelta(0)


def test_a_queue_that_keeps_the_clock_waiting_delays_no_end(
    environment: dict[str, str], redis_url: str
) -> None:
    """While a message is on its way to a Redis that says nothing, access is ended all the same."""
    with Proxy(upstream(redis_url)) as proxy:
        proxy.stall()
        away = {"REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0", "JIT_PLAYGROUND": "0"}
        parts = Parts(Settings.load(environment | away), "clock")
        company = read_company(ACME, known())
        apply_config(parts.work, company, applied_by="operator:test", difference=difference)
        _approved(parts)
        handing = threading.Thread(target=clock.hand, args=(parts,))
        handing.start()
        until(parts.pump._turning.locked, what="a message on its way")
        given = activate(parts.work, draft(now(parts.work)), at=now(parts.work) - 2 * HOUR)

        clock.tick(parts)

        assert handing.is_alive()
        assert _state(parts, given.id) is GrantState.DEPROVISIONING
        handing.join()
        parts.close()


def test_a_busy_clock_looks_again_at_once(parts: Parts) -> None:
    """Where many end one after the other, each of them ends in time."""
    activate(parts.work, draft(now(parts.work)), at=now(parts.work) - 2 * HOUR)

    assert clock.tick(parts) == clock.SLEEP_MIN


def test_a_clock_survives_its_sessions(parts: Parts, environment: dict[str, str]) -> None:
    """Every session ended by the server: the turn fails, or the next one works."""
    clock.tick(parts)
    given = activate(parts.work, draft(now(parts.work)), at=now(parts.work) - 2 * HOUR)
    with closing(psycopg2.connect(_address(environment["DATABASE_URL"]))) as other:
        other.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    stopping = threading.Event()

    def tick() -> timedelta:
        clock.tick(parts)
        stopping.set()
        return timedelta(0)

    clock._repeat(stopping, tick)

    assert _state(parts, given.id) is GrantState.DEPROVISIONING


def _address(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
