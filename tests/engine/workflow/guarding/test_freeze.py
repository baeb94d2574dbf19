"""Entitlements are frozen, and what is held of them is taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed, NotFound, Refused
from engine.model.grant import EndCause, GrantState
from engine.model.request import RequestState
from engine.workflow.guarding import enforce
from engine.workflow.guarding import freeze as module
from engine.workflow.guarding.enforce import end_frozen
from engine.workflow.guarding.freeze import STREAM, freeze, freezes, unfreeze
from tests.engine.acts import answer, approved, ask, configure, given, grant, request_of, settle
from tests.engine.workflow.closely import said, told
from tests.simulation.company import AP, BEN, CLOSE, GL, LI, REPORTS, SOFIA, TOM, Setup
from tests.simulation.world import World

WHY = "the auditors take a copy"
NETSUITE = (GL, CLOSE, AP, REPORTS)


def recorded(world: World) -> list[str]:
    """Say what was recorded of freezes."""
    return [said(one.entry) for one in world.state.entries if one.entry.stream == STREAM]


@pytest.mark.parametrize("actor", [LI, TOM])
def test_admins_and_compliance_freeze(world: World, actor: str) -> None:
    """It is recorded, with what it covers, and everybody may see it."""
    frozen = freeze(world.work, type(LI)(actor), "NetSuite-*", WHY, ends_live=True)

    assert frozen.entitlements == NETSUITE
    assert freezes(world.work) == [frozen]
    name = world.version.company.person[frozen.halt.by].name
    assert recorded(world) == [f"{name} froze netsuite-*: “{WHY}”; what is held is taken away."]


@pytest.mark.parametrize("act", ["freeze", "unfreeze"])
def test_nobody_else_does(world: World, act: str) -> None:
    """Owners neither: a freeze is about more than what is theirs."""
    freeze(world.work, LI, "netsuite-*", WHY, ends_live=False)

    acts: dict[str, Callable[..., object]] = {
        "freeze": partial(freeze, ends_live=False),
        "unfreeze": unfreeze,
    }
    with pytest.raises(NotAllowed, match=f"Only admins and compliance can {act}") as refused:
        acts[act](world.work, SOFIA, "netsuite-*", WHY)

    assert refused.value.code == "halt.not_allowed"


def test_the_same_again_is_the_first(world: World) -> None:
    """A second click adds nothing; one that ends what is held is another one."""
    first = freeze(world.work, LI, "netsuite-*", WHY, ends_live=False)

    assert freeze(world.work, TOM, "netsuite-*", "another reason", ends_live=False) == first
    assert freeze(world.work, TOM, "netsuite-*", WHY, ends_live=True) != first
    assert len(freezes(world.work)) == 2


def test_nothing_frozen_is_asked_for_or_decided(world: World) -> None:
    """From the commit on; what waited goes on waiting, and can be denied."""
    waiting, other = ask(world), ask(world, BEN, REPORTS)
    freeze(world.work, LI, CLOSE, WHY, ends_live=False)

    for act in (lambda: ask(world, BEN), lambda: answer(world, SOFIA, waiting)):
        with pytest.raises(NotAllowed, match=r"NETSUITE CLOSE is frozen since .* by Li Wei"):
            act()

    assert request_of(world, waiting).state is RequestState.PENDING
    answer(world, SOFIA, other)
    assert request_of(world, other).state is RequestState.APPROVED


def test_what_was_decided_and_not_given_yet_is_not_given(world: World) -> None:
    """It is looked at once more, right before."""
    request = approved(world)
    freeze(world.work, LI, "*", WHY, ends_live=False)

    settle(world)

    assert grant(world, request).cause is EndCause.FAILED
    assert "is frozen since" in told(world, request, Action.GRANT_FAILED)


def test_what_is_held_stays_or_goes_as_the_freeze_says(world: World) -> None:
    """The clock takes it away, whoever holds it, and whatever the catalog says by now."""
    hers, his = given(world), given(world, BEN, REPORTS)
    freeze(world.work, LI, "*", WHY, ends_live=False)
    assert end_frozen(world.work) == 0
    configure(world, Setup(removed=frozenset({CLOSE})))

    freeze(world.work, TOM, "netsuite-*", WHY, ends_live=True)

    assert end_frozen(world.work) == 2
    assert grant(world, hers).cause is grant(world, his).cause is EndCause.FROZEN
    assert told(world, his, Action.GRANT_FROZEN) == (
        f"Tom Reyes froze NETSUITE REPORTS and what is held of it (“{WHY}”); "
        "the access is being taken away."
    )
    settle(world)
    assert grant(world, hers).state is grant(world, his).state is GrantState.ENDED
    assert end_frozen(world.work) == 0


def test_what_ended_meanwhile_is_left_alone(world: World) -> None:
    """Another clock was faster: what was found is looked at again under its lock."""
    hers = given(world)
    freeze(world.work, LI, "*", WHY, ends_live=True)

    assert enforce._end(world.work, hers) is True
    assert enforce._end(world.work, hers) is False


def test_a_freeze_is_lifted_by_its_words(world: World) -> None:
    """Both of a pattern at once, with a reason, and only what is in force."""
    freeze(world.work, LI, "netsuite-*", WHY, ends_live=False)
    freeze(world.work, LI, "netsuite-*", WHY, ends_live=True)
    with pytest.raises(NotFound, match="Nothing is frozen as “netsuite-gl”"):
        unfreeze(world.work, LI, "netsuite-gl", "it is over by now")

    lifted = unfreeze(world.work, TOM, "NETSUITE-*", "it is over by now")

    assert len(lifted) == 2
    assert not freezes(world.work)
    assert recorded(world)[-1] == (
        "Tom Reyes lifted the freeze of netsuite-*: “it is over by now”."
    )
    ask(world)
    with pytest.raises(NotFound):
        unfreeze(world.work, TOM, "netsuite-*", "it is over by now")


def test_a_freeze_has_a_reason_and_there_are_not_too_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody keeps in view any more protects nothing."""
    with pytest.raises(Refused, match="A freeze needs a reason of 10"):
        freeze(world.work, LI, "*", "because", ends_live=False)
    freeze(world.work, LI, "*", WHY, ends_live=False)
    monkeypatch.setattr(module, "HALTS_MAX", 1)

    with pytest.raises(Invalid, match="1 freezes are in force, which is the most"):
        freeze(world.work, LI, CLOSE, WHY, ends_live=False)


def test_what_a_freeze_covers_is_that_of_today(world: World) -> None:
    """Also where the catalog has changed since."""
    freeze(world.work, LI, "netsuite-*", WHY, ends_live=False)
    configure(world, Setup(removed=frozenset({CLOSE})))

    (frozen,) = freezes(world.work)

    assert frozen.entitlements == (GL, AP, REPORTS)
    assert frozen.halt == replace(frozen.halt, lifted_at=None)
