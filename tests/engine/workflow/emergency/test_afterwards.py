"""It is decided afterwards whether it was right to break the glass."""

from __future__ import annotations

import pytest

from engine.audit.vocabulary import Action
from engine.model.closing import ClosingState
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import PersonId
from engine.model.request import RequestState, Verdict
from engine.workflow.asking.cancel import cancel
from engine.workflow.granting.end import give_back
from engine.workflow.leavers import follow_people
from tests.engine.acts import actions, answer, configure, given, grant, refusal, request_of, settle
from tests.engine.workflow.closely import has_it, told
from tests.engine.workflow.emergency.acts import broken, closed, closing_of, used
from tests.simulation.company import (
    AP,
    BEN,
    HOUR,
    LI,
    RIYA,
    SOFIA,
    TOM,
    USUAL,
    Setup,
)
from tests.simulation.world import World

NO = "there is no such incident"


def test_an_approval_changes_nothing_about_the_access(world: World) -> None:
    """No second grant, and the one that is there ends on its time."""
    request = broken(world)
    settle(world)
    before = grant(world, request)

    answer(world, SOFIA, request)

    assert request_of(world, request).state is RequestState.APPROVED
    assert grant(world, request) == before
    assert told(world, request, Action.REQUEST_APPROVED) == "Every stage approved it afterwards."
    assert told(world, request, Action.DECISION_APPROVED) == (
        "Sofia Almeida, Treasurer, approved it afterwards, at stage 1 of 1, Controller, "
        "as one of Controllers."
    )


def test_a_denial_ends_the_access_at_once(world: World) -> None:
    """In the same commit, with the denial's own reason."""
    request = broken(world)
    settle(world)

    answer(world, SOFIA, request, verdict=Verdict.DENY, reason=NO)

    assert request_of(world, request).state is RequestState.DENIED
    ending = grant(world, request)
    assert (ending.state, ending.cause) == (GrantState.DEPROVISIONING, EndCause.REVOKED)
    assert ending.end_ordered_at == world.now
    assert told(world, request, Action.GRANT_REVOKED) == (
        f"Sofia Almeida, Treasurer, ended the access early: “{NO}”"
    )
    settle(world)
    assert not has_it(world, request)
    assert closing_of(world, request).state is ClosingState.OPEN


def test_a_denial_before_it_was_given_gives_nothing(world: World) -> None:
    """Then there is nothing to look at either."""
    world.is_unsigned = True
    request = broken(world)

    answer(world, SOFIA, request, verdict=Verdict.DENY, reason=NO)

    settle(world)
    assert grant(world, request).state is GrantState.ENDED
    assert closing_of(world, request).state is ClosingState.DONE
    assert Action.BREAKGLASS_UNUSED not in actions(world, request)


def test_what_is_gone_already_can_still_be_denied(world: World) -> None:
    """And what it is combined with by now is not held against the approval."""
    request = used(world)
    given(world, RIYA, AP)

    answer(world, SOFIA, request, verdict=Verdict.DENY, reason=NO)

    assert request_of(world, request).state is RequestState.DENIED
    assert grant(world, request).cause is EndCause.EXPIRED


def test_what_is_gone_is_approved_whatever_the_person_has_by_now(world: World) -> None:
    """Nothing is combined with what was."""
    request = used(world)
    given(world, RIYA, AP)

    answer(world, SOFIA, request)

    assert request_of(world, request).state is RequestState.APPROVED


def test_silence_neither_approves_nor_lapses(world: World) -> None:
    """However long it takes; and when it is answered, that counts."""
    request = broken(world)
    settle(world)

    for _ in range(60):
        world.advance(24 * HOUR)
        settle(world)

    assert request_of(world, request).state is RequestState.PENDING
    answer(world, SOFIA, request)
    assert request_of(world, request).state is RequestState.APPROVED


def test_that_nobody_answers_is_said_ever_again(world: World) -> None:
    """First at the stage's limit, to those who were asked and to whom it is escalated."""
    request = broken(world)
    settle(world)
    world.advance(2 * HOUR)
    settle(world)

    assert told(world, request, Action.BREAKGLASS_UNANSWERED) == (
        "Whether this break-glass was right should have been decided until 2026-11-22 11:00:00, "
        "at stage 1 of 1, Controller, by Ben Okafor or Sofia Almeida or Tom Reyes. "
        "It stays open until somebody answers."
    )
    world.advance(24 * HOUR)
    settle(world)
    assert actions(world, request).count(Action.BREAKGLASS_UNANSWERED) > 1


@pytest.mark.parametrize("actor", [RIYA, LI])
def test_nobody_approves_their_own(world: World, actor: PersonId) -> None:
    """Li is named by the rule and may break the glass, too; but approves nothing."""
    request = broken(world)

    refused = refusal(lambda: answer(world, actor, request))

    assert refused.code in {"decision.own_request", "decision.not_approver"}


def test_it_is_not_taken_back(world: World) -> None:
    """What was given stays in the record; the access is given back."""
    request = broken(world)
    settle(world)

    assert refusal(lambda: cancel(world.work, RIYA, request)).code == "request.breakglass"
    give_back(world.work, RIYA, request)
    settle(world)

    assert not has_it(world, request)
    assert request_of(world, request).state is RequestState.PENDING


def test_who_left_loses_the_access_and_not_the_question(world: World) -> None:
    """It is still to be approved and closed what they did."""
    request = broken(world)
    settle(world)
    configure(world, Setup(gone=frozenset({RIYA})))

    follow_people(world.work)
    settle(world)

    assert grant(world, request).cause is EndCause.LEFT
    assert request_of(world, request).state is RequestState.PENDING
    answer(world, SOFIA, request)
    closed(world, request)
    assert closing_of(world, request).is_done


def test_where_nobody_is_left_to_approve_it_that_is_said(world: World) -> None:
    """It can be closed all the same, once the time is over; and people may come back."""
    request = used(world)
    configure(world, Setup(gone=frozenset({BEN, SOFIA, TOM})))
    settle(world)

    assert told(world, request, Action.STAGE_STALLED) == (
        "Nobody who may is left to decide the stage “Controller” afterwards. Unless people come "
        "back or the configuration changes, it can be closed as not justified from "
        "2026-11-22 11:00:00 on."
    )
    configure(world, USUAL)
    settle(world)
    answer(world, TOM, request)
    assert request_of(world, request).state is RequestState.APPROVED


def test_the_next_stage_has_its_own_time(world: World) -> None:
    """And the clock knows it: it says something when that is over."""
    configure(world, Setup(has_long_afterwards=True))
    request = broken(world)
    assert closing_of(world, request).nudge_at == world.now + HOUR
    world.advance(HOUR / 2)
    settle(world)

    answer(world, BEN, request)

    assert closing_of(world, request).nudge_at == world.now + 2 * HOUR
    assert [stage.name for stage in request_of(world, request).stages][1] == "Owner"
