"""May somebody say now what came of a use of break-glass?

Asked when they do (`closing.py`), and before a form is opened for it.
"""

from __future__ import annotations

from engine.errors import Invalid, NotAllowed, Stale
from engine.model.closing import Closing, ClosingState
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Request
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.emergency.people import closers_now
from engine.workflow.find import read_request
from engine.workflow.record import name_of


def refuse_to_close(work: Work, actor: PersonId, request: RequestId) -> None:
    """Raise what forbids that somebody closes it now, whatever they found. Without a lock."""
    with work() as uow:
        dossier = read_request(uow, request)
        closing = check_closing(dossier, actor)
        if closing.is_done:
            raise closed_already(closing)
        version = uow.companies.active()
        check_closer(uow, version, dossier.request, closing=closing, actor=actor)
        check_decided(uow, dossier.request)


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


def closed_already(closing: Closing) -> Stale:
    """Refuse because somebody else was first."""
    return Stale(
        "closing.done",
        f"{show(closing.id)} is closed already, so nothing was changed; `status` says by whom.",
    )


def check_closer(
    uow: UnitOfWork,
    version: CompanyVersion,
    request: Request,
    *,
    closing: Closing,
    actor: PersonId,
) -> None:
    """Raise `NotAllowed`, with who may, where it is not theirs to close."""
    people = closers_now(uow, version, request, closing)
    if actor not in {one.person for one in people}:
        names = " or ".join(name_of(version.company, one.person) for one in people)
        raise NotAllowed(
            "closing.not_yours",
            f"{show(request.id)} is not yours to close; {names or 'nobody'} can.",
        )


def check_decided(uow: UnitOfWork, request: Request) -> None:
    """Raise `Invalid` where somebody else says first whether it was right to give it."""
    if request.is_pending and uow.now < request.stage_due_at:
        raise Invalid(
            "closing.undecided",
            f"{show(request.id)} still waits for the stage “{request.stage.name}” to approve it "
            "afterwards; close it once that is answered.",
        )
