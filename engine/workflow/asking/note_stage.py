"""It is recorded whom a stage asks, and where nobody is left who could decide one."""

from __future__ import annotations

from collections.abc import Iterable

from engine.audit.canonical import Json
from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.model.company import Company, StageRule
from engine.model.request import Approver, Request, Stage
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
    return {
        "asked": _names(company, request.stage) or "nobody, because nobody eligible is left",
        "asked_people": people_facts(request.stage.asked),
        "quorum": request.stage.quorum,
        "parts": [[part.name, part.quorum] for part in request.stage.parts],
        "due_at": instant(request.stage_due_at),
    }


def _names(company: Company, stage: Stage) -> str:
    """Name whom a stage asks; of parts, each with how many of whom it takes."""
    if not stage.parts or not stage.asked:
        return ", ".join(called(company, approver) for approver in stage.asked)
    return "; ".join(
        f"for {part.name} {part.quorum} of {_of_part(company, stage, number) or 'nobody'}"
        for number, part in enumerate(stage.parts, start=1)
    )


def _of_part(company: Company, stage: Stage, number: int) -> str:
    return ", ".join(called(company, a) for a in stage.asked if number in a.parts)


def people_facts(people: Iterable[Approver]) -> list[Json]:
    """Say who may decide: each with the rule that lets them, and for which parts.

    For who stands in, also for whom, and by which delegation.
    """
    return [[one.person, one.basis, list(one.parts), *_stead(one)] for one in people]


def _stead(approver: Approver) -> list[Json]:
    by = approver.stands_in
    return [by.instead_of, by.delegation] if by else []


def resolved_facts(stages: Iterable[Stage]) -> list[Json]:
    """Say who may decide each stage, and how many of them it takes in each of its parts."""
    return [
        {
            "stage": stage.name,
            "parts": [[part.name, part.quorum] for part in stage.groups],
            "people": people_facts(stage.asked),
        }
        for stage in stages
    ]
