"""What is open after an emergency is said again, louder and louder, until somebody does it.

Called by the clock. Two things may be open at once: the approval afterwards, which never lapses,
and the closing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.model.closing import Closing
from engine.model.dossier import Dossier
from engine.model.request import Request
from engine.policy.emergency.nudges import Nudge, next_nudge, nudge_due, said_again_at
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.asking.lapse import BATCH_MAX
from engine.workflow.emergency.people import closers_now, escalated_now, people_facts
from engine.workflow.record import Facts, Recorder

_JUST_BEFORE = timedelta(microseconds=1)

_ACTIONS = {
    Nudge.REMIND: Action.CLOSING_REMINDED,
    Nudge.ESCALATE: Action.CLOSING_ESCALATED,
    Nudge.OVERDUE: Action.CLOSING_OVERDUE,
}


def nudge_open(work: Work, *, limit: int = BATCH_MAX) -> int:
    """Say what is still to be done after emergencies, where it is time to; says how many."""
    with work() as uow:
        due = uow.closings.lock_nudged(limit)
        if not due:
            return 0
        version = uow.companies.active()
        for dossier in due:
            _nudge(uow, version, dossier)
        uow.commit()
        return len(due)


def _nudge(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> None:
    request, closing = dossier.request, dossier.closing
    assert closing is not None, "it was found by its closing"
    assert closing.nudge_at is not None, "it was found by its instant"
    recorder = Recorder(uow, version, request)
    before = closing.nudge_at - _JUST_BEFORE
    if any(at <= uow.now for at in _approval_instants(request, before)):
        recorder.note(Action.BREAKGLASS_UNANSWERED, None, _unanswered(recorder, dossier))
    if any(at <= uow.now for at in _closing_instants(closing, before)):
        closing = _nudge_closers(recorder, closing)
    uow.closings.save(replace(closing, nudge_at=nudged_next(request, closing, uow.now)))


def _nudge_closers(recorder: Recorder, closing: Closing) -> Closing:
    """Tell those who may close it by now; who may do so since it was escalated is among them."""
    uow, request = recorder.uow, recorder.request
    assert closing.opened_at is not None, "it is open"
    assert closing.due_at is not None, "it is open"
    people = closers_now(uow, recorder.version, request, closing)
    nudge = nudge_due(closing.opened_at, closing.due_at, uow.now)
    assert nudge is not None, "its time has come"
    facts = people_facts(recorder.version.company, people) | {"due_at": instant(closing.due_at)}
    recorder.note(_ACTIONS[nudge], None, facts)
    return replace(closing, assigned=people)


def _unanswered(recorder: Recorder, dossier: Dossier) -> Facts:
    request = dossier.request
    asked = tuple(one for one in request.stage.asked if one.person not in dossier.decided_by)
    escalated = escalated_now(recorder.uow, recorder.version, request)
    facts = people_facts(recorder.version.company, asked)
    told = dict.fromkeys(one.person for one in (*asked, *escalated))
    return {**facts, "told": [*told], "due_at": instant(request.stage_due_at)}


def nudged_next(request: Request, closing: Closing, after: datetime) -> datetime | None:
    """Say when the clock has to look at it again; None where nothing is open that it could say."""
    instants = [*_approval_instants(request, after), *_closing_instants(closing, after)]
    return min(instants, default=None)


def _approval_instants(request: Request, after: datetime) -> Iterator[datetime]:
    """Give when it is said next that nobody has decided it afterwards: first at its limit."""
    if request.is_pending:
        due_at = request.stage_due_at
        yield (
            due_at if after < due_at else said_again_at(due_at - request.stage.limit, due_at, after)
        )


def _closing_instants(closing: Closing, after: datetime) -> Iterator[datetime]:
    if closing.is_open and closing.opened_at is not None and closing.due_at is not None:
        yield next_nudge(closing.opened_at, closing.due_at, after)
