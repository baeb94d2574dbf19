"""A connector that keeps quiet once its attempt's lease is nearly over.

A worker that was paused for a while (a sleeping machine, a stalled disk) must not wake up and give
access that another worker has meanwhile given, and taken away again. The database's fence cannot
stop a call of a target; not making it can.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from engine.errors import ConnectorError, Temporary
from engine.model.target import Target
from engine.ports import Connector, Outcome, Page
from engine.workflow.granting.attempt import CALL_MAX, LEASE

log = structlog.get_logger(__name__)

T = TypeVar("T")

_BROKE = "the connector failed in a way that it does not know; its log says where."
_TOO_LATE = "this attempt took too long, so it made no further call; another one follows."


@dataclass(frozen=True, slots=True)
class Leased:
    """One attempt's connector."""

    inner: Connector
    clock: Callable[[], float] = time.monotonic
    begun: float = field(default_factory=time.monotonic)
    """When the attempt began, by `clock`: no later than its lease did."""

    def _call(self, call: Callable[[], T]) -> T:
        """Make a call, if there is time; a connector's own defect is a failure like another one."""
        # A call takes CALL_MAX at most; a second more for what lies between two of them.
        left = LEASE.total_seconds() - (self.clock() - self.begun) - 1.0
        if left < CALL_MAX.total_seconds():
            raise Temporary(_TOO_LATE)
        try:
            return call()
        except ConnectorError:
            raise
        except Exception as defect:
            log.exception("connector.broke")
            raise Temporary(_BROKE) from defect

    def observe(self, target: Target) -> bool:
        """Look, if there is time."""
        return self._call(lambda: self.inner.observe(target))

    def ensure_present(self, target: Target) -> Outcome:
        """Give, if there is time."""
        return self._call(lambda: self.inner.ensure_present(target))

    def ensure_absent(self, target: Target) -> Outcome:
        """Take away, if there is time."""
        return self._call(lambda: self.inner.ensure_absent(target))

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """List holders."""
        return self.inner.holders(resource, permission, after)

    def validate(self) -> None:
        """Check the target."""
        self.inner.validate()
