"""A use of break-glass is over: from now on somebody has to look at what was done.

`follow_end` is called with every end of a grant, inside its transaction and under its lock.
"""

from __future__ import annotations

from dataclasses import replace

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.model.closing import Closing, ClosingOutcome, ClosingState
from engine.model.grant import Grant
from engine.model.request import RequestState
from engine.workflow.emergency.nudging import nudged_next
from engine.workflow.emergency.people import closers_now, people_facts, rule_then
from engine.workflow.find import read_request
from engine.workflow.record import Recorder


def follow_end(recorder: Recorder, grant: Grant) -> None:
    """Open the closing of a grant that has just ended; no commit.

    Where nothing was ever given, there is nothing to look at and nothing to approve afterwards.
    """
    uow, request = recorder.uow, recorder.request
    if not request.is_breakglass:
        return
    closing = read_request(uow, request.id).closing
    assert closing is not None, "who breaks the glass has a closing"
    if grant.starts_at is None and grant.held_before is None:
        _drop(recorder, closing)
        return
    opened = replace(
        closing.move(ClosingState.OPEN),
        opened_at=uow.now,
        due_at=uow.now + rule_then(uow, request).closing.within,
    )
    opened = replace(opened, assigned=closers_now(uow, recorder.version, request, opened))
    uow.closings.save(replace(opened, nudge_at=nudged_next(request, opened, uow.now)))
    note_closing(recorder, Action.CLOSING_OPENED, opened)


def note_closing(recorder: Recorder, action: Action, closing: Closing) -> None:
    """Record something of an open closing, and tell those who have to do it."""
    assert closing.due_at is not None, "what is open has its time"
    company = recorder.version.company
    facts = people_facts(company, closing.assigned) | {"due_at": instant(closing.due_at)}
    recorder.note(action, None, facts)


def _drop(recorder: Recorder, closing: Closing) -> None:
    uow = recorder.uow
    done = replace(
        closing.move(ClosingState.DONE),
        nudge_at=None,
        closed_at=uow.now,
        outcome=ClosingOutcome.UNUSED,
    )
    uow.closings.save(done)
    recorder.note(Action.CLOSING_UNUSED, None, {"outcome": done.outcome})
    if recorder.request.is_pending:
        uow.requests.save(recorder.request.move(RequestState.CANCELLED, at=uow.now))
        recorder.note(Action.BREAKGLASS_UNUSED, None)
