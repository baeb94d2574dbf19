"""How a ticket that the policy asks for refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.errors import Invalid, NotAllowed, Stale, Undecided
from engine.model.identifiers import PersonId
from engine.tickets import Ticket
from tests.engine.acts import ask, configure
from tests.refusals import Row, after
from tests.simulation.company import OLA, TICKET, Setup
from tests.simulation.memory.tickets import COMMON, MemoryTickets
from tests.simulation.world import World

ASKED = Setup(ticket=TICKET)


def _asked(
    ticket: Ticket | None = None, *, is_away: bool = False, holder: PersonId | None = None
) -> Callable[[World], object]:
    def act(world: World) -> object:
        known = {"FIN-1234": ticket} if ticket else {}
        world.work.tickets = MemoryTickets(known, is_away)
        return ask(world, holder=holder)

    return after(ASKED, act)


def _changed(world: World) -> object:
    """Let the policy ask for something else while the ticket is looked up."""
    other = Setup(ticket=replace(TICKET, is_own=False))
    known = {"FIN-1234": COMMON}
    world.work.tickets = MemoryTickets(known, meanwhile=lambda: configure(world, other))
    return ask(world)


ROWS = (
    Row(
        "ticket.missing",
        Invalid,
        "A justification for NETSUITE CLOSE must name a ticket such as CHG-2041; please add it.",
        after(ASKED, lambda world: ask(world, reason="Q4 close, as every year")),
    ),
    Row(
        "ticket.unknown",
        Invalid,
        "There is no FIN-1234 in Changes; name the ticket that this is for.",
        _asked(),
    ),
    Row(
        "ticket.closed",
        Invalid,
        "FIN-1234 in Changes is not open any more (Done); name one that is.",
        _asked(replace(COMMON, is_open=False, state="Done")),
    ),
    Row(
        "ticket.not_yours",
        NotAllowed,
        "FIN-1234 in Changes does not belong to Riya Patel or Ola Berg; name a ticket that does, "
        "or have it assigned.",
        _asked(replace(COMMON, people=frozenset({"", "ben.okafor"})), holder=OLA),
    ),
    Row(
        "ticket.other_system",
        NotAllowed,
        "FIN-1234 in Changes is not about NETSUITE CLOSE or Ledger; name a ticket that is.",
        _asked(replace(COMMON, systems=frozenset({"bank"}))),
    ),
    Row(
        "ticket.unreachable",
        Undecided,
        "FIN-1234 could not be looked up in Changes, because it cannot be reached; nothing was "
        "asked for. Please try again in a few minutes.",
        _asked(is_away=True),
    ),
    Row(
        "ticket.rule_changed",
        Stale,
        "The policy of NETSUITE CLOSE changed a moment ago; please ask again.",
        after(ASKED, _changed),
    ),
)
