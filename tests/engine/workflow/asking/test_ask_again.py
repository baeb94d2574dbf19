"""People have changed: an open stage asks whoever may decide it now."""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.model.identifiers import PersonId, RequestId
from engine.model.request import RequestState
from engine.workflow.asking.ask_again import ask_again
from engine.workflow.leavers import follow_people
from engine.workflow.look import pending
from tests.engine.acts import actions, answer, ask, configure, request_of, settle
from tests.engine.workflow.closely import facts, told
from tests.simulation.company import (
    AP,
    BEN,
    GL,
    HOUR,
    MARA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    USUAL,
    Setup,
)
from tests.simulation.world import World

NO_SOFIA = Setup(gone=frozenset({SOFIA}))
NOBODY_LEFT = Setup(gone=frozenset({BEN, SOFIA, TOM}))
STALLED = (
    "Nobody who may is left to decide the stage “Controller”, so nothing can be given before it "
    "lapses 2026-11-22 11:00:00, unless people come back or the configuration changes."
)


def asked(world: World, request: RequestId) -> list[PersonId]:
    """List whom the open stage asks."""
    return [approver.person for approver in request_of(world, request).stage.asked]


def waits_for(world: World, person: PersonId) -> list[RequestId]:
    """List what somebody is shown to decide."""
    return [dossier.request.id for dossier in pending(world.work, person).dossiers]


def test_who_left_is_not_asked_any_more(world: World) -> None:
    """The others still are; the record says whom it asks now."""
    request = ask(world)
    version = request_of(world, request).version
    configure(world, NO_SOFIA)

    follow_people(world.work)

    assert asked(world, request) == [BEN, TOM]
    assert request_of(world, request).version == version + 1
    assert told(world, request, Action.STAGE_ASKED_AGAIN) == (
        "Stage 1 of 1, Controller: people have changed; it asks Ben Okafor, Tom Reyes now."
    )
    people = facts(world, request, Action.STAGE_ASKED_AGAIN)["asked_people"]
    assert people == [[BEN, "one of Controllers", [1]], [TOM, "one of Controllers", [1]]]


def test_who_may_decide_by_now_is_asked(world: World) -> None:
    """Somebody joined a group: what waits is shown to them, and they can decide it."""
    configure(world, Setup(is_sofia_controller=False))
    request = ask(world)
    before = waits_for(world, SOFIA)
    configure(world, USUAL)

    settle(world)

    assert before == []
    assert waits_for(world, SOFIA) == [request]
    answer(world, SOFIA, request)
    assert request_of(world, request).state is RequestState.APPROVED


def test_where_the_same_people_are_asked_nothing_is_written(world: World) -> None:
    """Whatever else was configured."""
    request = ask(world)
    configure(world, Setup(has_treasury_rule=True))
    state = world.state

    assert follow_people(world.work) == 0
    assert not ask_again(world.work, request)
    assert world.state is state


def test_what_is_settled_asks_nobody(world: World) -> None:
    """Whoever would be asked now."""
    request = ask(world)
    answer(world, SOFIA, request)
    configure(world, NO_SOFIA)

    assert not ask_again(world.work, request)
    assert asked(world, request) == [BEN, SOFIA, TOM]


def test_who_has_answered_stays_among_those_who_were_asked(world: World) -> None:
    """Also if they left since: their answer counts, and their message shows it."""
    request = ask(world, wanted=PAYMENTS)
    answer(world, SOFIA, request)
    configure(world, NO_SOFIA)
    unchanged = follow_people(world.work)
    configure(world, Setup(gone=frozenset({SOFIA, TOM})))

    follow_people(world.work)

    assert unchanged == 0
    assert asked(world, request) == [SOFIA, BEN]
    answer(world, BEN, request)
    assert request_of(world, request).stage_number == 2


def test_a_stage_that_nobody_can_decide_any_more_is_said_once(world: World) -> None:
    """To those who asked, in the thread and to the admins; and it lapses at its limit."""
    request = ask(world)
    configure(world, NOBODY_LEFT)

    settle(world)
    follow_people(world.work)

    assert asked(world, request) == []
    assert told(world, request, Action.STAGE_STALLED) == STALLED
    assert actions(world, request)[2:] == ["stage.asked_again", "stage.stalled_found"]
    world.advance(2 * HOUR)
    settle(world)
    assert request_of(world, request).state is RequestState.LAPSED


def test_a_stage_goes_on_when_people_come_back(world: World) -> None:
    """They are asked, and if they leave again that is said again."""
    request = ask(world)
    configure(world, NOBODY_LEFT)
    settle(world)

    configure(world, Setup(gone=frozenset({SOFIA, TOM})))
    settle(world)
    came_back = asked(world, request)
    configure(world, NOBODY_LEFT)
    settle(world)

    assert came_back == [BEN]
    assert actions(world, request)[4:] == [
        "stage.asked_again",
        "stage.asked_again",
        "stage.stalled_found",
    ]
    configure(world, USUAL)
    settle(world)
    answer(world, BEN, request)
    assert request_of(world, request).state is RequestState.APPROVED


def test_a_later_stage_that_nobody_can_decide_is_said_early(world: World) -> None:
    """Nobody need decide what comes to nothing; and it is said when it can go on, too."""
    request = ask(world, wanted=GL)
    configure(world, Setup(gone=frozenset({TOM})))
    settle(world)
    named = facts(world, request, Action.STAGE_STALLED)["stalled_name"]
    configure(world, USUAL)

    settle(world)

    assert named == "Compliance"
    assert actions(world, request)[-1] == "stage.asked_again"
    assert not request_of(world, request).stage.is_stalled


def test_where_somebody_is_needed_at_two_stages_that_is_said(world: World) -> None:
    """The open one asks the same people, and one of them is the only one for the next, too."""
    request = ask(world, TOM, PAYMENTS)
    people = asked(world, request)

    configure(world, Setup(gone=frozenset({MARA})))
    settle(world)

    assert asked(world, request) == people == [BEN, SOFIA]
    assert actions(world, request)[2:] == ["stage.stalled_found"]


def test_a_stage_that_opens_for_nobody_says_so(world: World) -> None:
    """People left between two stages, and the clock has not come by."""
    request = ask(world, wanted=PAYMENTS)
    configure(world, Setup(gone=frozenset({MARA, SOFIA})))
    answer(world, BEN, request)

    answer(world, TOM, request)

    assert actions(world, request)[-2:] == ["stage.opened", "stage.stalled_found"]
    assert request_of(world, request).stage.is_stalled
    assert follow_people(world.work) == 0


def test_what_left_the_catalog_asks_nobody(world: World) -> None:
    """Until it is there again."""
    request = ask(world, RIYA, AP)
    configure(world, Setup(removed=frozenset({AP})))
    settle(world)
    without = asked(world, request)

    configure(world, USUAL)
    settle(world)

    assert without == []
    assert told(world, request, Action.STAGE_STALLED) == STALLED
    assert asked(world, request) == [BEN, SOFIA, TOM]
