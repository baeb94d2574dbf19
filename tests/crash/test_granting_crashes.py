"""A worker dies while it gives access, or takes it away: at every step that there is."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

from engine.ports import EffectKind
from engine.workflow.granting.attempt import Boundary
from tests.crash.scene import Scene
from tests.crash.victim import KILLED

COMMIT = ("before commit", "after commit")
CHANGE = ("before the target's commit", "after the target's commit")

GIVING = (
    *(*COMMIT, Boundary.STARTED),
    Boundary.LOOKED,
    *(*COMMIT, Boundary.NOTED),
    *(*CHANGE, Boundary.CHANGED),
    Boundary.READ_BACK,
    *(*COMMIT, Boundary.SETTLED),
)
TAKING = (
    *(*COMMIT, Boundary.STARTED),
    *(*CHANGE, Boundary.CHANGED),
    Boundary.READ_BACK,
    *(*COMMIT, Boundary.SETTLED),
)
"""Every step of an attempt, in order. The first two tests hold these lists to what happens."""


def _named(steps: tuple[str, ...]) -> list[object]:
    return [pytest.param(number, id=f"{number}-{step}") for number, step in enumerate(steps)]


def test_these_are_all_the_steps_of_giving_access(scene: Scene) -> None:
    """An attempt that nothing happens to comes to each of them, and to no other."""
    request = scene.order_begin()

    steps, ended = scene.send(scene.hand_out(EffectKind.PROVISION))

    assert ended == 0
    assert tuple(steps) == GIVING
    scene.go_on()
    scene.check_begun(request)
    scene.order_end(request)
    scene.go_on()


def test_these_are_all_the_steps_of_taking_access_away(scene: Scene) -> None:
    """An attempt that nothing happens to comes to each of them, and to no other."""
    request = scene.order_begin()
    scene.go_on()
    scene.order_end(request)

    steps, ended = scene.send(scene.hand_out(EffectKind.DEPROVISION))

    assert ended == 0
    assert tuple(steps) == TAKING
    scene.go_on()
    scene.check_ended(request)


def test_no_boundary_is_forgotten() -> None:
    """Whoever adds a boundary finds it here; only looking and noting have no part in taking."""
    assert set(Boundary) <= set(GIVING)
    assert set(Boundary) - set(TAKING) == {Boundary.LOOKED, Boundary.NOTED}


@pytest.mark.parametrize("die_at", _named(GIVING))
def test_access_is_given_once_whenever_a_worker_dies(scene: Scene, die_at: int) -> None:
    """Another worker goes on, and what the dead one gave is not taken for a standing right."""
    request = scene.order_begin()

    steps, ended = scene.send(scene.hand_out(EffectKind.PROVISION), die_at=die_at)
    scene.go_on()

    assert (tuple(steps), ended) == (GIVING[: die_at + 1], KILLED)
    scene.check_begun(request)
    scene.order_end(request)
    scene.go_on()
    scene.check_ended(request)
    scene.check_shown(request)


@pytest.mark.parametrize("die_at", _named(GIVING))
def test_access_is_gone_where_it_was_revoked_meanwhile(scene: Scene, die_at: int) -> None:
    """A worker dies while it gives access, and before another one goes on it is not wanted."""
    request = scene.order_begin()

    _, ended = scene.send(scene.hand_out(EffectKind.PROVISION), die_at=die_at)
    scene.order_end(request)
    scene.go_on()

    told = scene.told(request)
    assert ended == KILLED
    assert not scene.has_access(request)
    assert scene.grant(request).state == "ended"
    endings = ("grant.ended", "grant.access_kept", "grant.ended_unused")
    assert sum(told[ending] for ending in endings) == 1, told
    scene.check_record()


@pytest.mark.parametrize("die_at", _named(TAKING))
def test_access_is_taken_once_whenever_a_worker_dies(scene: Scene, die_at: int) -> None:
    """Another worker goes on until it is gone, also for a session that has put the role on."""
    request = scene.order_begin()
    scene.go_on()
    scene.check_begun(request)

    with closing(scene.use(request)) as session, session.cursor() as cursor:
        scene.order_end(request)
        steps, ended = scene.send(scene.hand_out(EffectKind.DEPROVISION), die_at=die_at)
        scene.go_on()
        with pytest.raises(psycopg2.OperationalError):
            cursor.execute("SELECT count(*) FROM journals")

    assert (tuple(steps), ended) == (TAKING[: die_at + 1], KILLED)
    scene.check_ended(request)
    scene.check_shown(request)
