"""The policy is tried: who would be asked, if somebody asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import NotAllowed, NotFound
from engine.model.identifiers import PersonId
from engine.workflow.foresight.simulate import Wondered, simulate
from engine.workflow.guarding.freeze import freeze
from tests.engine.acts import configure
from tests.simulation.company import BEN, GL, HOUR, LI, OLA, RIYA, TOM, Setup
from tests.simulation.memory.conditions import LONG
from tests.simulation.world import World


@pytest.mark.parametrize("actor", [LI, TOM])
def test_it_shows_what_the_policy_in_force_would_do(world: World, actor: PersonId) -> None:
    """For a length and an instant, as the conditions say; and nothing is kept."""
    configure(world, Setup(owner_when=LONG))
    before, then = world.state, world.now + timedelta(days=40)

    company, short = simulate(world.work, actor, Wondered(RIYA, GL, OLA, HOUR, then))
    _, usual = simulate(world.work, actor, Wondered(RIYA, GL))

    assert world.state is before
    assert company is world.version.company
    assert (short.asking.requester, short.asking.holder) == (RIYA, OLA)
    assert [step.is_taken for step, _ in short.asked] == [True, False, True]
    assert (short.duration, short.at) == (HOUR, then)
    assert [step.is_taken for step, _ in usual.asked] == [True, True, True]
    assert (usual.asking.holder, usual.duration, usual.at) == (RIYA, 4 * HOUR, world.now)
    assert usual.obstacles == ()


def test_a_freeze_is_an_obstacle(world: World) -> None:
    """Whoever tries the policy is told what stands in the way today."""
    freeze(world.work, LI, "netsuite-*", "the auditors take a copy", ends_live=False)

    _, explained = simulate(world.work, LI, Wondered(RIYA, GL))

    assert [one for one in explained.obstacles if "is frozen since" in one]


@pytest.mark.parametrize("actor", [RIYA, BEN])
def test_nobody_else_tries_it(world: World, actor: PersonId) -> None:
    """It would tell what others may ask for."""
    with pytest.raises(NotAllowed, match="Only admins and compliance"):
        simulate(world.work, actor, Wondered(OLA, GL))


def test_who_is_unknown_is_told(world: World) -> None:
    """With the closest names."""
    with pytest.raises(NotFound, match="nobody called “riya” in the directory; did you mean"):
        simulate(world.work, LI, Wondered(PersonId("riya"), GL))
