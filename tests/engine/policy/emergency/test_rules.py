"""May somebody break the glass, for what, and for how long? Who closes it, and who is told?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import Invalid
from engine.model.company import ClosingRule, Company, Selector, SelectorKind
from engine.model.identifiers import PersonId
from engine.policy.approvers import Asking
from engine.policy.emergency.closers import closers, escalated_to
from engine.policy.emergency.rules import (
    breakable_by,
    emergency_length,
    find_incident,
    may_break,
    rule_of,
)
from engine.policy.emergency.watchers import watchers
from tests.simulation.company import (
    AP,
    BEN,
    EMERGENCY,
    GL,
    HOUR,
    LI,
    MARA,
    MINUTE,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)

K = SelectorKind


def test_only_what_names_a_rule_is_ever_given_first() -> None:
    """Not given means: not possible."""
    assert rule_of(company(), company().entitlement[AP]) is None
    assert rule_of(company(), company().entitlement[GL]) is EMERGENCY


@pytest.mark.parametrize(("person", "may"), [(RIYA, True), (LI, True), (TOM, False), (MARA, False)])
def test_only_those_whom_the_rule_names_break_the_glass(person: PersonId, may: bool) -> None:
    """Whatever they may request otherwise."""
    assert may_break(company(), EMERGENCY, person) is may
    names = [entitlement.id for entitlement in breakable_by(company(), person)]
    assert names == ([GL, PAYMENTS] if may else [])


def test_who_left_breaks_no_glass() -> None:
    """Also where a group still names them."""
    assert not may_break(company(Setup(gone=frozenset({RIYA}))), EMERGENCY, RIYA)


def test_the_reason_names_the_incident() -> None:
    """It is read out of the justification; without one it is refused, with an example."""
    assert find_incident(EMERGENCY, "INC-4711: payments stuck since 09:00") == "INC-4711"

    with pytest.raises(Invalid, match=r"e\.g\. INC-4711") as refused:
        find_incident(EMERGENCY, "payments stuck since 09:00")
    assert refused.value.code == "reason.incident"


def test_it_is_short() -> None:
    """The most where nothing is said, and never longer than the rule or the entitlement says."""
    wanted = company().entitlement[GL]
    shorter = replace(wanted, duration_max=30 * MINUTE)

    assert emergency_length(EMERGENCY, wanted, None) == HOUR
    assert emergency_length(EMERGENCY, wanted, MINUTE) == MINUTE
    assert emergency_length(EMERGENCY, shorter, None) == 30 * MINUTE
    for length in (HOUR + timedelta(seconds=1), timedelta(seconds=59)):
        with pytest.raises(Invalid, match="for 1 minute to 1 hour"):
            emergency_length(EMERGENCY, wanted, length)


def closing_of(
    known: Company, rule: ClosingRule, person: PersonId = RIYA, *, is_escalated: bool = False
) -> dict[str, str]:
    """Give who may close what somebody had, and why."""
    asking = Asking(person, person, known.entitlement[PAYMENTS], at=None)
    found = closers(known, rule, asking, is_escalated=is_escalated)
    return {one.person: one.basis for one in found}


def test_whom_the_rule_names_closes_it() -> None:
    """With the first rule that lets them; once it is escalated, those others, too."""
    rule = replace(EMERGENCY.closing, by=(Selector(K.SYSTEM_OWNER), Selector(K.PERSON, SOFIA)))

    assert closing_of(company(), rule) == {SOFIA: "owner of Bank"}
    assert closing_of(company(), rule, is_escalated=True) == {
        SOFIA: "owner of Bank",
        MARA: "named in the policy",
    }


def test_nobody_closes_their_own() -> None:
    """However the rule names them; whom it is escalated to is not them either."""
    rule = ClosingRule((Selector(K.PERSON, BEN),), HOUR, (Selector(K.PERSON, BEN),))
    asking = Asking(BEN, BEN, company().entitlement[PAYMENTS], at=None)

    assert closing_of(company(), rule, BEN) == {}
    assert escalated_to(company(), rule, asking) == ()
    assert [one.person for one in escalated_to(company(), EMERGENCY.closing, asking)] == [MARA]


def test_where_all_of_them_are_gone_compliance_closes_it() -> None:
    """Nothing is left that nobody can close."""
    rule = ClosingRule((Selector(K.PERSON, BEN),), HOUR)
    known = company(Setup(gone=frozenset({BEN})))

    assert closing_of(known, rule) == {}
    assert closing_of(known, rule, is_escalated=True) == {TOM: "one of compliance"}
    assert closing_of(known, rule, TOM, is_escalated=True) == {}


def test_owners_and_compliance_are_told() -> None:
    """Each once, and nobody who left; of what is not in the catalog any more, compliance alone."""
    assert watchers(company(), PAYMENTS) == (SOFIA, TOM)
    assert watchers(company(Setup(gone=frozenset({SOFIA}))), PAYMENTS) == (TOM,)
    assert watchers(company(Setup(removed=frozenset({PAYMENTS}))), PAYMENTS) == (TOM,)
