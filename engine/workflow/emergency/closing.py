"""Somebody has looked at what was done where the glass was broken, and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed, Stale
from engine.model.closing import Closing, ClosingOutcome, ClosingState
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Request, RequestState
from engine.policy.reason import check_words
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.emergency.people import closers_now
from engine.workflow.find import find_person, lock_request
from engine.workflow.record import Recorder, name_of


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
        _check_closer(uow, version, dossier.request, closing=closing, actor=finding.actor)
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


def check_closing(dossier: Dossier, actor: PersonId) -> Closing:
    """Give the closing that somebody may look at now. Raises `Refused` with why there is none."""
    request, closing = dossier.request, dossier.closing
    shown = show(request.id)
    if closing is None:
        raise Invalid("closing.none", f"{shown} is no break-glass, so there is nothing to close.")
    if actor in (request.requester, request.holder):
        raise NotAllowed(
            "closing.own", f"You broke the glass in {shown}, so somebody else closes it."
        )
    if closing.state is ClosingState.WAITING:
        raise Invalid(
            "closing.too_early",
            f"The access of {shown} is not gone yet; it is closed once it has ended.",
        )
    return closing


def _open(dossier: Dossier, finding: Finding) -> Closing | None:
    """Give the open closing; None where the same was found before. Raises `Refused`."""
    closing = check_closing(dossier, finding.actor)
    if closing.is_open:
        return closing
    given = (closing.closed_by, closing.outcome, closing.finding)
    if given == (finding.actor, finding.outcome, finding.text.strip()):
        return None
    raise Stale(
        "closing.done",
        f"{show(closing.id)} is closed already, so nothing was changed; `status` says by whom.",
    )


def _check_closer(
    uow: UnitOfWork,
    version: CompanyVersion,
    request: Request,
    *,
    closing: Closing,
    actor: PersonId,
) -> None:
    people = closers_now(uow, version, request, closing)
    if actor not in {one.person for one in people}:
        names = " or ".join(name_of(version.company, one.person) for one in people)
        raise NotAllowed(
            "closing.not_yours",
            f"{show(request.id)} is not yours to close; {names or 'nobody'} can.",
        )


def _approved_or_not(uow: UnitOfWork, request: Request, finding: Finding) -> Request:
    """Make sure that it is decided by now whether it was right to give it."""
    shown, is_right = show(request.id), finding.outcome is ClosingOutcome.JUSTIFIED
    if request.is_pending and uow.now < request.stage_due_at:
        raise Invalid(
            "closing.undecided",
            f"{shown} still waits for the stage “{request.stage.name}” to approve it afterwards; "
            f"close it once that is answered.",
        )
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
