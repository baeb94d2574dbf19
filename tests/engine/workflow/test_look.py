"""People look at what concerns them."""

from __future__ import annotations

import pytest

from engine.errors import NotAllowed
from engine.model.identifiers import PersonId
from engine.workflow.look import LIST_MAX, catalog, company_now, mine, now, pending, status
from tests.engine.acts import answer, ask, configure, given, refusal
from tests.simulation.company import (
    AP,
    BEN,
    CLOSE,
    GL,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.world import World


def test_time_and_configuration_are_those_of_the_memory(world: World) -> None:
    """The engine knows no other."""
    assert now(world.work) == world.now
    assert company_now(world.work) == world.version


@pytest.mark.parametrize(
    ("actor", "may_see"),
    [
        (RIYA, True),
        (OLA, True),
        (BEN, True),
        (SOFIA, True),
        (MARA, True),
        (TOM, True),
        (LI, True),
        (PersonId("nobody"), False),
    ],
)
def test_a_request_is_seen_by_those_whom_it_concerns(
    world: World, actor: PersonId, may_see: bool
) -> None:
    """Who asked, who would hold it, who is asked, who owns it, compliance, admins: nobody else."""
    request = ask(world, RIYA, holder=OLA)

    if may_see:
        found = status(world.work, actor, request)
        assert found.dossier.request.id == request
        assert [one.entry.action for one in found.entries] == ["request.submitted", "stage.opened"]
        assert found.company == world.version.company
    else:
        with pytest.raises(NotAllowed, match="is not yours to see"):
            status(world.work, actor, request)


def test_who_decided_sees_what_became_of_it(world: World) -> None:
    """Also where the stage's list was made anew without them, or the entitlement is gone."""
    request = ask(world, RIYA)
    answer(world, SOFIA, request)
    configure(world, Setup(is_sofia_controller=False, removed=frozenset({CLOSE})))

    assert status(world.work, SOFIA, request).dossier.grant is not None
    assert refusal(lambda: status(world.work, OLA, request)).code == "request.not_visible"


def test_an_owner_who_left_sees_nothing(world: World) -> None:
    """Even while the files still name them."""
    request = ask(world)
    configure(world, Setup(gone=frozenset({MARA})))

    assert refusal(lambda: status(world.work, MARA, request)).code == "request.not_visible"


def test_mine_is_what_i_asked_for_or_hold(world: World) -> None:
    """Newest first, and not more than a person reads."""
    first = ask(world, RIYA, GL)
    second = ask(world, BEN, REPORTS, holder=RIYA)
    ask(world, OLA)

    found = mine(world.work, RIYA)

    assert [dossier.request.id for dossier in found.dossiers] == [second, first]
    assert found.company == world.version.company
    assert LIST_MAX == 50


def test_pending_is_what_waits_for_me(world: World) -> None:
    """Only at the open stage, and only what I have not answered yet."""
    chain_of_three = ask(world, RIYA, GL)
    two_of = ask(world, OLA, PAYMENTS)
    given(world, OLA, REPORTS)

    def waiting(actor: PersonId) -> list[int]:
        return [dossier.request.id for dossier in pending(world.work, actor).dossiers]

    assert waiting(BEN) == [two_of, chain_of_three]
    assert waiting(MARA) == []
    answer(world, BEN, two_of)
    answer(world, BEN, chain_of_three)
    assert waiting(BEN) == []
    assert waiting(MARA) == [chain_of_three]


def test_the_catalog_is_what_i_may_hold(world: World) -> None:
    """In the order of the files."""
    assert [e.id for e in catalog(world.work, RIYA)] == [GL, CLOSE, AP, REPORTS, PAYMENTS]
    assert [e.id for e in catalog(world.work, LI)] == [REPORTS]
    nobody = PersonId("nobody")
    assert refusal(lambda: catalog(world.work, nobody)).code == "person.unknown"
