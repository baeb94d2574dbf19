"""What tests of emergencies do again and again."""

from __future__ import annotations

from datetime import timedelta

from engine.model.closing import Closing, ClosingOutcome
from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.workflow.emergency.checked import Emergency
from engine.workflow.emergency.closing import Finding, close
from engine.workflow.emergency.open import break_glass
from tests.engine.acts import answer, settle
from tests.simulation.company import GL, HOUR, RIYA, SOFIA, TOM
from tests.simulation.world import World

INCIDENT = "INC-4711 postings are stuck"
FOUND = "Two stuck postings were corrected."


def broken(
    world: World,
    actor: PersonId = RIYA,
    wanted: EntitlementId = GL,
    *,
    duration: timedelta | None = HOUR,
    reason: str = INCIDENT,
) -> RequestId:
    """Break the glass."""
    return break_glass(world.work, Emergency(actor, wanted, duration, reason)).request.id


def used(world: World, actor: PersonId = RIYA, wanted: EntitlementId = GL) -> RequestId:
    """Break the glass, and let the time pass."""
    request = broken(world, actor, wanted)
    settle(world)
    world.advance(HOUR)
    settle(world)
    return request


def approved_after(world: World, actor: PersonId = RIYA) -> RequestId:
    """Break the glass, let the time pass, and approve it."""
    request = used(world, actor)
    answer(world, SOFIA, request)
    return request


def closed(
    world: World,
    request: RequestId,
    actor: PersonId = TOM,
    *,
    outcome: ClosingOutcome = ClosingOutcome.JUSTIFIED,
    text: str = FOUND,
) -> Dossier:
    """Say what came of a use of break-glass."""
    return close(world.work, Finding(actor, request, outcome, text))


def closing_of(world: World, request: RequestId) -> Closing:
    """Read a closing."""
    return world.state.closings[request]
