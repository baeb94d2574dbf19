"""Where tickets are looked up: a port, with an implementation for each kind of ticket system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.model.rules.ticket import TicketSource


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket system says of a ticket: never more than is shown and compared."""

    reference: str
    is_open: bool
    state: str
    """What its state is called there, e.g. `In progress`; 60 characters at most."""

    people: frozenset[str] = frozenset()
    """Whose it is: ids or e-mail addresses, in small letters."""

    systems: frozenset[str] = frozenset()
    """What it is about: ids of systems or of entitlements, in small letters."""


class TicketsAway(Exception):
    """A ticket system gave no answer that can be used. The text says why, in our own words."""


class Tickets(Protocol):
    """Looks tickets up. For many threads; each call ends within 5 seconds."""

    def find(self, source: TicketSource, reference: str) -> Ticket | None:
        """Give a ticket as it is now; None where there is none. Raises `TicketsAway`."""


class NoTickets:
    """Where no ticket system is known: nothing is ever found out, so nothing is let through."""

    def find(self, source: TicketSource, reference: str) -> Ticket | None:
        """Find nothing out."""
        raise TicketsAway("this process knows no ticket systems")
