"""It is recorded whom a stage asks, and where nobody is left who could decide one."""

from __future__ import annotations

from engine.audit.canonical import Json
from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.model.company import StageRule
from engine.model.request import Approver, Request
from engine.policy.delegating.standing_in import called
from engine.workflow.record import Facts, Recorder


def note_opened(recorder: Recorder, request: Request) -> None:
    """Record that a stage was opened, whom it asks, and by which rule each of them."""
    recorder.note(Action.STAGE_OPENED, None, _asked(recorder, request))


PEOPLE_CHANGED = "people have changed"
STAND_INS_CHANGED = "who stands in for whom has changed"
ONE_OF_TWO_DECIDED = "of two who stand in for each other one has decided"
"""Why a stage asks others than before, as its entry says it."""


def note_asked_again(recorder: Recorder, request: Request, why: str = PEOPLE_CHANGED) -> None:
    """Record that the open stage asks others than before, or can be decided again."""
    facts = {**_asked(recorder, request), "why_again": why}
    recorder.note(Action.STAGE_ASKED_AGAIN, None, facts)


def note_stalled(recorder: Recorder, request: Request, stalled: StageRule) -> None:
    """Record that too few people are left for a stage, the open one or one after it."""
    facts = {"stalled_name": stalled.name, "due_at": instant(request.stage_due_at)}
    recorder.note(Action.STAGE_STALLED, None, facts)


def _asked(recorder: Recorder, request: Request) -> Facts:
    company = recorder.version.company
    names = ", ".join(called(company, approver) for approver in request.stage.asked)
    return {
        "asked": names or "nobody, because nobody eligible is left",
        "asked_people": [_asked_one(approver) for approver in request.stage.asked],
        "quorum": request.stage.quorum,
        "due_at": instant(request.stage_due_at),
    }


def _asked_one(approver: Approver) -> list[Json]:
    """Say who is asked and why; for who stands in, also for whom and by which delegation."""
    asked: list[Json] = [approver.person, approver.basis]
    if approver.stands_in is not None:
        asked += [approver.stands_in.instead_of, approver.stands_in.delegation]
    return asked
