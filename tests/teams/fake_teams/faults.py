"""What can go wrong with a call, as a test orders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

WRITING = ("create", "send", "reply", "update", "delete", "upload")
READING = ("member", "members", "channels", "team")
CONNECTOR = (*WRITING, *READING)
LOGIN = ("discovery", "token", "managed_token")
KEYS = ("openid", "jwks")

PLACES: Mapping[str, tuple[str, ...]] = {"connector": CONNECTOR, "login": LOGIN, "keys": KEYS}
"""What each server does; a call is named by one of these words."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a call fails."""

    status: int = 200
    code: str = ""
    """Teams' code, in `error.code`."""

    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cuts: bool = False
    """The connection is cut instead of answering."""

    does: bool = False
    """The call is carried out all the same, and only its answer is lost."""

    waits: float = 0.0
    """Seconds before anything happens."""


def throttled(after: float | str | None = 1) -> Fault:
    """Say `429`, with `Retry-After` in seconds (or as it is given), or without."""
    headers = {} if after is None else {"Retry-After": f"{after}"}
    return Fault(429, "TooManyRequests", "Too many requests.", headers)


def busy() -> Fault:
    """Say `412`: somebody else writes in this conversation at this moment; nothing was done."""
    return Fault(412, "PreconditionFailed", "Precondition failed, please try again.")


def broken(status: int = 502) -> Fault:
    """Say that Teams itself fails, e.g. 502 or 504; nothing was done."""
    return Fault(status, "ServiceError", "Unknown")


def broken_afterwards(status: int = 504) -> Fault:
    """Do what is asked and say that it failed."""
    return Fault(status, "ServiceError", "Unknown", does=True)


def refused(code: str, status: int = 403, message: str = "") -> Fault:
    """Refuse with one of Teams' own codes."""
    return Fault(status, code, message or code)


def writes_blocked() -> Fault:
    """Say that somebody has blocked the bot, the code being hidden in the message's own JSON."""
    inner = '{"subCode":"MessageWritesBlocked","details":"Thread blocked user from posting"}'
    return Fault(403, "Forbidden", inner)


def unreached() -> Fault:
    """Cut the connection before anything was done."""
    return Fault(cuts=True)


def answer_lost() -> Fault:
    """Do what is asked and cut the connection: the caller cannot know that it was done."""
    return Fault(cuts=True, does=True)


def slow(seconds: float) -> Fault:
    """Answer late, and well."""
    return Fault(does=True, waits=seconds)


@dataclass(frozen=True, slots=True)
class Order:
    """A fault for calls to come."""

    fault: Fault
    call: str
    conversation: str
    times: int

    def fits(self, call: str, conversation: str) -> bool:
        """Say whether it is meant for a call."""
        wanted = CONNECTOR if not self.call else PLACES.get(self.call, (self.call,))
        bare = conversation.partition(";")[0]
        return call in wanted and self.conversation in ("", conversation, bare)


class Faults:
    """What is down, and the faults that were ordered, in order."""

    def __init__(self) -> None:
        self._orders: list[Order] = []
        self.down: set[str] = set()
        """Of `connector`, `login` and `keys`: every call there is cut."""

    def order(
        self, fault: Fault, *, call: str = "", conversation: str = "", times: int = 1
    ) -> None:
        """Let the next calls fail: of one name, or of one server; without either, the connector's.

        `conversation` is a channel with all its threads, one thread, or a chat.
        """
        self._orders.append(Order(fault, call, conversation, times))

    def clear(self) -> None:
        """Let everything be well."""
        self._orders.clear()
        self.down.clear()

    def next(self, call: str, conversation: str = "") -> Fault | None:
        """Take the fault of a call, or none."""
        if any(call in PLACES[place] for place in self.down):
            return unreached()
        for place, order in enumerate(self._orders):
            if order.fits(call, conversation):
                left = replace(order, times=order.times - 1)
                self._orders[place : place + 1] = [left] if left.times else []
                return order.fault
        return None
