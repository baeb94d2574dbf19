"""It is recorded whom a stage asks, and where nobody is left who could decide one."""

from __future__ import annotations

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.model.company import StageRule
from engine.model.request import Request
from engine.workflow.record import Facts, Recorder, name_of


def note_opened(recorder: Recorder, request: Request) -> None:
    """Record that a stage was opened, whom it asks, and by which rule each of them."""
    recorder.note(Action.STAGE_OPENED, None, _asked(recorder, request))


def note_asked_again(recorder: Recorder, request: Request) -> None:
    """Record that the open stage asks others than before, or can be decided again."""
    recorder.note(Action.STAGE_ASKED_AGAIN, None, _asked(recorder, request))


def note_stalled(recorder: Recorder, request: Request, stalled: StageRule) -> None:
    """Record that too few people are left for a stage, the open one or one after it."""
    facts = {"stalled_name": stalled.name, "due_at": instant(request.stage_due_at)}
    recorder.note(Action.STAGE_STALLED, None, facts)


def _asked(recorder: Recorder, request: Request) -> Facts:
    company = recorder.version.company
    names = ", ".join(name_of(company, approver.person) for approver in request.stage.asked)
    return {
        "asked": names or "nobody, because nobody eligible is left",
        "asked_people": [[a.person, a.basis] for a in request.stage.asked],
        "quorum": request.stage.quorum,
        "due_at": instant(request.stage_due_at),
    }
