"""Nobody decided an extension in time, or the access ended before: it is over, and nothing goes on.

Each in a transaction of its own, and not in a batch as other requests lapse: it is told at what it
extends as well, whose row must be locked before its own.
"""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId
from engine.model.request import RequestState
from engine.ports import Work
from engine.workflow.asking.lapse import BATCH_MAX
from engine.workflow.extending.telling import tell_extended
from engine.workflow.find import lock_request
from engine.workflow.record import Recorder


def end_extensions(work: Work, *, limit: int = BATCH_MAX) -> int:
    """Settle extensions that nobody can decide any more; says how many."""
    with work() as uow:
        found = uow.requests.extensions_over(limit)
    return sum(_end(work, one) for one in found)


def _end(work: Work, extension: RequestId) -> bool:
    with work() as uow:
        asked = lock_request(uow, extension).request
        assert asked.extends is not None
        grant = lock_request(uow, asked.extends).grant
        is_late = uow.now >= asked.stage_due_at
        is_there = grant is not None and grant.state is GrantState.ACTIVE
        if not asked.is_pending or (is_there and not is_late):
            return False
        state = RequestState.LAPSED if is_late else RequestState.CANCELLED
        settled = uow.requests.save(asked.move(state, at=uow.now))
        action = Action.REQUEST_LAPSED if is_late else Action.REQUEST_OVERTAKEN
        version = uow.companies.active()
        Recorder(uow, version, settled).note(action, None)
        tell_extended(uow, version, settled, "was not decided in time")
        uow.commit()
        return True
