"""It is decided afterwards whether it was right to break the glass.

Called by `decide` with every decision about such a request, inside its transaction.
"""

from __future__ import annotations

from dataclasses import replace

from engine.model.dossier import Dossier
from engine.model.grant import EndCause, GrantState
from engine.model.request import RequestState
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.emergency.nudging import nudged_next
from engine.workflow.granting.end import order_end
from engine.workflow.record import Recorder

STILL_THERE = frozenset({GrantState.PROVISIONING, GrantState.ACTIVE})
"""The access is there, or about to be, and nobody has ordered its end."""


def follow_decision(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Dossier:
    """Take the access away where somebody denied it; and say next what is still open, in time."""
    request, grant, closing = dossier.request, dossier.grant, dossier.closing
    if closing is None or grant is None:
        return dossier
    nudge_at = nudged_next(request, closing, uow.now)
    closing = uow.closings.save(replace(closing, nudge_at=nudge_at))
    if request.state is RequestState.DENIED and grant.state in STILL_THERE:
        last = dossier.decisions[-1]
        grant = order_end(
            Recorder(uow, version, request),
            grant,
            EndCause.REVOKED,
            should_end_at=uow.now,
            actor=last.approver,
            facts={"revoke_reason": last.reason},
        )
    return replace(dossier, closing=closing, grant=grant)
