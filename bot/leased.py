"""A connector that keeps quiet once its attempt's lease is nearly over.

A worker that was paused for a while (a sleeping machine, a stalled disk) must not wake up and give
access that another worker has meanwhile given, and taken away again. The database's fence cannot
stop a call of a target; not making it can.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.errors import Temporary
from engine.model.target import Target
from engine.ports import Connector, Outcome, Page
from engine.workflow.granting.attempt import CALL_MAX, LEASE

_TOO_LATE = "this attempt took too long, so it made no further call; another one follows."


@dataclass(frozen=True, slots=True)
class Leased:
    """One attempt's connector."""

    inner: Connector
    clock: Callable[[], float] = time.monotonic
    begun: float = field(default_factory=time.monotonic)
    """When the attempt began, by `clock`: no later than its lease did."""

    def _check(self) -> None:
        # A call takes CALL_MAX at most; a second more for what lies between two of them.
        left = LEASE.total_seconds() - (self.clock() - self.begun) - 1.0
        if left < CALL_MAX.total_seconds():
            raise Temporary(_TOO_LATE)

    def observe(self, target: Target) -> bool:
        """Look, if there is time."""
        self._check()
        return self.inner.observe(target)

    def ensure_present(self, target: Target) -> Outcome:
        """Give, if there is time."""
        self._check()
        return self.inner.ensure_present(target)

    def ensure_absent(self, target: Target) -> Outcome:
        """Take away, if there is time."""
        self._check()
        return self.inner.ensure_absent(target)

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """List holders."""
        return self.inner.holders(resource, permission, after)

    def validate(self) -> None:
        """Check the target."""
        self.inner.validate()
