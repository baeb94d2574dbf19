"""A ticket that the policy asks for is looked up, and what was found is recorded.

A ticket system may take seconds. It is asked between two transactions, never inside one: the first
says what to look for, the second checks what was found by the policy that is in force then.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.audit.vocabulary import Action
from engine.errors import Stale, Undecided
from engine.model.identifiers import EntitlementId
from engine.model.rules.ticket import TicketRule
from engine.policy.approvers import Asking
from engine.policy.guards.tickets import check_ticket, find_reference, source_of, ticket_words
from engine.ports import CompanyVersion, Work
from engine.tickets import Ticket, TicketsAway
from engine.workflow.record import Recorder


@dataclass(frozen=True, slots=True)
class Looked:
    """What a ticket system answered."""

    rule: TicketRule
    """By which it was looked for."""

    reference: str
    ticket: Ticket | None


def look_up(work: Work, wanted: EntitlementId, reason: str) -> Looked | None:
    """Look up the ticket that a justification names; None where the policy asks for none.

    Raises `Invalid` where the justification names none, and `Undecided` where the ticket system
    gives no answer: then nothing is asked for, because nobody could tell whether it may be.
    """
    with work() as uow:
        company, tickets = uow.companies.active().company, uow.tickets
    entitlement = company.entitlement.get(wanted)
    if entitlement is None or entitlement.ticket is None:
        return None
    rule = entitlement.ticket
    reference = find_reference(rule, reason, entitlement.name)
    source = source_of(company, rule)
    try:
        return Looked(rule, reference, tickets.find(source, reference))
    except TicketsAway as away:
        raise Undecided(
            "ticket.unreachable",
            f"{reference} could not be looked up in {source.name}, because {away}; "
            "nothing was asked for. Please try again in a few minutes.",
        ) from away


def check_looked(version: CompanyVersion, asking: Asking, looked: Looked | None) -> None:
    """Check what was found by the policy in force. Raises as `check_ticket` does, or `Stale`."""
    rule = asking.entitlement.ticket
    if rule is None:
        return
    if looked is None or looked.rule != rule:
        raise Stale(
            "ticket.rule_changed",
            f"The policy of {asking.entitlement.name} changed a moment ago; please ask again.",
        )
    check_ticket(version.company, rule, asking, reference=looked.reference, ticket=looked.ticket)


def note_ticket(recorder: Recorder, asking: Asking, looked: Looked | None) -> None:
    """Record what was found, where the policy asked for it."""
    company, rule = recorder.version.company, asking.entitlement.ticket
    if rule is None or looked is None or looked.ticket is None:
        return
    recorder.note(
        Action.TICKET_CHECKED,
        None,
        {
            "ticket": looked.reference,
            "ticket_source": source_of(company, rule).name,
            "ticket_words": ticket_words(company, rule, asking, looked.ticket),
        },
    )
