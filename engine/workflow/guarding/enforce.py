"""What is held of something frozen is taken away, where the freeze says so.

Found by looking at what is, like everything the clock does: what was given in the very moment of
the freeze is found the next time.
"""

from __future__ import annotations

from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import RequestId
from engine.policy.guards.halts import frozen_by
from engine.ports import Work
from engine.workflow.find import lock_request
from engine.workflow.granting.end import order_end
from engine.workflow.record import Recorder

PAGE = 200
"""Grants per look: few enough that nobody waits for the connection."""

_ENDS = frozenset({GrantState.PROVISIONING, GrantState.ACTIVE})


def end_frozen(work: Work, *, limit: int = PAGE) -> int:
    """Order the end of grants that a freeze ends; says how many. Each in its own transaction."""
    with work() as uow:
        halts = [halt for halt in uow.halts.in_force() if halt.ends_live]
        found = uow.usage.to_end(halts, limit) if halts else ()
    return sum(_end(work, request) for request in found)


def _end(work: Work, request: RequestId) -> bool:
    with work() as uow:
        dossier, grant = (found := lock_request(uow, request)), found.grant
        halts = [halt for halt in uow.halts.in_force() if halt.ends_live]
        halt = frozen_by(halts, dossier.request.entitlement)
        if halt is None or grant is None or grant.state not in _ENDS:
            return False
        order_end(
            Recorder(uow, uow.companies.active(), dossier.request),
            grant,
            EndCause.FROZEN,
            should_end_at=uow.now,
            facts={"freeze": halt.id, "by_name": halt.by_name, "freeze_reason": halt.reason},
        )
        uow.commit()
        return True
