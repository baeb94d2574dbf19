"""Somebody lets somebody else decide in their stead for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.audit.vocabulary import Action
from engine.model.company import Company
from engine.model.delegation import EVERYTHING, Delegation, DelegationDraft, Scope
from engine.model.identifiers import PersonId
from engine.policy.delegating.limits import check_delegation
from engine.ports import UnitOfWork, Work
from engine.workflow.delegating.ask_affected import ask_affected
from engine.workflow.delegating.note import note
from engine.workflow.find import find_entitlement, find_person, find_system


@dataclass(frozen=True, slots=True)
class Giving:
    """What somebody delegates."""

    actor: PersonId
    delegate: PersonId
    ends_at: datetime
    reason: str
    scope: Scope = EVERYTHING
    begins_at: datetime | None = None
    """None: now."""

    delegator: PersonId | None = None
    """Who is away; None is the actor. Somebody else is for admins."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was delegated."""

    delegation: Delegation
    away: Sequence[Delegation]
    """What the delegate gave to others themselves, in that time: nobody stands in for them here."""

    asked: int
    """How many open requests ask the delegate, too, from now on."""


def delegate(work: Work, giving: Giving) -> Given:
    """Keep a delegation, and ask the delegate what waits for the one who is away.

    Commits together: the delegation and its entry. What is open is asked right after it, each
    request in a transaction of its own; whatever that misses, the clock finds within a minute.
    Raises `NotAllowed` where it is not the actor's to give, `Invalid` for what cannot be.
    """
    with work() as uow:
        delegator = giving.delegator or giving.actor
        uow.lock_person(delegator)  # two that overlap, at once: one waits here
        company = uow.companies.active().company
        _check_known(company, giving, delegator)
        draft = DelegationDraft(
            delegator=delegator,
            delegate=giving.delegate,
            scope=giving.scope,
            begins_at=giving.begins_at or uow.now,
            ends_at=giving.ends_at,
            reason=giving.reason,
            given_by=giving.actor,
            given_at=uow.now,
        )
        draft = check_delegation(company, draft, uow.delegations.open_of(delegator))
        given = uow.delegations.add(draft)
        away = _given_on(uow, given)
        note(uow, Action.DELEGATION_GIVEN, given, by=giving.actor)
        uow.commit()
    return Given(given, away, ask_affected(work, given))


def _check_known(company: Company, giving: Giving, delegator: PersonId) -> None:
    for person in (giving.actor, delegator, giving.delegate):
        find_person(company, person)
    if giving.scope.entitlement is not None:
        find_entitlement(company, giving.scope.entitlement)
    if giving.scope.system is not None:
        find_system(company, giving.scope.system)


def _given_on(uow: UnitOfWork, given: Delegation) -> Sequence[Delegation]:
    return [
        one
        for one in uow.delegations.open_of(given.delegate)
        if one.delegator == given.delegate
        and one.begins_at < given.ends_at
        and given.begins_at < one.ends_at
    ]
