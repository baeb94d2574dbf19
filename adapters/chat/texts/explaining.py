"""What a policy would do with an asking, in sentences: at a terminal and in chat alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.chat.wording import name_of
from engine.model.company import Company
from engine.model.duration import spell
from engine.model.request import Approver
from engine.policy.approvers import Resolved
from engine.policy.explain import Explained
from engine.policy.plan import Step

NAMES_MAX = 10
"""Whoever looks at a policy wants to see that a group is meant, not a department's list."""


def explained_lines(company: Company, explained: Explained) -> Iterator[str]:
    """Say it: what is asked, the chain, each stage with its people and why it is there or not."""
    yield _heading(company, explained)
    for obstacle in explained.obstacles:
        yield f"It would be refused: {obstacle}"
    if explained.plan is None:
        return
    because = f", {explained.plan.why}" if explained.plan.why else ""
    yield f"The chain is {explained.plan.chain}{because}."
    number = 0
    for step, stage in explained.asked:
        number += step.is_taken
        yield _taken(company, step, stage, number) if stage else _left_out(step)


def _heading(company: Company, explained: Explained) -> str:
    asking = explained.asking
    by = ""
    if asking.requester != asking.holder:
        by = f", asked by {name_of(company, asking.requester)}"
    at = explained.at.strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{asking.entitlement.name} ({asking.entitlement.id}) for "
        f"{name_of(company, asking.holder)}{by}, for {spell(explained.duration)}, at {at}."
    )


def _taken(company: Company, step: Step, stage: Resolved, number: int) -> str:
    why = f" ({step.why})" if step.why else ""
    parts = "; and ".join(_part(company, stage, part) for part in range(1, len(stage.quorums) + 1))
    return f"{number}. {step.rule.name}{why}, within {spell(step.rule.limit)}: {parts}."


def _part(company: Company, stage: Resolved, number: int) -> str:
    """Say who could decide one of its parts, and how many of them it takes."""
    quorum, people = stage.quorums[number - 1], [a for a in stage.people if number in a.parts]
    needed = f"{quorum} of " if quorum > 1 or (stage.rule.parts and people[1:]) else ""
    named = f"for {stage.rule.groups[number - 1].name} " if stage.rule.parts else ""
    return f"{named}{needed}{_names(company, people)}"


def _left_out(step: Step) -> str:
    return f"–  {step.rule.name} is not asked: {step.why}."


def _names(company: Company, people: Sequence[Approver]) -> str:
    if not people:
        return "nobody"
    shown = [f"{name_of(company, a.person)} ({a.basis})" for a in people[:NAMES_MAX]]
    more = len(people) - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more > 0 else [])])
