"""Races between people who ask and people who answer."""

from __future__ import annotations

from collections import Counter
from functools import partial

from engine.audit.vocabulary import Action
from engine.model.identifiers import EntitlementId, PersonId, RequestId, show
from engine.workflow.asking import question
from engine.workflow.asking.ask_again import ask_again
from engine.workflow.asking.cancel import cancel
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.find import read_request
from engine.workflow.leavers import follow_people
from tests.races.company import (
    ANA,
    BEN,
    BILLING,
    CLEO,
    HOLDERS,
    ONE,
    POSTING,
    ROUNDS,
    STAGED,
    TWO,
    company,
    without,
    without_rules,
)
from tests.races.ring import RIVALS_MAX, WHY, Ring, put_in_force

TOO_LATE = "request.settled"

LEAVING = 40
"""Fewer rounds: the configuration is changed in each."""


def test_of_two_approvers_at_once_one_decides(ring: Ring) -> None:
    """Where one approval is enough, the second person is told that it is settled."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]

    came_to = [
        ring.race(partial(ring.approve, ANA, one), partial(ring.approve, BEN, one))
        for one in requests
    ]

    assert came_to == [["approved", TOO_LATE]] * ROUNDS
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def test_two_approvers_at_once_are_two(ring: Ring) -> None:
    """Where two approvals are needed both count, and the access is decided once."""
    requests = [ring.ask(holder, TWO) for holder in HOLDERS]

    came_to = [
        ring.race(partial(ring.approve, ANA, one), partial(ring.approve, BEN, one))
        for one in requests
    ]

    assert came_to == [["approved", "pending"]] * ROUNDS
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def test_two_approvers_at_once_satisfy_the_last_stage_once(ring: Ring) -> None:
    """At the last of several stages it is no different; who decided before stays out."""
    requests = [ring.ask(holder, STAGED) for holder in HOLDERS]
    for one in requests:
        ring.approve(ANA, one)

    came_to = [
        ring.race(
            partial(ring.approve, ANA, one),
            partial(ring.approve, BEN, one),
            partial(ring.approve, CLEO, one),
        )
        for one in requests
    ]

    assert came_to == [["approved", "pending", "repeated"]] * ROUNDS
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def test_of_approving_and_denying_at_once_one_counts(ring: Ring) -> None:
    """Access is given exactly where it was the approval."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]

    came_to = [
        ring.race(partial(ring.approve, ANA, one), partial(ring.deny, BEN, one)) for one in requests
    ]

    approved = came_to.count(["approved", TOO_LATE])
    assert approved + came_to.count(["denied", TOO_LATE]) == ROUNDS
    ring.work_off()
    assert ring.states() == ({"active": approved} if approved else {})
    ring.agrees()


def test_a_denial_beside_an_approval_wins_where_two_are_needed(ring: Ring) -> None:
    """Whichever comes first: one denial ends a request, and one approval is not enough."""
    requests = [ring.ask(holder, TWO) for holder in HOLDERS]

    came_to = [
        ring.race(partial(ring.approve, ANA, one), partial(ring.deny, BEN, one)) for one in requests
    ]

    denied = came_to.count(["denied", "pending"]) + came_to.count(["denied", TOO_LATE])
    assert denied == ROUNDS
    assert not ring.states()
    ring.agrees()


