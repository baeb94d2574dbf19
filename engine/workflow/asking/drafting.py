"""What somebody wants becomes a draft: all of it is checked, and who has to decide it is planned.

Called by `submit`, and where what is asked changes: a change is checked like a submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.errors import NotAllowed
from engine.model.company import Company, Person
from engine.model.request import Draft, Request
from engine.policy.approvers import Asking
from engine.policy.content import Terms, content_hash
from engine.policy.length import check_duration
from engine.policy.people import may_request
from engine.policy.plan import Plan
from engine.policy.reason import check_reason
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.conflict import refuse_conflicts
from engine.workflow.asking.note_stage import resolved_facts
from engine.workflow.asking.planning import plan_facts, plan_for
from engine.workflow.asking.stages import resolve
from engine.workflow.guarding.tickets import Looked, check_looked
from engine.workflow.record import Facts, name_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of an entitlement."""

    duration: timedelta
    reason: str
    ticket: Looked | None = None
    """What `look_up` found, where the policy asks for a ticket."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft, and why it asks whom it asks."""

    draft: Draft
    plan: Plan
    sod: Facts
    """What segregation of duties looked at."""


def asked_facts(version: CompanyVersion, drafted: Drafted) -> Facts:
    """Give what an entry says of what is asked, and of who has to decide it and why."""
    draft = drafted.draft
    entitlement = version.company.entitlement[draft.entitlement]
    return {
        "duration": int(draft.duration.total_seconds()),
        "reason": draft.reason,
        "resource": entitlement.resource,
        "permission": entitlement.permission,
        "tier": entitlement.tier,
        "sod": dict(drafted.sod),
        **plan_facts(drafted.plan),
        "resolved": resolved_facts(draft.stages),
    }


def check_eligible(company: Company, asking: Asking, *, actor: Person, holder: Person) -> None:
    """Raise `NotAllowed` where one of them left, or the holder may not have it."""
    for person in (actor, holder):
        if not person.active:
            raise NotAllowed(
                "person.inactive",
                f"{person.name} is not active in the directory; an admin can change that.",
            )
    if not may_request(company, holder, asking.entitlement):
        owner = name_of(company, asking.entitlement.owner)
        raise NotAllowed(
            "request.not_eligible",
            f"{asking.entitlement.name} may not be requested for {holder.name}; "
            f"`catalog` shows what may, and {owner} owns the list.",
        )


def make_draft(
    uow: UnitOfWork,
    version: CompanyVersion,
    asking: Asking,
    wanted: Wanted,
    *,
    before: Request | None = None,
) -> Drafted:
    """Check what an eligible person wants, and plan who decides it. The holder must be locked.

    `before` is the pending request that it would change; its draft is the next revision. Refuses
    what could never be decided or given: `Invalid` words, an SoD `Conflict`, `Undecided` policy.
    """
    entitlement = asking.entitlement
    duration = check_duration(entitlement, wanted.duration)
    reason = check_reason(entitlement, wanted.reason)
    check_looked(version, asking, wanted.ticket)
    number = before.id if before else None
    sod = refuse_conflicts(uow, version, entitlement.id, holder=asking.holder, request=number)
    planned = plan_for(uow, version, asking, duration)
    terms = Terms(duration, reason, before.revision + 1 if before else 1)
    draft = Draft(
        requester=asking.requester,
        holder=asking.holder,
        entitlement=entitlement.id,
        duration=duration,
        reason=reason,
        config_version=version.number,
        stages=resolve(version, planned, asking),
        content_hash=content_hash(asking, terms, plan=planned, config=version.number),
        submitted_at=uow.now,
    )
    return Drafted(draft, planned, sod)
