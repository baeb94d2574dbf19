"""Access ends soon, and its holder is told, once."""

from __future__ import annotations

from datetime import timedelta

from engine.audit.vocabulary import VOCABULARY, Action
from engine.model.grant import GrantState
from engine.model.identifiers import show
from engine.ports import EffectKind
from engine.workflow.granting.end import give_back
from engine.workflow.granting.warn import warn_due
from tests.engine.acts import actions, given, grant
from tests.engine.workflow.closely import duty_row, told
from tests.simulation.company import HOUR, OLA, REPORTS, RIYA
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import World

MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)


def test_nobody_is_warned_before_it_is_time(world: World) -> None:
    """A tenth of the time is left when the warning comes: six minutes of an hour."""
    request = given(world)
    world.advance(54 * MINUTE - MICROSECOND)

    assert warn_due(world.work) == 0
    assert Action.GRANT_WARNED not in actions(world, request)


def test_the_holder_is_warned_with_the_time_of_the_end(world: World) -> None:
    """The access goes on; the chats are told in the same commit."""
    request = given(world)
    world.advance(54 * MINUTE)

    assert warn_due(world.work) == 1

    assert told(world, request, Action.GRANT_WARNED) == "NETSUITE CLOSE ends 2026-11-22 10:00:00."
    assert grant(world, request).state is GrantState.ACTIVE
    assert VOCABULARY[Action.GRANT_WARNED].to_holder
    assert duty_row(world, EffectKind.ANNOUNCE).state is RowState.READY


def test_a_warning_comes_once(world: World) -> None:
    """However often the clock asks."""
    request = given(world)
    world.advance(54 * MINUTE)
    warn_due(world.work)

    assert warn_due(world.work) == 0
    world.advance(MINUTE)
    assert warn_due(world.work) == 0
    assert actions(world, request).count(Action.GRANT_WARNED) == 1


def test_nobody_is_warned_of_an_end_that_was_ordered_already(world: World) -> None:
    """Given back early, there is nothing left to warn of."""
    request = given(world)
    give_back(world.work, RIYA, request)
    world.advance(54 * MINUTE)

    assert warn_due(world.work) == 0
    assert grant(world, request).warn_at is None


def test_a_batch_is_limited_and_the_longest_due_comes_first(world: World) -> None:
    """The rest comes with the next batch."""
    first = given(world, RIYA, REPORTS)
    world.advance(MINUTE)
    second = given(world, OLA, REPORTS)
    world.advance(HOUR - 2 * MINUTE)

    assert warn_due(world.work, limit=1) == 1
    warned = [request for request in (first, second) if grant(world, request).warn_at is None]
    assert [show(request) for request in warned] == [show(first)]
    assert warn_due(world.work, limit=1) == 1
    assert warn_due(world.work, limit=1) == 0
