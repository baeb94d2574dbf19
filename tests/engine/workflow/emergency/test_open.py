"""Somebody breaks the glass: access is given at once, and decided afterwards."""

from __future__ import annotations

import pytest

from engine.audit.vocabulary import Action
from engine.errors import Conflict
from engine.model.closing import ClosingOutcome, ClosingState
from engine.model.grant import GrantState
from engine.model.identifiers import EntitlementId
from engine.model.request import RequestKind, RequestState
from engine.ports import EffectKind
from engine.workflow.guarding.freeze import freeze
from tests.engine.acts import (
    actions,
    answer,
    ask,
    configure,
    given,
    grant,
    refusal,
    request_of,
    settle,
)
from tests.engine.workflow.closely import facts, has_it, told
from tests.engine.workflow.emergency.acts import (
    approved_after,
    broken,
    closed,
    closing_of,
    used,
)
from tests.simulation.company import (
    AP,
    BEN,
    CHAT,
    GL,
    HOUR,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.world import World


def test_it_is_given_at_once(world: World) -> None:
    """In the commit of the asking: the grant with the duty to give it, and the closing."""
    request = broken(world)

    kept = request_of(world, request)
    assert (kept.state, kept.kind) == (RequestState.PENDING, RequestKind.BREAKGLASS)
    assert (kept.incident, kept.holder) == ("INC-4711", RIYA)
    assert grant(world, request).state is GrantState.PROVISIONING
    assert closing_of(world, request).state is ClosingState.WAITING
    settle(world)
    assert has_it(world, request)
    assert actions(world, request)[:4] == [
        Action.REQUEST_SUBMITTED,
        Action.BREAKGLASS_OPENED,
        Action.STAGE_OPENED,
        Action.GRANT_ACTIVATED,
    ]


def test_it_is_announced_loudly(world: World) -> None:
    """Owners and compliance are told in person, and it is said what is given to whom and why."""
    request = broken(world)

    assert told(world, request, Action.BREAKGLASS_OPENED) == (
        "Riya Patel, Accountant, broke the glass: NETSUITE GL (gl_posting on main as riya_patel) "
        "is given at once, for 1 hour, because of INC-4711. It begins as soon as a signed "
        "checkpoint of the record holds this, and is decided afterwards."
    )
    assert facts(world, request, Action.BREAKGLASS_OPENED)["told"] == [MARA, TOM]
    duties = {(row.duty.kind, row.duty.platform) for row in world.state.effects.values()}
    assert (EffectKind.ANNOUNCE, CHAT) in duties


def test_without_a_length_it_is_as_long_as_the_rule_allows(world: World) -> None:
    """Who is in a hurry does not think about that."""
    assert grant(world, broken(world, duration=None)).duration == HOUR


def test_the_same_again_is_the_first(world: World) -> None:
    """While it is there; a second press gives nothing more."""
    first = broken(world)
    assert broken(world) == first
    settle(world)

    assert broken(world) == first


def test_with_one_not_closed_nobody_breaks_the_glass_again(world: World) -> None:
    """Neither for the same nor for something else; once it is closed they may."""
    request = approved_after(world)

    assert refusal(lambda: broken(world)).code == "breakglass.not_closed"
    assert refusal(lambda: broken(world, wanted=PAYMENTS)).code == "breakglass.not_closed"
    assert broken(world, OLA) != request
    closed(world, request)
    assert broken(world) > request


def test_what_waits_for_its_decision_is_not_closed(world: World) -> None:
    """Before the access has ended, too: it counts from the first second."""
    broken(world)

    assert refusal(lambda: broken(world, wanted=PAYMENTS)).code == "breakglass.not_closed"


def test_a_rule_that_keeps_things_apart_is_not_lifted(world: World) -> None:
    """Who enters bills posts nothing, not in an emergency either."""
    given(world, RIYA, AP)

    refused = refusal(lambda: broken(world))

    assert isinstance(refused, Conflict)
    assert refused.sentence.endswith("first. Break-glass does not lift that rule.")


def test_what_is_frozen_stays_frozen(world: World) -> None:
    """A freeze is there for emergencies of another kind."""
    freeze(world.work, LI, "netsuite-*", "somebody copies it", ends_live=False)

    assert refusal(lambda: broken(world)).code == "entitlement.frozen"


def test_who_asked_as_usual_may_still_break_the_glass(world: World) -> None:
    """And what waits for its approvers goes on waiting."""
    usual = ask(world, wanted=GL)

    request = broken(world)

    settle(world)
    assert has_it(world, request)
    assert request_of(world, usual).state is RequestState.PENDING
    assert ask(world, wanted=GL) == usual


def test_where_nobody_could_approve_it_afterwards_nothing_is_given(world: World) -> None:
    """Nothing may be left that nobody can decide."""
    configure(world, Setup(gone=frozenset({SOFIA, TOM, BEN})))

    assert refusal(lambda: broken(world)).code == "request.undecidable"


@pytest.mark.parametrize("wanted", [GL, PAYMENTS])
def test_what_is_closed_is_over(world: World, wanted: EntitlementId) -> None:
    """Once closed, whatever came of it."""
    request = used(world)
    world.advance(2 * HOUR)
    settle(world)
    closed(world, request, outcome=ClosingOutcome.NOT_JUSTIFIED)

    assert broken(world, wanted=wanted) != request


def test_its_approvers_are_those_of_its_rule(world: World) -> None:
    """Not those of what is asked as usual, which takes three stages here."""
    request = request_of(world, broken(world))

    assert [stage.name for stage in request.stages] == ["Controller"]
    assert {one.person for one in request.stage.asked} == {BEN, SOFIA, TOM}
    answer(world, BEN, request.id)
    assert request_of(world, request.id).state is RequestState.APPROVED
