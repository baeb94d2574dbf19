"""What tests of standing in do again and again."""

from __future__ import annotations

from datetime import timedelta

from engine.model.delegation import EVERYTHING, Delegation, Scope
from engine.model.identifiers import PersonId
from engine.workflow.delegating.give import Giving, delegate
from tests.simulation.company import HOUR
from tests.simulation.world import World

WHY = "on holiday until Friday"


def stand_in(
    world: World,
    away: PersonId,
    there: PersonId,
    *,
    scope: Scope = EVERYTHING,
    length: timedelta = HOUR,
    by: PersonId | None = None,
) -> Delegation:
    """Let somebody stand in for somebody from now on."""
    giving = Giving(by or away, there, world.now + length, WHY, scope, delegator=away)
    return delegate(world.work, giving).delegation
