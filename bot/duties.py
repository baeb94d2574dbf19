"""A duty is carried out: the engine's use case with its connector or platform.

Called by Dramatiq's actors, and by the clock itself where Redis is away. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.chat.announce import announce
from adapters.chat.platform import Platform
from engine.model.identifiers import EffectId, PlatformName
from engine.ports import Connectors, EffectKind, Work
from engine.workflow.granting.attempt import Attempt
from engine.workflow.granting.deprovision import deprovision
from engine.workflow.granting.provision import provision

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
            self._try(kind, effect, attempt)
        except Exception:  # noqa: BLE001 - logged; the duty comes again, whatever it was
            known.exception("duty.broke")
        else:
            known.info("duty.tried")

    def _try(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        match kind:
            case EffectKind.PROVISION:
                provision(Attempt(self.work, self.connectors, effect, attempt))
            case EffectKind.DEPROVISION:
                deprovision(Attempt(self.work, self.connectors, effect, attempt))
            case EffectKind.ANNOUNCE:
                announce(self.work, self.platforms, effect, attempt, self.await_)
