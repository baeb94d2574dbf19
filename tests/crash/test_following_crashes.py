"""A clock dies while it follows people: the next one finishes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.audit.vocabulary import Action
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.model.request import RequestState
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.leavers import follow_people
from tests.crash.scene import RIYA, Scene
from tests.crash.victim import KILLED

BEN, MARTA = PersonId("ben.okafor"), PersonId("marta.kowalska")
LIAM = PersonId("liam.murphy")
COMMIT = ["before commit", "after commit"]
STEPS = COMMIT * 3
"""One grant ends, one request is cancelled, one stage asks others."""


@pytest.fixture
def leaving(scene: Scene) -> Iterator[tuple[RequestId, RequestId, RequestId]]:
    """Let two people leave: one holds and asks, the other is asked about somebody else's."""
    held = scene.order_begin()
    scene.go_on()
    asked = _ask(scene, RIYA)
    stage = _ask(scene, LIAM)
    scene.leave(RIYA)
    scene.leave(MARTA)
    yield held, asked, stage
    for person in (RIYA, MARTA):
        scene.come_back(person)
    follow_people(scene.work)
    scene.deny(stage)
    scene.go_on()


def _ask(scene: Scene, holder: PersonId) -> RequestId:
    wanted = EntitlementId("netsuite-ap")
    return submit(scene.work, Ask(holder, wanted, None, "entering last week's bills")).request.id


@pytest.mark.parametrize("die_at", range(len(STEPS)))
def test_what_a_dead_clock_left_the_next_one_does(
    scene: Scene, leaving: tuple[RequestId, RequestId, RequestId], die_at: int
) -> None:
    """Wherever it died; and each thing is done and recorded once."""
    held, asked, stage = leaving

    steps, ended = scene.follow(die_at=die_at)
    again, ended_again = scene.follow()
    scene.go_on()

    assert (steps, ended) == (STEPS[: die_at + 1], KILLED)
    # What was committed stays done; what was not is done now.
    assert (again, ended_again) == (COMMIT * (3 - (die_at + 1) // 2), 0)
    scene.check_ended(held)
    assert scene.told(held)[Action.GRANT_LEFT] == 1
    assert scene.read(asked).request.state is RequestState.CANCELLED
    assert scene.told(asked)[Action.REQUEST_DROPPED] == 1
    assert [a.person for a in scene.read(stage).request.stage.asked] == [BEN]
    assert scene.told(stage)[Action.STAGE_ASKED_AGAIN] == 1
    scene.check_shown(stage)
