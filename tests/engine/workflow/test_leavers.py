"""People come and go: who left holds nothing and asks for nothing."""

from __future__ import annotations

import pytest

from engine.audit.vocabulary import Action
from engine.errors import LostRace
from engine.model.grant import EndCause, GrantState
from engine.model.request import RequestState
from engine.policy.accounts import AccountFacts
from engine.ports import EffectKind
from engine.workflow import leavers
from engine.workflow.accounts import note_account
from engine.workflow.leavers import follow_people, let_go, people_now
from tests.engine.acts import (
    actions,
    answer,
    approved,
    ask,
    configure,
    given,
    grant,
    request_of,
    settle,
)
from tests.engine.workflow.closely import facts, told
from tests.simulation.company import (
    AP,
    BEN,
    CHAT,
    CLOSE,
    MARA,
    OLA,
    REPORTS,
    RIYA,
    SECOND_CHAT,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.memory import MemoryWork
from tests.simulation.world import World

RIYA_GONE = Setup(gone=frozenset({RIYA}))


def leave(world: World, account: str = RIYA) -> None:
    """Let a chat say that somebody's account is a member's no more."""
    note_account(world.work, AccountFacts(CHAT, account, why_not="a guest"))


def test_who_left_loses_what_they_hold(world: World) -> None:
    """At once, for the reason that they left; what others hold stays."""
    hers, others = given(world), given(world, BEN, REPORTS)
    leave(world)

    assert follow_people(world.work) == 1

    assert grant(world, hers).state is GrantState.DEPROVISIONING
    assert grant(world, hers).cause is EndCause.LEFT
    assert grant(world, hers).end_ordered_at == world.now
    assert told(world, hers, Action.GRANT_LEFT) == (
        "Riya Patel has left; the access is being taken away."
    )
    settle(world)
    assert grant(world, hers).state is GrantState.ENDED
    assert grant(world, others).state is GrantState.ACTIVE


def test_the_files_count_as_well_as_accounts(world: World) -> None:
    """Whichever says that somebody left."""
    hers = given(world)
    configure(world, RIYA_GONE)

    settle(world)

    assert grant(world, hers).state is GrantState.ENDED
    assert facts(world, hers, Action.GRANT_ENDED)["cause"] == "left"


def test_what_is_about_to_be_given_is_not(world: World) -> None:
    """And the record does not say that anything was kept."""
    request = approved(world)
    leave(world)

    assert follow_people(world.work) == 1

    settle(world)
    assert grant(world, request).state is GrantState.ENDED
    assert told(world, request, Action.GRANT_UNUSED) == (
        "This grant ended before anything was given; nothing was taken away."
    )
    assert world.target.held == set()


def test_what_somebody_who_left_asked_for_is_cancelled(world: World) -> None:
    """By the bot, with the reason; also what they asked for others, and others for them."""
    hers = ask(world)
    for_ola = ask(world, RIYA, REPORTS, holder=OLA)
    for_her = ask(world, BEN, REPORTS, holder=RIYA)
    others = ask(world, BEN, AP)
    leave(world)

    assert follow_people(world.work) == 3

    for request in (hers, for_ola, for_her):
        assert request_of(world, request).state is RequestState.CANCELLED
        assert request_of(world, request).settled_at == world.now
        dropped = facts(world, request, Action.REQUEST_DROPPED)
        assert (dropped["left"], dropped["actor_name"]) == (RIYA, "jitbot")
        assert told(world, request, Action.REQUEST_DROPPED) == (
            "Riya Patel has left, so the request is cancelled; nothing is given."
        )
    assert request_of(world, others).is_pending


def test_what_somebody_asked_for_others_stays_once_it_is_given(world: World) -> None:
    """It was decided for the holder, who still works here."""
    held = ask(world, RIYA, REPORTS, holder=OLA)
    answer(world, SOFIA, held)
    settle(world)
    leave(world)

    assert follow_people(world.work) == 0

    assert grant(world, held).state is GrantState.ACTIVE


def test_nothing_follows_twice(world: World) -> None:
    """A second clock, or the same one again, finds it done."""
    hers = given(world)
    leave(world)
    follow_people(world.work)
    state = world.state

    assert follow_people(world.work) == 0
    assert not let_go(world.work, hers)
    assert world.state is state


def test_who_comes_back_may_ask_again(world: World) -> None:
    """What ended stays ended."""
    hers = given(world)
    leave(world)
    settle(world)
    note_account(world.work, AccountFacts(CHAT, RIYA))

    settle(world)

    assert grant(world, hers).state is GrantState.ENDED
    assert grant(world, given(world)).state is GrantState.ACTIVE


def test_many_are_followed_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them in one go, however many a look finds."""
    monkeypatch.setattr(leavers, "PAGE", 2)
    requests = [given(world, who, REPORTS) for who in (RIYA, OLA, BEN)]
    requests += [ask(world, who, CLOSE) for who in (RIYA, OLA, MARA)]
    for who in (RIYA, OLA, SOFIA):
        leave(world, who)

    assert follow_people(world.work) == 5

    states = [grant(world, request).state for request in requests[:3]]
    assert states == [GrantState.DEPROVISIONING, GrantState.DEPROVISIONING, GrantState.ACTIVE]
    assert [request_of(world, request).is_pending for request in requests[3:]] == [
        False,
        False,
        True,
    ]
    assert SOFIA not in [a.person for a in request_of(world, requests[5]).stage.asked]


def test_one_that_fails_does_not_keep_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may hold its lock; it is found again the next time."""
    first, second = given(world), given(world, OLA, REPORTS)
    leave(world)
    leave(world, OLA)
    at_once = leavers.let_go

    def lose_first(work: MemoryWork, request: int) -> bool:
        if request == first:
            raise LostRace("55P03")
        return at_once(work, first if request == first else second)

    monkeypatch.setattr(leavers, "let_go", lose_first)
    with pytest.raises(LostRace):
        follow_people(world.work)

    assert grant(world, first).state is GrantState.ACTIVE
    assert grant(world, second).state is GrantState.DEPROVISIONING


def test_people_have_a_name_that_changes_with_them(world: World) -> None:
    """So that the clock need not look at everything all the time."""
    names = [people_now(world.work)]
    leave(world)
    names.append(people_now(world.work))
    leave(world)
    names.append(people_now(world.work))
    configure(world, RIYA_GONE)
    names.append(people_now(world.work))

    assert names[1] == names[2]
    assert len(set(names)) == 3
    assert people_now(MemoryWork()) is None


def test_whom_a_chat_makes_known_is_shown_what_waits_for_them(world: World) -> None:
    """They could not be written to before."""
    request = ask(world)
    settle(world)

    note_account(world.work, AccountFacts(SECOND_CHAT, "U1", f"{TOM}@acme.example"))

    world.tick()
    assert [message[1] for message in world.queue] == [EffectKind.ANNOUNCE]
    assert actions(world, request) == ["request.submitted", "stage.opened"]
