"""What can go wrong with a call, as a test orders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a call fails."""

    error: str = ""
    """Slack's error code in an answer that is `200`; nothing was done."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cuts: bool = False
    """The connection is cut instead of answering."""

    does: bool = False
    """The call is carried out all the same, and only its answer is lost."""

    waits: float = 0.0
    """Seconds before anything happens."""


def rate_limited(after: int = 30) -> Fault:
    """Say `429` with `Retry-After`, in seconds."""
    return Fault("ratelimited", 429, {"Retry-After": str(after)})


def broken(status: int = 503) -> Fault:
    """Say that Slack itself fails; nothing was done."""
    return Fault("internal_error", status)


def refused(error: str) -> Fault:
    """Refuse with one of Slack's own codes, e.g. `edit_window_closed`."""
    return Fault(error)


def unreached() -> Fault:
    """Cut the connection before anything was done."""
    return Fault(cuts=True)


def answer_lost() -> Fault:
    """Do what is asked and cut the connection: the caller cannot know that it was done."""
    return Fault(cuts=True, does=True)


def broken_afterwards(status: int = 500) -> Fault:
    """Do what is asked and say that it failed."""
    return Fault("fatal_error", status, does=True)


def slow(seconds: float) -> Fault:
    """Answer late, and well."""
    return Fault(does=True, waits=seconds)


@dataclass(frozen=True, slots=True)
class Order:
    """A fault for calls to come."""

    fault: Fault
    method: str = ""
    """Which method's calls fail; empty for all."""

    channel: str = ""
    """Only calls with this `channel`; empty for all."""

    times: int = 1

    def fits(self, method: str, channel: object) -> bool:
        """Say whether it is meant for a call."""
        return self.method in ("", method) and self.channel in ("", channel)


class Orders:
    """The faults that were ordered, in order."""

    def __init__(self) -> None:
        self._orders: list[Order] = []

    def add(self, order: Order) -> None:
        """Order one more."""
        self._orders.append(order)

    def clear(self) -> None:
        """Let everything be well."""
        self._orders.clear()

    def next(self, method: str, channel: object) -> Fault | None:
        """Take the fault of a call, or none."""
        for place, order in enumerate(self._orders):
            if order.fits(method, channel):
                left = replace(order, times=order.times - 1)
                self._orders[place : place + 1] = [left] if left.times else []
                return order.fault
        return None
