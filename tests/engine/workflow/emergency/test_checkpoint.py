"""Access in an emergency begins only once a signed checkpoint holds that the glass was broken."""

from __future__ import annotations

from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.model.grant import GrantState
from engine.ports import EffectKind
from engine.workflow.emergency.checkpoint import RETRY
from tests.engine.acts import actions, given, grant, settle
from tests.engine.workflow.closely import has_it, told
from tests.engine.workflow.emergency.acts import broken
from tests.simulation.company import REPORTS, RIYA
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import World


def turns(world: World, within: timedelta) -> None:
    """Let clock and workers do what falls due within a while."""
    until = world.now + within
    while world.now < until:
        settle(world)
        world.advance(timedelta(milliseconds=100))


def test_before_the_checkpoint_nothing_is_given(world: World) -> None:
    """The duty comes again, soon, and gives it once the checkpoint is there."""
    world.is_unsigned = True
    request = broken(world)
    turns(world, timedelta(seconds=2))
    assert not has_it(world, request)
    assert grant(world, request).held_before is None

    world.is_unsigned = False
    turns(world, timedelta(milliseconds=200))

    assert has_it(world, request)
    assert Action.BREAKGLASS_UNSIGNED not in actions(world, request)


def test_that_nobody_signs_is_said_once(world: World) -> None:
    """To the holder and the admins: somebody has to mend it, and nothing is given until then."""
    world.is_unsigned = True
    request = broken(world)

    turns(world, timedelta(seconds=30))

    assert told(world, request, Action.BREAKGLASS_UNSIGNED) == (
        "No signed checkpoint of the record holds this break-glass yet, so nothing is given; "
        "please look whether the clock runs and can sign."
    )
    assert grant(world, request).state is GrantState.PROVISIONING
    assert not has_it(world, request)


def test_what_is_never_signed_is_never_given(world: World) -> None:
    """It ends like everything that could not be given in time."""
    world.is_unsigned = True
    request = broken(world)
    world.advance(timedelta(hours=1, seconds=1))

    settle(world)

    assert grant(world, request).state is GrantState.ENDED
    assert not has_it(world, request)


def test_a_checkpoint_before_it_is_not_enough(world: World) -> None:
    """It has to hold this very entry."""
    given(world, RIYA, REPORTS)
    world.is_unsigned = True

    request = broken(world)
    settle(world)

    assert not has_it(world, request)
    (row,) = [row for row in world.state.effects.values() if row.state is RowState.READY]
    assert (row.duty.kind, row.next_at) == (EffectKind.PROVISION, world.now + RETRY)


def test_others_do_not_wait_for_it(world: World) -> None:
    """What was decided before it is given is proven by its decisions."""
    world.is_unsigned = True

    assert has_it(world, given(world, RIYA, REPORTS))
