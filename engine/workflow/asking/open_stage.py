"""The open stage, for who wants to do something at it: is it open still, and is it theirs?

Called inside their transaction and under the request's lock.
"""

from __future__ import annotations

from datetime import datetime

from engine.errors import NotAllowed, Stale
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, show
from engine.model.request import Approver, Request
from engine.policy.delegating.standing_in import called
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.stages import eligible


def check_pending(request: Request) -> None:
    """Raise `Stale` where the request is settled."""
    if not request.is_pending:
        raise Stale(
            "request.settled",
            f"{show(request.id)} is {request.state} already, so nothing was changed.",
        )


def check_in_time(request: Request, now: datetime) -> None:
    """Raise `Stale` where the stage's time is over.

    The clock may be away: it is over by the database's time, not by the clock's tick. What was
    given first waits for its answer however long that takes.
    """
    if not request.is_breakglass and now >= request.stage_due_at:
        raise Stale(
            "request.too_late",
            f"{show(request.id)} was not decided in time, so it lapses and nothing is given; "
            f"whoever still needs it can ask again.",
        )


def find_approver(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier, *, actor: PersonId
) -> Approver:
    """Find why this person may decide the open stage, as the directory stands now.

    Raises `NotAllowed` where they may not, with who can; and where somebody who stands in for them
    has answered. Who decides in somebody's stead does so before that is ended, or not at all.
    """
    request = dossier.request
    if actor in {request.requester, request.holder}:
        raise NotAllowed(
            "decision.own_request",
            f"You cannot decide {show(request.id)}, because it is your own; others were asked.",
        )
    for given in dossier.standing:
        if given.instead_of == actor:
            raise NotAllowed(
                "decision.given_for_you",
                f"{given.approver_name} has answered {show(request.id)} in your stead, and of you "
                f"two one counts; to end the access, use `revoke {show(request.id)}`.",
            )
    candidates = eligible(uow, version, dossier)
    mine = next((a for a in candidates if a.person == actor), None)
    if mine is not None and _is_still(uow, mine):
        return mine
    names = " or ".join(called(version.company, a) for a in candidates if a.person != actor)
    raise NotAllowed(
        "decision.not_approver",
        f"Stage {request.stage_number} of {show(request.id)}, {request.stage.name}, "
        f"is not yours to decide; {names or 'nobody'} can.",
    )


def _is_still(uow: UnitOfWork, approver: Approver) -> bool:
    """Say whether nobody has ended meanwhile by what they may decide; and let nobody end it now.

    Otherwise the record could hold a decision in somebody's stead after the end of it.
    """
    if approver.stands_in is None:
        return True
    held = uow.delegations.hold(approver.stands_in.delegation)
    return held is not None and held.ended_at is None
