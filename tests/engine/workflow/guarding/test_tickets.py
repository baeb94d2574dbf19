"""A ticket is looked up before anything is kept, and what was found is in the record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.errors import Stale, Undecided
from engine.model.identifiers import PersonId, RequestId
from engine.model.rules.ticket import TicketRule
from engine.policy.approvers import Asking
from engine.tickets import NoTickets, Ticket
from engine.workflow.guarding.tickets import check_looked
from tests.engine.acts import ask, configure, entries
from tests.simulation.company import BANK, CLOSE, OLA, RIYA, TICKET, Setup
from tests.simulation.memory.tickets import COMMON, MemoryTickets
from tests.simulation.world import World


def checked(world: World, request: RequestId) -> list[Entry]:
    """List what was recorded of the ticket."""
    return [entry for entry in entries(world, request) if entry.action == Action.TICKET_CHECKED]


def found(world: World, rule: TicketRule, ticket: Ticket, holder: PersonId | None = None) -> str:
    """Ask by a rule while a ticket is as it is; says what the record says of it."""
    configure(world, Setup(ticket=rule))
    world.work.tickets = MemoryTickets({ticket.reference: ticket})
    request = ask(world, holder=holder)
    (entry,) = checked(world, request)
    assert entry.facts["ticket"] == "FIN-1234"
    assert entry.facts["ticket_source"] == "Changes"
    return str(entry.facts["ticket_words"])


@pytest.mark.parametrize(
    ("rule", "ticket", "words"),
    [
        (
            TICKET,
            COMMON,
            "it is open (Approved), belongs to Riya Patel and is about Ledger",
        ),
        (
            TICKET,
            replace(
                COMMON,
                people=frozenset({"riya.patel@acme.example"}),
                systems=frozenset({CLOSE}),
            ),
            "it is open (Approved), belongs to Riya Patel and is about NETSUITE CLOSE",
        ),
        (
            replace(TICKET, is_own=False),
            replace(COMMON, people=frozenset()),
            "it is open (Approved) and is about Ledger",
        ),
        (
            replace(TICKET, fits=False),
            replace(COMMON, systems=frozenset({BANK})),
            "it is open (Approved) and belongs to Riya Patel",
        ),
        (replace(TICKET, is_own=False, fits=False), COMMON, "it is open (Approved)"),
    ],
)
def test_what_the_policy_asks_of_a_ticket_is_recorded(
    world: World, rule: TicketRule, ticket: Ticket, words: str
) -> None:
    """No more than it asks for."""
    assert found(world, rule, ticket) == words


def test_a_ticket_of_whoever_gets_the_access_is_right_too(world: World) -> None:
    """One asks for the other."""
    of_ola = replace(COMMON, people=frozenset({OLA}))

    assert "belongs to Ola Berg" in found(world, TICKET, of_ola, OLA)


def test_nothing_is_asked_where_no_ticket_is_needed(world: World) -> None:
    """The ticket system may be away, and nothing is recorded."""
    world.work.tickets = MemoryTickets(is_away=True)

    request = ask(world)

    assert not checked(world, request)


def test_a_rule_that_came_up_meanwhile_is_not_skipped(world: World) -> None:
    """Between the first look at the policy and the second, it began to ask for a ticket."""
    configure(world, Setup(ticket=TICKET))
    with world.work() as uow:
        version = uow.companies.active()
    asking = Asking(RIYA, RIYA, version.company.entitlement[CLOSE], at=world.now)

    with pytest.raises(Stale, match="changed a moment ago"):
        check_looked(version, asking, None)


def test_a_process_that_knows_no_ticket_systems_lets_nothing_through(world: World) -> None:
    """As every ticket system that gives no answer."""
    configure(world, Setup(ticket=TICKET))
    world.work.tickets = NoTickets()

    with pytest.raises(Undecided, match="this process knows no ticket systems"):
        ask(world)
