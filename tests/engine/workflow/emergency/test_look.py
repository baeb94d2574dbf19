"""Somebody looks: what they may have in an emergency, and what is still open after some."""

from __future__ import annotations

import pytest

from engine.errors import Refused
from engine.model.closing import ClosingOutcome
from engine.model.identifiers import PersonId
from engine.workflow.dashboard import dashboard
from engine.workflow.emergency.closable import refuse_to_close
from engine.workflow.emergency.look import breakable, look_ahead, not_closed, to_close
from engine.workflow.guarding.freeze import freeze
from engine.workflow.look import pending, status
from tests.engine.acts import given, refusal, settle
from tests.engine.workflow.emergency.acts import approved_after, broken, closed, used
from tests.simulation.company import (
    AP,
    BEN,
    GL,
    HOUR,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
)
from tests.simulation.world import World


def test_who_may_break_the_glass_sees_for_what(world: World) -> None:
    """Everybody else sees nothing."""
    assert [e.id for e in breakable(world.work, RIYA)] == [GL, PAYMENTS]
    assert breakable(world.work, SOFIA) == ()


def test_what_it_would_come_to_is_said_before(world: World) -> None:
    """Who is told, and who approves it afterwards; nothing is changed by looking."""
    before = world.state

    ahead = look_ahead(world.work, RIYA, GL)

    assert (ahead.told, ahead.already) == ((MARA, TOM), None)
    assert [{one.person for one in stage.asked} for stage in ahead.stages] == [{BEN, SOFIA, TOM}]
    assert ahead.rule.duration_max == HOUR
    assert world.state is before


def test_what_is_there_is_what_one_would_get(world: World) -> None:
    """The same again gives the first one, and that is said, too."""
    request = broken(world)

    already = look_ahead(world.work, RIYA, GL).already

    assert already is not None
    assert already.id == request


@pytest.mark.parametrize("why", ["entitlement.frozen", "sod.conflict", "breakglass.not_closed"])
def test_what_would_be_refused_is_refused_before(world: World, why: str) -> None:
    """With the sentence of the refusal itself."""
    match why:
        case "entitlement.frozen":
            freeze(world.work, LI, "*", "somebody copies it", ends_live=False)
        case "sod.conflict":
            given(world, RIYA, AP)
        case _:
            broken(world, wanted=PAYMENTS)

    ahead = refusal(lambda: look_ahead(world.work, RIYA, GL))
    done = refusal(lambda: broken(world))

    assert (ahead.code, ahead.sentence) == (done.code, done.sentence)
    assert ahead.code == why


def test_who_has_to_close_it_is_shown_it_everywhere(world: World) -> None:
    """In the list of what waits for them, on their dashboard, and when they look at it."""
    request = approved_after(world)

    listed = to_close(world.work, TOM)

    assert [d.request.id for d in listed.dossiers] == [request]
    assert [d.request.id for d in dashboard(world.work, TOM).to_close] == [request]
    assert pending(world.work, TOM).dossiers == []
    assert to_close(world.work, SOFIA).dossiers == []


def test_to_whom_it_was_escalated_may_see_it(world: World) -> None:
    """Mara owns the ledger and not the bank, and is asked about the bank by escalation alone."""
    request = used(world, RIYA, PAYMENTS)
    world.advance(3 * HOUR)
    settle(world)

    assert status(world.work, MARA, request).dossier.closing is not None
    assert refusal(lambda: status(world.work, OLA, request)).code == "request.not_visible"


def test_what_is_overdue_is_shown_to_who_watches_over_it(world: World) -> None:
    """Compliance and admins see all of it, owners theirs, and nobody else anything."""
    request = approved_after(world)
    assert not_closed(world.work, TOM).overdue == []
    world.advance(4 * HOUR)
    settle(world)

    for person in (TOM, LI, MARA):
        seen = not_closed(world.work, person)
        assert [d.request.id for d in seen.overdue] == [request]
        watched = dashboard(world.work, person).watched
        assert watched is not None
        assert [d.request.id for d in watched.not_closed] == [request]
    assert not_closed(world.work, RIYA).dossiers == []
    closed(world, request, outcome=ClosingOutcome.JUSTIFIED)
    assert not_closed(world.work, TOM).dossiers == []


@pytest.mark.parametrize(
    ("actor", "code"),
    [(RIYA, "closing.own"), (BEN, "closing.not_yours"), (TOM, "closing.undecided")],
)
def test_nobody_opens_a_form_in_vain(world: World, actor: PersonId, code: str) -> None:
    """It is refused before somebody writes down what would be refused."""
    request = used(world)

    assert refusal(lambda: refuse_to_close(world.work, actor, request)).code == code


def test_who_may_close_it_may_open_the_form(world: World) -> None:
    """Until it is closed."""
    request = approved_after(world)

    refuse_to_close(world.work, TOM, request)

    closed(world, request)
    with pytest.raises(Refused, match="closed already"):
        refuse_to_close(world.work, TOM, request)
