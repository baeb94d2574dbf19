"""A ticket system of a few tickets, which may be away, and takes long enough for a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.model.rules.ticket import TicketSource
from engine.tickets import Ticket, TicketsAway

COMMON = Ticket(
    "FIN-1234",
    is_open=True,
    state="Approved",
    people=frozenset({"riya.patel", "ola.berg"}),
    systems=frozenset({"ledger"}),
)
"""What people name where nobody cares."""


def _nothing() -> None:
    pass


@dataclass
class MemoryTickets:
    """Answers with these tickets."""

    known: Mapping[str, Ticket] = field(default_factory=lambda: {COMMON.reference: COMMON})
    is_away: bool = False
    meanwhile: Callable[[], object] = _nothing
    """What happens while it is asked."""

    def find(self, source: TicketSource, reference: str) -> Ticket | None:
        """Give a ticket."""
        assert source.kind == "memory", "the ticket system that the policy names is asked"
        self.meanwhile()
        if self.is_away:
            raise TicketsAway("it cannot be reached")
        return self.known.get(reference)
