"""What may be delegated, to whom, and for how long."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import Invalid, NotAllowed, Refused
from engine.model.delegation import Delegation, DelegationDraft, Scope
from engine.model.identifiers import EntitlementId, PersonId, SystemId
from engine.model.rules.limits import DELEGATION_MAX
from engine.policy.delegating.limits import (
    AHEAD_MAX,
    OPEN_MAX,
    check_delegation,
    may_end,
    scope_words,
)
from tests.engine.policy.delegating.test_standing_in import ACME, delegation
from tests.simulation.company import (
    BANK,
    BEN,
    CLOSE,
    GL,
    HOUR,
    LEDGER,
    LI,
    MARA,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)
from tests.simulation.memory import BEGINNING

DRAFT = DelegationDraft(
    delegator=BEN,
    delegate=SOFIA,
    scope=Scope(),
    begins_at=BEGINNING,
    ends_at=BEGINNING + HOUR,
    reason="  on holiday ",
    given_by=BEN,
    given_at=BEGINNING,
)
MINUTE = timedelta(minutes=1)


def refusal(
    open_ones: Collection[Delegation] = (),
    setup: Setup | None = None,
    **changes: Any,  # noqa: ANN401 - any field of a draft
) -> Refused:
    """Give why a draft is refused that differs from a good one."""
    known = company(setup) if setup else ACME
    with pytest.raises(Refused) as refused:
        check_delegation(known, replace(DRAFT, **changes), open_ones)
    return refused.value


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ends_at": BEGINNING + DELEGATION_MAX},
        {"begins_at": BEGINNING + AHEAD_MAX, "ends_at": BEGINNING + AHEAD_MAX + DELEGATION_MAX},
        {"given_by": LI},
        {"scope": Scope(system=BANK), "delegator": MARA, "given_by": MARA, "delegate": TOM},
    ],
)
def test_a_holiday_is_delegated(changes: dict[str, Any]) -> None:
    """By whoever is away, or by an admin for them; the reason is kept without outer space."""
    checked = check_delegation(ACME, replace(DRAFT, **changes), ())

    assert checked == replace(DRAFT, **changes, reason="on holiday")


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"given_by": TOM}, "delegation.not_yours", "What Ben Okafor decides is not yours"),
        ({"delegate": BEN}, "delegate.self", "cannot stand in for themselves"),
        ({"delegate": RIYA}, "delegate.not_approver", "Riya Patel may not decide requests at all"),
        (
            {"delegator": RIYA, "given_by": RIYA},
            "delegation.nothing",
            "Riya Patel decides no requests",
        ),
        ({"reason": "away"}, "reason.length", "A delegation needs a reason of 10 to 1000"),
        (
            {"ends_at": BEGINNING - MINUTE},
            "ends.past",
            "would end in the past, 2026-11-22 08:59 UTC",
        ),
        (
            {"begins_at": BEGINNING + 2 * HOUR},
            "ends.past",
            "would end before it begins, 2026-11-22 10:00 UTC",
        ),
        ({"begins_at": BEGINNING - MINUTE}, "begins.past", "nobody decided by it then"),
        (
            {
                "begins_at": BEGINNING + AHEAD_MAX + MINUTE,
                "ends_at": BEGINNING + AHEAD_MAX + HOUR,
            },
            "begins.too_far",
            "more than 90 days ahead",
        ),
        ({"ends_at": BEGINNING + DELEGATION_MAX + MINUTE}, "ends.too_long", "31 days is the most"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], code: str, words: str) -> None:
    """With a sentence that says what would be right."""
    refused = refusal(**changes)

    assert refused.code == code
    assert words in refused.sentence
    assert isinstance(refused, NotAllowed if code == "delegation.not_yours" else Invalid)


def test_the_company_says_how_long_it_may_be() -> None:
    """To the minute; and the sentence says what its longest is."""
    known = replace(ACME, delegation_max=timedelta(days=14))
    fits = replace(DRAFT, ends_at=BEGINNING + timedelta(days=14))
    longer = replace(DRAFT, ends_at=fits.ends_at + MINUTE)

    assert check_delegation(known, fits, ()).ends_at == fits.ends_at
    with pytest.raises(Invalid, match="14 days is the most"):
        check_delegation(known, longer, ())


def test_an_admin_gives_nothing_to_themselves() -> None:
    """An admin is never an approver by being an admin."""
    refused = refusal(given_by=LI, delegate=LI)

    assert isinstance(refused, NotAllowed)
    assert refused.code == "delegation.taken"


@pytest.mark.parametrize("person", [BEN, SOFIA])
def test_who_left_delegates_nothing_and_stands_in_for_nobody(person: PersonId) -> None:
    """Neither of the two."""
    refused = refusal(setup=Setup(gone=frozenset({person})))

    assert refused.code == "delegate.inactive"


def test_two_of_the_same_scope_do_not_overlap() -> None:
    """The sentence says which one to end first."""
    earlier = delegation(BEN, TOM, number=7)

    refused = refusal([earlier], begins_at=BEGINNING + HOUR - MINUTE, ends_at=BEGINNING + 2 * HOUR)

    assert refused.code == "delegation.overlaps"
    assert refused.sentence == (
        "Ben Okafor has let Tom Reyes decide for everything until 2026-11-22 10:00 UTC already; "
        "end that first with `undelegate D-7`."
    )


def test_one_may_follow_another_or_be_for_something_else() -> None:
    """A second week with somebody else; and what somebody gave to the speaker does not count."""
    others = (delegation(BEN, TOM), delegation(MARA, BEN, number=2))

    following = replace(DRAFT, begins_at=BEGINNING + HOUR, ends_at=BEGINNING + 2 * HOUR)
    narrower = replace(DRAFT, scope=Scope(entitlement=GL))

    assert check_delegation(ACME, following, others).begins_at == BEGINNING + HOUR
    assert check_delegation(ACME, narrower, others).scope == Scope(entitlement=GL)


def test_who_was_taken_out_of_the_files_is_named_by_id() -> None:
    """In the sentence about what overlaps."""
    refused = refusal([delegation(BEN, PersonId("nobody.known"))])

    assert "has let nobody.known decide" in refused.sentence


def test_there_is_a_limit_to_how_many_one_gives() -> None:
    """Beyond it, the company's files are the place."""
    given = [
        delegation(BEN, TOM, Scope(entitlement=EntitlementId(f"e-{n}"))) for n in range(OPEN_MAX)
    ]

    assert check_delegation(ACME, DRAFT, given[1:]).delegator == BEN
    assert refusal(given).code == "delegation.too_many"


def test_either_of_the_two_may_end_it_and_an_admin() -> None:
    """Nobody else."""
    given = delegation(BEN, SOFIA)

    assert all(may_end(ACME, ACME.person[person], given) for person in (BEN, SOFIA, LI))
    assert not any(may_end(ACME, ACME.person[person], given) for person in (RIYA, MARA, TOM))


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(), "for everything"),
        (Scope(system=LEDGER), "for all of Ledger"),
        (Scope(entitlement=CLOSE), "for NETSUITE CLOSE (netsuite-close)"),
        (Scope(system=SystemId("gone")), "for all of gone"),
        (Scope(entitlement=EntitlementId("gone")), "for gone"),
    ],
)
def test_a_scope_is_said_in_words(scope: Scope, words: str) -> None:
    """Also of what is not in the catalog any more."""
    assert scope_words(ACME, scope) == words
