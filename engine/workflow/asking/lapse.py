"""Nobody answered in time. Silence never approves."""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.model.request import RequestState
from engine.ports import Work
from engine.workflow.record import Recorder

BATCH_MAX = 200
"""Rows per commit: enough to catch up fast, few enough that locks are short."""


def lapse_due(work: Work, *, limit: int = BATCH_MAX) -> int:
    """Settle pending requests whose stage is past due as LAPSED; says how many."""
    with work() as uow:
        due = uow.requests.lock_lapsed(limit)
        if not due:
            return 0
        version = uow.companies.active()
        for dossier in due:
            request = uow.requests.save(dossier.request.move(RequestState.LAPSED, at=uow.now))
            Recorder(uow, version, request).note(Action.REQUEST_LAPSED, None)
        uow.commit()
        return len(due)
