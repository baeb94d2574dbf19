"""That access is to go on becomes a draft: all of it is checked, and who decides it is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.model.request import Draft, Request
from engine.policy.approvers import Asking
from engine.policy.content import GoingOn, Terms, content_hash
from engine.policy.extending.going_on import Running
from engine.policy.extending.steps import steps_to_extend
from engine.policy.reason import check_reason
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.conflict import refuse_conflicts
from engine.workflow.asking.drafting import Drafted
from engine.workflow.asking.planning import plan_for
from engine.workflow.asking.stages import resolve, rules_of
from engine.workflow.guarding.tickets import Looked, check_looked


@dataclass(frozen=True, slots=True)
class More:
    """What is wanted: which access, for how much longer, and why."""

    given: Request
    access: Running
    length: timedelta
    reason: str
    ticket: Looked | None = None


def draft_extension(
    uow: UnitOfWork, version: CompanyVersion, asking: Asking, more: More
) -> Drafted:
    """Check it as a request is checked, by how long the access would be there in all.

    Otherwise two short ones would be decided by fewer people than one long one.
    """
    entitlement, access = asking.entitlement, more.access
    reason = check_reason(entitlement, more.reason)
    check_looked(version, asking, more.ticket)
    sod = refuse_conflicts(uow, version, entitlement.id, holder=asking.holder)
    whole = plan_for(uow, version, asking, access.until + more.length - access.since)
    planned = steps_to_extend(whole, entitlement.extend, rules_of(uow, more.given))
    terms = Terms(more.length, reason, extends=GoingOn(more.given.id, access.since, access.until))
    draft = Draft(
        requester=asking.requester,
        holder=asking.holder,
        entitlement=entitlement.id,
        duration=more.length,
        reason=reason,
        config_version=version.number,
        stages=resolve(version, planned, asking),
        content_hash=content_hash(asking, terms, plan=planned, config=version.number),
        submitted_at=uow.now,
        decide_by=access.until,
        extends=more.given.id,
        held_since=access.since,
        held_until=access.until,
    )
    return Drafted(draft, planned, sod)
