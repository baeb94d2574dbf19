"""People go on holiday in a history: they let others stand in for them, and come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from engine.model.delegation import EVERYTHING, Scope
from engine.model.identifiers import EntitlementId, PersonId
from engine.workflow.delegating.give import Giving
from tests.simulation import company as acme
from tests.simulation.world import World

APPROVERS = (acme.BEN, acme.SOFIA, acme.MARA, acme.TOM)
AWAY_FOR = tuple(timedelta(seconds=s) for s in (20, 60, 300, 1800, 7200, 86400))
LATER = tuple(timedelta(seconds=s) for s in (0, 0, 30, 300))
WHY = "on holiday until Friday"


def some_giving(
    chance: Random, world: World, people: Sequence[PersonId], wanted: Sequence[EntitlementId]
) -> Giving:
    """Choose who stands in for whom: mostly for somebody who is asked now, sometimes by an admin.

    Not all of it is allowed.
    """
    pending = [request for request in world.state.requests.values() if request.is_pending]
    asked = [approver.person for request in pending for approver in request.stage.asked]
    away = chance.choice(asked or APPROVERS) if chance.random() < 0.9 else chance.choice(people)
    others = [person for person in APPROVERS if person not in {away, *asked}] or APPROVERS
    scope = chance.choice(
        (
            *(EVERYTHING, EVERYTHING, Scope(system=acme.LEDGER)),
            *(Scope(system=acme.BANK), Scope(entitlement=chance.choice(wanted))),
        )
    )
    later = chance.choice(LATER)
    return Giving(
        actor=away if chance.random() < 0.9 else chance.choice((acme.LI, *people)),
        delegate=chance.choice(others if chance.random() < 0.85 else people),
        ends_at=world.now + later + chance.choice(AWAY_FOR),
        reason=WHY,
        scope=scope,
        begins_at=world.now + later if later else None,
        delegator=away,
    )
