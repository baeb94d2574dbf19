"""Access goes on in a history: somebody asks for more of what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Protocol

from engine.model.grant import GrantState
from engine.model.identifiers import PersonId, show
from engine.policy.extending.going_on import Longer
from engine.ports import Work
from engine.workflow.extending.ask import AskLonger, extend
from tests.simulation.world import World

WHY = "the close takes longer, FIN-1234"
LONGER = tuple(timedelta(seconds=s) for s in (1, 30, 60, 300, 3600, 4 * 3600, 9 * 3600))


class Does(Protocol):
    """Lets somebody do something in a history."""

    def __call__(self, actor: PersonId, words: str, act: Callable[[Work], object]) -> None:
        """Let them, and say so."""


def prolong(chance: Random, world: World, people: Sequence[PersonId], *, does: Does) -> None:
    """Somebody asks that access goes on."""
    for wish in some_wish(chance, world, people):
        does(wish.actor, f"extends {show(wish.request)}", partial(extend, ask=wish))


def some_wish(chance: Random, world: World, people: Sequence[PersonId]) -> Sequence[AskLonger]:
    """Choose which access somebody wants to go on, mostly its holder; nothing without any."""
    grants = list(world.state.grants.values())
    there = [grant for grant in grants if grant.state is GrantState.ACTIVE]
    if not grants:
        return ()
    given = chance.choice(there or grants)
    length = chance.choice(LONGER)
    until = world.now + length if chance.random() < 0.2 else None
    actor = given.holder if chance.random() < 0.9 else chance.choice(people)
    return (AskLonger(actor, given.id, Longer(length, until), WHY),)
