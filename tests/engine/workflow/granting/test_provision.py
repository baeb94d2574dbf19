"""Access is given, read back, and only then is it a grant whose time runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.vocabulary import Action
from engine.model.grant import EndCause, GrantState
from engine.ports import EffectKind
from engine.workflow.granting.attempt import LEASE, RETRY_FIRST, Boundary
from engine.workflow.granting.end import revoke
from tests.engine.acts import actions, approved, grant, settle, work_on
from tests.engine.workflow.closely import (
    duty_row,
    facts,
    go_on,
    has_died,
    has_it,
    told,
    work_until,
)
from tests.simulation.company import HOUR, TOM
from tests.simulation.memory.outbox import RowState
from tests.simulation.sandbox import RETRY_AFTER, Fault
from tests.simulation.world import Cut, World

SECOND = timedelta(seconds=1)
WHY = "not needed any more"


def test_access_is_given_and_its_time_runs(world: World) -> None:
    """The holder has it, for as long as was decided, from now on."""
    request = approved(world)
    world.advance(5 * SECOND)

    work_on(world, EffectKind.PROVISION)

    mine = grant(world, request)
    assert has_it(world, request)
    assert (mine.state, mine.held_before) == (GrantState.ACTIVE, False)
    assert (mine.starts_at, mine.ends_at) == (world.now, world.now + HOUR)
    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE
    assert told(world, request, Action.GRANT_ACTIVATED) == (
        "Riya Patel now has NETSUITE CLOSE (gl_posting on main as riya_patel), "
        "read back from the system. It ends 2026-11-22 10:00:05."
    )


def test_the_timer_starts_when_access_was_read_back(world: World) -> None:
    """Not at the decision, and not when the target was told: a slow target costs no time."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.CHANGED)
    world.advance(7 * SECOND)

    go_on(world)

    assert grant(world, request).starts_at == world.now
    assert grant(world, request).ends_at == world.now + HOUR


@pytest.mark.parametrize("boundary", list(Boundary))
def test_a_worker_that_dies_anywhere_leaves_access_that_is_given_once(
    world: World, boundary: Boundary
) -> None:
    """The next attempt finishes what the first one began, with one entry and its own timer."""
    request = approved(world)
    work_on(world, EffectKind.PROVISION, {boundary: Cut.DIES})
    world.advance(LEASE)

    settle(world)

    assert has_died(world)
    assert grant(world, request).state is GrantState.ACTIVE
    assert grant(world, request).held_before is False
    assert has_it(world, request)
    assert actions(world, request).count(Action.GRANT_ACTIVATED) == 1
    assert Action.GRANT_STANDING not in actions(world, request)


def test_before_us_is_noted_before_anything_is_changed(world: World) -> None:
    """After a crash nobody could tell our change from a right that the person had."""
    request = approved(world)

    work_until(world, EffectKind.PROVISION, Boundary.NOTED)

    assert grant(world, request).held_before is False
    assert not has_it(world, request)


def test_the_target_is_looked_at_before_us_only_once(world: World) -> None:
    """What the first attempt noted holds: the second one would see what the first one gave."""
    request = approved(world)
    work_on(world, EffectKind.PROVISION, {Boundary.CHANGED: Cut.DIES})
    world.advance(LEASE)

    work_until(world, EffectKind.PROVISION, Boundary.CHANGED)

    assert grant(world, request).held_before is False
    assert not any("pauses at looked" in step for step in world.steps)


@pytest.mark.parametrize(
    ("fault", "after"),
    [(Fault.DOWN, RETRY_FIRST), (Fault.THROTTLED, RETRY_AFTER), (Fault.RESPONSE_LOST, RETRY_FIRST)],
)
def test_what_may_pass_is_tried_again(world: World, fault: Fault, after: timedelta) -> None:
    """Soon, but never before the target's own time to wait is over; people hear nothing of it."""
    request = approved(world)
    begun = world.now

    work_on(world, EffectKind.PROVISION, None, fault)

    assert grant(world, request).state is GrantState.PROVISIONING
    assert duty_row(world, EffectKind.PROVISION).state is RowState.READY
    assert duty_row(world, EffectKind.PROVISION).next_at == begun + after
    before = actions(world, request)
    world.advance(after)
    work_on(world, EffectKind.PROVISION)
    assert grant(world, request).state is GrantState.ACTIVE
    assert actions(world, request) == [*before, Action.GRANT_ACTIVATED]


