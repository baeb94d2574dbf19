"""Somebody looks: what they may have in an emergency, and what is still open after some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.closings import ClosingFilter
from engine.model.company import Company, Entitlement
from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId
from engine.model.request import Request, Stage
from engine.model.rules.emergency import Breakglass
from engine.policy.approvers import owned_by
from engine.policy.emergency.rules import breakable_by, emergency_length
from engine.policy.emergency.watchers import watchers
from engine.ports import UnitOfWork, Work
from engine.workflow.asking.planning import plan_for
from engine.workflow.asking.stages import resolve
from engine.workflow.emergency.checked import (
    asking_afterwards,
    check_count,
    find_rule,
    refuse_apart,
)
from engine.workflow.find import find_entitlement
from engine.workflow.guarding.check import refuse_frozen
from engine.workflow.look import LIST_MAX, Listing, sees_everything


def breakable(work: Work, actor: PersonId) -> tuple[Entitlement, ...]:
    """List what somebody may have in an emergency."""
    with work() as uow:
        return breakable_by(uow.companies.active().company, actor)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What breaking the glass would come to."""

    rule: Breakglass
    company: Company
    told: tuple[PersonId, ...]
    """Who is told of it at once."""

    stages: tuple[Stage, ...]
    """Who approves it afterwards, as the directory stands now."""

    already: Request | None
    """One for the same that is there still: breaking the glass again would give that one."""


def look_ahead(work: Work, actor: PersonId, wanted: EntitlementId) -> Ahead:
    """Say what it would come to, or refuse what `break_glass` would refuse. Nothing is changed."""
    with work() as uow:
        version = uow.companies.active()
        company = version.company
        entitlement = find_entitlement(company, wanted)
        rule = find_rule(version, actor, entitlement)
        uow.lock_person(actor)  # of their own access, people are told one state of things
        already = check_count(uow, rule, actor, wanted)
        if already is None:
            refuse_frozen(uow, company, wanted)
            refuse_apart(uow, version, entitlement, holder=actor)
        asking = asking_afterwards(uow, rule, entitlement, actor=actor)
        planned = plan_for(uow, version, asking, emergency_length(rule, entitlement, None))
        stages = resolve(version, planned, asking)
        return Ahead(rule, company, watchers(company, wanted), stages, already)


# ── what is still open ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Open:
    """Uses of break-glass of which nobody has said yet what came of them."""

    dossiers: Sequence[Dossier]
    """The soonest due first; those that cannot be closed yet come last."""

    at: datetime
    """When that was read."""

    @property
    def overdue(self) -> Sequence[Dossier]:
        """Those that should have been closed by now."""
        return [d for d in self.dossiers if d.closing and d.closing.is_overdue(self.at)]


def to_close(work: Work, actor: PersonId) -> Listing:
    """List what a person was asked to close."""
    with work() as uow:
        return Listing(closed_by(uow, actor), uow.companies.active().company)


def closed_by(uow: UnitOfWork, actor: PersonId) -> Sequence[Dossier]:
    """List what a person was asked to close, the soonest due first."""
    return uow.closings.not_done(ClosingFilter(assigned=actor, limit=LIST_MAX))


def not_closed(work: Work, actor: PersonId) -> Open:
    """List what is open of what a person watches over; nothing, where that is nothing."""
    with work() as uow:
        company, at = uow.companies.active().company, uow.now
        among = None if sees_everything(company, actor) else owned_by(company, actor)
        found = uow.closings.not_done(ClosingFilter(among=among, limit=LIST_MAX))
        return Open(found, at)
