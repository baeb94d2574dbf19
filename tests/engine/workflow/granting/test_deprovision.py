"""Access is taken away, read back as gone, and only then has the grant ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.vocabulary import Action
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import AccountName, EntitlementId, PersonId, RequestId
from engine.model.target import Target
from engine.ports import EffectKind
from engine.workflow.granting.attempt import LEASE, RETRY_FIRST, Boundary
from engine.workflow.granting.deprovision import deprovision
from engine.workflow.granting.end import give_back, revoke
from tests.engine.acts import actions, approved, given, grant, settle, work_on
from tests.engine.workflow.closely import (
    attempt_at,
    duty_row,
    facts,
    go_on,
    has_died,
    has_it,
    hold_before_us,
    told,
    work_until,
)
from tests.simulation.company import CLOSE, HOUR, OLA, REPORTS, RIYA, TOM
from tests.simulation.memory.outbox import RowState
from tests.simulation.sandbox import RETRY_AFTER, Fault
from tests.simulation.world import Cut, World

SECOND = timedelta(seconds=1)
POSTING = Target(AccountName("riya_patel"), "main", "gl_posting")
ENDS = (Boundary.STARTED, Boundary.CHANGED, Boundary.READ_BACK, Boundary.SETTLED)
"""The boundaries that an end has: nothing is looked up or noted before it."""


def ending(world: World) -> RequestId:
    """Give Riya something and let her give it back; nobody has taken it yet."""
    request = given(world)
    give_back(world.work, RIYA, request)
    return request


def kept(world: World, request: RequestId) -> str:
    """Give what was said of a permission that stayed."""
    return told(world, request, Action.GRANT_KEPT)


def test_access_is_gone_when_its_time_is_over(world: World) -> None:
    """The grant ends as expired, right then, and says how promptly."""
    request = given(world)
    world.advance(HOUR)

    settle(world)

    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.ENDED, EndCause.EXPIRED)
    assert mine.ended_at == mine.ends_at == world.now
    assert not has_it(world, request)
    ended = facts(world, request, Action.GRANT_ENDED)
    assert (ended["cause"], ended["late_ms"], ended["kept_because"]) == ("expired", 0, "")
    assert (ended["account"], ended["permission"]) == ("riya_patel", "gl_posting")
    assert told(world, request, Action.GRANT_ENDED) == (
        "The access is gone, read back from the system; within a second of its end."
    )
    assert duty_row(world, EffectKind.DEPROVISION).state is RowState.DONE


def test_how_late_access_went_is_recorded(world: World) -> None:
    """Counted from when it should have gone, not from when the clock came."""
    request = given(world)
    world.advance(HOUR + timedelta(seconds=90, milliseconds=250))

    settle(world)

    assert facts(world, request, Action.GRANT_ENDED)["late_ms"] == 90_250
    assert told(world, request, Action.GRANT_ENDED) == (
        "The access is gone, read back from the system; 1 minute 30 seconds after its end."
    )


@pytest.mark.parametrize(
    ("late", "words"),
    [(999, "within a second of its end"), (1000, "1 second after its end")],
)
def test_a_second_late_is_late(world: World, late: int, words: str) -> None:
    """Less is what a prompt worker needs."""
    request = ending(world)
    world.advance(timedelta(milliseconds=late))

    settle(world)

    assert facts(world, request, Action.GRANT_ENDED)["late_words"] == words


@pytest.mark.parametrize("boundary", ENDS)
def test_a_worker_that_dies_anywhere_leaves_access_that_is_taken_once(
    world: World, boundary: Boundary
) -> None:
    """The next attempt finishes it, with one entry."""
    request = ending(world)
    work_on(world, EffectKind.DEPROVISION, {boundary: Cut.DIES})
    world.advance(LEASE)

    settle(world)

    assert has_died(world)
    assert grant(world, request).state is GrantState.ENDED
    assert not has_it(world, request)
    assert actions(world, request).count(Action.GRANT_ENDED) == 1


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault.DOWN, RETRY_FIRST),
        (Fault.THROTTLED, RETRY_AFTER),
        (Fault.RESPONSE_LOST, RETRY_FIRST),
        (Fault.REFUSED, RETRY_FIRST),
        (Fault.NOT_SO, RETRY_FIRST),
    ],
)
def test_whatever_goes_wrong_it_is_tried_again(
    world: World, fault: Fault, after: timedelta
) -> None:
    """Useless or not, unanswered, or still present when read back: access never just stays."""
    request = ending(world)

    work_on(world, EffectKind.DEPROVISION, None, fault)

    assert grant(world, request).state is GrantState.DEPROVISIONING
    assert duty_row(world, EffectKind.DEPROVISION).state is RowState.READY
    assert duty_row(world, EffectKind.DEPROVISION).next_at == world.now + after
    assert Action.GRANT_ENDED not in actions(world, request)
    world.advance(after)
    settle(world)
    assert grant(world, request).state is GrantState.ENDED
    assert not has_it(world, request)


def test_an_end_that_cannot_be_read_back_is_no_end(world: World) -> None:
    """It is gone, but nobody has seen that yet."""
    request = ending(world)
    work_until(world, EffectKind.DEPROVISION, Boundary.CHANGED)

    go_on(world, Fault.DOWN)

    assert not has_it(world, request)
    assert grant(world, request).state is GrantState.DEPROVISIONING
    assert grant(world, request).ended_at is None


def test_retries_slow_down_to_every_two_seconds(world: World) -> None:
    """A short outage costs seconds, and a target that is down is not run over."""
    ending(world)
    waits = []

    for _ in range(5):
        work_on(world, EffectKind.DEPROVISION, None, Fault.DOWN)
        waits.append(duty_row(world, EffectKind.DEPROVISION).next_at - world.now)
        world.advance(waits[-1])

    assert [wait.total_seconds() for wait in waits] == [0.25, 0.5, 1, 2, 2]


def test_nothing_is_overdue_within_a_minute(world: World) -> None:
    """A short outage alarms nobody."""
    request = ending(world)
    world.advance(60 * SECOND)

    work_on(world, EffectKind.DEPROVISION, None, Fault.DOWN)

    assert Action.GRANT_OVERDUE not in actions(world, request)
    assert not grant(world, request).alarmed


def test_access_that_outlives_its_end_by_a_minute_is_said_aloud(world: World) -> None:
    """With when it should have gone, and what is wrong; the thread gets it."""
    request = given(world)
    world.advance(HOUR + 61 * SECOND)

    work_on(world, EffectKind.DEPROVISION, None, Fault.DOWN)

    assert grant(world, request).alarmed
    assert told(world, request, Action.GRANT_OVERDUE) == (
        "The access should have gone 2026-11-22 10:00:00 and is still there: "
        "the sandbox cannot be reached; it will be tried again. "
        "It is tried again without end; please look at the system."
    )


def test_overdue_access_is_said_aloud_once(world: World) -> None:
    """Whoever has heard it does not need it every two seconds; trying goes on."""
    request = ending(world)
    world.advance(61 * SECOND)

    for _ in range(3):
        work_on(world, EffectKind.DEPROVISION, None, Fault.REFUSED)
        world.advance(3 * SECOND)

    assert actions(world, request).count(Action.GRANT_OVERDUE) == 1
    settle(world)
    assert grant(world, request).state is GrantState.ENDED


def test_what_another_live_grant_needs_stays(world: World) -> None:
    """The first of two overlapping grants ends without a gap in the second."""
    first, second = given(world), given(world)
    give_back(world.work, RIYA, first)

    settle(world)

    assert grant(world, first).state is GrantState.ENDED
    assert has_it(world, second)
    assert kept(world, first) == (
        "This grant ended; the permission was left as it is, because JIT-2 still needs it."
    )
    assert Action.GRANT_ENDED not in actions(world, first)


def test_the_last_of_overlapping_grants_takes_it(world: World) -> None:
    """Nobody is left who needs it."""
    first, second = given(world), given(world)
    give_back(world.work, RIYA, first)
    settle(world)
    give_back(world.work, RIYA, second)

    settle(world)

    assert not has_it(world, second)
    assert kept(world, second) == ""
    assert Action.GRANT_ENDED in actions(world, second)


def test_a_grant_that_is_ending_too_is_no_reason_to_stay(world: World) -> None:
    """Two that end at once do not wait for each other, nor keep each other alive."""
    first, second = given(world), given(world)
    give_back(world.work, RIYA, first)
    give_back(world.work, RIYA, second)

    settle(world)
    world.advance(SECOND)
    settle(world)

    assert not has_it(world, first)
    assert {grant(world, request).state for request in (first, second)} == {GrantState.ENDED}
    assert kept(world, first) == kept(world, second) == ""


def test_a_grant_that_has_not_looked_yet_is_no_reason_to_stay(world: World) -> None:
    """It will find the permission absent, and give it as its own."""
    first = given(world)
    second = approved(world)
    give_back(world.work, RIYA, first)

    work_on(world, EffectKind.DEPROVISION)

    assert not has_it(world, first)
    assert kept(world, first) == ""
    world.advance(5 * SECOND)
    settle(world)
    assert grant(world, second).held_before is False
    assert has_it(world, second)


@pytest.mark.parametrize(("holder", "wanted"), [(RIYA, REPORTS), (OLA, CLOSE)])
def test_a_grant_of_something_else_is_no_reason_to_stay(
    world: World, holder: PersonId, wanted: EntitlementId
) -> None:
    """Neither another permission of the holder, nor the same one of somebody else."""
    other = given(world, holder, wanted)
    request = ending(world)

    settle(world)

    assert not has_it(world, request)
    assert has_it(world, other)
    assert kept(world, request) == ""


def test_what_was_held_before_us_stays(world: World) -> None:
    """And why it stays is said."""
    hold_before_us(world, POSTING)
    request = ending(world)

    settle(world)

    assert has_it(world, request)
    assert grant(world, request).state is GrantState.ENDED
    assert kept(world, request) == (
        "This grant ended; the permission was left as it is, "
        "because the person held it before this grant."
    )


def test_where_nothing_had_been_given_nothing_is_taken(world: World) -> None:
    """A revocation came before the first look: what is there is not ours."""
    request = approved(world)
    hold_before_us(world, POSTING)
    revoke(world.work, TOM, request, "not needed any more")

    settle(world)

    assert has_it(world, request)
    assert grant(world, request).state is GrantState.ENDED
    assert told(world, request, Action.GRANT_UNUSED) == (
        "This grant ended before anything was given; nothing was taken away."
    )
    assert kept(world, request) == ""


def test_a_stale_attempt_ends_nothing(world: World) -> None:
    """Its lease ran out after the read-back: whoever comes next looks again."""
    request = ending(world)
    work_until(world, EffectKind.DEPROVISION, Boundary.READ_BACK)
    world.advance(LEASE)

    go_on(world)

    assert grant(world, request).state is GrantState.DEPROVISIONING
    assert Action.GRANT_ENDED not in actions(world, request)
    settle(world)
    assert actions(world, request).count(Action.GRANT_ENDED) == 1


def test_a_stale_attempt_does_not_end_it_again(world: World) -> None:
    """A newer one ended it meanwhile; when it ended stays as it was."""
    request = ending(world)
    work_until(world, EffectKind.DEPROVISION, Boundary.READ_BACK)
    world.advance(LEASE)
    settle(world)
    before = grant(world, request)
    world.advance(SECOND)

    go_on(world)

    assert before.state is GrantState.ENDED
    assert grant(world, request) == before
    assert actions(world, request).count(Action.GRANT_ENDED) == 1


def test_a_stale_attempt_puts_nothing_off(world: World) -> None:
    """Its trouble is not the newer attempt's, which has the duty."""
    request = ending(world)
    work_until(world, EffectKind.DEPROVISION, Boundary.CHANGED)
    world.advance(LEASE)
    settle(world)

    go_on(world)

    assert duty_row(world, EffectKind.DEPROVISION).state is RowState.DONE
    assert grant(world, request).state is GrantState.ENDED


def test_an_attempt_that_comes_after_the_end_does_nothing() -> None:
    """A message that was delivered twice is carried out once."""
    world = World()
    request = ending(world)
    attempt = attempt_at(world, EffectKind.DEPROVISION)
    deprovision(attempt)
    before = world.state

    deprovision(attempt)

    assert grant(world, request).state is GrantState.ENDED
    assert world.state.grants == before.grants
    assert world.state.entries == before.entries
