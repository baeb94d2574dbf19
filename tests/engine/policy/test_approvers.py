"""Who may decide a stage, and whether all stages can be decided."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.company import Company, Role, Selector, SelectorKind, StageRule
from engine.model.identifiers import PersonId
from engine.model.request import Approver
from engine.policy.approvers import (
    Asking,
    Resolved,
    approvers,
    is_owner,
    may_revoke,
    owned_by,
    undecidable_stage,
)
from tests.engine.acts import with_person
from tests.simulation.company import (
    BEN,
    CLOSE,
    GL,
    HOUR,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)

K = SelectorKind


def named(known: Company, *selectors: Selector, holder: PersonId = RIYA) -> dict[str, str]:
    """Give who may decide a stage for Riya's request, and why."""
    asking = Asking(RIYA, holder, known.entitlement[PAYMENTS], at=None)
    rule = StageRule("Stage", selectors, 1, HOUR)
    return {a.person: a.basis for a in approvers(known, rule, asking, excluded=frozenset())}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(K.MANAGER), {BEN: "manager of Riya Patel"}),
        (Selector(K.SYSTEM_OWNER), {SOFIA: "owner of Bank"}),
        (Selector(K.ENTITLEMENT_OWNER), {SOFIA: "owner of PAYMENTS"}),
        (Selector(K.PERSON, MARA), {MARA: "named in the policy"}),
        (
            Selector(K.GROUP, "controllers"),
            dict.fromkeys((BEN, SOFIA, TOM), "one of Controllers"),
        ),
        (Selector(K.ROLE, Role.COMPLIANCE), {TOM: "one of compliance"}),
        (
            Selector(K.DEPARTMENT, "Finance"),
            dict.fromkeys((BEN, SOFIA, MARA, TOM), "one of Finance"),
        ),
        (Selector(K.EVERYONE), dict.fromkeys((BEN, SOFIA, MARA, TOM), "everyone")),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, Selector) else "",
)
def test_a_policy_points_at_people(selector: Selector, expected: dict[str, str]) -> None:
    """Whoever it points at may decide, if they have the role, with the reason in words."""
    assert named(company(), selector) == expected


def test_the_first_rule_that_names_somebody_is_their_basis() -> None:
    """Each approver is listed once."""
    both = (Selector(K.MANAGER), Selector(K.GROUP, "controllers"))

    found = named(company(), *both)

    assert next(iter(found.items())) == (BEN, "manager of Riya Patel")
    assert len(found) == 3


def test_nobody_decides_about_themselves() -> None:
    """Neither who asks nor who would hold it, however the policy names them."""
    everyone = Selector(K.EVERYONE)

    assert BEN not in named(company(), everyone, holder=BEN)
    assert RIYA not in named(company(), everyone, holder=BEN)


def test_who_has_decided_is_left_out() -> None:
    """One person, one stage."""
    known = company()
    asking = Asking(RIYA, RIYA, known.entitlement[CLOSE], at=None)
    rule = StageRule("Stage", (Selector(K.GROUP, "controllers"),), 1, HOUR)

    found = approvers(known, rule, asking, excluded=frozenset({BEN}))

    assert {approver.person for approver in found} == {SOFIA, TOM}


def test_the_chain_alone_makes_no_approver() -> None:
    """It says where one may decide; the role says that one may at all."""
    assert named(company(), Selector(K.PERSON, LI)) == {}


@pytest.mark.parametrize("kind", [K.MANAGER, K.SYSTEM_OWNER, K.ENTITLEMENT_OWNER, K.EVERYONE])
def test_who_left_decides_nothing(kind: SelectorKind) -> None:
    """By whichever rule they were an approver."""
    gone = company(Setup(gone=frozenset({BEN, SOFIA, MARA, TOM})))

    assert named(gone, Selector(kind)) == {}


