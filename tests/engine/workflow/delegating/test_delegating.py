"""Somebody stands in: who waits is asked at once, and of the two one counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.vocabulary import Action
from engine.errors import NotAllowed
from engine.model.delegation import Scope, read_delegation, show_delegation
from engine.model.identifiers import DelegationId, PersonId, RequestId
from engine.model.request import RequestState
from engine.workflow.delegating.end import undelegate
from engine.workflow.delegating.give import Giving, delegate
from engine.workflow.delegating.look import delegations
from tests.engine.acts import answer, ask, entries, request_of
from tests.engine.workflow.delegating.acts import WHY, stand_in
from tests.simulation.company import (
    BANK,
    BEN,
    CLOSE,
    HOUR,
    LI,
    MARA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
)
from tests.simulation.world import World


def asked(world: World, request: RequestId) -> dict[PersonId, PersonId | None]:
    """Say whom the open stage asks, each with in whose stead."""
    return {one.person: one.instead_of for one in request_of(world, request).stage.asked}


def test_what_waits_asks_the_delegate_at_once(world: World) -> None:
    """Nobody has to ask again because somebody went away; and back it goes when they are back."""
    request = ask(world, wanted=PAYMENTS)
    given = delegate(world.work, Giving(BEN, MARA, world.now + HOUR, WHY))

    assert given.asked == 1
    assert asked(world, request)[MARA] == BEN
    undelegate(world.work, MARA, given.delegation.id)
    assert MARA not in asked(world, request)
    assert str(entries(world, request)[-1].facts["why_again"]).startswith("who stands in")


def test_one_of_the_two_counts(world: World) -> None:
    """Where two approvals are needed, both of them are one."""
    request = ask(world, wanted=PAYMENTS)
    stand_in(world, BEN, MARA)
    answer(world, MARA, request)

    with pytest.raises(NotAllowed, match="in your stead"):
        answer(world, BEN, request)
    assert request_of(world, request).stage_number == 1
    answer(world, TOM, request)
    answer(world, SOFIA, request)
    assert request_of(world, request).state is RequestState.APPROVED
    first, *_ = (e for e in entries(world, request) if e.action == Action.DECISION_APPROVED)
    assert (first.facts["instead_of"], first.facts["instead_of_name"]) == (BEN, "Ben Okafor")


def test_nobody_stands_in_for_a_delegate(world: World) -> None:
    """Ben lets Mara, and Mara lets Li: who gives is told that hers are not there for it."""
    later = delegate(world.work, Giving(MARA, TOM, world.now + HOUR, WHY)).delegation
    given = delegate(world.work, Giving(BEN, MARA, world.now + HOUR, WHY))

    assert given.away == [later]
    request = ask(world, wanted=PAYMENTS)
    assert asked(world, request).get(TOM) in {None, BEN}


def test_a_delegate_is_kept_from_deciding_what_is_their_own(world: World) -> None:
    """It is no way round: who asks does not decide for somebody else either."""
    stand_in(world, BEN, MARA)
    request = ask(world, MARA, CLOSE, holder=RIYA)

    assert MARA not in asked(world, request)


def test_it_counts_for_its_scope_and_its_time(world: World) -> None:
    """What is for the bank is not for the ledger, and nothing is before its beginning."""
    stand_in(world, BEN, MARA, scope=Scope(system=BANK))
    assert MARA not in asked(world, ask(world, wanted=CLOSE))
    assert asked(world, ask(world, wanted=PAYMENTS)).get(MARA) == BEN

    world.advance(HOUR)
    begins = world.now + timedelta(minutes=5)
    delegate(world.work, Giving(SOFIA, MARA, begins + HOUR, WHY, begins_at=begins))
    request = ask(world, TOM, PAYMENTS)
    assert MARA not in asked(world, request)
    world.advance(timedelta(minutes=6))
    world.tick()
    assert asked(world, request).get(MARA) == SOFIA


def test_what_began_and_ended_while_nobody_looked_is_noticed(world: World) -> None:
    """Those who stand in are the same before and after; whom the stage asks is not."""
    world.tick()
    begins = world.now + timedelta(seconds=1)
    delegate(world.work, Giving(BEN, MARA, begins + timedelta(seconds=9), WHY, begins_at=begins))
    world.advance(timedelta(seconds=2))
    request = ask(world, wanted=PAYMENTS)
    assert asked(world, request).get(MARA) == BEN
    world.advance(timedelta(seconds=9))

    world.tick()

    assert MARA not in asked(world, request)


def test_both_see_it_and_ending_it_twice_is_once(world: World) -> None:
    """As a double click."""
    given = stand_in(world, BEN, SOFIA, by=LI)

    assert list(delegations(world.work, BEN).given) == [given]
    assert list(delegations(world.work, SOFIA).received) == [given]
    first = undelegate(world.work, SOFIA, given.id)
    assert undelegate(world.work, BEN, given.id) == first
    assert not delegations(world.work, BEN).given


def test_numbers_are_read_as_people_say_them() -> None:
    """With or without the letter."""
    assert show_delegation(DelegationId(7)) == "D-7"
    assert read_delegation("d-7") == read_delegation("7") == 7
    assert read_delegation("JIT-7") is None
    assert read_delegation("9" * 19) is None
