"""A worker takes on one attempt at a duty, or leaves it alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model.grant import GrantState
from engine.model.identifiers import EffectId
from engine.ports import Duty, EffectKind
from engine.workflow.granting.attempt import (
    CALL_MAX,
    LEASE,
    Attempt,
    Boundary,
    Taken,
    retry_after,
    take_on,
)
from engine.workflow.granting.end import revoke
from engine.workflow.granting.provision import provision
from tests.engine.acts import approved, ask, grant
from tests.engine.workflow.closely import attempt_at, duty_row, has_it
from tests.simulation.company import CLOSE, GL, RIYA, TOM
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import Cut, World

SECOND = timedelta(seconds=1)


def take(attempt: Attempt) -> Taken | None:
    """Take an attempt on, and commit."""
    with attempt.work() as uow:
        taken = take_on(uow, attempt, GrantState.PROVISIONING)
        uow.commit()
        return taken


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 0.25), (2, 0.5), (3, 1), (4, 2), (5, 2), (60, 2), (61, 30), (100_000, 30)],
)
def test_retries_come_twice_as_late_each_time_up_to_a_cap(attempt: int, seconds: float) -> None:
    """At first within two seconds; after sixty in vain, every half a minute."""
    assert retry_after(attempt, None) == timedelta(seconds=seconds)


def test_a_retry_is_never_sooner_than_the_target_asked() -> None:
    """Nor is it sooner than we would have come anyway."""
    assert retry_after(1, 90 * SECOND) == 90 * SECOND
    assert retry_after(4, SECOND) == 2 * SECOND
    assert retry_after(4, timedelta(0)) == 2 * SECOND


def test_a_lease_is_longer_than_all_calls_of_an_attempt() -> None:
    """Look, change and read back, each as slow as it may be, and time for the commits between."""
    assert LEASE > 3 * CALL_MAX


def test_the_newest_attempt_is_taken_on() -> None:
    """It has the duty, the request and the grant, and its lease runs."""
    world = World()
    request = approved(world)

    taken = take(attempt_at(world, EffectKind.PROVISION))

    assert taken is not None
    assert taken.grant == taken.dossier.grant == grant(world, request)
    assert taken.effect.duty.request == request
    assert duty_row(world, EffectKind.PROVISION).state is RowState.RUNNING
    assert duty_row(world, EffectKind.PROVISION).next_at == world.now + LEASE


def test_a_duty_that_does_not_exist_is_left_alone(world: World) -> None:
    """A message may be older than the memory."""
    attempt = Attempt(world.work, lambda _: world.target, EffectId(4711), 1)

    assert take(attempt) is None


@pytest.mark.parametrize("number", [0, 2])
def test_another_attempt_than_the_one_handed_out_is_left_alone(number: int) -> None:
    """An older one came too late, a newer one was never handed out."""
    world = World()
    approved(world)
    attempt = replace(attempt_at(world, EffectKind.PROVISION), number=number)

    assert take(attempt) is None
    assert duty_row(world, EffectKind.PROVISION).state is RowState.QUEUED


def test_a_message_that_comes_twice_is_taken_on_once() -> None:
    """Whoever delivers may deliver again."""
    world = World()
    approved(world)
    attempt = attempt_at(world, EffectKind.PROVISION)

    assert take(attempt) is not None
    assert take(attempt) is None


def test_a_duty_that_nothing_is_left_of_is_put_away() -> None:
    """The access was revoked before a worker came: there is nothing to be given."""
    world = World()
    request = approved(world)
    attempt = attempt_at(world, EffectKind.PROVISION)
    revoke(world.work, TOM, request, "not needed any more")

    assert take(attempt) is None
    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE


def test_a_duty_about_a_request_without_a_grant_is_put_away() -> None:
    """Nothing was decided, so nothing is given, whoever ordered it."""
    world = World()
    request = ask(world)
    with world.work() as uow:
        uow.outbox.order(Duty(EffectKind.PROVISION, request))
        uow.commit()

    assert take(attempt_at(world, EffectKind.PROVISION)) is None
    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE


def test_two_grants_of_one_permission_wait_for_each_other(world: World) -> None:
    """What one worker changes and reads back, no other changes meanwhile."""
    first = approved(world)
    while world.tick():
        pass
    (one,) = [message for message in world.queue if message[1] is EffectKind.PROVISION]
    second = approved(world)
    while world.tick():
        pass
    world.deliver(one, {Boundary.STARTED: Cut.PAUSES})
    (other,) = [m for m in world.queue if m[1] is EffectKind.PROVISION and m != one]

    world.deliver(other, {})

    assert grant(world, first).exclusive == grant(world, second).exclusive
    assert grant(world, second).held_before is None
    assert not has_it(world, second)
    assert world.state.effects[other[0]].state is RowState.READY


def test_one_key_stands_for_one_permission_of_one_account() -> None:
    """Two entitlements that mean the same permission share it; another account does not."""
    world = World()
    request = approved(world, RIYA, CLOSE)
    mine = grant(world, request)

    assert mine.exclusive == "ledger/main/gl_posting/riya_patel"
    assert replace(mine, entitlement=GL).exclusive == mine.exclusive


def test_a_worker_needs_nobody_to_watch() -> None:
    """Outside of tests nothing stands at the boundaries, and the access is given all the same."""
    world = World()
    request = approved(world)

    provision(attempt_at(world, EffectKind.PROVISION))

    assert grant(world, request).state is GrantState.ACTIVE
