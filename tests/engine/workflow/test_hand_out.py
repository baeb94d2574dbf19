"""Due duties are handed to workers."""

from __future__ import annotations

from datetime import timedelta

from engine.ports import EffectKind
from engine.workflow.hand_out import due_in, hand_out
from tests.engine.acts import approved, ask
from tests.simulation.company import OLA
from tests.simulation.memory.outbox import QUEUED_FOR
from tests.simulation.world import World


def test_what_is_due_is_handed_out_once(world: World) -> None:
    """At most as much as was asked for; the rest with the next call."""
    approved(world)
    ask(world, OLA)

    first, second, third = (hand_out(world.work, limit=2) for _ in range(3))

    assert (len(first), len(second), len(third)) == (2, 1, 0)
    kinds = sorted(kind for _, kind, _ in (*first, *second))
    assert kinds == [EffectKind.ANNOUNCE, EffectKind.ANNOUNCE, EffectKind.PROVISION]


def test_what_nobody_starts_is_handed_out_again(world: World) -> None:
    """With a new attempt, so that the first hand-out can do nothing any more."""
    ask(world)
    ((effect, kind, attempt),) = hand_out(world.work, limit=5)

    world.advance(QUEUED_FOR)
    again = hand_out(world.work, limit=5)

    assert again == [(effect, kind, attempt + 1)]


def test_the_clock_knows_how_long_it_may_sleep(world: World) -> None:
    """For ever where nothing waits, not at all where something is due."""
    assert due_in(world.work) is None
    ask(world)

    assert due_in(world.work) == timedelta(0)
    hand_out(world.work, limit=5)
    assert due_in(world.work) == QUEUED_FOR
