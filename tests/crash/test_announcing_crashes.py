"""A worker dies while it tells the chat: at every step that there is, and nothing is said twice."""

from __future__ import annotations

import pytest

from engine.ports import EffectKind
from tests.crash.scene import Scene
from tests.crash.victim import KILLED

KEPT = ("before commit", "after commit")
POSTED = (*KEPT, "before posting", "after posting", *KEPT)
"""A place is remembered, posted to, and remembered again with its reference."""

EDITED = (*KEPT, "before editing", "after editing", *KEPT)
"""It is remembered that nobody knows what is shown, then edited, then remembered."""

MESSAGES = 4
"""The root, an approver's card, and the replies that it was asked for and a stage was opened."""

SAYING = (*KEPT, *POSTED * MESSAGES, *KEPT)
SAYING_MORE = (*KEPT, *EDITED * 2, *POSTED * 3, *KEPT)
"""After an approval: root and card are edited; two replies and a letter to the holder come new."""


def _plain(steps: list[str]) -> tuple[str, ...]:
    """Leave out which card it is."""
    return tuple(" ".join(step.split()[:2]) for step in steps)


def _numbers(steps: tuple[str, ...]) -> list[object]:
    return [pytest.param(number, id=f"{number}-{step}") for number, step in enumerate(steps)]


@pytest.mark.parametrize("die_at", [*_numbers(SAYING), None])
def test_everything_is_said_once_whenever_a_worker_dies(scene: Scene, die_at: int | None) -> None:
    """Another worker finds each place again, and shows there what is true by then."""
    before = len(scene.board.shown())
    request = scene.ask()

    steps, ended = scene.send(scene.hand_out(EffectKind.ANNOUNCE), die_at=die_at)
    # What the dead worker may have posted is old when another one looks, and nobody looks again.
    scene.deny(request)
    scene.go_on()

    known = len(SAYING) if die_at is None else die_at + 1
    assert _plain(steps) == SAYING[:known]
    assert ended == (0 if die_at is None else KILLED)
    scene.check_shown(request)
    with scene.work() as uow:
        posts = uow.posts.of(request, scene.board.name)
    assert len(scene.board.shown()) - before == len(posts)


@pytest.mark.parametrize("die_at", [*_numbers(SAYING_MORE), None])
def test_news_are_told_once_whenever_a_worker_dies(scene: Scene, die_at: int | None) -> None:
    """The same where messages are there already, and have to be edited."""
    before = len(scene.board.shown())
    request = scene.ask()
    scene.go_on()
    scene.approve(request)

    steps, ended = scene.send(scene.hand_out(EffectKind.ANNOUNCE), die_at=die_at)
    scene.order_end(request)
    scene.go_on()

    known = len(SAYING_MORE) if die_at is None else die_at + 1
    assert _plain(steps) == SAYING_MORE[:known]
    assert ended == (0 if die_at is None else KILLED)
    scene.check_shown(request)
    with scene.work() as uow:
        posts = uow.posts.of(request, scene.board.name)
    assert len(scene.board.shown()) - before == len(posts)
