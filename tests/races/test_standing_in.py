"""Races about standing in for somebody: who gives, who ends, and who decides by it meanwhile."""

from __future__ import annotations

from collections import Counter
from functools import partial

from engine.audit.vocabulary import Action
from engine.model.delegation import EVERYTHING, Scope
from engine.model.dossier import Dossier
from engine.model.identifiers import DelegationId, PersonId, RequestId
from engine.policy.delegating.limits import OPEN_MAX
from engine.workflow.delegating.end import undelegate
from engine.workflow.delegating.give import Giving, delegate
from engine.workflow.delegating.look import delegations
from engine.workflow.delegating.note import DELEGATIONS_STREAM
from engine.workflow.find import read_request
from tests.races.company import (
    ANA,
    BEN,
    BILLING,
    BOTH,
    BOX,
    CLEO,
    HERS,
    HOLDERS,
    HOUR,
    ONE,
    POSTING,
    STAGED,
    TWO,
)
from tests.races.ring import WHY, Ring

SOME = HOLDERS[:60]
"""Fewer rounds than elsewhere: something is given and ended in each."""

FILLING = (ONE, TWO, STAGED, POSTING)
"""What leaves one more delegation to be given."""


def test_of_two_delegations_at_once_for_the_same_one_is_given(ring: Ring) -> None:
    """The other one is told what is there already: two delegates at a time were never meant."""
    for _ in SOME:
        came_to = ring.race(partial(_give, ring, BEN), partial(_give, ring, CLEO))

        assert came_to == ["delegation.overlaps", "given"]
        (given,) = delegations(ring.work, ANA).given
        undelegate(ring.work, ANA, given.id)
    told = _told(ring)
    assert told[Action.DELEGATION_GIVEN] == told[Action.DELEGATION_ENDED] == len(SOME)


def test_two_delegations_at_once_never_pass_the_most(ring: Ring) -> None:
    """Also where they are for different things, and each alone would be in order."""
    assert len(FILLING) == OPEN_MAX - 1
    for wanted in FILLING:
        _give(ring, BEN, Scope(entitlement=wanted))
    for _ in SOME:
        came_to = ring.race(
            partial(_give, ring, BEN, Scope(entitlement=BILLING)),
            partial(_give, ring, CLEO, Scope(system=BOX)),
        )

        assert came_to == ["delegation.too_many", "given"]
        undelegate(ring.work, ANA, delegations(ring.work, ANA).given[-1].id)


def test_ending_it_twice_at_once_is_once(ring: Ring) -> None:
    """Whoever of the two is away and whoever stands in: one entry, and one end."""
    for _ in SOME:
        one = _given(ring, BEN)

        came_to = ring.race(partial(_end, ring, ANA, one), partial(_end, ring, BEN, one))

        assert came_to == ["ended", "ended"]
    assert _told(ring)[Action.DELEGATION_ENDED] == len(SOME)


def test_a_delegate_decides_before_the_end_or_not_at_all(ring: Ring) -> None:
    """While somebody ends it, the delegate presses: the record never holds one after the other."""
    came_to: Counter[str] = Counter()
    for holder in SOME:
        one = _given(ring, BEN)
        request = ring.ask(holder, HERS)
        assert _asked(ring, request) == {ANA: None, BEN: ANA}

        outcome = ring.race(partial(ring.approve, BEN, request), partial(_end, ring, ANA, one))

        came_to.update(outcome)
        found = _read(ring, request)
        if outcome == ["approved", "ended"]:
            _decided_before_the_end(ring, found, one)
        else:
            assert outcome == ["decision.not_approver", "ended"]
            assert _asked(ring, request) == {ANA: None}
            assert ring.approve(ANA, request) == "approved"
    assert came_to["ended"] == len(SOME)
    ring.work_off()
    assert ring.states() == {"active": len(SOME)}
    ring.agrees()


def test_of_somebody_and_their_delegate_at_once_one_counts(ring: Ring) -> None:
    """Where two approvals are needed, the two of them at once are not both."""
    _given(ring, CLEO)
    requests = [ring.ask(holder, BOTH) for holder in SOME]

    came_to = [
        ring.race(partial(ring.approve, ANA, one), partial(ring.approve, CLEO, one))
        for one in requests
    ]

    for outcome, one in zip(came_to, requests, strict=True):
        (first,) = _read(ring, one).decisions
        later = "decision.not_approver" if first.approver == ANA else "decision.given_for_you"
        assert outcome == [later, "pending"]
    assert {ring.approve(BEN, one) for one in requests} == {"approved"}
    ring.work_off()
    assert ring.states() == {"active": len(SOME)}
    ring.agrees()


def _give(ring: Ring, there: PersonId, scope: Scope = EVERYTHING) -> str:
    _given(ring, there, scope)
    return "given"


def _given(ring: Ring, there: PersonId, scope: Scope = EVERYTHING) -> DelegationId:
    with ring.work() as uow:
        until = uow.now + HOUR
    return delegate(ring.work, Giving(ANA, there, until, WHY, scope)).delegation.id


def _end(ring: Ring, actor: PersonId, delegation: DelegationId) -> str:
    undelegate(ring.work, actor, delegation)
    return "ended"


def _read(ring: Ring, request: RequestId) -> Dossier:
    with ring.work() as uow:
        return read_request(uow, request)


def _asked(ring: Ring, request: RequestId) -> dict[PersonId, PersonId | None]:
    return {a.person: a.instead_of for a in _read(ring, request).request.stage.asked}


def _decided_before_the_end(ring: Ring, found: Dossier, delegation: DelegationId) -> None:
    (decision,) = found.decisions
    assert (decision.approver, decision.instead_of) == (BEN, ANA)
    assert decision.delegation == delegation
    with ring.work() as uow:
        held = uow.delegations.hold(delegation)
    assert held is not None
    assert held.ended_at is not None
    assert decision.decided_at < held.ended_at


def _told(ring: Ring) -> Counter[str]:
    with ring.work() as uow:
        return Counter(one.entry.action for one in uow.audit.stream(DELEGATIONS_STREAM))
