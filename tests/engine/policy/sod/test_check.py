"""What one person may not combine."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import combinations

import pytest

from engine.audit.canonical import canonical
from engine.model.company import Company, SodRule
from engine.model.dossier import Access
from engine.model.grant import Grant
from engine.model.identifiers import EntitlementId, FunctionId, RequestId, SodRuleId
from engine.model.request import Request
from engine.policy.sod.check import conflicts, inputs
from tests.engine.model.test_grant import GIVEN
from tests.engine.model.test_request import ASKED
from tests.simulation.company import AP, CLOSE, GL, PAYMENTS, REPORTS, Setup, company

BOTH = Setup(has_treasury_rule=True)


def live(number: int, entitlement: EntitlementId) -> Grant:
    """Give a live grant."""
    return replace(GIVEN, id=RequestId(number), entitlement=entitlement)


def pending(number: int, entitlement: EntitlementId) -> Request:
    """Give a pending request."""
    return replace(ASKED, id=RequestId(number), entitlement=entitlement)


def are_apart(known: Company, one: EntitlementId, other: EntitlementId) -> bool:
    """Say whether one may not be asked for by who holds the other."""
    return bool(conflicts(known, one, Access(live=(live(1, other),))))


@pytest.mark.parametrize(
    ("one", "other"), list(combinations((GL, CLOSE, AP, REPORTS, PAYMENTS), 2)), ids=str
)
def test_a_rule_keeps_different_functions_apart(one: EntitlementId, other: EntitlementId) -> None:
    """In both directions; the same function twice, and what has none, is fine."""
    pairs = ((GL, AP), (CLOSE, AP), (GL, PAYMENTS), (CLOSE, PAYMENTS), (AP, PAYMENTS))
    kept_apart = {frozenset(pair) for pair in pairs}

    apart = are_apart(company(BOTH), one, other)

    assert apart is (frozenset({one, other}) in kept_apart)
    assert are_apart(company(BOTH), other, one) is apart


@pytest.mark.parametrize("wanted", [GL, AP, REPORTS])
def test_the_same_again_breaks_no_rule(wanted: EntitlementId) -> None:
    """Access may be renewed."""
    assert not are_apart(company(BOTH), wanted, wanted)


def test_one_of_several_functions_is_enough() -> None:
    """What brings two functions is kept from what brings another one of the rule."""
    known = company()
    functions = (FunctionId("gl-posting"), FunctionId("payment"))
    mixed = replace(known.entitlement[GL], functions=functions)
    rule = SodRule(SodRuleId("r"), "Rule", functions)
    known = replace(
        known,
        entitlements=(mixed, *(e for e in known.entitlements if e.id != GL)),
        sod_rules=(rule,),
    )

    assert are_apart(known, CLOSE, GL)
    assert are_apart(known, GL, PAYMENTS)
    assert not are_apart(known, GL, AP)


def test_a_conflict_names_the_rule_and_the_cause() -> None:
    """Each rule that is broken, with what the person has and because of which request."""
    access = Access(pending=(pending(7, PAYMENTS),), live=(live(3, CLOSE),))

    found = conflicts(company(BOTH), AP, access)

    assert [(c.rule.id, c.other, c.request) for c in found] == [
        ("gl-ap", CLOSE, 3),
        ("treasury", CLOSE, 3),
        ("treasury", PAYMENTS, 7),
    ]


def test_of_two_pending_requests_the_earlier_has_the_right_of_way() -> None:
    """So they never block each other."""
    access = Access(pending=(pending(1, CLOSE), pending(2, AP)))

    assert conflicts(company(), CLOSE, access, request=RequestId(1)) == ()
    assert len(conflicts(company(), AP, access, request=RequestId(2))) == 1
    assert len(conflicts(company(), AP, access)) == 1


def test_a_grant_is_not_in_its_own_way() -> None:
    """What is being judged does not count beside itself; another live grant always does."""
    access = Access(live=(live(1, CLOSE), live(2, AP)))

    assert [c.request for c in conflicts(company(), CLOSE, access, request=RequestId(1))] == [2]
    assert [c.request for c in conflicts(company(), AP, access, request=RequestId(2))] == [1]


def test_what_left_the_catalog_counts_as_what_it_was() -> None:
    """Taking an entitlement out of the files does not lift a rule for those who hold it."""
    known = company(Setup(removed=frozenset({CLOSE})))
    access = Access(live=(live(1, CLOSE),))
    removed = {CLOSE: frozenset({FunctionId("gl-posting")})}

    assert len(conflicts(known, AP, access, removed=removed)) == 1
    assert conflicts(known, AP, access) == ()


def test_sides_are_kept_apart_and_may_meet_among_themselves() -> None:
    """With `against`, each function of the one side is kept from each of the other, no more."""
    post, bill, pay = map(FunctionId, ("post", "bill", "pay"))
    rule = SodRule(SodRuleId("r"), "Rule", (post,), against=(bill, pay))

    apart = {
        (one, other)
        for one in (post, bill, pay)
        for other in (post, bill, pay)
        if rule.pairs_up(frozenset({one}), frozenset({other}))
    }

    assert apart == {(post, bill), (post, pay), (bill, post), (pay, post)}


def test_what_was_looked_at_can_be_hashed_again() -> None:
    """Whoever has the facts of an entry comes to the same digest; anything else changes it."""
    access = Access(pending=(pending(7, PAYMENTS),), live=(live(3, CLOSE),))

    found = inputs(company(), AP, access, request=RequestId(9), gone={})

    digest = found.pop("digest")
    assert found == {
        "wanted": [AP, ["bill-entry"]],
        "beside": [[3, CLOSE, ["gl-posting"]], [7, PAYMENTS, ["payment"]]],
    }
    assert digest == f"sha256:{hashlib.sha256(canonical(found).encode()).hexdigest()}"
    assert inputs(company(), AP, Access(), gone={})["digest"] != digest
