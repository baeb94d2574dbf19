"""Something is looked up by the name that a person used, or refused with the closest names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.ports import UnitOfWork
from engine.workflow.find import find_entitlement, find_person, lock_request, read_request
from tests.engine.acts import ask, refusal
from tests.simulation.company import GL, RIYA, company
from tests.simulation.world import World

Look = Callable[[UnitOfWork, RequestId], Dossier]


def test_who_is_in_the_directory_is_found() -> None:
    """By their id."""
    assert find_person(company(), RIYA).name == "Riya Patel"


def test_what_is_in_the_catalog_is_found() -> None:
    """By its id."""
    assert find_entitlement(company(), GL).name == "NETSUITE GL"


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("riya.patell", "; did you mean riya.patel?"),
        ("tom.r", "; did you mean tom.reyes?"),
        ("zzz", "."),
        ("", "."),
    ],
)
def test_somebody_unknown_is_refused_with_the_closest_names(typed: str, rest: str) -> None:
    """Where any is close enough."""
    refused = refusal(lambda: find_person(company(), PersonId(typed)))

    assert refused.code == "person.unknown"
    assert refused.sentence == f"There is nobody called “{typed}” in the directory{rest}"


def test_something_unknown_is_refused_with_the_three_closest_names() -> None:
    """The closest first, and no more than somebody reads."""
    refused = refusal(lambda: find_entitlement(company(), EntitlementId("netsuit")))

    assert refused.code == "entitlement.unknown"
    assert refused.sentence == (
        "There is no entitlement “netsuit” in the catalog; "
        "did you mean netsuite-gl or netsuite-ap or netsuite-close?"
    )


def test_something_far_off_is_refused_without_names() -> None:
    """A guess that is none helps nobody."""
    refused = refusal(lambda: find_entitlement(company(), EntitlementId("xyz")))

    assert refused.sentence == "There is no entitlement “xyz” in the catalog."


@pytest.mark.parametrize("look", [lock_request, read_request])
def test_a_request_is_found_by_its_number(look: Look) -> None:
    """With or without its lock it reads the same."""
    world = World()
    request = ask(world)

    with world.work() as uow:
        found = look(uow, request)

    assert found.request == world.state.requests[request]


@pytest.mark.parametrize("look", [lock_request, read_request])
def test_a_number_that_does_not_exist_is_refused(look: Look) -> None:
    """The person looks at it again."""
    with World().work() as uow:
        refused = refusal(lambda: look(uow, RequestId(7)))

    assert (refused.code, refused.sentence) == (
        "request.unknown",
        "There is no request JIT-7; check the number.",
    )
