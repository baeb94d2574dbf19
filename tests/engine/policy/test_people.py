"""Whom a policy points at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.company import Role, Selector, SelectorKind
from engine.model.identifiers import PersonId
from engine.policy.people import has_role, holders_of, is_active, may_request, selected
from tests.simulation.company import (
    BEN,
    GL,
    LI,
    MARA,
    OLA,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)

K = SelectorKind
NOBODY = PersonId("nobody")


@pytest.mark.parametrize(
    ("selector", "people"),
    [
        (Selector(K.PERSON, RIYA), (RIYA,)),
        (Selector(K.PERSON, NOBODY), ()),
        (Selector(K.GROUP, "accountants"), (RIYA, OLA, BEN)),
        (Selector(K.GROUP, "nobody"), ()),
        (Selector(K.DEPARTMENT, "Engineering"), (LI,)),
        (Selector(K.EVERYONE), (RIYA, OLA, BEN, SOFIA, MARA, TOM, LI)),
        (Selector(K.ROLE, "admin"), (LI,)),
        (Selector(K.ROLE, "approver"), (BEN, SOFIA, TOM, MARA)),
    ],
    ids=str,
)
def test_a_selector_points_at_people(selector: Selector, people: tuple[PersonId, ...]) -> None:
    """In the order of the files, each person once."""
    assert selected(company(), selector) == people


@pytest.mark.parametrize("kind", [K.MANAGER, K.SYSTEM_OWNER, K.ENTITLEMENT_OWNER])
def test_what_depends_on_a_request_cannot_be_answered_without_one(kind: SelectorKind) -> None:
    """Asking for it is a defect."""
    with pytest.raises(ValueError, match="depends on a request"):
        selected(company(), Selector(kind))


@pytest.mark.parametrize(
    "selector",
    [Selector(K.PERSON, RIYA), Selector(K.GROUP, "accountants"), Selector(K.EVERYONE)],
    ids=str,
)
def test_who_left_is_pointed_at_by_nothing(selector: Selector) -> None:
    """Whatever still names them."""
    assert RIYA not in selected(company(Setup(gone=frozenset({RIYA}))), selector)


def test_only_who_works_here_is_active() -> None:
    """Neither who left nor who was never there."""
    known = company(Setup(gone=frozenset({OLA})))

    assert [is_active(known, person) for person in (RIYA, OLA, NOBODY)] == [True, False, False]


def test_roles_are_held_by_those_whom_they_name() -> None:
    """A role that the files do not give to anybody is held by nobody."""
    known = company()
    without = replace(known, roles={})

    assert holders_of(known, Role.COMPLIANCE) == (TOM,)
    assert has_role(known, LI, Role.ADMIN)
    assert not has_role(known, RIYA, Role.ADMIN)
    assert holders_of(without, Role.ADMIN) == ()


def test_who_may_hold_an_entitlement_is_in_the_files() -> None:
    """Whoever one of its selectors names, as long as they work here."""
    known = company(Setup(gone=frozenset({OLA})))
    gl, reports = known.entitlement[GL], known.entitlement[REPORTS]

    assert may_request(known, known.person[RIYA], gl)
    assert not may_request(known, known.person[LI], gl)
    assert may_request(known, known.person[LI], reports)
    assert not may_request(known, known.person[OLA], reports)
