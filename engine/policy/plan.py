"""Which steps of approval does an asking take, and why is each of them there or not?"""

from __future__ import annotations

from dataclasses import dataclass

from engine.conditions import ConditionFailed, Conditions, Facts
from engine.model.company import Chain, Company, Condition, Entitlement, StageRule
from engine.model.identifiers import ChainId


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain."""

    rule: StageRule
    place: int
    """Where it stands in the chain; 0 is the first."""

    is_taken: bool
    left_out: str = ""
    """Why it is not taken although its condition holds: a clause; empty where it is."""

    @property
    def why(self) -> str:
        """Say in a clause why it is taken, or when it would be; empty where it always is."""
        if self.left_out:
            return f"because {self.left_out}"
        if self.rule.when is None:
            return ""
        because = self.rule.when.because
        return f"because {because}" if self.is_taken else f"only where {because}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The way of an asking. At least one step is taken."""

    chain: ChainId
    steps: tuple[Step, ...]
    why: str = ""
    """Why this chain was chosen: a clause; empty where it is the entitlement's usual one."""

    @property
    def taken(self) -> tuple[Step, ...]:
        """Those steps that are taken, in order."""
        return tuple(step for step in self.steps if step.is_taken)


class NoPlan(Exception):
    """It cannot be said who has to decide, so nobody can. The text completes `because …`."""


def plan(company: Company, entitlement: Entitlement, conditions: Conditions, facts: Facts) -> Plan:
    """Choose the chain and its steps.

    Raises `NoPlan` where a condition gives no answer: leaving a step out that might be needed, or
    asking somebody who might not be, is never a way out. So, too, where no step would be left.
    """
    chosen = _chain(company, entitlement, conditions, facts)
    chain, why = chosen
    steps = tuple(
        Step(rule, place, rule.when is None or _holds(conditions, rule.when, facts))
        for place, rule in enumerate(chain.stages)
    )
    if not any(step.is_taken for step in steps):
        raise NoPlan(f"no stage of the chain {chain.id} counts for it")
    return Plan(chain.id, steps, why)


def _chain(
    company: Company, entitlement: Entitlement, conditions: Conditions, facts: Facts
) -> tuple[Chain, str]:
    for route in entitlement.routes:
        if _holds(conditions, route.when, facts):
            return company.chain[route.chain], f"because {route.when.because}"
    return company.chain[entitlement.chain], ""


def _holds(conditions: Conditions, condition: Condition, facts: Facts) -> bool:
    try:
        return conditions.holds(condition.expression, facts)
    except ConditionFailed as failed:
        raise NoPlan(f"the condition “{condition.because}” gave no answer: {failed}") from None
