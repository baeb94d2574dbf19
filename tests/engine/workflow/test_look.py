"""People look at what concerns them; nothing is changed."""

from __future__ import annotations

import pytest

from engine.model.identifiers import PersonId, RequestId, show
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
    USUAL,
    Setup,
)
from tests.simulation.world import World

NOBODY = PersonId("nobody")


def test_the_configuration_in_force_is_the_newest() -> None:
    """Older ones are kept, and not in force."""
    world = World()
    newest = configure(world, Setup(has_treasury_rule=True))

    assert company_now(world.work).company == newest
    assert company_now(world.work).number == 2


def test_the_time_is_the_memorys() -> None:
    """There is no other clock."""
    world = World()

    assert now(world.work) == world.now


# ── one request ─────────────────────────────────────────────────────────────────────────────────


def test_a_status_is_the_request_with_its_record() -> None:
    """In order, and with the company to name things by; looking changes nothing."""
    world = World()
    request = given(world)
    before = world.state

    seen = status(world.work, RIYA, request)

    assert seen.dossier.request == world.state.requests[request]
    assert seen.dossier.grant == world.state.grants[request]
    assert [one.stream_seq for one in seen.entries] == list(range(1, len(seen.entries) + 1))
    assert {one.entry.stream for one in seen.entries} == {show(request)}
    assert seen.company == world.version.company
    assert world.state is before


@pytest.mark.parametrize(
    "actor",
    [RIYA, BEN, SOFIA, TOM, MARA, LI],
    ids=["holder", "requester", "approver", "compliance", "owner", "admin"],
)
def test_whom_a_request_concerns_sees_it(actor: PersonId) -> None:
    """Who asked, for whom, who is asked, who answers for it, and who watches over all."""
    world = World()
    request = ask(world, BEN, CLOSE, holder=RIYA)

    assert status(world.work, actor, request).dossier.request.id == request


@pytest.mark.parametrize("actor", [OLA, NOBODY])
def test_nobody_else_sees_a_request(actor: PersonId) -> None:
    """A reason may be nobody else's business."""
    world = World()
    request = ask(world)

    refused = refusal(lambda: status(world.work, actor, request))

    assert refused.code == "request.not_visible"
    assert refused.sentence == (
        "JIT-1 is not yours to see; its requester, holder, approvers and owners, "
        "compliance and admins can."
    )


def test_who_is_asked_at_a_later_stage_sees_a_request() -> None:
    """Sofia decides only second, and may look already."""
    world = World()
    request = ask(world, RIYA, GL)
    configure(world, Setup(is_sofia_controller=False))

    assert status(world.work, SOFIA, request).dossier.request.id == request


def test_who_decided_sees_a_request_for_good() -> None:
    """Also when they were not among those who were asked in the beginning."""
    world = World(setup=Setup(is_sofia_controller=False))
    request = ask(world)
    configure(world, USUAL)
    assert refusal(lambda: status(world.work, SOFIA, request)).code == "request.not_visible"

    answer(world, SOFIA, request)

    assert status(world.work, SOFIA, request).dossier.request.id == request


def test_who_owns_something_else_does_not_see_a_request() -> None:
    """Sofia owns the bank, not the ledger."""
    world = World(setup=Setup(is_sofia_controller=False))
    request = ask(world)

    assert refusal(lambda: status(world.work, SOFIA, request)).code == "request.not_visible"


def test_an_owner_who_left_sees_nothing() -> None:
    """Being named in the files is not enough."""
    world = World()
    request = ask(world)
    configure(world, Setup(gone=frozenset({MARA})))

    assert refusal(lambda: status(world.work, MARA, request)).code == "request.not_visible"


def test_what_is_not_in_the_catalog_any_more_has_no_owner() -> None:
    """Compliance still sees it."""
    world = World()
    request = ask(world)
    configure(world, Setup(removed=frozenset({CLOSE})))

    assert refusal(lambda: status(world.work, MARA, request)).code == "request.not_visible"
    assert status(world.work, TOM, request).dossier.request.id == request


def test_a_request_that_does_not_exist_is_refused() -> None:
    """For everybody alike."""
    refused = refusal(lambda: status(World().work, TOM, RequestId(7)))

    assert refused.code == "request.unknown"


# ── lists ───────────────────────────────────────────────────────────────────────────────────────


def test_mine_is_what_one_asked_for_or_holds() -> None:
    """Newest first; what others asked for themselves is not there."""
    world = World()
    own = ask(world, RIYA, CLOSE)
    ask(world, OLA, CLOSE)
    for_riya = ask(world, BEN, REPORTS, holder=RIYA)

    assert [d.request.id for d in mine(world.work, RIYA).dossiers] == [for_riya, own]
    assert [d.request.id for d in mine(world.work, BEN).dossiers] == [for_riya]
    assert mine(world.work, LI).dossiers == []
    assert mine(world.work, RIYA).company == world.version.company


def test_a_list_is_no_longer_than_somebody_reads() -> None:
    """The newest stay in it."""
    world = World()
    for _ in range(LIST_MAX + 1):
        last = given(world, OLA, REPORTS)

    shown = mine(world.work, OLA).dossiers

    assert len(shown) == LIST_MAX
    assert shown[0].request.id == last


def test_pending_is_what_waits_for_ones_answer() -> None:
    """Only at the stage that is open, and not what one answered already."""
    world = World()
    request = ask(world, RIYA, PAYMENTS)

    assert [d.request.id for d in pending(world.work, BEN).dossiers] == [request]
    assert pending(world.work, MARA).dossiers == []
    answer(world, BEN, request)
    assert pending(world.work, BEN).dossiers == []
    assert [d.request.id for d in pending(world.work, SOFIA).dossiers] == [request]
    assert pending(world.work, SOFIA).company == world.version.company


def test_what_is_settled_waits_for_nobody() -> None:
    """One answer was enough."""
    world = World()
    answer(world, SOFIA, ask(world))

    assert pending(world.work, BEN).dossiers == []


def test_the_catalog_is_what_one_may_request() -> None:
    """Finance sees all of it, others what is for everyone."""
    world = World()

    assert [e.id for e in catalog(world.work, RIYA)] == [GL, CLOSE, AP, REPORTS, PAYMENTS]
    assert [e.id for e in catalog(world.work, LI)] == [REPORTS]


def test_who_left_may_request_nothing() -> None:
    """Nor is there a catalog for somebody who is not in the directory."""
    world = World(setup=Setup(gone=frozenset({RIYA})))

    assert catalog(world.work, RIYA) == ()
    assert refusal(lambda: catalog(world.work, NOBODY)).code == "person.unknown"
