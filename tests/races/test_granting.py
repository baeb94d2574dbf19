"""Races between workers who give access, and with those who take it away."""

from __future__ import annotations

import threading
from functools import partial
from itertools import cycle, product

from engine.model.grant import GrantState
from engine.ports import EffectKind
from engine.workflow.granting.attempt import Boundary
from engine.workflow.granting.end import expire_due
from tests.races.company import (
    ANA,
    BILLING,
    HOLDERS,
    ONE,
    POSTING,
    ROUNDS,
    SECOND,
    company,
    without_rules,
)
from tests.races.ring import PATIENCE, Ring, put_in_force
from tests.waiting import until


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