def test_an_approver_who_leaves_decides_before_that_or_not_at_all(ring: Ring) -> None:
    """Whichever comes first; and whoever is left is asked, and can decide what is still open."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS[:LEAVING]]

    def leave() -> str:
        put_in_force(ring, without(ANA))
        return "left"

    came_to: Counter[str] = Counter()
    for one in requests:
        came_to.update(ring.race(partial(ring.approve, ANA, one), leave))
        put_in_force(ring, company())

    put_in_force(ring, without(ANA))
    follow_people(ring.work)
    assert came_to["left"] == LEAVING
    assert came_to["approved"] + came_to["decision.not_approver"] == LEAVING
    for one in requests:
        with ring.work() as uow:
            request = read_request(uow, one).request
        if request.is_pending:
            assert [approver.person for approver in request.stage.asked] == [BEN, CLEO]
            assert ring.approve(BEN, one) == "approved"
    ring.work_off()
    assert ring.states() == {"active": LEAVING}
    ring.agrees()


def test_asking_others_and_approving_at_once_are_in_one_order(ring: Ring) -> None:
    """The approval counts, and the stage asks whoever is left, as often as that is new."""
    requests = [ring.ask(holder, TWO) for holder in HOLDERS]
    put_in_force(ring, without(ANA))

    came_to = [
        ring.race(partial(ring.approve, BEN, one), partial(_ask_again, ring, one))
        for one in requests
    ]

    assert came_to == [["asked", "pending"]] * ROUNDS
    assert follow_people(ring.work) == 0
    for one in requests:
        with ring.work() as uow:
            request = read_request(uow, one).request
        assert {approver.person for approver in request.stage.asked} == {BEN, CLEO}
        assert ring.told(one)[Action.STAGE_ASKED_AGAIN] == 1
    assert {ring.approve(CLEO, one) for one in requests} == {"approved"}
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def _ask_again(ring: Ring, request: RequestId) -> str:
    return "asked" if ask_again(ring.work, request) else "the same"


def test_a_double_click_is_one_approval(ring: Ring) -> None:
    """Also where it would have been enough for the quorum."""
    requests = [ring.ask(holder, TWO) for holder in HOLDERS]

    came_to = [ring.race(*[partial(ring.approve, ANA, one)] * 2) for one in requests]

    assert came_to == [["pending", "repeated"]] * ROUNDS
    assert not ring.states()
    ring.agrees()


def test_a_double_click_on_the_last_approval_gives_access_once(ring: Ring) -> None:
    """The second click is answered like the first one, and changes nothing."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]

    came_to = [ring.race(*[partial(ring.approve, ANA, one)] * 2) for one in requests]

    assert came_to == [["approved", "repeated"]] * ROUNDS
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def test_taking_back_and_approving_at_once_have_one_outcome(ring: Ring) -> None:
    """Access is given exactly where the approval came first."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]

    came_to = [
        ring.race(
            partial(_take_back, ring, holder, one),
            partial(ring.approve, BEN, one),
        )
        for one, holder in zip(requests, HOLDERS, strict=True)
    ]

    approved = came_to.count(["approved", TOO_LATE])
    assert approved + came_to.count(["cancelled", TOO_LATE]) == ROUNDS
    ring.work_off()
    assert ring.states() == ({"active": approved} if approved else {})
    ring.agrees()


def _take_back(ring: Ring, holder: PersonId, request: RequestId) -> str:
    return str(cancel(ring.work, holder, request).state)


def test_asking_and_approving_at_once_are_in_one_order(ring: Ring) -> None:
    """A question is recorded before the decision or not at all, and never holds it up."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]

    came_to = [
        ring.race(partial(_question, ring, ANA, one), partial(ring.approve, BEN, one))
        for one in requests
    ]

    asked = [came == ["approved", "asked"] for came in came_to]
    assert asked.count(False) == came_to.count(["approved", TOO_LATE])
    assert [_asked_before_decided(ring, one) for one in requests] == asked
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()


def test_of_two_answers_at_once_one_is_kept(ring: Ring) -> None:
    """The other one finds no question any more; the same answer twice is one."""
    requests = [ring.ask(holder, ONE) for holder in HOLDERS]
    for one in requests:
        _question(ring, ANA, one)

    came_to = [
        ring.race(
            partial(_answer, ring, holder, one, "for November"),
            partial(_answer, ring, holder, one, "for November"),
            partial(_answer, ring, holder, one, "for December"),
        )
        for one, holder in zip(requests, HOLDERS, strict=True)
    ]

    outcomes = {tuple(came) for came in came_to}
    assert outcomes <= {
        ("Ana", "Ana", "question.none_open"),
        ("Ana", "question.none_open", "question.none_open"),
    }
    told = [ring.told(one)[Action.REQUEST_ANSWERED] for one in requests]
    assert told == [1] * ROUNDS


def _question(ring: Ring, actor: PersonId, request: RequestId) -> str:
    question.ask(ring.work, actor, request, "For which month is it?")
    return "asked"


def _answer(ring: Ring, actor: PersonId, request: RequestId, text: str) -> str:
    return question.answer(ring.work, actor, request, text)


def _asked_before_decided(ring: Ring, request: RequestId) -> bool:
    with ring.work() as uow:
        actions = [one.entry.action for one in uow.audit.stream(show(request))]
    asked = Action.REQUEST_QUESTIONED in actions
    decided = actions.index(Action.DECISION_APPROVED)
    assert not asked or actions.index(Action.REQUEST_QUESTIONED) < decided
    return asked


def _ask(ring: Ring, holder: PersonId, wanted: EntitlementId) -> str:
    return "new" if submit(ring.work, Ask(holder, wanted, None, WHY)).is_new else "the first one"


def test_of_eight_equal_requests_at_once_one_is_made(ring: Ring) -> None:
    """The others are given the first one's number."""
    came_to = [ring.race(*[partial(_ask, ring, holder, ONE)] * RIVALS_MAX) for holder in HOLDERS]

    assert came_to == [["new", *["the first one"] * (RIVALS_MAX - 1)]] * ROUNDS
    ring.agrees()


def test_of_two_conflicting_requests_at_once_one_is_made(ring: Ring) -> None:
    """What one person must not combine is refused to whoever comes second."""
    came_to = [
        ring.race(partial(_ask, ring, holder, POSTING), partial(_ask, ring, holder, BILLING))
        for holder in HOLDERS
    ]

    assert came_to == [["new", "sod.conflict"]] * ROUNDS
    ring.agrees()


def test_of_two_conflicting_requests_approved_at_once_one_is_approved(ring: Ring) -> None:
    """A rule that came after both were made still lets only one of them through."""
    put_in_force(ring, without_rules())
    pairs = [(ring.ask(holder, POSTING), ring.ask(holder, BILLING)) for holder in HOLDERS]
    put_in_force(ring, company())

    came_to = [
        ring.race(partial(ring.approve, ANA, first), partial(ring.approve, BEN, second))
        for first, second in pairs
    ]

    assert came_to == [["approved", "sod.conflict"]] * ROUNDS
    ring.work_off()
    assert ring.states() == {"active": ROUNDS}
    ring.agrees()
