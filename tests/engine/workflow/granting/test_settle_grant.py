"""What came of giving access is kept, by the newest attempt only."""

from __future__ import annotations

from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Effect, EffectKind
from engine.workflow.granting.attempt import LEASE, Boundary
from engine.workflow.granting.begin_grant import begin_grant
from engine.workflow.granting.end import give_back
from engine.workflow.granting.settle_grant import fail_grant, note_before, settle_grant
from tests.engine.acts import actions, approved, given, grant, settle, work_on
from tests.engine.workflow.closely import (
    attempt_at,
    duty_row,
    go_on,
    has_it,
    hold_before_us,
    told,
    work_until,
)
from tests.simulation.company import CLOSE, HOUR, REPORTS, RIYA
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import World

POSTING = Target(AccountName("riya_patel"), "main", "gl_posting")
SECOND = timedelta(seconds=1)


def begun(world: World) -> Effect:
    """Take the duty to give on, without a hand on the target."""
    taken = begin_grant(attempt_at(world, EffectKind.PROVISION))
    assert taken is not None
    return taken.effect


def test_access_that_was_there_before_us_is_noted(world: World) -> None:
    """The thread says so, and the grant runs all the same."""
    hold_before_us(world, POSTING)

    request = given(world)

    assert grant(world, request).state is GrantState.ACTIVE
    assert grant(world, request).held_before is True
    assert told(world, request, Action.GRANT_STANDING) == (
        "riya_patel held gl_posting on main before this grant; "
        "that standing access will be left as it was."
    )


def test_access_that_was_there_before_us_is_never_removed(world: World) -> None:
    """The grant ends, the person keeps what they had."""
    hold_before_us(world, POSTING)
    request = given(world)
    give_back(world.work, RIYA, request)

    settle(world)

    assert grant(world, request).state is GrantState.ENDED
    assert has_it(world, request)


def test_access_that_was_not_there_before_us_is_noted_silently(world: World) -> None:
    """False is an answer too, and no entry is needed for it."""
    request = given(world)

    assert grant(world, request).held_before is False
    assert Action.GRANT_STANDING not in actions(world, request)


def test_a_second_grant_of_the_same_does_not_take_ours_for_standing_access(world: World) -> None:
    """It finds what the first one gave, and inherits what that one found."""
    given(world)

    second = given(world)

    assert grant(world, second).held_before is False
    assert Action.GRANT_STANDING not in actions(world, second)


def test_a_second_grant_of_the_same_inherits_standing_access(world: World) -> None:
    """However many of ours overlap, what was there before all of them stays known."""
    hold_before_us(world, POSTING)
    given(world)

    second = given(world)

    assert grant(world, second).held_before is True
    assert Action.GRANT_STANDING in actions(world, second)


def test_a_grant_that_has_not_looked_yet_says_nothing_about_before(world: World) -> None:
    """Two are decided at once: the one that comes first looks for itself."""
    first, second = approved(world), approved(world)

    settle(world)
    world.advance(SECOND)
    settle(world)

    assert grant(world, first).held_before is False
    assert grant(world, second).held_before is False


def test_a_grant_of_something_else_says_nothing_about_before(world: World) -> None:
    """What the person has of ours elsewhere does not make a standing right ours."""
    hold_before_us(world, POSTING)
    given(world, RIYA, REPORTS)

    request = given(world, RIYA, CLOSE)

    assert grant(world, request).held_before is True


def test_what_was_noted_stays() -> None:
    """A second look sees what we gave, and changes nothing."""
    world = World()
    request = approved(world)
    effect = begun(world)

    assert note_before(world.work, effect, was_there=False)
    assert note_before(world.work, effect, was_there=True)

    assert grant(world, request).held_before is False


def test_a_stale_attempt_notes_nothing(world: World) -> None:
    """Its lease ran out during the look, so what it saw may be so no more."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.LOOKED)
    world.advance(LEASE)

    go_on(world)

    assert grant(world, request).held_before is None
    assert not has_it(world, request)
    assert duty_row(world, EffectKind.PROVISION).state is RowState.RUNNING
    settle(world)
    assert grant(world, request).state is GrantState.ACTIVE


def test_a_stale_attempt_starts_no_timer(world: World) -> None:
    """The lease is over, whoever comes next reads back again."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.READ_BACK)
    world.advance(LEASE)

    go_on(world)

    assert grant(world, request).state is GrantState.PROVISIONING
    assert Action.GRANT_ACTIVATED not in actions(world, request)


def test_a_stale_attempt_does_not_start_the_timer_again(world: World) -> None:
    """A newer one has given the access meanwhile; its time is not made longer."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, Boundary.READ_BACK)
    world.advance(LEASE)
    settle(world)
    started = world.now
    world.advance(SECOND)

    go_on(world)

    assert grant(world, request).starts_at == started
    assert grant(world, request).ends_at == started + HOUR
    assert actions(world, request).count(Action.GRANT_ACTIVATED) == 1


def test_a_stale_attempt_fails_nothing() -> None:
    """What it found useless, a newer attempt may be about to achieve."""
    world = World()
    request = approved(world)
    effect = begun(world)
    world.advance(LEASE)

    fail_grant(world.work, effect, "the account is missing.")

    assert grant(world, request).state is GrantState.PROVISIONING
    assert Action.GRANT_FAILED not in actions(world, request)


def test_a_settled_grant_is_not_settled_again() -> None:
    """The duty is done: the same attempt has no say any more."""
    world = World()
    request = approved(world)
    effect = begun(world)
    note_before(world.work, effect, was_there=False)
    world.target.ensure_present(POSTING)
    settle_grant(world.work, effect)
    before = grant(world, request)
    world.advance(SECOND)

    settle_grant(world.work, effect)
    fail_grant(world.work, effect, "the account is missing.")

    assert grant(world, request) == before
    assert before.state is GrantState.ACTIVE


def test_failing_before_the_look_ends_the_grant_at_once() -> None:
    """Nothing was given, so there is nothing to take."""
    world = World()
    request = approved(world)

    fail_grant(world.work, begun(world), "the account is missing.")

    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.ENDED, EndCause.FAILED)


def test_failing_after_the_look_orders_the_end() -> None:
    """Something may have been given: the duty to take it is in the same commit."""
    world = World()
    request = approved(world)
    effect = begun(world)
    note_before(world.work, effect, was_there=False)

    fail_grant(world.work, effect, "the account is missing.")

    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.DEPROVISIONING, EndCause.FAILED)
    assert mine.end_ordered_at == world.now
    assert duty_row(world, EffectKind.DEPROVISION).state is RowState.READY
    assert duty_row(world, EffectKind.DEPROVISION).duty.exclusive == mine.exclusive


def test_the_duty_is_done_with_the_timer(world: World) -> None:
    """One commit: no attempt follows one that settled."""
    approved(world)

    work_on(world, EffectKind.PROVISION)

    assert duty_row(world, EffectKind.PROVISION).state is RowState.DONE
