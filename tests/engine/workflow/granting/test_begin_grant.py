"""It is checked once more, right before access is given, that it still may be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.vocabulary import Action
from engine.model.grant import EndCause, GrantState
from engine.ports import EffectKind
from engine.workflow.granting.attempt import LEASE, Boundary
from engine.workflow.granting.begin_grant import begin_grant
from tests.engine.acts import approved, configure, given, grant, handed, settle, work_on
from tests.engine.workflow.closely import attempt_at, facts, has_it, told
from tests.simulation.company import AP, CLOSE, HOUR, RIYA, USUAL, Setup
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import Cut, World

LEFT = Setup(gone=frozenset({RIYA}))
RULELESS = Setup(has_ledger_rule=False)
MICROSECOND = timedelta(microseconds=1)


def test_what_is_still_allowed_is_taken_on() -> None:
    """Nothing about the grant changes by looking at it."""
    world = World()
    request = approved(world)
    before = grant(world, request)

    taken = begin_grant(attempt_at(world, EffectKind.PROVISION))

    assert taken is not None
    assert taken.grant == before == grant(world, request)


def test_a_rule_that_came_since_the_decision_forbids_giving(world: World) -> None:
    """The person has the other access by now, and a new rule keeps the two apart."""
    configure(world, RULELESS)
    given(world, RIYA, AP)
    request = approved(world, RIYA, CLOSE)
    configure(world, USUAL)

    work_on(world, EffectKind.PROVISION)

    assert grant(world, request).state is GrantState.ENDED
    assert grant(world, request).cause is EndCause.FAILED
    assert not has_it(world, request)
    assert told(world, request, Action.GRANT_FAILED) == (
        "The access could not be given: segregation of duties forbids it by now "
        "(rule gl-ap: Posting and bills are kept apart)."
    )


def test_who_left_since_the_decision_is_given_nothing(world: World) -> None:
    """The grant ends as failed in the same commit, and its duty is done."""
    request = approved(world)
    message = handed(world, EffectKind.PROVISION)
    configure(world, LEFT)

    world.deliver(message, {})

    ended = grant(world, request)
    assert (ended.state, ended.cause) == (GrantState.ENDED, EndCause.FAILED)
    assert ended.ended_at == world.now
    assert not has_it(world, request)
    assert told(world, request, Action.GRANT_FAILED) == (
        "The access could not be given: Riya Patel is not active in the directory any more."
    )
    assert facts(world, request, Action.GRANT_FAILED)["was_touched"] is False
    kinds = {row.duty.kind: row.state for row in world.state.effects.values()}
    assert kinds[EffectKind.PROVISION] is RowState.DONE
    assert EffectKind.DEPROVISION not in kinds


@pytest.mark.parametrize(
    ("late", "state"),
    [(HOUR, GrantState.ACTIVE), (HOUR + MICROSECOND, GrantState.ENDED)],
    ids=["an hour", "more than an hour"],
)
def test_a_decision_is_for_the_next_hour(world: World, late: timedelta, state: GrantState) -> None:
    """Access that could not be given for longer comes as a surprise, and is not given any more."""
    request = approved(world)
    world.advance(late)

    work_on(world, EffectKind.PROVISION)

    assert grant(world, request).state is state
    assert has_it(world, request) is (state is GrantState.ACTIVE)


def test_why_it_is_too_late_is_said(world: World) -> None:
    """With what the person can do about it."""
    request = approved(world)
    world.advance(2 * HOUR)

    work_on(world, EffectKind.PROVISION)

    assert told(world, request, Action.GRANT_FAILED) == (
        "The access could not be given: it could not be given within an hour of the decision; "
        "please ask again."
    )


def test_what_may_have_been_given_is_taken_away_first(world: World) -> None:
    """A worker died after giving; by the next attempt the holder has left the company."""
    request = approved(world)
    work_on(world, EffectKind.PROVISION, {Boundary.CHANGED: Cut.DIES})
    assert has_it(world, request)
    world.advance(LEASE)
    message = handed(world, EffectKind.PROVISION)
    configure(world, LEFT)

    world.deliver(message, {})

    assert grant(world, request).state is GrantState.DEPROVISIONING
    assert facts(world, request, Action.GRANT_FAILED)["was_touched"] is True
    settle(world)
    ended = grant(world, request)
    assert (ended.state, ended.cause) == (GrantState.ENDED, EndCause.FAILED)
    assert not has_it(world, request)


def test_a_refused_beginning_is_no_attempt_any_more() -> None:
    """Whoever is told None gives nothing."""
    world = World()
    approved(world)
    configure(world, LEFT)

    assert begin_grant(attempt_at(world, EffectKind.PROVISION)) is None
