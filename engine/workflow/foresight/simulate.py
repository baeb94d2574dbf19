"""Somebody who answers for the policy asks what it would do. Nothing is asked or kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.errors import NotAllowed
from engine.model.company import Company, Role
from engine.model.identifiers import EntitlementId, PersonId
from engine.policy.approvers import Asking
from engine.policy.explain import Explained, explain
from engine.policy.people import has_role
from engine.ports import Work
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.guarding.check import frozen_words


@dataclass(frozen=True, slots=True)
class Wondered:
    """What somebody might ask for."""

    requester: PersonId
    entitlement: EntitlementId
    holder: PersonId | None = None
    """None is the requester."""

    duration: timedelta | None = None
    """None is the entitlement's default."""

    at: datetime | None = None
    """None is now."""


def simulate(work: Work, actor: PersonId, wondered: Wondered) -> tuple[Company, Explained]:
    """Say which chain and stages it would take, and who could decide them, by today's policy.

    What the holder has or asked for is not looked at: a policy is tried, not a person. Raises
    `NotAllowed` for who is neither admin nor compliance.
    """
    with work() as uow:
        company = uow.companies.active().company
        if not any(has_role(company, actor, role) for role in (Role.ADMIN, Role.COMPLIANCE)):
            raise NotAllowed(
                "policy.simulate_not_allowed",
                "Only admins and compliance can try the policy; what you would be asked yourself "
                "is shown by `request`, before anything is sent.",
            )
        wanted = find_entitlement(company, wondered.entitlement)
        asker = find_person(company, wondered.requester)
        holder = find_person(company, wondered.holder or asker.id)
        at = wondered.at or uow.now
        explained = explain(
            company,
            uow.conditions,
            Asking(asker.id, holder.id, wanted, at=at),
            duration=wondered.duration or wanted.duration_default,
            at=at,
        )
        frozen = frozen_words(uow, company, wanted.id)
        obstacles = (*explained.obstacles, frozen) if frozen else explained.obstacles
        return company, replace(explained, obstacles=obstacles)