def test_a_lost_answer_does_not_give_twice(world: World) -> None:
    """It was given, nobody knew; already so is fine, and is no standing access."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.NOTED)

    go_on(world, Fault.RESPONSE_LOST)

    assert has_it(world, request)
    assert grant(world, request).state is GrantState.PROVISIONING
    world.advance(SECOND)
    settle(world)
    assert grant(world, request).state is GrantState.ACTIVE
    assert grant(world, request).held_before is False


def test_what_reads_back_as_absent_is_not_given(world: World) -> None:
    """The target says yes and does nothing: no timer starts, and it is tried again."""
    request = approved(world)

    work_on(world, EffectKind.PROVISION, None, Fault.NOT_SO)

    assert grant(world, request).state is GrantState.PROVISIONING
    assert duty_row(world, EffectKind.PROVISION).next_at == world.now + RETRY_FIRST
    world.advance(SECOND)
    settle(world)
    assert grant(world, request).state is GrantState.ACTIVE
    assert has_it(world, request)


def test_what_is_useless_fails_at_once_where_nothing_was_touched(world: World) -> None:
    """Nothing can stay given, so the target is not asked again."""
    request = approved(world)

    work_on(world, EffectKind.PROVISION, None, Fault.REFUSED)

    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.ENDED, EndCause.FAILED)
    assert (mine.starts_at, mine.ended_at) == (None, world.now)
    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE
    assert not any(r.duty.kind is EffectKind.DEPROVISION for r in world.state.effects.values())
    assert facts(world, request, Action.GRANT_FAILED)["was_touched"] is False
    assert told(world, request, Action.GRANT_FAILED) == (
        "The access could not be given: the sandbox has no such account; it must be made first."
    )


def test_what_is_useless_fails_by_way_of_the_target_where_it_was_touched(world: World) -> None:
    """It may have been given before the answer was lost, so it is taken away and read back."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.NOTED)
    go_on(world, Fault.RESPONSE_LOST)
    world.advance(SECOND)

    work_on(world, EffectKind.PROVISION, None, Fault.REFUSED)

    assert has_it(world, request)
    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.DEPROVISIONING, EndCause.FAILED)
    assert facts(world, request, Action.GRANT_FAILED)["was_touched"] is True
    settle(world)
    assert grant(world, request).state is GrantState.ENDED
    assert grant(world, request).cause is EndCause.FAILED
    assert not has_it(world, request)


def test_what_was_revoked_before_it_began_is_not_given(world: World) -> None:
    """The duty is put away without a look at the target."""
    request = approved(world)
    revoke(world.work, TOM, request, WHY)

    settle(world)

    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.ENDED, EndCause.REVOKED)
    assert (mine.starts_at, mine.held_before) == (None, None)
    assert not has_it(world, request)


def test_what_was_revoked_during_the_look_is_not_given(world: World) -> None:
    """Nothing is noted, nothing changed, and the duty is done."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.LOOKED)
    revoke(world.work, TOM, request, WHY)

    go_on(world)

    assert grant(world, request).held_before is None
    assert not has_it(world, request)
    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE


@pytest.mark.parametrize("boundary", [Boundary.NOTED, Boundary.CHANGED, Boundary.READ_BACK])
def test_what_was_revoked_while_it_was_given_is_taken_away(
    world: World, boundary: Boundary
) -> None:
    """No timer starts; whoever was giving finishes, and then it is taken."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, boundary)
    revoke(world.work, TOM, request, WHY)

    go_on(world)

    assert grant(world, request).state is GrantState.DEPROVISIONING
    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE
    settle(world)
    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.ENDED, EndCause.REVOKED)
    assert not has_it(world, request)
    assert Action.GRANT_ACTIVATED not in actions(world, request)


def test_what_was_revoked_cannot_fail_any_more(world: World) -> None:
    """The target refuses to give what is ending already: it ends as revoked, with one cause."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.NOTED)
    revoke(world.work, TOM, request, WHY)

    go_on(world, Fault.REFUSED)

    assert grant(world, request).cause is EndCause.REVOKED
    assert Action.GRANT_FAILED not in actions(world, request)
    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE
