"""How things are refused, a row each, by what they are about; `test_errors.py` reads them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import Refused
from tests.engine.acts import configure
from tests.simulation.company import Setup
from tests.simulation.world import World


@dataclass(frozen=True, slots=True)
class Row:
    """What is done, and how it is refused."""

    code: str
    kind: type[Refused]
    sentence: str
    act: Callable[[World], object]


def after(setup: Setup, act: Callable[[World], object]) -> Callable[[World], object]:
    """Do something in a company that is configured differently."""

    def do(world: World) -> object:
        configure(world, setup)
        return act(world)

    return do
