"""Nobody answered in time."""

from __future__ import annotations

from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.model.request import RequestState
from engine.ports import EffectKind
from engine.workflow.asking.lapse import lapse_due
from tests.engine.acts import actions, answer, ask, entries, request_of, settle
from tests.simulation.company import BEN, CLOSE, GL, HOUR, OLA, RIYA, SOFIA
from tests.simulation.world import World

MOMENT = timedelta(microseconds=1)


def test_nothing_lapses_before_its_time(world: World) -> None:
    """Not a microsecond; where nothing is due, nothing is saved."""
    ask(world)
    world.advance(2 * HOUR - MOMENT)
    before = world.state

    assert lapse_due(world.work) == 0

    assert world.state is before


def test_silence_never_approves(world: World) -> None:
    """At its time, the request is settled and nothing is given; whoever follows it is told."""
    request = ask(world)
    settle(world)
    world.advance(2 * HOUR)

    assert lapse_due(world.work) == 1

    lapsed = request_of(world, request)
    assert (lapsed.state, lapsed.settled_at) == (RequestState.LAPSED, world.now)
    last = entries(world, request)[-1]
    assert (last.action, last.actor) == (Action.REQUEST_LAPSED, "jitbot")
    assert (last.facts["stage"], last.facts["stage_name"]) == (1, "Controller")
    assert not world.state.grants
    due = [row.duty.kind for row in world.state.effects.values() if row.next_at <= world.now]
    assert due == [EffectKind.ANNOUNCE]


def test_a_request_lapses_once(world: World) -> None:
    """The next tick finds nothing."""
    request = ask(world)
    world.advance(2 * HOUR)
    lapse_due(world.work)

    assert lapse_due(world.work) == 0

    assert actions(world, request).count(Action.REQUEST_LAPSED) == 1


def test_each_stage_has_its_own_time(world: World) -> None:
    """It counts from when the stage opened: the first one's time is no limit any more."""
    request = ask(world, wanted=GL)
    world.advance(HOUR / 2)
    answer(world, BEN, request)
    world.advance(2 * HOUR - MOMENT)
    assert lapse_due(world.work) == 0
    world.advance(MOMENT)

    assert lapse_due(world.work) == 1

    assert entries(world, request)[-1].facts["stage_name"] == "Owner"


def test_one_commit_takes_only_so_many(world: World) -> None:
    """The longest due first; what is left over is for the next one."""
    later = ask(world, wanted=CLOSE, holder=SOFIA, actor=RIYA)
    world.advance(HOUR / 2)
    first = ask(world, wanted=GL)
    second = ask(world, OLA, GL)
    world.advance(2 * HOUR)

    assert lapse_due(world.work, limit=2) == 2

    states = {number: request_of(world, number).state for number in (first, second, later)}
    assert states == {
        first: RequestState.LAPSED,
        second: RequestState.LAPSED,
        later: RequestState.PENDING,
    }
    assert lapse_due(world.work, limit=2) == 1
