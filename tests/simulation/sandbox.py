"""A target system in memory that does what it was told to get wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from engine.errors import Permanent, Temporary
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Outcome, Page

PAGE_SIZE = 2
"""Small, so that a handful of holders is several pages."""

RETRY_AFTER = timedelta(seconds=3)

T = TypeVar("T")


class Fault(StrEnum):
    """What can be ordered to go wrong with the next call."""

    DOWN = "down"
    """It fails before anything happens."""

    THROTTLED = "throttled"
    """It is refused with a time to wait."""

    REFUSED = "refused"
    """It fails before anything happens, and trying again is useless."""

    RESPONSE_LOST = "response lost"
    """It happens, and then seems to have failed."""

    NOT_SO = "not so"
    """It says that it happened, and nothing did."""

    SLOW = "slow"
    """It takes as long as a call may; `linger` is called before and after it happens."""


def _at_once() -> None:
    """Take no time."""


class SandboxMemory:
    """Who has which permission, in a set. Faults are used up in the order in which they came."""

    def __init__(self, linger: Callable[[], None] = _at_once) -> None:
        self.held: set[Target] = set()
        self.faults: deque[Fault] = deque()
        self._linger = linger

    def observe(self, target: Target) -> bool:
        """Say whether the account has exactly this permission now."""
        if self.faults and self.faults[0] is Fault.NOT_SO:
            return target in self.held  # it waits for a change
        return self._call(lambda: target in self.held, unchanged=lambda: target in self.held)

    def ensure_present(self, target: Target) -> Outcome:
        """Give exactly this permission."""

        def give() -> Outcome:
            was_there = target in self.held
            self.held.add(target)
            return Outcome.ALREADY if was_there else Outcome.CHANGED

        return self._call(give, unchanged=lambda: Outcome.CHANGED)

    def ensure_absent(self, target: Target) -> Outcome:
        """Take exactly this permission. A sandbox has no sessions to end."""

        def take() -> Outcome:
            was_there = target in self.held
            self.held.discard(target)
            return Outcome.CHANGED if was_there else Outcome.ALREADY

        return self._call(take, unchanged=lambda: Outcome.CHANGED)

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """List the accounts that have a permission, a page at a time, by name."""
        accounts = sorted(
            target.account
            for target in self.held
            if (target.resource, target.permission) == (resource, permission)
            and target.account > (after or "")
        )
        shown = tuple(AccountName(account) for account in accounts[:PAGE_SIZE])
        return Page(shown, shown[-1] if len(accounts) > PAGE_SIZE else None)

    def validate(self) -> None:
        """Check that the target can be reached."""
        self._call(_at_once, unchanged=_at_once)

    def _call(self, happen: Callable[[], T], *, unchanged: Callable[[], T]) -> T:
        fault = self.faults.popleft() if self.faults else None
        match fault:
            case Fault.DOWN:
                raise Temporary("the sandbox cannot be reached; it will be tried again.")
            case Fault.THROTTLED:
                raise Temporary("the sandbox asks to wait.", retry_after=RETRY_AFTER)
            case Fault.REFUSED:
                raise Permanent("the sandbox has no such account; it must be made first.")
            case Fault.NOT_SO:
                return unchanged()
            case Fault.SLOW:
                self._linger()
        answer = happen()
        if fault is Fault.SLOW:
            self._linger()
        if fault is Fault.RESPONSE_LOST:
            raise Temporary("the sandbox did not answer in time; it will be tried again.")
        return answer
