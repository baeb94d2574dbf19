"""What the record answers, as tables. Instants are in UTC: an auditor quotes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters.chat.cards import Card, Fact, Line, Table, Value, spell
from adapters.chat.wording import name_of
from engine.audit.entry import Entry, Recorded
from engine.audit.vocabulary import sentence
from engine.model.company import Company
from engine.model.identifiers import EntitlementId, RequestId, show
from engine.ports import EntryFilter, Holding
from engine.workflow import read_audit

ROWS_MAX = 50
"""Rows that a person still reads in a chat; more is a report's work."""


def _period(wanted: EntryFilter) -> tuple[Fact, ...]:
    facts = []
    if wanted.from_at:
        facts.append(Fact("From", wanted.from_at))
    if wanted.until_at:
        facts.append(Fact("Before", wanted.until_at))
    return tuple(facts)


def entries_card(
    found: read_audit.Found, wanted: EntryFilter, overdue: tuple[Line, ...] = ()
) -> Card:
    """Show entries, newest first; and first of all what is overdue after emergencies."""
    count = len(found.entries)
    if not count:
        return Card("The record holds nothing about that", lines=overdue, facts=_period(wanted))
    more = count >= ROWS_MAX
    said = f"The newest {count}; narrow it with `from … to …` for older ones." if more else ""
    return Card(
        f"The record: {count} {'entry' if count == 1 else 'entries'}",
        lines=(*overdue, *(((said,),) if said else ())),
        facts=_period(wanted),
        table=Table(
            ("When (UTC)", "Entry", "Request", "Through", "What happened"),
            tuple(_entry_row(recorded) for recorded in found.entries),
        ),
    )


def _entry_row(recorded: Recorded) -> tuple[Value, ...]:
    entry = recorded.entry
    request = entry.facts.get("request")
    return (
        spell(entry.at),
        f"{recorded.seq}" if recorded.seq is not None else "not numbered yet",
        show(RequestId(request)) if isinstance(request, int) else "",
        through(entry),
        "".join(spell(piece) for piece in sentence(entry)),
    )


def through(entry: Entry) -> str:
    """Say the account that somebody acted through, e.g. `slack U024BE7LH (pinned)`."""
    via = entry.facts.get("via")
    if not isinstance(via, Mapping):
        return ""
    return f"{via['platform']} {via['account']} ({via['assurance']})"


def holdings_card(found: read_audit.Held, entitlement: EntitlementId, at: datetime) -> Card:
    """Show who had an entitlement at an instant."""
    name = _entitlement_name(found.company, entitlement)
    facts = (Fact("At", at),)
    if not found.holdings:
        return Card(f"Nobody had {name} through the bot", facts=facts)
    return Card(
        f"Who had {name}",
        facts=facts,
        table=Table(
            ("Who", "Request", "From (UTC)", "Until (UTC)"),
            tuple(_holding_row(found.company, holding) for holding in found.holdings),
        ),
    )


def _entitlement_name(company: Company, entitlement: EntitlementId) -> str:
    known = company.entitlement.get(entitlement)
    return known.name if known else entitlement


def _holding_row(company: Company, holding: Holding) -> tuple[Value, ...]:
    end = spell(holding.ended_at) if holding.ended_at else f"{spell(holding.ends_at)}, still held"
    return (name_of(company, holding.holder), show(holding.request), spell(holding.starts_at), end)
