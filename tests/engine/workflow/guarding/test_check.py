"""Limits are asked where something is asked for, and once more where it is decided."""

from __future__ import annotations

import pytest

from engine.errors import Invalid
from engine.model.request import RequestState, Verdict
from engine.workflow.asking.preview import preview
from tests.engine.acts import answer, ask, configure, given, request_of, settle
from tests.simulation.company import (
    AP,
    BEN,
    CLOSE,
    HOUR,
    OLA,
    PAYMENTS,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.world import World

SCARCE = Setup(is_scarce=True)


def refused(world: World, who: str, what: str) -> str:
    """Ask for something that must be refused, and look ahead to the same; says the code."""
    actor, wanted = type(RIYA)(who), type(CLOSE)(what)
    with pytest.raises(Invalid) as ahead:
        preview(world.work, actor, wanted)
    with pytest.raises(Invalid) as raised:
        ask(world, actor, wanted)
    assert ahead.value.sentence == raised.value.sentence
    return raised.value.code


def test_a_place_is_given_once(world: World) -> None:
    """Two were asked for while there was room: the second is not approved, and can be later."""
    configure(world, SCARCE)
    first, second = ask(world), ask(world, OLA)
    answer(world, SOFIA, first)

    with pytest.raises(Invalid, match="NETSUITE CLOSE is held by 1 other person now"):
        answer(world, SOFIA, second)

    assert request_of(world, second).state is RequestState.PENDING
    assert refused(world, BEN, CLOSE) == "limit.holders"
    settle(world)
    world.advance(HOUR)
    settle(world)
    answer(world, TOM, second)
    assert request_of(world, second).state is RequestState.APPROVED


def test_who_was_denied_or_asks_too_often_waits(world: World) -> None:
    """First for the denial, then for the count; others ask for it all the same."""
    configure(world, SCARCE)
    answer(world, SOFIA, ask(world), verdict=Verdict.DENY, reason="the other team does it")

    assert refused(world, RIYA, CLOSE) == "limit.denied"
    world.advance(HOUR)
    answer(world, SOFIA, ask(world), verdict=Verdict.DENY, reason="the other team does it")
    world.advance(2 * HOUR)
    assert refused(world, RIYA, CLOSE) == "limit.rate"
    ask(world, OLA)
    world.advance(3 * HOUR)
    ask(world)


def test_only_so_much_waits_for_one_person(world: World) -> None:
    """The same again is still answered with the first one."""
    configure(world, SCARCE)
    first = ask(world)
    ask(world, RIYA, REPORTS)

    assert refused(world, RIYA, PAYMENTS) == "limit.pending"
    assert ask(world) == first


def test_without_limits_nothing_is_counted(world: World) -> None:
    """As often as somebody likes, and as many as like."""
    for who in (RIYA, OLA, BEN):
        given(world, who, REPORTS)

    given(world, BEN, AP)
