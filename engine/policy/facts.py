"""What is known of an asking, for the policy's conditions."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.conditions import Facts
from engine.model.company import Company
from engine.model.identifiers import PersonId
from engine.policy.approvers import Asking
from engine.policy.calendar import freeze_at, is_business_hour, on_call_for


def facts_of(company: Company, asking: Asking, *, duration: timedelta, at: datetime) -> Facts:
    """Gather every fact that `FACTS` declares."""
    entitlement = asking.entitlement
    requester, holder = company.person[asking.requester], company.person[asking.holder]
    system, freeze = company.system[entitlement.system], freeze_at(company.calendar, at)
    return {
        "request.duration": duration,
        "request.at": at,
        "request.for_another": asking.requester != asking.holder,
        "requester.id": requester.id,
        "requester.department": requester.department,
        "requester.employment": requester.employment,
        "requester.groups": _groups(company, requester.id),
        "requester.cost_centre": requester.cost_centre or "",
        "requester.on_call": on_call_for(company.calendar, requester.id, at),
        "holder.id": holder.id,
        "holder.department": holder.department,
        "holder.employment": holder.employment,
        "holder.groups": _groups(company, holder.id),
        "entitlement.id": entitlement.id,
        "entitlement.tier": entitlement.tier,
        "entitlement.data": entitlement.data,
        "system.id": system.id,
        "system.environment": system.environment,
        "calendar.freeze": freeze.id if freeze else "",
        "calendar.business_hours": is_business_hour(company.calendar, at),
    }


def _groups(company: Company, person: PersonId) -> tuple[str, ...]:
    return tuple(group.id for group in company.groups if person in group.people)
