"""Looks closely: what was said of a request, and one attempt of a worker, step by step."""

from __future__ import annotations

from datetime import datetime

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action, sentence
from engine.model.identifiers import RequestId
from engine.model.target import Target
from engine.ports import EffectKind
from engine.workflow.granting.attempt import Attempt, Boundary
from tests.engine.acts import effect_of, entries, grant, work_on
from tests.simulation.memory.outbox import Row
from tests.simulation.sandbox import Fault
from tests.simulation.world import Cut, World


def said(entry: Entry) -> str:
    """Say an entry as plain text, with its instants to the second."""
    return "".join(
        f"{piece:%Y-%m-%d %H:%M:%S}" if isinstance(piece, datetime) else piece
        for piece in sentence(entry)
    )


def told(world: World, request: RequestId, action: Action) -> str:
    """Give what was said about a request with one action, a line for each time."""
    return "\n".join(said(entry) for entry in entries(world, request) if entry.action == action)


def facts(world: World, request: RequestId, action: Action) -> dict[str, object]:
    """Give the facts of the one entry about a request with an action."""
    (entry,) = [entry for entry in entries(world, request) if entry.action == action]
    return dict(entry.facts)


def duty_row(world: World, kind: EffectKind) -> Row:
    """Read the one effect of a kind as the outbox keeps it."""
    return world.state.effects[effect_of(world, kind)]


def work_until(world: World, kind: EffectKind, boundary: Boundary) -> None:
    """Let a worker take up what is due, and stand still at a boundary."""
    work_on(world, kind, {boundary: Cut.PAUSES})
    assert len(world.paused) == 1, f"nobody reached {boundary}"


def go_on(world: World, *faults: Fault) -> None:
    """Let the worker that stands still go on, with what goes wrong in the target from here."""
    world.target.faults.extend(faults)
    world.resume(world.paused[0])


def attempt_at(world: World, kind: EffectKind) -> Attempt:
    """Take what is due of a kind out of the clock's hands, for a test to play the worker."""
    while world.tick():
        pass
    (message,) = [message for message in world.queue if message[1] is kind]
    world.queue.clear()
    return Attempt(world.work, lambda _: world.target, message[0], message[2])


def hold_before_us(world: World, target: Target) -> None:
    """Let somebody have a permission that we did not give."""
    world.standing |= {target}
    world.target.held.add(target)


def has_it(world: World, request: RequestId) -> bool:
    """Say whether the target gives what a request is about."""
    return grant(world, request).target in world.target.held


def has_died(world: World) -> bool:
    """Say whether a worker died on the way: otherwise nobody came to where it was to die."""
    return any(step.endswith(" died") for step in world.steps)
