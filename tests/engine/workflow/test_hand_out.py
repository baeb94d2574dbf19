"""Due duties are handed to workers, with the attempt that makes each of them the newest."""

from __future__ import annotations

from datetime import timedelta

from engine.model.identifiers import EffectId
from engine.ports import EffectKind
from engine.workflow.hand_out import due_in, hand_out, request_of
from tests.engine.acts import approved, ask, given, settle
from tests.engine.workflow.closely import duty_row
from tests.simulation.company import HOUR, OLA, REPORTS
from tests.simulation.memory.outbox import QUEUED_FOR, RowState
from tests.simulation.world import World

MINUTE = timedelta(minutes=1)


def test_nothing_is_handed_out_where_nothing_is_due() -> None:
    """And nothing will be."""
    world = World()

    assert hand_out(world.work, limit=10) == []
    assert due_in(world.work) is None


def test_a_duty_is_handed_out_with_its_first_attempt() -> None:
    """And what kind it is, so that the right worker takes it."""
    world = World()
    ask(world)

    assert hand_out(world.work, limit=10) == [(EffectId(1), EffectKind.ANNOUNCE, 1)]
    assert duty_row(world, EffectKind.ANNOUNCE).state is RowState.QUEUED


def test_a_duty_is_handed_out_once() -> None:
    """Any number of clocks may ask."""
    world = World()
    ask(world)
    hand_out(world.work, limit=10)

    assert hand_out(world.work, limit=10) == []


def test_who_does_not_start_in_time_loses_the_duty() -> None:
    """It is handed out again, as a newer attempt."""
    world = World()
    ask(world)
    hand_out(world.work, limit=10)
    world.advance(QUEUED_FOR)

    assert hand_out(world.work, limit=10) == [(EffectId(1), EffectKind.ANNOUNCE, 2)]


def test_no_more_is_handed_out_than_was_asked_for() -> None:
    """Workers take what they can carry."""
    world = World()
    approved(world)
    approved(world, OLA)

    assert len(hand_out(world.work, limit=3)) == 3
    assert len(hand_out(world.work, limit=3)) == 1


def test_what_is_due_now_is_due_in_no_time() -> None:
    """Also where it should have been done long ago."""
    world = World()
    ask(world)
    world.advance(MINUTE)

    assert due_in(world.work) == timedelta(0)


def test_the_clock_sleeps_until_the_next_thing() -> None:
    """A warning before an end, and a stage that lapses before both."""
    world = World()
    given(world)
    warning = due_in(world.work)
    world.advance(54 * MINUTE)
    settle(world)
    ending = due_in(world.work)

    assert warning == 54 * MINUTE
    assert ending == 6 * MINUTE


def test_a_stage_that_lapses_wakes_the_clock() -> None:
    """Silence has an end, too."""
    world = World()
    ask(world, OLA, REPORTS)
    settle(world)

    assert due_in(world.work) == 2 * HOUR


def test_a_duty_is_known_by_its_request() -> None:
    """For the log; one that does not exist is about nothing."""
    world = World()
    request = ask(world)

    assert request_of(world.work, EffectId(1)) == request
    assert request_of(world.work, EffectId(4711)) is None
