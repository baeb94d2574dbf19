"""How far is a stage, and what is missing?"""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.request import Decision, Stage
from engine.policy.approving.seating import counted


def progress(stage: Stage, decisions: Iterable[Decision]) -> str:
    """Say what it has of what it needs, e.g. `Finance 1 of 2, Security 0 of 1`, or `1 of 2`."""
    groups = stage.groups
    given = [decision.parts for decision in decisions if decision.stage == stage.number]
    counts = counted([group.quorum for group in groups], given)
    said = [f"{count} of {group.quorum}" for group, count in zip(groups, counts, strict=True)]
    if not stage.parts:
        return said[0]
    return ", ".join(f"{group.name} {one}" for group, one in zip(groups, said, strict=True))
