"""Nothing frozen is asked for or given, and nothing beyond its limits.

Asked at the submission, where the access is decided, and once more right before it is given. Called
inside the use case's transaction; the holder must be locked.
"""

from __future__ import annotations

from engine.errors import NotAllowed
from engine.model.company import Company, Entitlement
from engine.model.identifiers import EntitlementId, PersonId
from engine.policy.guards.halts import frozen_by, why
from engine.policy.guards.limits import check_denial, check_pending, check_places, check_rate
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.record import name_of


def refuse_to_ask(
    uow: UnitOfWork, version: CompanyVersion, wanted: Entitlement, *, holder: PersonId
) -> None:
    """Raise what forbids to ask now: `NotAllowed` where it is frozen, `Invalid` for limits."""
    company, limits = version.company, wanted.limits
    refuse_frozen(uow, company, wanted.id)
    name = name_of(company, holder)
    check_pending(company, uow.requests.access_of(holder).pending, name)
    if limits.requests is not None:
        since = uow.now - limits.requests.within
        check_rate(wanted, uow.usage.asked(holder, wanted.id, since), name, uow.now)
    if limits.after_denial is not None:
        check_denial(wanted, uow.usage.denied_at(holder, wanted.id), uow.now)
    if limits.holders is not None:
        check_places(wanted, uow.usage.holders(wanted.id), holder)


def refuse_to_give(
    uow: UnitOfWork, company: Company, wanted: EntitlementId, *, holder: PersonId
) -> None:
    """Raise what forbids that somebody gets it now; nobody else gets a place meanwhile."""
    refuse_frozen(uow, company, wanted)
    known = company.entitlement.get(wanted)
    if known is not None and known.limits.holders is not None:
        uow.usage.lock(wanted)
        check_places(known, uow.usage.holders(wanted), holder)


def refuse_frozen(uow: UnitOfWork, company: Company, wanted: EntitlementId) -> None:
    """Raise `NotAllowed` where an entitlement is frozen."""
    sentence = frozen_words(uow, company, wanted)
    if sentence:
        raise NotAllowed("entitlement.frozen", sentence)


def frozen_words(uow: UnitOfWork, company: Company, wanted: EntitlementId) -> str:
    """Say in a sentence that an entitlement is frozen; empty where it is not."""
    halt = frozen_by(uow.halts.in_force(), wanted)
    if halt is None:
        return ""
    known = company.entitlement.get(wanted)
    return why(halt, known.name if known else wanted)
