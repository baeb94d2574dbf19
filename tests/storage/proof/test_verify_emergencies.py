"""What is recorded of emergencies is compared with their rows, too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.audit.canonical import Json
from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.model.closing import Closing, ClosingOutcome, ClosingState
from engine.model.grant import EndCause
from engine.model.identifiers import RequestId, show
from engine.model.request import Approver, Request, RequestKind, RequestState
from tests.contracts.samples import HOUR, MARA, draft, entry, grant
from tests.storage.proof.conftest import Log
from tests.storage.proof.test_verify import tamper

INCIDENT = "INC-7"


def begun(log: Log) -> Request:
    """Let somebody break the glass."""
    with log.work() as uow:
        asked = replace(draft(uow.now), kind=RequestKind.BREAKGLASS, incident=INCIDENT)
        request = uow.requests.add(asked)
        given = uow.grants.add(grant(request, at=uow.now))
        uow.closings.add(
            Closing(
                request.id,
                ClosingState.WAITING,
                0,
                request.holder,
                request.entitlement,
                nudge_at=request.stage_due_at,
            )
        )
        uow.audit.append(entry(request, Action.REQUEST_SUBMITTED, uow.now))
        target = {"account": given.account, "resource": "ledger", "permission": given.permission}
        facts = {**target, "incident": INCIDENT}
        uow.audit.append(
            Entry(show(request.id), Action.BREAKGLASS_OPENED, request.holder, uow.now, facts)
        )
        uow.commit()
    return request


@pytest.fixture
def closed(log: Log) -> Log:
    """Give a log of one emergency that is over: approved afterwards, and closed."""
    request = begun(log)
    with log.work() as uow:
        found = uow.requests.lock(request.id)
        assert found is not None
        assert found.grant is not None
        assert found.closing is not None
        uow.requests.save(request.move(RequestState.APPROVED, at=uow.now))
        ending = uow.grants.save(found.grant.begin_end(EndCause.FROZEN, at=uow.now))
        uow.grants.save(ending.end(EndCause.FROZEN, at=uow.now))
        opened = uow.closings.save(
            replace(
                found.closing.move(ClosingState.OPEN),
                opened_at=uow.now,
                due_at=uow.now + HOUR,
                nudge_at=uow.now + HOUR,
                assigned=(Approver(MARA, "one of compliance"),),
            )
        )
        uow.closings.save(
            replace(
                opened.move(ClosingState.DONE),
                nudge_at=None,
                closed_at=uow.now,
                closed_by=MARA,
                outcome=ClosingOutcome.NOT_JUSTIFIED,
                finding="a customer's row was read",
            )
        )
        for action in (
            Action.REQUEST_APPROVED,
            Action.GRANT_FROZEN,
            Action.GRANT_ENDED,
            Action.CLOSING_OPENED,
        ):
            told = {"incident": INCIDENT}
            uow.audit.append(Entry(show(request.id), action, "jitbot", uow.now, told))
        found_out: dict[str, Json] = {
            "incident": INCIDENT,
            "outcome": "not-justified",
            "finding": "a customer's row was read",
        }
        uow.audit.append(Entry(show(request.id), Action.CLOSING_CLOSED, MARA, uow.now, found_out))
        uow.commit()
    log.sequence()
    return log


def test_an_emergency_that_nobody_touched_is_good(closed: Log) -> None:
    """Its access began before it was approved, and its rows are what was recorded."""
    verdict = closed.verify()

    assert verdict.ok, verdict.sentence


@pytest.mark.parametrize(
    ("named", "statement"),
    [
        ("The closing JIT-1 was changed: its outcome ", "UPDATE closing SET outcome = 'justified'"),
        ("The closing JIT-1 was changed: its finding ", "UPDATE closing SET finding = 'nothing'"),
        ("The closing JIT-1 was changed: its closed_by ", "UPDATE closing SET closed_by = 'eve'"),
        ("The closing of JIT-1 is not there, but", "DELETE FROM closing"),
    ],
)
def test_a_closing_that_was_changed_is_named(closed: Log, named: str, statement: str) -> None:
    """Whoever makes a use of break-glass look better than it was is found."""
    with closed.owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE closing DISABLE TRIGGER ALL")
    tamper(closed, statement)

    assert named in closed.verify().sentence


def test_a_story_of_a_closing_follows_its_moves(closed: Log) -> None:
    """What is closed is not opened again, whatever is recorded."""
    with closed.work() as uow:
        uow.requests.lock(RequestId(1))
        told = {"incident": INCIDENT}
        uow.audit.append(Entry("JIT-1", Action.CLOSING_OPENED, "jitbot", uow.now, told))
        uow.commit()

    assert "the closing goes from done to open" in closed.verify().sentence
