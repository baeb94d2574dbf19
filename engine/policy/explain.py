"""What would the policy do with an asking, and why? For people: nothing is asked or kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.conditions import Conditions
from engine.errors import Refused
from engine.model.company import Company, PartRule, StageRule
from engine.policy.approvers import Asking, Resolved, resolved, undecidable_part, why_few
from engine.policy.facts import facts_of
from engine.policy.length import check_duration
from engine.policy.people import is_active, may_request
from engine.policy.plan import NoPlan, Plan, Step, plan


@dataclass(frozen=True, slots=True)
class Explained:
    """What would happen. What the holder has or had is not looked at."""

    asking: Asking
    duration: timedelta
    at: datetime
    plan: Plan | None
    """None where it cannot be said who decides."""

    asked: tuple[tuple[Step, Resolved | None], ...]
    """Each step of the chain, with who could decide it; None where it is not taken."""

    obstacles: tuple[str, ...]
    """Why it would be refused, a sentence each; empty where it would not."""


def explain(
    company: Company, conditions: Conditions, asking: Asking, *, duration: timedelta, at: datetime
) -> Explained:
    """Say which chain and stages an asking takes at an instant, and who could decide them."""
    obstacles = list(_obstacles(company, asking, duration))
    try:
        facts = facts_of(company, asking, duration=duration, at=at)
        planned = plan(company, asking.entitlement, conditions, facts)
    except NoPlan as none:
        obstacles.append(f"Nobody could be asked, because {none}.")
        return Explained(asking, duration, at, None, (), tuple(obstacles))
    asked = tuple((step, _asked(company, asking, step)) for step in planned.steps)
    wedged = undecidable_part([stage for _, stage in asked if stage])
    if wedged is not None:
        obstacles.append(_wedged(company, asking, *wedged))
    return Explained(asking, duration, at, planned, asked, tuple(obstacles))


def _asked(company: Company, asking: Asking, step: Step) -> Resolved | None:
    return resolved(company, step.rule, asking) if step.is_taken else None


def _wedged(company: Company, asking: Asking, rule: StageRule, part: PartRule) -> str:
    of_part = f", part “{part.name}”," if rule.parts else ""
    return (
        f"The stage “{rule.name}”{of_part} could not be decided, because "
        f"{why_few(company, part, asking)}."
    )


def _obstacles(company: Company, asking: Asking, duration: timedelta) -> Iterator[str]:
    for person in dict.fromkeys((asking.requester, asking.holder)):
        if not is_active(company, person):
            yield f"{company.person[person].name} is not active in the directory."
    holder = company.person[asking.holder]
    if holder.active and not may_request(company, holder, asking.entitlement):
        yield f"{asking.entitlement.name} may not be requested for {holder.name}."
    try:
        check_duration(asking.entitlement, duration)
    except Refused as refused:
        yield refused.sentence
