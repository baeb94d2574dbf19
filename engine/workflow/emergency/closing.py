"""Somebody has looked at what was done where the glass was broken, and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.audit.vocabulary import Action
from engine.errors import Invalid
from engine.model.closing import Closing, ClosingOutcome, ClosingState
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Request, RequestState
from engine.policy.reason import check_words
from engine.ports import UnitOfWork, Work
from engine.workflow.emergency.closable import (
    check_closer,
    check_closing,
    check_decided,
    closed_already,
)
from engine.workflow.find import find_person, lock_request
from engine.workflow.record import Recorder


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody found who looked at it."""

    actor: PersonId
    request: RequestId
    outcome: ClosingOutcome
    """JUSTIFIED or NOT_JUSTIFIED."""

    text: str
    """What was done, and what follows from it."""


def close(work: Work, finding: Finding) -> Dossier:
    """Keep what came of looking at it; the same by the same person again is the first one.

    By whom the rule names, and once it is escalated by those others; never by who broke the glass.
    Only after it was decided whether it is approved: unless the time for that is over, and then it
    counts as not approved. Raises `NotAllowed`, `Stale`, or `Invalid` with what would be right.
    """
    with work() as uow:
        dossier = lock_request(uow, finding.request)
        version = uow.companies.active()
        find_person(version.company, finding.actor)
        closing = _open(dossier, finding)
        if closing is None:
            return dossier
        check_closer(uow, version, dossier.request, closing=closing, actor=finding.actor)
        words = check_words(finding.text, "What came of it is said in a text")
        request = _approved_or_not(uow, dossier.request, finding)
        saved = uow.closings.save(
            replace(
                closing.move(ClosingState.DONE),
                nudge_at=None,
                closed_at=uow.now,
                closed_by=finding.actor,
                outcome=finding.outcome,
                finding=words,
            )
        )
        recorder = Recorder(uow, version, request)
        if dossier.request.is_pending:
            recorder.note(Action.BREAKGLASS_UNAPPROVED, finding.actor)
        _note_closed(recorder, saved)
        uow.commit()
        return replace(dossier, request=request, closing=saved)


def _open(dossier: Dossier, finding: Finding) -> Closing | None:
    """Give the open closing; None where the same was found before. Raises `Refused`."""
    closing = check_closing(dossier, finding.actor)
    if closing.is_open:
        return closing
    given = (closing.closed_by, closing.outcome, closing.finding)
    if given == (finding.actor, finding.outcome, finding.text.strip()):
        return None
    raise closed_already(closing)


def _approved_or_not(uow: UnitOfWork, request: Request, finding: Finding) -> Request:
    """Make sure that it is decided by now; what nobody decided in time is denied."""
    check_decided(uow, request)
    shown, is_right = show(request.id), finding.outcome is ClosingOutcome.JUSTIFIED
    if is_right and request.state is not RequestState.APPROVED:
        raise Invalid(
            "closing.not_approved",
            f"{shown} was not approved afterwards, so it cannot be closed as justified; "
            f"say `not-justified`, and what follows from that.",
        )
    if request.is_pending:
        return uow.requests.save(request.move(RequestState.DENIED, at=uow.now))
    return request


def _note_closed(recorder: Recorder, closing: Closing) -> None:
    is_right = closing.outcome is ClosingOutcome.JUSTIFIED
    recorder.note(
        Action.CLOSING_CLOSED,
        closing.closed_by,
        {
            "outcome": closing.outcome,
            "outcome_words": "justified" if is_right else "not justified",
            "finding": closing.finding,
        },
    )
