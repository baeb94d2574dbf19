"""What tests of access that goes on do again and again."""

from __future__ import annotations

from datetime import timedelta

from engine.model.identifiers import PersonId, RequestId
from engine.policy.extending.going_on import Longer
from engine.workflow.extending.ask import AskLonger, extend
from tests.simulation.company import HOUR, RIYA
from tests.simulation.world import World

WHY = "the close takes longer, FIN-1234"


def longer(
    world: World,
    request: RequestId,
    actor: PersonId = RIYA,
    *,
    length: timedelta = HOUR,
    reason: str = WHY,
) -> RequestId:
    """Ask that access goes on."""
    return extend(world.work, AskLonger(actor, request, Longer(length), reason)).request.id
