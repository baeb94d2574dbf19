"""What is open after an emergency is said again, louder and louder, until somebody does it."""

from __future__ import annotations

from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.closings import ClosingFilter
from engine.workflow.emergency.nudging import nudge_open
from tests.engine.acts import actions, configure, entries, settle
from tests.engine.workflow.closely import told
from tests.engine.workflow.emergency.acts import approved_after, broken, closed, closing_of
from tests.simulation.company import HOUR, MARA, TOM, Setup
from tests.simulation.world import World

NUDGES = (Action.CLOSING_REMINDED, Action.CLOSING_ESCALATED, Action.CLOSING_OVERDUE)


def nudged(world: World, hours: int) -> list[tuple[str, list[object]]]:
    """Let hours pass; gives what was said in them, and whom it told."""
    before = len(world.state.entries)
    for _ in range(hours):
        world.advance(HOUR)
        settle(world)
    said = [one.entry for one in world.state.entries[before:] if one.entry.action in NUDGES]
    return [(str(one.action), list(one.facts["told"])) for one in said]  # type: ignore[arg-type] # a list


def test_it_is_reminded_escalated_and_overdue(world: World) -> None:
    """At half its time, at three quarters, at its end; who may do it by then is told."""
    approved_after(world)

    assert nudged(world, 4) == [
        ("closing.reminded", [TOM]),
        ("closing.escalated", [TOM, MARA]),
        ("closing.overdue_found", [TOM, MARA]),
    ]


def test_what_is_overdue_is_said_again_until_it_is_done(world: World) -> None:
    """Ever more seldom; after that never again."""
    request = approved_after(world)
    nudged(world, 4)

    said = nudged(world, 48)

    assert 1 < len(said) < 10
    assert {action for action, _ in said} == {"closing.overdue_found"}
    closed(world, request, MARA)
    assert nudged(world, 48) == []


def test_what_was_missed_is_said_once(world: World) -> None:
    """A clock that was away for long says the loudest, and not everything that it missed."""
    request = approved_after(world)

    world.advance(timedelta(days=30))
    settle(world)

    assert [a for a in actions(world, request) if a in NUDGES] == [Action.CLOSING_OVERDUE]
    assert told(world, request, Action.CLOSING_OVERDUE) == (
        "This use of break-glass should have been closed until 2026-11-22 14:00:00 and is not; it "
        "can be closed by Tom Reyes or Mara Lind, and is overdue until one of them does."
    )


def test_who_is_there_today_is_told(world: World) -> None:
    """Whoever left since is not, and where everybody has, that is said."""
    request = approved_after(world)
    configure(world, Setup(gone=frozenset({TOM, MARA})))
    world.advance(4 * HOUR)
    settle(world)

    assert "nobody, because nobody who may is left" in told(world, request, Action.CLOSING_OVERDUE)
    assert closing_of(world, request).assigned == ()


def test_nothing_is_said_before_its_time(world: World) -> None:
    """And the clock knows when that is."""
    request = broken(world)
    settle(world)

    assert nudge_open(world.work) == 0
    assert [entry.action for entry in entries(world, request)][-1] == Action.GRANT_ACTIVATED
    with world.work() as uow:
        assert [d.request.id for d in uow.closings.not_done(ClosingFilter())] == [request]
