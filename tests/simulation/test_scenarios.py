"""Histories that chance seldom finds, told act by act. Each one went wrong once, or would."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.model.grant import Grant, GrantState
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.model.request import Verdict
from engine.ports import EffectKind
from engine.workflow.asking import decide, submit
from engine.workflow.granting import end
from engine.workflow.granting.attempt import LEASE, Boundary
from tests.simulation import company as acme
from tests.simulation import invariants
from tests.simulation.asked import Broken
from tests.simulation.mutations.edits import Edit, Mutation, mutated
from tests.simulation.sandbox import Fault
from tests.simulation.world import Cut, Message, Plan, World

SECOND = timedelta(seconds=1)

HAS_IT = "has_it = row.attempt == effect.attempt and row.state is RowState.RUNNING"
"""A fence that forgets that leases end."""


def approved(world: World, holder: PersonId, wanted: EntitlementId) -> RequestId:
    """Ask for something that one controller approves."""
    ask = submit.Ask(holder, wanted, timedelta(hours=1), "Q4 close, FIN-1234")
    request = submit.submit(world.work, ask).request.id
    decide.decide(world.work, decide.Answer(acme.SOFIA, request, Verdict.APPROVE))
    return request


def grant(world: World, request: RequestId) -> Grant:
    """Read a grant."""
    return world.state.grants[request]


def handed(world: World, kind: EffectKind) -> Message:
    """Let the clock hand out what is due; gives the one message of a kind, drops the others."""
    while world.tick():
        pass
    (message,) = [message for message in world.queue if message[1] is kind]
    world.queue.clear()
    return message


def settle(world: World) -> None:
    """Do what is due now."""
    while world.tick() or world.queue:
        while world.queue:
            world.deliver(world.queue.pop(0), {})


def work_on(world: World, kind: EffectKind, plan: Plan | None = None) -> None:
    """Let a worker take up what is due of a kind."""
    world.deliver(handed(world, kind), plan or {})


def sleep_through_a_lease(world: World) -> RequestId:
    """A worker sees our own access, and sleeps until it is gone."""
    first = approved(world, acme.RIYA, acme.CLOSE)
    settle(world)
    second = approved(world, acme.RIYA, acme.CLOSE)
    work_on(world, EffectKind.PROVISION, {Boundary.LOOKED: Cut.PAUSES})
    world.advance(LEASE - SECOND)
    end.give_back(world.work, acme.RIYA, first)
    taking = handed(world, EffectKind.DEPROVISION)
    world.advance(2 * SECOND)
    world.deliver(taking, {})
    world.resume(world.paused[0])
    return second


def test_who_slept_through_a_lease_notes_nothing() -> None:
    """Our own access, seen long ago, is not noted as what the person held before us."""
    world = World()

    second = sleep_through_a_lease(world)

    assert grant(world, second).held_before is None
    settle(world)
    assert grant(world, second).state is GrantState.ACTIVE
    assert grant(world, second).held_before is False


@pytest.mark.parametrize(
    "edit",
    [
        Edit(" or not uow.outbox.is_newest(effect)", ""),
        Edit("has_it = row.attempt == effect.attempt and row.runs_at(self._uow.now)", HAS_IT),
    ],
    ids=["nobody asks", "a lease that ran out counts"],
)
def test_sleeping_through_a_lease_matters(edit: Edit) -> None:
    """Without the question whether the attempt is the newest, the access would stay for ever."""
    with (
        mutated(Mutation("", (edit,), ())),
        pytest.raises(Broken, match=str(invariants.what_is_noted_is_true.__doc__)),
    ):
        sleep_through_a_lease(World())


def test_a_returned_grant_is_not_given_late() -> None:
    """Given back while a worker was about to give it, it is taken away again after that."""
    world = World()
    request = approved(world, acme.RIYA, acme.CLOSE)
    work_on(world, EffectKind.PROVISION, {Boundary.NOTED: Cut.PAUSES})

    end.give_back(world.work, acme.RIYA, request)
    taking = handed(world, EffectKind.DEPROVISION)
    world.deliver(taking, {})
    is_waiting = grant(world, request).state
    world.resume(world.paused[0])
    given = set(world.target.held)
    world.advance(SECOND)
    settle(world)

    assert is_waiting is GrantState.DEPROVISIONING
    assert given == {grant(world, request).target}
    assert grant(world, request).state is GrantState.ENDED
    assert world.target.held == set()


def test_an_early_renewal_is_not_cut() -> None:
    """A second grant of the same permission, under whatever name, survives the end of the first."""
    world = World()
    first = approved(world, acme.RIYA, acme.CLOSE)
    settle(world)
    world.advance(timedelta(minutes=30))
    renewal = approved(world, acme.RIYA, acme.CLOSE)
    settle(world)

    world.advance(timedelta(minutes=30))
    settle(world)

    assert grant(world, first).state is GrantState.ENDED
    assert grant(world, renewal).state is GrantState.ACTIVE
    assert grant(world, renewal).target in world.target.held
    world.advance(timedelta(minutes=30))
    settle(world)
    assert world.target.held == set()


def test_a_target_that_is_down_at_the_end_is_told_again_and_alarmed_once() -> None:
    """Access that cannot be taken away stays a duty, is said aloud once, and goes in the end."""
    world = World()
    request = approved(world, acme.RIYA, acme.CLOSE)
    settle(world)
    world.target.faults.extend([Fault.REFUSED] * 200)

    world.advance(timedelta(hours=1))
    for _ in range(120):
        settle(world)
        world.advance(SECOND)

    alarms = [one for one in world.state.entries if one.entry.action == "grant.overdue_found"]
    assert len(alarms) == 1
    assert grant(world, request).state is GrantState.DEPROVISIONING
    world.target.faults.clear()
    world.advance(timedelta(seconds=30))
    settle(world)
    assert grant(world, request).state is GrantState.ENDED
