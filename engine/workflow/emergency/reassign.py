"""People have changed: an open closing is for whoever may close it now.

Called by the clock with everything else that follows from who works here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.audit.vocabulary import Action
from engine.closings import ClosingFilter
from engine.model.closing import Closing
from engine.model.dossier import Dossier
from engine.model.identifiers import RequestId
from engine.model.request import Approver
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.emergency.opening import note_closing
from engine.workflow.emergency.people import closers_now
from engine.workflow.find import lock_request
from engine.workflow.record import Recorder

LOOKED_AT_MAX = 200
"""Closings per look, the soonest due first; others find their people when they are said next."""


def reassign(work: Work, request: RequestId) -> bool:
    """Let a closing be for whoever may close it now; says whether that is somebody else."""
    with work() as uow:
        dossier = lock_request(uow, request)
        version = uow.companies.active()
        others = _others(uow, version, dossier)
        if others is None or dossier.closing is None:
            return False
        closing = uow.closings.save(replace(dossier.closing, assigned=others))
        recorder = Recorder(uow, version, dossier.request)
        note_closing(recorder, Action.CLOSING_REASSIGNED, closing)
        uow.commit()
        return True


def for_others(uow: UnitOfWork) -> list[RequestId]:
    """List whose closing is for others by now. Without locks: a hint."""
    version = uow.companies.active()
    found = uow.closings.not_done(ClosingFilter(limit=LOOKED_AT_MAX))
    return [d.request.id for d in found if _others(uow, version, d) is not None]


def _is_said_next(closing: Closing, now: datetime) -> bool:
    """Say whether it is said again at once: that finds its people, and may be the escalation."""
    return closing.nudge_at is not None and closing.nudge_at <= now


def _others(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier
) -> tuple[Approver, ...] | None:
    """Say who should be assigned, where others are."""
    closing = dossier.closing
    if closing is None or not closing.is_open or _is_said_next(closing, uow.now):
        return None
    people = closers_now(uow, version, dossier.request, closing)
    is_same = {one.person for one in people} == {one.person for one in closing.assigned}
    return None if is_same else people
