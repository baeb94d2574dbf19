"""Who decides in whose stead."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.model.delegation import Delegation, Scope, StandIn
from engine.model.identifiers import DelegationId, PersonId
from engine.model.request import Approver
from engine.policy.delegating.standing_in import called, in_own_right, with_delegates
from tests.simulation.company import (
    BANK,
    BEN,
    CLOSE,
    GL,
    HOUR,
    LEDGER,
    MARA,
    RIYA,
    SOFIA,
    TOM,
    company,
)
from tests.simulation.memory import BEGINNING

ACME = company()


def delegation(
    delegator: PersonId, delegate: PersonId, scope: Scope | None = None, *, number: int = 1
) -> Delegation:
    """Give a delegation that is in force."""
    return Delegation(
        delegator=delegator,
        delegate=delegate,
        scope=scope or Scope(),
        begins_at=BEGINNING,
        ends_at=BEGINNING + HOUR,
        reason="on holiday",
        given_by=delegator,
        given_at=BEGINNING,
        id=DelegationId(number),
    )


def asked(
    people: Sequence[PersonId], *delegations: Delegation, barred: frozenset[PersonId] = frozenset()
) -> dict[PersonId, PersonId | None]:
    """Give who may decide about CLOSE, each with whom they stand in for."""
    found = with_delegates(
        ACME,
        [Approver(person, "named in the policy") for person in people],
        ACME.entitlement[CLOSE],
        delegations=delegations,
        may_decide=lambda person, _: person not in barred,
    )
    return {approver.person: approver.instead_of for approver in found}


def test_who_is_away_can_still_decide_and_somebody_beside_them() -> None:
    """A delegation adds a pair of hands; it says in whose stead, why, and until when."""
    (ben, sofia) = with_delegates(
        ACME,
        [Approver(BEN, "manager of Riya Patel")],
        ACME.entitlement[CLOSE],
        delegations=[delegation(BEN, SOFIA)],
        may_decide=lambda *_: True,
    )

    assert ben == Approver(BEN, "manager of Riya Patel")
    assert sofia == Approver(
        SOFIA,
        "delegate of Ben Okafor (manager of Riya Patel)",
        stands_in=StandIn(BEN, DelegationId(1), BEGINNING + HOUR),
    )
    assert in_own_right([ben, sofia]) == (ben,)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), True),
        (Scope(system=LEDGER), True),
        (Scope(entitlement=CLOSE), True),
        (Scope(system=BANK), False),
        (Scope(entitlement=GL), False),
    ],
)
def test_a_delegation_counts_in_its_scope_only(scope: Scope, expected: bool) -> None:
    """Everything, a system, or one entitlement."""
    assert (SOFIA in asked([BEN], delegation(BEN, SOFIA, scope))) is expected


def test_a_delegate_of_a_delegate_is_never_asked() -> None:
    """There are no chains: what one was given cannot be given on, in whatever order."""
    chain = (delegation(BEN, SOFIA), delegation(SOFIA, TOM, number=2))

    assert asked([BEN], *chain) == asked([BEN], *reversed(chain)) == {BEN: None, SOFIA: BEN}


def test_somebodys_own_right_goes_first() -> None:
    """Whoever the rules point at decides as themselves, also while they stand in for somebody."""
    assert asked([BEN, SOFIA], delegation(BEN, SOFIA)) == {BEN: None, SOFIA: None}


def test_who_stands_in_for_two_does_so_once() -> None:
    """For the first of the two delegations; who stood in for the first one stays."""
    both = (delegation(BEN, SOFIA), delegation(MARA, SOFIA, number=2))

    assert asked([BEN, MARA], *both) == {BEN: None, MARA: None, SOFIA: BEN}
    assert asked([MARA], *both) == {MARA: None, SOFIA: MARA}


def test_one_person_may_have_two_delegates() -> None:
    """Either may answer; of the three of them one counts."""
    both = (delegation(BEN, SOFIA), delegation(BEN, TOM, Scope(system=LEDGER), number=2))

    assert asked([BEN], *both) == {BEN: None, SOFIA: BEN, TOM: BEN}


def test_what_keeps_a_delegate_from_deciding_keeps_them_from_it_here_too() -> None:
    """The one who is away is asked alone then; and who is not asked is stood in for by nobody."""
    assert asked([BEN], delegation(BEN, RIYA), barred=frozenset({RIYA})) == {BEN: None}
    assert asked([], delegation(BEN, SOFIA)) == {}


def test_both_people_are_named() -> None:
    """As the record and the chat say it; by their ids where they are in no directory."""
    stranger = PersonId("nobody.known")

    def name(person: PersonId, instead_of: PersonId | None) -> str:
        stands_in = StandIn(instead_of, DelegationId(1), BEGINNING) if instead_of else None
        return called(ACME, Approver(person, "", stands_in=stands_in))

    assert name(SOFIA, None) == "Sofia Almeida"
    assert name(SOFIA, BEN) == "Sofia Almeida for Ben Okafor"
    assert name(stranger, BEN) == "nobody.known for Ben Okafor"


def test_a_delegate_of_whom_the_directory_does_not_know_is_named_all_the_same() -> None:
    """People are taken out of the files while something of theirs is open."""
    (_, sofia) = with_delegates(
        ACME,
        [Approver(PersonId("nobody.known"), "named in the policy")],
        ACME.entitlement[CLOSE],
        delegations=[delegation(PersonId("nobody.known"), SOFIA)],
        may_decide=lambda *_: True,
    )

    assert sofia.basis == "delegate of nobody.known (named in the policy)"
