"""A duty is carried out: the engine's use case with its connector or platform.

Called by Dramatiq's actors, and by the clock itself where Redis is away. It decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.chat.announce import announce
from adapters.chat.platform import Platform
from bot.leased import Leased
from engine.model.identifiers import EffectId, PlatformName, SystemId
from engine.ports import Connector, Connectors, EffectKind, Work
from engine.workflow.granting.attempt import Attempt
from engine.workflow.granting.deprovision import deprovision
from engine.workflow.granting.provision import provision
from engine.workflow.hand_out import request_of

log = structlog.get_logger(__name__)

Await = Callable[[Coroutine[Any, Any, Any]], Any]
"""Runs something asynchronous from a thread and waits for it."""


@dataclass(frozen=True, slots=True)
class Duties:
    """All that is needed to carry out any duty in this process."""

    work: Work
    connectors: Connectors
    platforms: Mapping[PlatformName, Platform]
    await_: Await

    def carry_out(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        """Try once. Whatever goes wrong, the duty comes again when its lease has run out."""
        known = log.bind(duty=kind.value, effect=effect, attempt=attempt)
        try:
            known = known.bind(request=request_of(self.work, effect))
            self._try(kind, effect, attempt)
        except Exception:  # noqa: BLE001 - logged; the duty comes again, whatever it was
            known.exception("duty.broke")
        else:
            known.info("duty.tried")

    def _try(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        match kind:
            case EffectKind.PROVISION:
                provision(self.attempt(effect, attempt))
            case EffectKind.DEPROVISION:
                deprovision(self.attempt(effect, attempt))
            case EffectKind.ANNOUNCE:
                announce(self.work, self.platforms, effect, attempt, self.await_)

    def attempt(self, effect: EffectId, number: int) -> Attempt:
        """Make an attempt whose calls of the target end with its lease.

        That is counted from here, before the attempt takes the duty on: counted from the first call
        on, a worker that was paused in between would believe in a lease that is long over.
        """
        begun = time.monotonic()

        def leased(system: SystemId) -> Connector:
            return Leased(self.connectors(system), begun=begun)

        return Attempt(self.work, leased, effect, number)