def test_a_requester_without_a_manager_has_no_approver_there() -> None:
    """Nor has one who is not in the directory any more."""
    known = company()
    alone = with_person(known, RIYA, lambda riya: replace(riya, manager=None))
    missing = replace(known, people=tuple(p for p in known.people if p.id != RIYA))

    assert named(alone, Selector(K.MANAGER)) == {}
    assert named(missing, Selector(K.MANAGER)) == {}


def test_a_group_that_is_gone_has_nobody() -> None:
    """A chain that began under an older configuration may still name it."""
    known = replace(company(), groups=())

    assert named(known, Selector(K.GROUP, "controllers")) == {}


# ── can all stages be decided? ──────────────────────────────────────────────────────────────────

PEOPLE = [PersonId(letter) for letter in "abcd"]
STAGES = st.lists(
    st.tuples(st.integers(1, 2), st.sets(st.sampled_from(PEOPLE))), min_size=1, max_size=3
)


def stages(*wanted: tuple[int, set[PersonId]]) -> list[Resolved]:
    """Give stages by quorum and candidates."""
    return [
        Resolved(
            StageRule(f"stage {number}", (), quorum, HOUR),
            (quorum,),
            tuple(Approver(person, "because") for person in sorted(people)),
        )
        for number, (quorum, people) in enumerate(wanted)
    ]


def can_be_seated(wanted: list[tuple[int, set[PersonId]]]) -> bool:
    """Try every way of giving each place a different person."""
    places = [people for quorum, people in wanted for _ in range(quorum)]
    return any(
        all(person in place for person, place in zip(seated, places, strict=True))
        for seated in permutations(PEOPLE, len(places))
    )


@given(STAGES)
def test_stages_are_decidable_if_people_can_be_found_for_all_places(
    wanted: list[tuple[int, set[PersonId]]],
) -> None:
    """The quick answer is the one that trying everything gives."""
    assert (undecidable_stage(stages(*wanted)) is None) is can_be_seated(wanted)


def test_the_first_stage_that_cannot_be_decided_is_named() -> None:
    """One for two stages is one too few; at the second one it shows."""
    a, b = PEOPLE[:2]

    assert undecidable_stage(stages((1, {a}), (1, {a}))) == stages((1, set()), (1, set()))[1].rule
    assert undecidable_stage(stages((1, {a, b}), (1, {a}))) is None
    assert undecidable_stage(stages((3, {a, b}))) == stages((3, set()))[0].rule


# ── owners ──────────────────────────────────────────────────────────────────────────────────────


def test_owners_answer_for_entitlement_or_system() -> None:
    """Whoever owns the one or the other."""
    known = company(Setup(is_ben_owner=True))
    gl = known.entitlement[GL]

    assert is_owner(known, MARA, gl)
    assert is_owner(known, BEN, gl)
    assert not is_owner(known, SOFIA, gl)


def test_an_owner_who_left_owns_nothing() -> None:
    """The files may name them for a while."""
    known = company(Setup(gone=frozenset({MARA})))

    assert not is_owner(known, MARA, known.entitlement[GL])


@pytest.mark.parametrize(
    ("person", "known_entitlement"), list(product((LI, TOM, MARA, SOFIA, OLA), (True, False)))
)
def test_owners_compliance_and_admins_may_revoke(person: PersonId, known_entitlement: bool) -> None:
    """Where the entitlement is not in the catalog any more, it has no owner; the roles remain."""
    known = company()
    entitlement = known.entitlement[GL] if known_entitlement else None

    allowed = may_revoke(known, person, entitlement)

    assert allowed is (person in {LI, TOM} or (person == MARA and known_entitlement))


def test_one_owns_an_entitlement_or_all_of_a_system() -> None:
    """As long as one works here."""
    acme = company()
    owners = {e.id: {e.owner, acme.system[e.system].owner} for e in acme.entitlements}

    assert owned_by(acme, SOFIA) == {one for one, people in owners.items() if SOFIA in people}
    assert owned_by(acme, MARA) == {one for one, people in owners.items() if MARA in people}
    assert owned_by(acme, OLA) == frozenset()
    assert owned_by(company(Setup(gone=frozenset({MARA}))), MARA) == frozenset()
