"""Races between those who give access and those who end it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from itertools import cycle, product

from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import RequestId
from engine.ports import EffectKind
from engine.workflow.granting.attempt import Boundary
from engine.workflow.granting.end import expire_due, give_back, revoke
from tests.races.company import (
    ANA,
    BILLING,
    HOLDERS,
    OLA,
    ONE,
    POSTING,
    ROUNDS,
    SECOND,
    company,
    without_rules,
)
from tests.races.ring import PATIENCE, Ring, put_in_force
from tests.waiting import until

TOO_LATE = "grant.ending"


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


def test_conflicting_access_at_once_is_given_once(ring: Ring) -> None:
    """Two decisions from before a rule meet it when the access is given: one of them fails."""
    put_in_force(ring, without_rules())
    pairs = [(ring.ask(holder, POSTING), ring.ask(holder, BILLING)) for holder in HOLDERS]
    for pair in pairs:
        for one in pair:
            ring.approve(ANA, one)
    put_in_force(ring, company())
    handed = ring.hand_out()

    for first, second in pairs:
        ring.race(partial(ring.carry_out, handed[first]), partial(ring.carry_out, handed[second]))

    ring.work_off()
    assert ring.states() == {"active": ROUNDS, "ended": ROUNDS}
    for pair in pairs:
        grants = [grant for one in pair if (grant := ring.grant(one))]
        assert sorted(str(grant.cause) for grant in grants) == ["None", "failed"]
    ring.agrees()


_STOPS = tuple(product(Boundary, Boundary))


class _Crossing:
    """Stops whoever ends access at one boundary until whoever gives it is at another."""

    def __init__(self, stop: tuple[Boundary, Boundary]) -> None:
        self._ending, self._giving = stop
        self._is_there = threading.Event()

    def ending(self, boundary: Boundary) -> None:
        if boundary is self._ending:
            self._is_there.wait(PATIENCE)

    def giving(self, boundary: Boundary) -> None:
        if boundary is self._giving:
            self._is_there.set()


def test_a_renewal_is_not_cut_by_the_end_of_what_it_renews(ring: Ring) -> None:
    """The second grant of a right is given while the first one is taken away: the right is there.

    Whichever worker comes first, and wherever the one would stop to let the other one by: both
    change the same membership of the same account.
    """
    first = ring.give(HOLDERS, ONE, SECOND)
    renewals = [ring.ask(holder, ONE) for holder in HOLDERS]
    for one in renewals:
        ring.approve(ANA, one)
    until(ring.are_over, what="every grant's time over")
    while expire_due(ring.work):
        pass
    handed = ring.hand_out()
    assert {handed[one][1] for one in first} == {EffectKind.DEPROVISION}

    for old, new, stop in zip(first, renewals, cycle(_STOPS), strict=False):
        at = _Crossing(stop)
        ring.race(
            partial(ring.carry_out, handed[old], at.ending),
            partial(ring.carry_out, handed[new], at.giving),
        )

    ring.work_off()
    assert ring.states() == {"active": ROUNDS, "ended": ROUNDS}
    assert all((grant := ring.grant(one)) and grant.state is GrantState.ACTIVE for one in renewals)
    ring.agrees()


def test_a_message_delivered_twice_gives_access_once(ring: Ring) -> None:
    """Two workers with the same message: one carries it out, the other drops it."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]
    for one in requests:
        ring.approve(ANA, one)
    handed = ring.hand_out()

    came_to = [ring.race(*[partial(ring.carry_out, handed[one])] * 2) for one in requests]

    assert came_to == [["dropped", "provision"]] * ROUNDS
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()
