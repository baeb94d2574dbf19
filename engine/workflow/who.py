"""Who has access now?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import NotAllowed
from engine.listing import GrantFilter
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId
from engine.policy.approvers import owned_by
from engine.ports import Work
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.look import sees_everything
from engine.workflow.record import name_of

PAGE_ROWS = 20
"""Rows that fit on a screen; the next ones are a press away."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose access to what; None means any."""

    entitlement: EntitlementId | None = None
    person: PersonId | None = None
    page: int = 1
    """From 1. Beyond the last one, the last one is shown: access ends while people read."""


class Sight(StrEnum):
    """How far an answer reaches."""

    ALL = "all"
    OWNED = "owned"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Holders:
    """One page of who has access now, newest first."""

    dossiers: Sequence[Dossier]
    count: int
    """How many there are on all pages."""

    page: int
    pages: int
    sight: Sight
    company: Company


def who(work: Work, actor: PersonId, question: Question) -> Holders:
    """Say who has, or may have, access now.

    Compliance and admins see all of it, owners what they own, and everybody their own: who owns
    nothing and names nobody is answered with that. Somebody else's access is `NotAllowed` then.
    """
    with work() as uow:
        company = uow.companies.active().company
        wanted, sight = _narrow(company, actor, question)
        count = uow.lists.count_live(wanted)
        if not count:
            # Asked for only now: what is not in the files any more may be held still.
            _check_known(company, question)
        pages = max(1, -(-count // PAGE_ROWS))
        page = min(max(question.page, 1), pages)
        shown = uow.lists.live(replace(wanted, limit=PAGE_ROWS, skip=(page - 1) * PAGE_ROWS))
        return Holders(shown, count, page, pages, sight, company)


def visible(company: Company, actor: PersonId) -> tuple[EntitlementId, ...]:
    """List the entitlements whose holders a person may see."""
    if sees_everything(company, actor):
        return tuple(entitlement.id for entitlement in company.entitlements)
    return tuple(sorted(owned_by(company, actor)))


def _narrow(company: Company, actor: PersonId, question: Question) -> tuple[GrantFilter, Sight]:
    wanted = GrantFilter(holder=question.person, entitlement=question.entitlement)
    if sees_everything(company, actor):
        return wanted, Sight.ALL
    if question.person == actor:
        return wanted, Sight.OWN
    owned = owned_by(company, actor)
    if question.entitlement is not None and question.entitlement not in owned:
        raise _not_owned(company, question.entitlement)
    if owned:
        return replace(wanted, among=owned), Sight.OWNED
    if question.person is None:
        return replace(wanted, holder=actor), Sight.OWN
    raise NotAllowed(
        "who.not_allowed",
        f"What {name_of(company, question.person)} has is seen by the owners of it, compliance "
        f"and admins; what you have yourself is `who @me`.",
    )


def _not_owned(company: Company, wanted: EntitlementId) -> NotAllowed:
    entitlement = find_entitlement(company, wanted)
    owners = dict.fromkeys((entitlement.owner, company.system[entitlement.system].owner))
    names = " and ".join(name_of(company, owner) for owner in owners)
    return NotAllowed(
        "who.not_allowed",
        f"Who has {entitlement.name} is seen by its owners ({names}), compliance and admins; "
        f"what you have yourself is `who @me`.",
    )


def _check_known(company: Company, question: Question) -> None:
    if question.person is not None:
        find_person(company, question.person)
    if question.entitlement is not None:
        find_entitlement(company, question.entitlement)
