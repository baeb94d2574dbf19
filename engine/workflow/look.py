"""People look at what concerns them. Nothing is changed; reading the audit log is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.entry import Entry, Recorded, instant
from engine.audit.vocabulary import Action
from engine.errors import NotAllowed
from engine.model.company import Company, Entitlement, Role
from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId, RequestId, SystemId, show
from engine.policy.approvers import is_owner
from engine.policy.people import has_role, is_active, may_request
from engine.ports import CompanyVersion, EntryFilter, Holding, UnitOfWork, Work
from engine.workflow.find import find_entitlement, find_person, read_request
from engine.workflow.record import actor_facts

LIST_MAX = 50
"""Rows that a person still reads in a chat; more is a report's work."""

AUDIT_STREAM = "audit"


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
    concerned |= {decision.approver for decision in dossier.decisions}
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


def pending(work: Work, actor: PersonId) -> Listing:
    """List what waits for a person's decision."""
    with work() as uow:
        found = uow.lists.waiting_for(actor, LIST_MAX)
        waiting = [d for d in found if actor not in {x.approver for x in d.decisions}]
        return Listing(waiting, uow.companies.active().company)


def catalog(work: Work, actor: PersonId) -> tuple[Entitlement, ...]:
    """List what a person may request."""
    with work() as uow:
        company = uow.companies.active().company
        person = find_person(company, actor)
        return tuple(e for e in company.entitlements if may_request(company, person, e))


@dataclass(frozen=True, slots=True)
class Found:
    """What an audit question came to."""

    entries: Sequence[Recorded]
    company: Company


def read_audit(work: Work, actor: PersonId, wanted: EntryFilter) -> Found:
    """Read entries, newest first; the read itself is recorded.

    Compliance and admins see everything; an owner what concerns their systems; anybody what
    concerns themselves. Everything else is `NotAllowed`.
    """
    with work() as uow:
        company = uow.companies.active().company
        _check_known(company, wanted)
        allowed = _narrow(company, actor, wanted)
        entries = uow.audit.search(allowed)
        _note_read(uow, company, actor, _question(wanted), len(entries))
        uow.commit()
        return Found(entries, company)


@dataclass(frozen=True, slots=True)
class Held:
    """Who had what."""

    holdings: Sequence[Holding]
    company: Company


def read_holdings(work: Work, actor: PersonId, entitlement: EntitlementId, at: datetime) -> Held:
    """Say who had an entitlement at an instant; owners, compliance and admins may ask."""
    with work() as uow:
        company = uow.companies.active().company
        known = find_entitlement(company, entitlement)
        if not (sees_everything(company, actor) or is_owner(company, actor, known)):
            raise NotAllowed(
                "audit.not_allowed",
                f"Who had {known.name} can be asked by its owners, compliance and admins only.",
            )
        holdings = uow.audit.holdings_at(entitlement, at)
        question = f"who had {entitlement} at {instant(at)}"
        _note_read(uow, company, actor, question, len(holdings))
        uow.commit()
        return Held(holdings, company)


def _check_known(company: Company, wanted: EntryFilter) -> None:
    if wanted.person is not None:
        find_person(company, wanted.person)
    if wanted.entitlement is not None:
        find_entitlement(company, wanted.entitlement)


def _narrow(company: Company, actor: PersonId, wanted: EntryFilter) -> EntryFilter:
    if sees_everything(company, actor) or wanted.person == actor:
        return wanted
    owned = _owned_systems(company, actor)
    if owned:
        return replace(wanted, systems=owned)
    raise NotAllowed(
        "audit.not_allowed",
        "The audit log is read by compliance, admins and the owners of systems; "
        f"your own part of it is `audit person {actor}`.",
    )


def _owned_systems(company: Company, actor: PersonId) -> frozenset[SystemId]:
    if not is_active(company, actor):
        return frozenset()  # an owner who left is named in the files until somebody changes them
    return frozenset(system.id for system in company.systems if system.owner == actor)


def _question(wanted: EntryFilter) -> str:
    parts = [
        f"person {wanted.person}" if wanted.person else "",
        f"entitlement {wanted.entitlement}" if wanted.entitlement else "",
        f"request {show(wanted.request)}" if wanted.request else "",
        f"from {instant(wanted.from_at)}" if wanted.from_at else "",
        f"until {instant(wanted.until_at)}" if wanted.until_at else "",
    ]
    return ", ".join(part for part in parts if part) or "everything"


def _note_read(
    uow: UnitOfWork, company: Company, actor: PersonId, question: str, count: int
) -> None:
    facts = actor_facts(company, actor) | {"question": question, "count": count}
    uow.audit.append(Entry(AUDIT_STREAM, Action.AUDIT_READ, actor, uow.now, facts))
