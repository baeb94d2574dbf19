"""A worker stops for a while, wherever it can, and comes back when all is over.

A machine that slept, a disk that stalled: unlike a dead worker it goes on with what it was doing,
long after others took it over. What it finds then is no business of its own any more.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.connectors.postgres import PostgresConnector
from adapters.connectors.postgres.session import Session
from bot.leased import Leased
from engine.audit.vocabulary import Action
from engine.model.identifiers import RequestId
from engine.model.target import Target
from engine.ports import EffectKind, Outcome
from engine.workflow.granting.attempt import LEASE, Attempt, Boundary
from engine.workflow.granting.deprovision import deprovision
from engine.workflow.granting.provision import provision
from engine.workflow.hand_out import Handed
from tests.crash.scene import Scene
from tests.crash.test_granting_crashes import GIVING, TAKING

PATIENCE = 20.0
"""Seconds after which a test is stuck."""


class Zombie(PostgresConnector):
    """One attempt in a thread of its own, that stops where it is told to."""

    def __init__(self, scene: Scene, handed: Handed, *, in_answer: bool = False) -> None:
        super().__init__(scene.orders.ledger_url)
        self._scene = scene
        self._handed = handed
        self._in_answer = in_answer
        self._is_still = threading.Event()
        self._may_go_on = threading.Event()
        self._slept = 0.0
        self._pool = ThreadPoolExecutor(1)
        self.calls: list[str] = []
        """What it asked of the target after it came back."""

    def stop(self) -> None:
        """Stop, in the attempt's own thread."""
        self._is_still.set()
        assert self._may_go_on.wait(PATIENCE)

    def begin(self, stop_at: Boundary | None = None) -> None:
        """Begin the attempt; comes back when it stands still."""

        def reached(boundary: Boundary) -> None:
            if boundary is stop_at:
                self.stop()

        effect, kind, number = self._handed
        connector = Leased(self, clock=lambda: self._slept, begun=0.0)
        attempt = Attempt(self._scene.work, lambda _: connector, effect, number, reached)
        use_case = provision if kind is EffectKind.PROVISION else deprovision
        self._done = self._pool.submit(use_case, attempt)
        assert self._is_still.wait(PATIENCE)

    def come_back(self) -> None:
        """Go on when the lease is long over; comes back when the attempt is over, too."""
        self._slept = 10 * LEASE.total_seconds()
        self._may_go_on.set()
        self._done.result(PATIENCE)
        self._pool.shutdown()

    def observe(self, target: Target) -> bool:
        """Look, and be slow to tell if that is where it stops."""
        self._note("observe")
        found = super().observe(target)
        if self._in_answer:
            self.stop()
        return found

    def ensure_present(self, target: Target) -> Outcome:
        """Give."""
        self._note("ensure_present")
        return super().ensure_present(target)

    def ensure_absent(self, target: Target) -> Outcome:
        """Take away."""
        self._note("ensure_absent")
        return super().ensure_absent(target)

    def _note(self, call: str) -> None:
        if self._may_go_on.is_set():
            self.calls.append(call)


def _boundaries(steps: tuple[str, ...]) -> list[Boundary]:
    return [step for step in steps if isinstance(step, Boundary)]


@pytest.mark.parametrize("stop_at", _boundaries(GIVING))
def test_who_comes_back_gives_nothing(scene: Scene, stop_at: Boundary) -> None:
    """Others gave the access, and took it away; it stays gone, and the target is left in peace."""
    request = scene.order_begin()
    zombie = Zombie(scene, scene.hand_out(EffectKind.PROVISION))

    zombie.begin(stop_at)
    scene.go_on()
    scene.check_begun(request)
    scene.order_end(request)
    scene.go_on()
    told = scene.told(request)
    zombie.come_back()

    assert zombie.calls == []
    assert scene.told(request) == told
    scene.check_ended(request)


@pytest.mark.parametrize("stop_at", _boundaries(TAKING))
def test_who_comes_back_takes_nothing(scene: Scene, stop_at: Boundary) -> None:
    """Others took the access away, and gave it anew by another grant; that one is not cut."""
    request = scene.order_begin()
    scene.go_on()
    scene.order_end(request)
    zombie = Zombie(scene, scene.hand_out(EffectKind.DEPROVISION))

    zombie.begin(stop_at)
    scene.go_on()
    scene.check_ended(request)
    again = scene.order_begin()
    scene.go_on()
    told = scene.told(request)
    zombie.come_back()

    assert zombie.calls == []
    assert scene.told(request) == told
    scene.check_begun(again)
    scene.order_end(again)
    scene.go_on()
    scene.check_ended(again)


def test_what_was_seen_before_the_sleep_is_not_noted(scene: Scene) -> None:
    """It saw no access; meanwhile an administrator gave it by hand. That one is never taken."""
    request = scene.order_begin()
    zombie = Zombie(scene, scene.hand_out(EffectKind.PROVISION))

    zombie.begin(Boundary.LOOKED)
    with scene.standing(request):
        scene.let_leases_end()
        zombie.come_back()
        noted = scene.grant(request).held_before
        scene.go_on()
        told = scene.told(request)
        scene.order_end(request)
        scene.go_on()
        is_kept = scene.has_access(request)

    assert noted is None
    assert told[Action.GRANT_STANDING] == told[Action.GRANT_ACTIVATED] == 1
    assert is_kept
    scene.check_record()


def _all_others_do(scene: Scene, request: RequestId) -> None:
    """Give the access, and take it away."""
    scene.go_on()
    scene.check_begun(request)
    scene.order_end(request)
    scene.go_on()
    scene.check_ended(request)


def test_who_comes_back_with_an_answer_gives_nothing(scene: Scene) -> None:
    """It was asking whether the access is there; what it heard is old, and nobody wants it."""
    request = scene.order_begin()
    zombie = Zombie(scene, scene.hand_out(EffectKind.PROVISION), in_answer=True)

    zombie.begin()
    _all_others_do(scene, request)
    told = scene.told(request)
    zombie.come_back()

    assert zombie.calls == []
    assert scene.told(request) == told
    scene.check_ended(request)


def test_who_comes_back_in_the_middle_of_a_call_gives_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was connected to the target and about to say what to give: the call's own time is over.

    This is what the connector's limit is for: its call, once begun, is over before the lease is.
    """
    request = scene.order_begin()
    zombie = Zombie(scene, scene.hand_out(EffectKind.PROVISION))
    _stop_in_giving(monkeypatch, zombie)

    zombie.begin()
    monkeypatch.undo()
    _all_others_do(scene, request)
    told = scene.told(request)
    zombie.come_back()

    assert zombie.calls == []
    assert scene.told(request) == told
    scene.check_ended(request)


def _stop_in_giving(monkeypatch: pytest.MonkeyPatch, zombie: Zombie) -> None:
    """Stop between the connection and its first words, in the one call that changes something."""
    begin = Session.begin

    def begin_late(
        session: Session, then: str = "", values: Mapping[str, object] | None = None
    ) -> None:
        if "advisory" in then:
            zombie.stop()
            # Time passed while nobody looked.
            session._deadline -= LEASE.total_seconds()
        begin(session, then, values)

    monkeypatch.setattr(Session, "begin", begin_late)
