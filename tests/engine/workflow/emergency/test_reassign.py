"""People have changed: an open closing is for whoever may close it now."""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.workflow.emergency.reassign import reassign
from tests.engine.acts import actions, ask, configure, settle
from tests.engine.workflow.closely import facts, told
from tests.engine.workflow.emergency.acts import approved_after, broken, closed, closing_of, used
from tests.simulation.company import HOUR, MARA, TOM, USUAL, Setup
from tests.simulation.world import World

TOM_GONE = Setup(gone=frozenset({TOM}))


def test_who_left_has_nothing_to_close(world: World) -> None:
    """It is for those who may by now, and they are told."""
    request = used(world)
    world.advance(3 * HOUR)
    settle(world)

    configure(world, TOM_GONE)
    settle(world)

    assert [one.person for one in closing_of(world, request).assigned] == [MARA]
    assert facts(world, request, Action.CLOSING_REASSIGNED)["told"] == [MARA]
    assert told(world, request, Action.CLOSING_REASSIGNED) == (
        "People have changed: this use of break-glass is to be closed by Mara Lind now, until "
        "2026-11-22 14:00:00."
    )


def test_who_comes_back_has_it_again(world: World) -> None:
    """Meanwhile nobody had it, which is said."""
    request = used(world)

    for setup in (TOM_GONE, USUAL):
        configure(world, setup)
        settle(world)

    assert [one.person for one in closing_of(world, request).assigned] == [TOM]
    assert actions(world, request).count(Action.CLOSING_REASSIGNED) == 2


def test_where_nothing_is_to_be_closed_nothing_changes(world: World) -> None:
    """Not yet, not any more, and not at all."""
    done = approved_after(world)
    closed(world, done)
    there, usual = broken(world), ask(world)
    settle(world)

    configure(world, TOM_GONE)
    settle(world)

    assert not any(reassign(world.work, request) for request in (done, there, usual))
