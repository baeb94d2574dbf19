"""Who has to look at a use of break-glass: by the rule that it began with, and the people of today.

Called by everything that happens to a closing, inside its transaction.
"""

from __future__ import annotations

from dataclasses import replace

from engine.audit.canonical import Json
from engine.model.closing import Closing
from engine.model.company import Company
from engine.model.request import Approver, Request
from engine.model.rules.emergency import Breakglass, ClosingRule
from engine.model.rules.selector import Selector, SelectorKind
from engine.policy.approvers import Asking
from engine.policy.emergency.closers import closers, escalated_to
from engine.policy.emergency.nudges import is_escalated
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.record import name_of


def rule_then(uow: UnitOfWork, request: Request) -> Breakglass:
    """Give the rule by which the glass was broken."""
    pinned = uow.companies.version(request.config_version).company
    named = pinned.entitlement[request.entitlement].breakglass
    assert named is not None, "the glass was broken by a rule"
    return pinned.emergency[named]


def closers_now(
    uow: UnitOfWork, version: CompanyVersion, request: Request, closing: Closing
) -> tuple[Approver, ...]:
    """List who may close it now."""
    assert closing.opened_at is not None, "only what is open is closed"
    assert closing.due_at is not None, "only what is open is closed"
    is_late = is_escalated(closing.opened_at, closing.due_at, uow.now)
    rule, asking = _asking(uow, version.company, request)
    return closers(version.company, rule, asking, is_escalated=is_late)


def escalated_now(
    uow: UnitOfWork, version: CompanyVersion, request: Request
) -> tuple[Approver, ...]:
    """List whom it is escalated to."""
    rule, asking = _asking(uow, version.company, request)
    return escalated_to(version.company, rule, asking)


def _asking(uow: UnitOfWork, company: Company, request: Request) -> tuple[ClosingRule, Asking]:
    """Say who asked for what; of a system that is gone, nobody is the owner any more."""
    pinned = uow.companies.version(request.config_version).company
    known = company.entitlement.get(request.entitlement) or pinned.entitlement[request.entitlement]
    rule = rule_then(uow, request).closing
    if known.system not in company.system:
        rule = replace(rule, by=_but_owner(rule.by), escalate=_but_owner(rule.escalate))
    return rule, Asking(request.requester, request.holder, known, at=uow.now)


def _but_owner(selectors: tuple[Selector, ...]) -> tuple[Selector, ...]:
    return tuple(one for one in selectors if one.kind is not SelectorKind.SYSTEM_OWNER)


def people_facts(company: Company, people: tuple[Approver, ...]) -> dict[str, Json]:
    """Give what an entry says of whom it is for: by name, and by whom it is told to."""
    names = " or ".join(name_of(company, one.person) for one in people)
    return {
        "assigned": names or "nobody, because nobody who may is left",
        "assigned_people": [[one.person, one.basis] for one in people],
        "told": [one.person for one in people],
    }
