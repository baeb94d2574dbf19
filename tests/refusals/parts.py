"""How a stage with parts refuses."""

from __future__ import annotations

from engine.errors import NotAllowed
from tests.engine.acts import answer, ask, configure
from tests.refusals import Row
from tests.simulation.company import BEN, PAYMENTS, SOFIA, Setup
from tests.simulation.world import World


def _one_too_many(world: World) -> object:
    """Let two answer who are good for Finance alone, which takes one."""
    configure(world, Setup(has_parts=True))
    request = ask(world, wanted=PAYMENTS)
    answer(world, BEN, request)
    return answer(world, SOFIA, request)


ROWS = (
    Row(
        "decision.part_complete",
        NotAllowed,
        "Finance has all the approvals that it needs for JIT-1, so yours would count for nothing "
        "(Finance 1 of 1, Risk 0 of 1); you can still deny it.",
        _one_too_many,
    ),
)
