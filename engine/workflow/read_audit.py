"""Somebody asks what happened. The answer is the record, and asking is recorded, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.entry import Recorded, instant
from engine.errors import NotAllowed
from engine.model.company import Company, Entitlement
from engine.model.identifiers import EntitlementId, PersonId, show
from engine.policy.approvers import is_owner
from engine.policy.people import is_active
from engine.ports import EntryFilter, Holding, UnitOfWork, Work
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.look import sees_everything
from engine.workflow.note_read import ALONE, Read, Showing, note_read


@dataclass(frozen=True, slots=True)
class Found:
    """What an audit question came to."""

    entries: Sequence[Recorded]
    company: Company
    at: datetime
    """When it was read: what came later is not in it."""


def read_audit(work: Work, actor: PersonId, wanted: EntryFilter, showing: Showing = ALONE) -> Found:
    """Read entries, newest first; the read itself is recorded, and to whom it is shown.

    Compliance and admins see everything; an owner what concerns their systems, or where they own
    none, their entitlements; anybody what concerns themselves. Everything else is `NotAllowed`.
    """
    with work() as uow:
        company = uow.companies.active().company
        allowed = _narrow(uow, company, actor, wanted=wanted)
        entries = uow.audit.search(allowed)
        if not entries:
            # Asked for only now: what is not in the files any more is in the record still.
            _check_known(company, wanted)
        read = Read(_question(wanted), len(entries), showing)
        note_read(uow, company, actor, read)
        uow.commit()
        return Found(entries, company, uow.now)


@dataclass(frozen=True, slots=True)
class Held:
    """Who had what."""

    holdings: Sequence[Holding]
    company: Company


def read_holdings(
    work: Work,
    actor: PersonId,
    entitlement: EntitlementId,
    at: datetime,
    *,
    showing: Showing = ALONE,
) -> Held:
    """Say who had an entitlement at an instant; owners, compliance and admins may ask."""
    with work() as uow:
        company = uow.companies.active().company
        if not sees_everything(company, actor):
            _check_owner(company, actor, find_entitlement(company, entitlement))
        holdings = uow.audit.holdings_at(entitlement, at)
        if not holdings:
            find_entitlement(company, entitlement)
        read = Read(f"who had {entitlement} at {instant(at)}", len(holdings), showing)
        note_read(uow, company, actor, read)
        uow.commit()
        return Held(holdings, company)


def _check_owner(company: Company, actor: PersonId, entitlement: Entitlement) -> None:
    if not is_owner(company, actor, entitlement):
        raise NotAllowed(
            "audit.not_allowed",
            f"Who had {entitlement.name} can be asked by its owners, compliance and admins only.",
        )


def _check_known(company: Company, wanted: EntryFilter) -> None:
    if wanted.person is not None:
        find_person(company, wanted.person)
    if wanted.entitlement is not None:
        find_entitlement(company, wanted.entitlement)


def _narrow(
    uow: UnitOfWork, company: Company, actor: PersonId, *, wanted: EntryFilter
) -> EntryFilter:
    if sees_everything(company, actor) or wanted.person == actor:
        return wanted
    if _is_theirs(uow, company, actor, wanted=wanted):
        return wanted
    # An owner who left is named in the files until somebody changes them.
    if is_active(company, actor):
        if systems := frozenset(s.id for s in company.systems if s.owner == actor):
            return replace(wanted, systems=systems)
        if entitlements := frozenset(e.id for e in company.entitlements if e.owner == actor):
            return replace(wanted, entitlements=entitlements)
    raise NotAllowed(
        "audit.not_allowed",
        "The audit log is read by compliance, admins and the owners of what it is about; "
        f"your own part of it is `audit person {actor}`.",
    )


def _is_theirs(uow: UnitOfWork, company: Company, actor: PersonId, *, wanted: EntryFilter) -> bool:
    """Say whether one request of theirs is asked about, or what they own."""
    dossier = uow.requests.find(wanted.request) if wanted.request else None
    if dossier is not None and actor in {dossier.request.requester, dossier.request.holder}:
        return True
    about = dossier.request.entitlement if dossier else wanted.entitlement
    known = company.entitlement.get(about) if about else None
    return known is not None and is_owner(company, actor, known)


def _question(wanted: EntryFilter) -> str:
    parts = [
        f"person {wanted.person}" if wanted.person else "",
        f"entitlement {wanted.entitlement}" if wanted.entitlement else "",
        f"request {show(wanted.request)}" if wanted.request else "",
        f"from {instant(wanted.from_at)}" if wanted.from_at else "",
        f"until {instant(wanted.until_at)}" if wanted.until_at else "",
    ]
    return ", ".join(part for part in parts if part) or "everything"
