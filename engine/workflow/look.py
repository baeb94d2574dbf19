"""People look at what concerns them; nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.audit.entry import Recorded
from engine.errors import NotAllowed
from engine.model.company import Company, Entitlement, Role
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.policy.approvers import is_owner
from engine.policy.people import has_role, may_request
from engine.policy.questions import unanswered
from engine.ports import CompanyVersion, Work
from engine.workflow.find import find_person, read_request

LIST_MAX = 50
"""Rows that a person still reads in a chat; more is a report's work."""


@dataclass(frozen=True, slots=True)
class Status:
    """One request with its record."""

    dossier: Dossier
    entries: Sequence[Recorded]
    company: Company


@dataclass(frozen=True, slots=True)
class Listing:
    """Some requests, newest first, and the company to name things by."""

    dossiers: Sequence[Dossier]
    company: Company


def company_now(work: Work) -> CompanyVersion:
    """Read the configuration in force."""
    with work() as uow:
        return uow.companies.active()


def now(work: Work) -> datetime:
    """Read the database's time."""
    with work() as uow:
        return uow.now


def status(work: Work, actor: PersonId, request: RequestId) -> Status:
    """Read one request, for those whom it concerns, owners, compliance, admins; or `NotAllowed`."""
    with work() as uow:
        dossier = read_request(uow, request)
        company = uow.companies.active().company
        if not _may_see(company, actor, dossier):
            raise NotAllowed(
                "request.not_visible",
                f"{show(request)} is not yours to see; its requester, holder, approvers and "
                f"owners, compliance and admins can.",
            )
        return Status(dossier, uow.audit.stream(show(request)), company)


def _may_see(company: Company, actor: PersonId, dossier: Dossier) -> bool:
    request = dossier.request
    concerned = {request.requester, request.holder}
    concerned |= {approver.person for stage in request.stages for approver in stage.asked}
    concerned |= dossier.decided_by
    if dossier.closing is not None:
        concerned |= {closer.person for closer in dossier.closing.assigned}
    entitlement = company.entitlement.get(request.entitlement)
    owns = entitlement is not None and is_owner(company, actor, entitlement)
    return actor in concerned or owns or sees_everything(company, actor)


def sees_everything(company: Company, actor: PersonId) -> bool:
    """Say whether a person may read the whole log."""
    return has_role(company, actor, Role.COMPLIANCE) or has_role(company, actor, Role.ADMIN)


def mine(work: Work, actor: PersonId) -> Listing:
    """List what a person asked for or holds."""
    with work() as uow:
        found = uow.lists.of_person(actor, LIST_MAX)
        return Listing(found, uow.companies.active().company)


def questioned(work: Work, actor: PersonId) -> Listing:
    """List the open requests about which somebody waits for a person's answer."""
    with work() as uow:
        found = [d for d in uow.lists.of_person(actor, LIST_MAX) if d.request.is_pending]
        asked = [d for d in found if unanswered(uow.audit.stream(show(d.request.id)))]
        return Listing(asked, uow.companies.active().company)


def pending(work: Work, actor: PersonId) -> Listing:
    """List what waits for a person's decision."""
    with work() as uow:
        waiting = uow.lists.waiting_for(actor, LIST_MAX)
        return Listing(waiting, uow.companies.active().company)


def catalog(work: Work, actor: PersonId) -> tuple[Entitlement, ...]:
    """List what a person may request."""
    with work() as uow:
        company = uow.companies.active().company
        person = find_person(company, actor)
        return tuple(e for e in company.entitlements if may_request(company, person, e))
