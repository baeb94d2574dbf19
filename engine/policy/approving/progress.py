"""How far is a stage, and what is missing?"""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.identifiers import PersonId
from engine.model.request import Decision, Stage
from engine.policy.approving.seating import counted, is_one_too_many


def progress(stage: Stage, decisions: Iterable[Decision]) -> str:
    """Say what it has of what it needs, e.g. `Finance 1 of 2, Security 0 of 1`, or `1 of 2`."""
    groups = stage.groups
    counts = counted([group.quorum for group in groups], _given(stage, decisions))
    said = [f"{count} of {group.quorum}" for group, count in zip(groups, counts, strict=True)]
    if not stage.parts:
        return said[0]
    return ", ".join(f"{group.name} {one}" for group, one in zip(groups, said, strict=True))


def is_wanted(stage: Stage, decisions: Iterable[Decision], person: PersonId) -> bool:
    """Say whether one more approval, by this person, finds a place; whether it may is not asked."""
    quorums, given = [group.quorum for group in stage.groups], _given(stage, decisions)
    seats = (approver.parts for approver in stage.asked if approver.person == person)
    return any(not is_one_too_many(quorums, [*given, parts]) for parts in seats)


def _given(stage: Stage, decisions: Iterable[Decision]) -> list[tuple[int, ...]]:
    return [decision.parts for decision in decisions if decision.stage == stage.number]
