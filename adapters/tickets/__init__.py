"""The engine and ticket systems: a file per kind, found by its constant `KIND`.

Making one never connects. Each question ends within `TIME_LIMIT`, whatever the ticket system does,
and where its answer cannot be used, `TicketsAway` says so in our own words: what a ticket system
answers may hold anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from engine.tickets import Ticket

TIME_LIMIT = timedelta(seconds=4)
"""Somebody waits for the answer, in a chat."""

STATE_LENGTH_MAX = 60

Secret: TypeAlias = Callable[[str], str]
"""Reads a setting of the bot's own by its name. Raises `TicketsAway` where it is not set."""


class TicketSystem(Protocol):
    """One ticket system. For many threads."""

    def find(self, reference: str) -> Ticket | None:
        """Give a ticket as it is now; None where there is none. Raises `TicketsAway`."""


@dataclass(frozen=True, slots=True)
class TicketKind:
    """What a company's `tickets.yaml` may say of a kind of ticket system, and how to make one."""

    name: str
    settings: Mapping[str, bool]
    """The settings that it knows, and whether it cannot do without. `…_from` names a secret."""

    make: Callable[[Mapping[str, str], Secret], TicketSystem]


def state_line(text: str) -> str:
    """Make what a ticket system calls a state fit to be shown: one short line, nothing unseen."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= STATE_LENGTH_MAX else f"{line[: STATE_LENGTH_MAX - 1]}…"
