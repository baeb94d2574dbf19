"""An extension is approved: the end of the access moves, in that same commit.

Called by `asking/approve`, under the locks of both: the clock that would end the access waits for
them or came first, and then nothing goes on.
"""

from __future__ import annotations

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import Invalid, Stale
from engine.model.dossier import Dossier
from engine.model.identifiers import show
from engine.model.request import Request, RequestState
from engine.policy.extending.going_on import Running, check_length, check_same, running
from engine.policy.people import is_active
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.find import find_entitlement, lock_request
from engine.workflow.record import Recorder


def refuse_ended(uow: UnitOfWork, version: CompanyVersion, asked: Request) -> None:
    """Raise `Stale` where what it extends has ended, or must not go on any more.

    Of what extends nothing, nothing is asked.
    """
    if asked.extends is not None:
        _still(uow, version, asked)


def settle_extension(uow: UnitOfWork, version: CompanyVersion, asked: Request) -> Request:
    """Every stage is satisfied: save the extension as APPROVED, and the access with its new end."""
    extended, access = _still(uow, version, asked)
    request = uow.requests.save(asked.move(RequestState.APPROVED, at=uow.now))
    until = access.until + request.duration
    uow.grants.save(access.grant.extend(until, at=uow.now))
    Recorder(uow, version, request).note(Action.REQUEST_APPROVED, None)
    facts = {
        "extension": show(request.id),
        "ends_at": instant(until),
        "ended_before_at": instant(access.until),
    }
    Recorder(uow, version, extended.request).note(Action.GRANT_EXTENDED, None, facts)
    return request


def _still(uow: UnitOfWork, version: CompanyVersion, asked: Request) -> tuple[Dossier, Running]:
    assert asked.extends is not None
    extended = lock_request(uow, asked.extends)
    company = version.company
    try:
        access = running(extended, uow.now)
        entitlement = find_entitlement(company, asked.entitlement)
        check_same(entitlement, access)
        check_length(entitlement, access, asked.duration)
    except Invalid as gone:
        raise Stale(
            "extend.over",
            f"{show(asked.id)} cannot be approved any more, and nothing was given: {gone.sentence}",
        ) from None
    if not is_active(company, asked.holder):
        raise Stale(
            "extend.left",
            f"{show(asked.id)} cannot be approved any more, because its holder has left; the "
            "access is being taken away.",
        )
    assert access.until == asked.held_until, "nothing else moves the end meanwhile"
    return extended, access
