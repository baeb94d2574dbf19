"""The requester takes a request back."""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Request, RequestState
from engine.ports import Work
from engine.workflow.extending.telling import tell_extended
from engine.workflow.find import lock_request
from engine.workflow.record import Recorder


def cancel(work: Work, actor: PersonId, request: RequestId) -> Request:
    """Settle a pending request as CANCELLED; nothing is given.

    Only its requester or holder may. A request that is settled already is refused, with what ends
    access instead; one that was cancelled before is answered as if it were now.
    """
    with work() as uow:
        current = lock_request(uow, request).request
        if actor not in {current.requester, current.holder}:
            raise NotAllowed(
                "request.not_yours",
                f"{show(request)} is not yours to take back; its approvers can deny it.",
            )
        if current.is_breakglass:
            raise Invalid(
                "request.breakglass",
                f"{show(request)} is break-glass: what was given at once is not taken back unseen; "
                f"give the access back with `return {show(request)}`.",
            )
        if current.state is RequestState.CANCELLED:
            return current
        if not current.is_pending:
            raise Invalid(
                "request.settled",
                f"{show(request)} is {current.state} already, so it cannot be taken back; "
                f"access that was given is given back with `return {show(request)}`.",
            )
        settled = uow.requests.save(current.move(RequestState.CANCELLED, at=uow.now))
        version = uow.companies.active()
        Recorder(uow, version, settled).note(Action.REQUEST_CANCELLED, actor)
        tell_extended(uow, version, settled, "was taken back")
        uow.commit()
        return settled
