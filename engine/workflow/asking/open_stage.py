"""The open stage, for who wants to do something at it: is it open still, and is it theirs?

Called inside their transaction and under the request's lock.
"""

from __future__ import annotations

from datetime import datetime

from engine.errors import NotAllowed, Stale
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, show
from engine.model.request import Approver, Request
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.stages import eligible
from engine.workflow.record import name_of


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

    Raises `NotAllowed` where they may not, with who can.
    """
    request = dossier.request
    if actor in {request.requester, request.holder}:
        raise NotAllowed(
            "decision.own_request",
            f"You cannot decide {show(request.id)}, because it is your own; others were asked.",
        )
    decided = frozenset(decision.approver for decision in dossier.standing)
    candidates = eligible(uow, version, request, decided=decided)
    if mine := [a for a in candidates if a.person == actor]:
        return mine[0]
    names = " or ".join(name_of(version.company, a.person) for a in candidates)
    raise NotAllowed(
        "decision.not_approver",
        f"Stage {request.stage_number} of {show(request.id)}, {request.stage.name}, "
        f"is not yours to decide; {names or 'nobody'} can.",
    )
