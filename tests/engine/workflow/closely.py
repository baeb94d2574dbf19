"""Looks closely: what was said of a request, and one attempt of a worker, step by step."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action, sentence
from engine.chats import NOWHERE, Post
from engine.model.identifiers import PersonId, PlatformName, RequestId, show
from engine.model.target import Target
from engine.policy.reach import ask_key
from engine.ports import EffectKind
from engine.workflow.announce import Story
from engine.workflow.asking.note_reach import note_reach
from engine.workflow.find import read_request
from engine.workflow.granting.attempt import Attempt, Boundary
from tests.engine.acts import effect_of, entries, grant, work_on
from tests.simulation.company import CHAT
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


def story_now(world: World, request: RequestId, platform: PlatformName = CHAT) -> Story:
    """Read what there is to show on a platform, and what was."""
    with world.work() as uow:
        return Story(
            platform=platform,
            dossier=read_request(uow, request),
            entries=uow.audit.stream(show(request)),
            company=uow.companies.active().company,
            posts=uow.posts.of(request, platform),
        )


def write_to(
    world: World,
    request: RequestId,
    people: Collection[PersonId],
    *,
    missing: Collection[PersonId] = (),
    platform: PlatformName = CHAT,
) -> bool:
    """Write to people whom the open stage asks, as far as a chat takes it.

    Says whether there was something to record about that.
    """
    stage = story_now(world, request).dossier.request.stage_number
    with world.work() as uow:
        for person in people:
            reference = NOWHERE if person in missing else f"to {person}"
            uow.posts.remember(Post(request, platform, ask_key(stage, person), reference, "aa"))
        uow.commit()
    return note_reach(world.work, story_now(world, request, platform))
