"""Races about access that goes on, with those who end it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

from engine.audit.vocabulary import Action
from engine.model.grant import Grant, GrantState
from engine.model.identifiers import PersonId, RequestId
from engine.policy.extending.going_on import Longer
from engine.workflow.extending.ask import AskLonger, extend
from engine.workflow.extending.over import end_extensions
from engine.workflow.granting.end import expire_due, give_back
from tests.races.company import ANA, BEN, HOLDERS, HOUR, ONE, SECOND
from tests.races.ring import WHY, Ring
from tests.waiting import until

ROUNDS = 40
"""Fewer than elsewhere: each takes three people through a request and its extension."""

SOME = HOLDERS[:ROUNDS]
ENDED_BEFORE = {"extend.over", "request.settled"}


def ask_longer(ring: Ring, one: RequestId) -> RequestId:
    """Let the holder ask for an hour more."""
    return extend(ring.work, AskLonger(read(ring, one).holder, one, Longer(HOUR), WHY)).request.id


def asks(ring: Ring, holder: PersonId, one: RequestId) -> str:
    """Ask for an hour more; says whether there was nothing asked yet."""
    asked = extend(ring.work, AskLonger(holder, one, Longer(HOUR), WHY))
    return "asked" if asked.is_new else "the same"


def returns(ring: Ring, holder: PersonId, one: RequestId) -> str:
    """Give the access back."""
    give_back(ring.work, holder, one)
    return "returned"


def read(ring: Ring, one: RequestId) -> Grant:
    """Read the access."""
    grant = ring.grant(one)
    assert grant is not None
    return grant


def length(grant: Grant) -> timedelta:
    """Say for how long it is there."""
    assert grant.starts_at is not None
    return _end(grant) - grant.starts_at


def test_two_who_approve_it_move_the_end_once(ring: Ring) -> None:
    """Whoever comes second has nothing left to decide."""
    given = ring.give(SOME, ONE)
    asked = [ask_longer(ring, one) for one in given]

    came_to = [
        ring.race(partial(ring.approve, ANA, one), partial(ring.approve, BEN, one)) for one in asked
    ]

    assert {one for both in came_to for one in both} == {"approved", "request.settled"}
    assert {length(read(ring, one)) for one in given} == {2 * HOUR}
    assert {ring.told(one)[Action.GRANT_EXTENDED] for one in given} == {1}
    ring.agrees()


def test_of_two_extensions_asked_at_once_there_is_one(ring: Ring) -> None:
    """Somebody presses twice, in two chats: one is asked, and approvers see one card."""
    given = ring.give(SOME, ONE)

    came_to = [
        ring.race(*[partial(asks, ring, holder, one)] * 2)
        for holder, one in zip(SOME, given, strict=True)
    ]

    assert came_to == [["asked", "the same"]] * ROUNDS
    ring.agrees()


def test_who_gives_it_back_meets_the_approval(ring: Ring) -> None:
    """It ends in any case; it was extended before that, or is not extended any more."""
    given = ring.give(SOME, ONE)
    asked = [ask_longer(ring, one) for one in given]

    came_to = [
        ring.race(partial(ring.approve, ANA, longer), partial(returns, ring, holder, one))
        for longer, holder, one in zip(asked, SOME, given, strict=True)
    ]

    assert {tuple(both) for both in came_to} <= {
        ("approved", "returned"),
        *((code, "returned") for code in ENDED_BEFORE),
    }
    end_extensions(ring.work)
    ring.work_off()
    assert ring.states() == {"ended": ROUNDS}
    ring.agrees()


def test_the_clock_meets_the_approval(ring: Ring) -> None:
    """In the moment of the end it goes on without a gap, or it ends; never both, never neither."""
    # One after the other, so that their ends are as far apart as the rounds are.
    given = [ring.give([holder], ONE, SECOND * 2)[0] for holder in SOME]
    asked = [ask_longer(ring, one) for one in given]
    for number, (one, longer) in enumerate(zip(given, asked, strict=True)):
        grant = read(ring, one)
        _wait(grant, timedelta(milliseconds=number % 10))
        ring.race(partial(ring.approve, ANA, longer), partial(_expire, ring, grant))

    while expire_due(ring.work) or end_extensions(ring.work):
        pass
    ring.work_off()
    ended = Counter(_outcome(ring, one) for one in given)
    assert set(ended) <= {(GrantState.ACTIVE, 1), (GrantState.ENDED, 0)}
    ring.agrees()


def _expire(ring: Ring, grant: Grant) -> str:
    """Be the clock, in the instant of the end."""
    _wait(grant, timedelta(0))
    return str(expire_due(ring.work))


def _wait(grant: Grant, early: timedelta) -> None:
    """Wait until access nearly ends; where that was overrun, not at all."""
    moment = _end(grant) - early
    until(lambda: datetime.now(UTC) >= moment, what="the end of it")


def _end(grant: Grant) -> datetime:
    assert grant.ends_at is not None
    return grant.ends_at


def _outcome(ring: Ring, one: RequestId) -> tuple[GrantState, int]:
    return read(ring, one).state, ring.told(one)[Action.GRANT_EXTENDED]
