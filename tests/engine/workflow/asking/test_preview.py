"""Someone looks ahead: who would be asked, or why it would be refused; nothing is changed by it."""

from __future__ import annotations

import pytest

from engine.model.identifiers import EntitlementId, PersonId
from engine.workflow.asking.preview import preview
from tests.engine.acts import ask, configure, given, refusal, request_of
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


def test_it_says_whom_each_stage_would_ask(world: World) -> None:
    """The same people, for the same reasons, as the submission then asks."""
    before = world.state

    seen = preview(world.work, RIYA, GL)

    assert world.state is before
    assert (seen.asking.requester, seen.asking.holder) == (RIYA, RIYA)
    assert (seen.already, seen.is_for_another) == (None, False)
    assert [stage.name for stage in seen.stages] == ["Manager", "Owner", "Compliance"]
    assert seen.stages == request_of(world, ask(world, wanted=GL)).stages


def test_for_somebody_else_neither_of_them_would_be_asked(world: World) -> None:
    """As at the submission."""
    seen = preview(world.work, BEN, CLOSE, holder=SOFIA)

    assert seen.is_for_another
    assert [a.person for a in seen.stages[0].asked] == [TOM]


def test_what_was_asked_for_already_is_found(world: World) -> None:
    """Asking again would give that one."""
    request = ask(world, RIYA, GL)

    seen = preview(world.work, RIYA, GL)

    assert seen.already is not None
    assert seen.already.id == request


@pytest.mark.parametrize(
    ("setup", "asked", "code"),
    [
        (Setup(), (PersonId("who"), None, GL), "person.unknown"),
        (Setup(), (RIYA, PersonId("who"), GL), "person.unknown"),
        (Setup(), (RIYA, None, EntitlementId("x")), "entitlement.unknown"),
        (Setup(gone=frozenset({OLA})), (RIYA, OLA, GL), "person.inactive"),
        (Setup(), (RIYA, LI, GL), "request.not_eligible"),
        (Setup(gone=frozenset({MARA, SOFIA})), (RIYA, None, PAYMENTS), "request.undecidable"),
    ],
)
def test_what_would_be_refused_is_refused(
    world: World,
    setup: Setup,
    asked: tuple[PersonId, PersonId | None, EntitlementId],
    code: str,
) -> None:
    """With the submission's own sentence, and before anybody wrote a reason for nothing."""
    configure(world, setup)
    requester, holder, wanted = asked
    before = world.state

    refused = refusal(lambda: preview(world.work, requester, wanted, holder=holder))

    assert refused.code == code
    assert world.state is before


def test_a_conflict_of_ones_own_is_said(world: World) -> None:
    """With the rule and with what would make it right."""
    given(world, RIYA, CLOSE)

    refused = refusal(lambda: preview(world.work, RIYA, AP))

    assert refused.code == "sod.conflict"


def test_what_somebody_else_has_is_not_told(world: World) -> None:
    """Looking ahead is not recorded, so nobody learns by it what others hold or asked for."""
    given(world, OLA, CLOSE)
    ask(world, OLA, REPORTS)

    conflicting = preview(world.work, RIYA, AP, holder=OLA)
    again = preview(world.work, RIYA, REPORTS, holder=OLA)

    assert conflicting.stages
    assert again.already is None
