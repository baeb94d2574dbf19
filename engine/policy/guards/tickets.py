"""Does the ticket that a justification names allow this access?"""

from __future__ import annotations

import re

from engine.errors import Invalid, NotAllowed
from engine.model.company import Company, Person
from engine.model.rules.ticket import TicketRule, TicketSource
from engine.policy.approvers import Asking
from engine.tickets import Ticket


def find_reference(rule: TicketRule, reason: str, name: str) -> str:
    """Read the reference out of a justification for something. Raises `Invalid`: there is none."""
    found = re.search(rule.pattern, reason)
    if found is None:
        raise Invalid(
            "ticket.missing",
            f"A justification for {name} must name a ticket such as {rule.example}; please add it.",
        )
    return found[0]


def source_of(company: Company, rule: TicketRule) -> TicketSource:
    """Give the system that keeps a rule's tickets."""
    return next(source for source in company.ticket_sources if source.id == rule.source)


def check_ticket(
    company: Company, rule: TicketRule, asking: Asking, *, reference: str, ticket: Ticket | None
) -> None:
    """Check that it exists, is open, is theirs, and is about what is asked for, in this order.

    Raises `Invalid` for what the requester can mend by naming another, `NotAllowed` where somebody
    leans on a ticket that is not theirs or not about this.
    """
    wanted, source = asking.entitlement, source_of(company, rule)
    if ticket is None:
        raise Invalid(
            "ticket.unknown",
            f"There is no {reference} in {source.name}; name the ticket that this is for.",
        )
    if not ticket.is_open:
        raise Invalid(
            "ticket.closed",
            f"{reference} in {source.name} is not open any more ({ticket.state}); "
            "name one that is.",
        )
    people = (company.person[asking.requester], company.person[asking.holder])
    if rule.is_own and not any(_is_theirs(ticket, person) for person in people):
        whose = " or ".join(dict.fromkeys(person.name for person in people))
        raise NotAllowed(
            "ticket.not_yours",
            f"{reference} in {source.name} does not belong to {whose}; name a ticket that does, "
            "or have it assigned.",
        )
    if rule.fits and not ticket.systems & {wanted.id, wanted.system}:
        raise NotAllowed(
            "ticket.other_system",
            f"{reference} in {source.name} is not about {wanted.name} "
            f"or {company.system[wanted.system].name}; name a ticket that is.",
        )


def ticket_words(company: Company, rule: TicketRule, asking: Asking, ticket: Ticket) -> str:
    """Say what was found, as far as the policy asked for it."""
    said = [f"it is open ({ticket.state})"]
    if rule.is_own:
        people = (company.person[asking.requester], company.person[asking.holder])
        said.append(f"belongs to {next(p.name for p in people if _is_theirs(ticket, p))}")
    if rule.fits:
        wanted = asking.entitlement
        is_exact = wanted.id in ticket.systems
        said.append(f"is about {wanted.name if is_exact else company.system[wanted.system].name}")
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _is_theirs(ticket: Ticket, person: Person) -> bool:
    return bool(ticket.people & {person.id, person.email.lower()} - {""})
