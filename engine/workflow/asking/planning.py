"""The policy says which way an asking takes: asked at the submission, and kept with the request."""

from __future__ import annotations

from datetime import timedelta

from engine.audit.canonical import Json
from engine.errors import Undecided
from engine.policy.approvers import Asking
from engine.policy.facts import facts_of
from engine.policy.plan import NoPlan, Plan, plan
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.record import name_of


def plan_for(uow: UnitOfWork, version: CompanyVersion, asking: Asking, duration: timedelta) -> Plan:
    """Plan the way. Raises `Undecided` where the policy gives no answer."""
    company, entitlement = version.company, asking.entitlement
    facts = facts_of(company, asking, duration=duration, at=uow.now)
    try:
        return plan(company, entitlement, uow.conditions, facts)
    except NoPlan as none:
        raise Undecided(
            "policy.no_answer",
            f"Who has to decide about {entitlement.name} cannot be said, because {none}; nothing "
            f"was asked. Please tell {name_of(company, entitlement.owner)}, who owns it, or an "
            "admin.",
        ) from None


def plan_facts(planned: Plan) -> dict[str, Json]:
    """Give what an entry says of a plan: the chain, and each step with why it is there or not."""
    return {
        "chain": planned.chain,
        "chain_why": planned.why,
        "steps": [[step.rule.name, step.is_taken, step.why] for step in planned.steps],
    }


def plan_words(planned: Plan) -> str:
    """Say in a sentence what is there, or not, because of a condition; empty where nothing is."""
    clauses = [f"The chain {planned.chain} is taken, {planned.why}"] if planned.why else []
    clauses += [
        f"{step.rule.name} {'is asked,' if step.is_taken else 'is not asked:'} {step.why}"
        for step in planned.steps
        if step.why
    ]
    return f"{'; '.join(clauses)}." if clauses else ""
