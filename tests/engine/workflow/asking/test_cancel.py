"""A request is taken back, by whom it concerns."""

from __future__ import annotations

import pytest

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed
from engine.model.identifiers import PersonId
from engine.model.request import RequestState, Verdict
from engine.workflow.asking.cancel import cancel
from engine.workflow.asking.lapse import lapse_due
from tests.engine.acts import actions, answer, ask, entries, given, refusal, request_of
from tests.simulation.company import BEN, HOUR, LI, MARA, RIYA, SOFIA
from tests.simulation.world import World


@pytest.mark.parametrize("person", [LI, RIYA], ids=["requester", "holder"])
def test_whom_it_concerns_takes_it_back(world: World, person: PersonId) -> None:
    """Whoever asked, and whoever would have got it; nothing is given."""
    request = ask(world, LI, holder=RIYA)
    world.advance(HOUR)

    cancelled = cancel(world.work, person, request)

    assert cancelled == request_of(world, request)
    assert (cancelled.state, cancelled.settled_at) == (RequestState.CANCELLED, world.now)
    last = entries(world, request)[-1]
    assert (last.action, last.actor) == (Action.REQUEST_CANCELLED, person)
    assert not world.state.grants


@pytest.mark.parametrize("person", [BEN, SOFIA, MARA, LI])
def test_nobody_else_takes_it_back(world: World, person: PersonId) -> None:
    """Approvers deny it, with a reason; the owner and an admin have no say in it."""
    request = ask(world)
    before = world.state

    refused = refusal(lambda: cancel(world.work, person, request))

    assert (refused.code, type(refused)) == ("request.not_yours", NotAllowed)
    assert world.state is before


def test_taking_it_back_twice_is_once(world: World) -> None:
    """A double click is answered as the first one, and recorded once; but only to its owner."""
    request = ask(world)
    first = cancel(world.work, RIYA, request)

    second = cancel(world.work, RIYA, request)

    assert second == first
    assert actions(world, request).count(Action.REQUEST_CANCELLED) == 1
    assert refusal(lambda: cancel(world.work, BEN, request)).code == "request.not_yours"


@pytest.mark.parametrize(
    "state", [RequestState.APPROVED, RequestState.DENIED, RequestState.LAPSED], ids=str
)
def test_what_is_settled_stays_so(world: World, state: RequestState) -> None:
    """Access that was given is given back, and not cancelled."""
    request = given(world) if state is RequestState.APPROVED else ask(world)
    if state is RequestState.DENIED:
        answer(world, SOFIA, request, verdict=Verdict.DENY, reason="not this week")
    if state is RequestState.LAPSED:
        world.advance(2 * HOUR)
        lapse_due(world.work)
    before = world.state

    refused = refusal(lambda: cancel(world.work, RIYA, request))

    assert (refused.code, type(refused)) == ("request.settled", Invalid)
    assert f"{state} already" in refused.sentence
    assert world.state is before


def test_what_has_not_lapsed_yet_is_taken_back(world: World) -> None:
    """The clock is late: nothing is given in either case, and it is settled once."""
    request = ask(world)
    world.advance(3 * HOUR)

    assert cancel(world.work, RIYA, request).state is RequestState.CANCELLED
    assert lapse_due(world.work) == 0
