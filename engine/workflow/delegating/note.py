"""It is recorded that a delegation was given or ended."""

from __future__ import annotations

from engine.audit.entry import Entry, instant
from engine.audit.vocabulary import Action
from engine.model.delegation import Delegation, show_delegation
from engine.model.identifiers import PersonId
from engine.policy.delegating.limits import scope_words
from engine.ports import UnitOfWork
from engine.workflow.record import Facts, actor_facts, name_of

DELEGATIONS_STREAM = "delegations"


def note(uow: UnitOfWork, action: Action, delegation: Delegation, *, by: PersonId) -> None:
    """Record it, with what its readers need to understand it alone; no commit."""
    version = uow.companies.active()
    company, scope = version.company, delegation.scope
    facts: Facts = actor_facts(company, by, uow.via) | {
        "delegation": delegation.id,
        "shown": show_delegation(delegation.id),
        "delegator": delegation.delegator,
        "delegator_name": name_of(company, delegation.delegator),
        "delegate": delegation.delegate,
        "delegate_name": name_of(company, delegation.delegate),
        "scope": scope_words(company, scope),
        "begins_at": instant(delegation.begins_at),
        "ends_at": instant(delegation.ends_at),
        "delegation_reason": delegation.reason,
        "config_version": version.number,
    }
    if scope.entitlement is not None:
        facts = {**facts, "entitlement": scope.entitlement}
    if scope.system is not None:
        facts = {**facts, "system": scope.system}
    uow.audit.append(Entry(DELEGATIONS_STREAM, action, by, uow.now, facts))
