"""Who has to look at a use of break-glass, whatever has become of what it was about."""

from __future__ import annotations

from dataclasses import replace

from engine.audit.vocabulary import is_loud
from engine.model.rules.selector import Selector, SelectorKind
from tests.engine.acts import entries, given
from tests.engine.workflow.emergency.acts import approved_after, broken, closed, closing_of
from tests.simulation.company import BANK, LEDGER, RIYA, TOM, company
from tests.simulation.world import World


def test_of_a_system_that_is_gone_somebody_answers(world: World) -> None:
    """Nobody owns it any more; those whom the rule names otherwise still may."""
    known = company()
    owned = known.breakglass[0].closing.by
    rule = replace(known.breakglass[0].closing, by=(Selector(SelectorKind.SYSTEM_OWNER), *owned))
    world.work.configure(replace(known, breakglass=(replace(known.breakglass[0], closing=rule),)))
    request = approved_after(world)
    without = [e for e in known.entitlements if e.system != LEDGER]
    systems = tuple(s for s in known.systems if s.id == BANK)
    world.work.configure(replace(known, systems=systems, entitlements=tuple(without)))

    closed(world, request)

    assert closing_of(world, request).closed_by == TOM


def test_only_of_emergencies_people_are_told_loudly(world: World) -> None:
    """That somebody has access is said to many where the glass was broken."""
    usual, emergency = given(world), broken(world, wanted=company().entitlements[0].id)

    assert not any(map(is_loud, entries(world, usual)))
    assert any(map(is_loud, entries(world, emergency)))
    assert RIYA in {entry.actor for entry in entries(world, emergency)}
