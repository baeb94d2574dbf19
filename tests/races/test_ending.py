"""Races between those who end access, and with those who give it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import cycle

from engine.model.grant import EndCause
from engine.model.identifiers import RequestId
from engine.model.request import RequestState
from engine.workflow.find import read_request
from engine.workflow.granting.attempt import Boundary
from engine.workflow.granting.end import expire_due, give_back, revoke
from engine.workflow.leavers import follow_people, let_go
from tests.races.company import (
    ANA,
    HOLDERS,
    OLA,
    ONE,
    POSTING,
    ROUNDS,
    SECOND,
    company,
    without,
)
from tests.races.ring import PATIENCE, Ring, put_in_force
from tests.waiting import until

TOO_LATE = "grant.ending"

LEAVERS = 50


def _revoke(ring: Ring, request: RequestId) -> str:
    return str(revoke(ring.work, OLA, request, "seen where it should not be").cause)


def _expire(ring: Ring) -> str:
    return f"expired {expire_due(ring.work, limit=1)}"


def _due(ring: Ring) -> list[RequestId]:
    """Give so many grants whose time is over that two may end in each round."""
    requests = ring.give(HOLDERS, ONE, SECOND) + ring.give(HOLDERS, POSTING, SECOND)
    until(ring.are_over, what="every grant's time over")
    return requests


def _race_the_clock(ring: Ring, rival: Callable[[RequestId], str]) -> list[list[str]]:
    """Let somebody end the very grant that the clock is about to end, two hundred times."""
    came_to: list[list[str]] = []
    for _ in range(ROUNDS):
        due = ring.next_due()
        assert due is not None
        came_to.append(ring.race(partial(_expire, ring), partial(rival, due)))
    return came_to


def test_revoking_and_expiring_at_once_end_it_once(ring: Ring) -> None:
    """Its end has one cause, and whoever came second changes nothing."""
    requests = _due(ring)

    came_to = _race_the_clock(ring, partial(_revoke, ring))

    causes = [grant.cause for one in requests if (grant := ring.grant(one)) and grant.cause]
    revoked = sum("revoked" in both for both in came_to)
    assert revoked + sum(TOO_LATE in both for both in came_to) == ROUNDS
    assert causes.count(EndCause.REVOKED) == revoked
    assert causes.count(EndCause.EXPIRED) == sum("expired 1" in both for both in came_to)
    while expire_due(ring.work):
        pass
    ring.work_off()
    assert ring.states() == {"ended": 2 * ROUNDS}
    ring.agrees()


def test_two_clocks_end_each_grant_once(ring: Ring) -> None:
    """They share the work, and nothing is left out."""
    _due(ring)

    came_to = [ring.race(*[partial(_expire, ring)] * 2) for _ in range(ROUNDS)]

    expired = sum(one == "expired 1" for both in came_to for one in both)
    while left := expire_due(ring.work):
        expired += left
    assert expired == 2 * ROUNDS
    ring.work_off()
    assert ring.states() == {"ended": 2 * ROUNDS}
    ring.agrees()


def test_returning_and_revoking_at_once_end_it_once(ring: Ring) -> None:
    """One of them is the cause; the other is told that it is ending already."""
    requests = ring.give(HOLDERS, ONE)

    came_to = [
        ring.race(partial(_revoke, ring, one), partial(_return, ring, one)) for one in requests
    ]

    returned = came_to.count([TOO_LATE, "returned"])
    assert returned + came_to.count([TOO_LATE, "revoked"]) == ROUNDS
    ring.work_off()
    assert ring.states() == {"ended": ROUNDS}
    ring.agrees()


def _return(ring: Ring, request: RequestId) -> str:
    grant = ring.grant(request)
    assert grant is not None
    return str(give_back(ring.work, grant.holder, request).cause)


class _Watch:
    """Lets somebody wait, for a moment, until an attempt is at a boundary."""

    def __init__(self, boundary: Boundary) -> None:
        self._boundary = boundary
        self._is_there = threading.Event()

    def reached(self, boundary: Boundary) -> None:
        if boundary is self._boundary:
            self._is_there.set()

    def then(self, act: Callable[[], str]) -> str:
        self._is_there.wait(PATIENCE)
        return act()


def test_what_is_revoked_while_it_is_given_is_gone(ring: Ring) -> None:
    """Wherever the worker is by then: nothing stays, and nothing was ever active after the end."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]
    for one in requests:
        ring.approve(ANA, one)
    handed = ring.hand_out()

    came_to = []
    for one, boundary in zip(requests, cycle(Boundary), strict=False):
        watch = _Watch(boundary)
        came_to.append(
            ring.race(
                partial(ring.carry_out, handed[one], watch.reached),
                partial(watch.then, partial(_revoke, ring, one)),
            )
        )

    assert {both[-1] for both in came_to} == {"revoked"}
    ring.work_off()
    assert ring.states() == {"ended": ROUNDS}
    ring.agrees()


def test_two_clocks_at_once_let_everybody_go_once(ring: Ring) -> None:
    """Each grant of those who left ends once, whichever clock finds it first; nothing is missed."""
    ring.give(HOLDERS[:LEAVERS], ONE)
    waiting = [ring.ask(holder, POSTING) for holder in HOLDERS[:LEAVERS]]
    put_in_force(ring, without(*HOLDERS[:LEAVERS]))

    def follow() -> str:
        return f"{follow_people(ring.work):03}"

    came_to = ring.race(follow, follow)

    assert sum(map(int, came_to)) == 2 * LEAVERS
    assert follow_people(ring.work) == 0
    ring.work_off()
    assert ring.states() == {"ended": LEAVERS}
    with ring.work() as uow:
        states = {read_request(uow, one).request.state for one in waiting}
    assert states == {RequestState.CANCELLED}
    ring.agrees()


def _let_go(ring: Ring, request: RequestId) -> str:
    return str(let_go(ring.work, request))


def test_who_comes_back_at_once_keeps_it_or_has_lost_it(ring: Ring) -> None:
    """Whichever is first: what stays is whole, and what ends does so once."""
    requests = ring.give(HOLDERS[:LEAVERS], ONE)

    def come_back() -> str:
        put_in_force(ring, company())
        return "back"

    kept = 0
    for holder, one in zip(HOLDERS, requests, strict=False):
        put_in_force(ring, without(holder))
        came_to = ring.race(partial(_let_go, ring, one), come_back)
        kept += came_to == ["False", "back"]
        assert "back" in came_to

    assert follow_people(ring.work) == 0
    ring.work_off()
    assert ring.states() == Counter({"ended": LEAVERS - kept}) + Counter({"active": kept})
    ring.agrees()


def test_letting_go_and_revoking_at_once_end_it_once(ring: Ring) -> None:
    """Its end has one cause; whoever came second is told, or finds nothing to do."""
    requests = ring.give(HOLDERS[:LEAVERS], ONE)
    put_in_force(ring, without(*HOLDERS[:LEAVERS]))

    came_to = [
        ring.race(partial(_revoke, ring, one), partial(_let_go, ring, one)) for one in requests
    ]

    assert {tuple(both) for both in came_to} <= {("False", "revoked"), ("True", TOO_LATE)}
    ring.work_off()
    assert ring.states() == {"ended": LEAVERS}
    ring.agrees()
