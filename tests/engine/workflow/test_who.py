"""Who has access now, and who may know."""

from __future__ import annotations

import pytest

from engine.errors import NotAllowed
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.workflow.who import PAGE_ROWS, Holders, Question, Sight, visible, who
from tests.engine.acts import configure, given, refusal
from tests.simulation.company import (
    AP,
    CLOSE,
    GL,
    HOUR,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)
from tests.simulation.world import World


def numbers(found: Holders) -> list[RequestId]:
    """List which grants they are."""
    return [dossier.request.id for dossier in found.dossiers]


@pytest.fixture
def held(world: World) -> tuple[RequestId, RequestId, RequestId]:
    """Give Riya CLOSE and the reports, and Ola the reports."""
    return given(world, RIYA, CLOSE), given(world, OLA, REPORTS), given(world, RIYA, REPORTS)


Held = tuple[RequestId, RequestId, RequestId]


@pytest.mark.parametrize("actor", [TOM, LI])
def test_compliance_and_admins_see_all_of_it(world: World, held: Held, actor: PersonId) -> None:
    """Newest first, narrowed as they ask; looking is not recorded."""
    before = world.state
    first, second, third = held

    found = who(world.work, actor, Question())

    assert numbers(found) == [third, second, first]
    assert (found.count, found.page, found.pages, found.sight) == (3, 1, 1, Sight.ALL)
    assert found.company == world.version.company
    assert numbers(who(world.work, actor, Question(REPORTS))) == [third, second]
    assert numbers(who(world.work, actor, Question(person=RIYA))) == [third, first]
    assert numbers(who(world.work, actor, Question(REPORTS, RIYA))) == [third]
    assert world.state is before


def test_an_owner_sees_what_they_own(world: World, held: Held) -> None:
    """And nothing else, whoever has it."""
    assert numbers(who(world.work, MARA, Question())) == list(reversed(held))
    assert who(world.work, MARA, Question()).sight is Sight.OWNED
    assert numbers(who(world.work, MARA, Question(REPORTS, OLA))) == [held[1]]
    assert numbers(who(world.work, SOFIA, Question(person=RIYA))) == []
    assert numbers(who(world.work, SOFIA, Question(PAYMENTS))) == []


def test_what_others_own_is_refused_by_name(world: World, held: Held) -> None:
    """With whom to ask; what does not exist is said to an owner, too."""
    refused = refusal(lambda: who(world.work, SOFIA, Question(REPORTS)))

    assert isinstance(refused, NotAllowed)
    assert refused.code == "who.not_allowed"
    assert "seen by its owners (Mara Lind), compliance and admins" in refused.sentence
    unknown = refusal(lambda: who(world.work, SOFIA, Question(EntitlementId("netsuit"))))
    assert unknown.code == "entitlement.unknown"


def test_everybody_sees_their_own(world: World, held: Held) -> None:
    """Who owns nothing and names nobody is answered with it."""
    first, _, third = held

    for question in (Question(), Question(person=RIYA)):
        found = who(world.work, RIYA, question)
        assert numbers(found) == [third, first]
        assert found.sight is Sight.OWN
    assert numbers(who(world.work, RIYA, Question(CLOSE, RIYA))) == [first]


def test_somebody_elses_access_is_refused(world: World, held: Held) -> None:
    """To those who own nothing."""
    refused = refusal(lambda: who(world.work, RIYA, Question(person=OLA)))

    assert refused.code == "who.not_allowed"
    assert refused.sentence.startswith("What Ola Berg has is seen by the owners of it")
    assert refusal(lambda: who(world.work, RIYA, Question(REPORTS))).code == "who.not_allowed"


def test_what_is_unknown_is_said_where_nothing_is_held(world: World, held: Held) -> None:
    """What left the files is listed for as long as somebody holds it."""
    configure(world, Setup(removed=frozenset({CLOSE})))

    assert numbers(who(world.work, TOM, Question(CLOSE))) == [held[0]]
    world.advance(2 * HOUR)
    nobody = Question(person=PersonId("nobody"))
    nothing = Question(EntitlementId("nothing"))
    assert refusal(lambda: who(world.work, TOM, nobody)).code == "person.unknown"
    assert refusal(lambda: who(world.work, TOM, nothing)).code == "entitlement.unknown"


def test_a_long_list_has_pages() -> None:
    """Beyond the last one the last one is shown, before the first the first."""
    world = World()
    given_all = [given(world, OLA, REPORTS) for _ in range(PAGE_ROWS + 1)]

    second = who(world.work, TOM, Question(page=2))

    assert (second.count, second.page, second.pages) == (PAGE_ROWS + 1, 2, 2)
    assert numbers(second) == given_all[:1]
    assert who(world.work, TOM, Question(page=99)) == second
    assert numbers(who(world.work, TOM, Question(page=0))) == given_all[:0:-1]


def test_one_may_look_into_what_one_owns() -> None:
    """Compliance and admins into everything, others into nothing."""
    acme = company()

    assert visible(acme, TOM) == (GL, CLOSE, AP, REPORTS, PAYMENTS)
    assert PAYMENTS in visible(acme, SOFIA)
    assert visible(acme, OLA) == ()
