"""Races of people who break the glass, and of those who see to it afterwards."""

from __future__ import annotations

from functools import partial

from engine.audit.vocabulary import Action
from engine.model.closing import ClosingOutcome
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.workflow.emergency.checked import Emergency
from engine.workflow.emergency.closing import Finding, close
from engine.workflow.emergency.open import break_glass
from engine.workflow.granting.end import give_back
from tests.races.company import ANA, BEN, FIRE, HOLDERS, HOUR, WATER
from tests.races.ring import Ring

ROUNDS = 40
"""Fewer than elsewhere: each takes two people through a whole emergency."""

SOME = HOLDERS[:ROUNDS]
WHY = "INC-4711 the house is on fire"


def break_one(ring: Ring, holder: PersonId, wanted: EntitlementId) -> RequestId:
    """Break the glass; the number of what one gets."""
    return break_glass(ring.work, Emergency(holder, wanted, HOUR, WHY)).request.id


def breaks(ring: Ring, holder: PersonId, wanted: EntitlementId) -> str:
    """Break the glass; says whether that gave something new."""
    emergency = Emergency(holder, wanted, HOUR, WHY)
    return "given" if break_glass(ring.work, emergency).is_new else "the same"


def closes(ring: Ring, actor: PersonId, request: RequestId) -> str:
    """Close a use of it."""
    finding = Finding(actor, request, ClosingOutcome.JUSTIFIED, f"{actor} saw that it was needed")
    close(ring.work, finding)
    return "closed"


def returns(ring: Ring, holder: PersonId, request: RequestId) -> str:
    """Give the access back."""
    give_back(ring.work, holder, request)
    return "returned"


def begun(ring: Ring, holders: tuple[PersonId, ...]) -> list[RequestId]:
    """Let each of them break the glass, and get in."""
    requests = [break_one(ring, holder, FIRE) for holder in holders]
    ring.sign()
    ring.work_off()
    return requests


def test_of_two_emergencies_at_once_one_is_given(ring: Ring) -> None:
    """One may be open: the second one, for something else, waits until somebody has closed it."""
    came_to = [
        ring.race(partial(breaks, ring, holder, FIRE), partial(breaks, ring, holder, WATER))
        for holder in SOME
    ]

    assert came_to == [["breakglass.not_closed", "given"]] * ROUNDS
    ring.sign()
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def test_the_same_emergency_twice_is_one(ring: Ring) -> None:
    """Somebody presses twice: there is one request, and one access."""
    came_to = [ring.race(*[partial(breaks, ring, holder, FIRE)] * 2) for holder in SOME]

    assert came_to == [["given", "the same"]] * ROUNDS
    ring.sign()
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def test_a_denial_meets_the_holder_who_gives_it_back(ring: Ring) -> None:
    """Whichever comes first ends the access, once; it is denied in any case."""
    requests = begun(ring, SOME)

    came_to = [
        ring.race(partial(ring.deny, ANA, one), partial(returns, ring, holder, one))
        for one, holder in zip(requests, SOME, strict=True)
    ]

    assert {tuple(one) for one in came_to} <= {("denied", "returned"), ("denied", "grant.ending")}
    ring.work_off()
    assert ring.states() == {"ended": ROUNDS}
    ring.agrees()


def test_of_two_who_close_it_one_does(ring: Ring) -> None:
    """The second one learns that it is closed already; nobody's finding is written over."""
    requests = begun(ring, SOME)
    for one, holder in zip(requests, SOME, strict=True):
        ring.approve(ANA, one)
        returns(ring, holder, one)
    ring.work_off()

    came_to = [
        ring.race(partial(closes, ring, ANA, one), partial(closes, ring, BEN, one))
        for one in requests
    ]

    assert came_to == [["closed", "closing.done"]] * ROUNDS
    assert {ring.told(one)[Action.CLOSING_CLOSED] for one in requests} == {1}
    ring.agrees()
