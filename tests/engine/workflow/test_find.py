"""Something is looked up by the name that a person used."""

from __future__ import annotations

import pytest

from engine.errors import NotFound
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.workflow.find import find_entitlement, find_person, lock_request, read_request
from tests.engine.acts import ask
from tests.simulation.company import GL, RIYA, company
from tests.simulation.world import World


def test_what_is_there_is_found() -> None:
    """By its exact name."""
    known = company()

    assert find_person(known, RIYA).name == "Riya Patel"
    assert find_entitlement(known, GL).id == GL


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("riya", "; did you mean riya.patel?"),
        ("ben.okafr", "; did you mean ben.okafor?"),
        ("zzz", " in the directory."),
    ],
)
def test_a_wrong_name_gets_the_closest_ones(word: str, hint: str) -> None:
    """Or none, where nothing is close."""
    with pytest.raises(NotFound) as caught:
        find_person(company(), PersonId(word))

    assert caught.value.sentence.endswith(hint)


def test_at_most_three_names_are_offered() -> None:
    """More would be a list, not a hint."""
    with pytest.raises(NotFound) as caught:
        find_entitlement(company(), EntitlementId("netsuite"))

    assert caught.value.sentence.count("netsuite-") == 3


def test_a_request_is_read_with_and_without_a_lock(world: World) -> None:
    """Both give it whole; both refuse a number that was never given."""
    request = ask(world)

    with world.work() as uow:
        assert read_request(uow, request) == lock_request(uow, request)
        for find in (read_request, lock_request):
            with pytest.raises(NotFound, match=r"JIT-4711; check the number\."):
                find(uow, RequestId(4711))
