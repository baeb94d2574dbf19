"""What comes of an extension is told in the thread of what it extends, too.

Whoever locks an extension has locked that one with it.
"""

from __future__ import annotations

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.model.grant import GrantState
from engine.model.identifiers import show
from engine.model.request import Request
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.find import lock_request
from engine.workflow.record import Recorder


def tell_extended(uow: UnitOfWork, version: CompanyVersion, settled: Request, outcome: str) -> None:
    """Record at the access that it does not go on; nothing where that has ended anyway.

    Also called for what extends nothing, which is told nowhere.
    """
    if settled.extends is None:
        return
    extended = lock_request(uow, settled.extends)
    grant = extended.grant
    if grant is None or grant.state is not GrantState.ACTIVE or grant.ends_at is None:
        return
    facts = {
        "extension": show(settled.id),
        "outcome": outcome,
        "ends_at": instant(grant.ends_at),
    }
    Recorder(uow, version, extended.request).note(Action.GRANT_NOT_EXTENDED, None, facts)
