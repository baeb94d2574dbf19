"""What the record answers, as a file to take along: CSV (RFC 4180), which any spreadsheet opens."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from adapters.chat.cards import Card, File, spell
from adapters.chat.record.cards import through
from adapters.chat.wording import name_of
from engine.audit.entry import Recorded, instant
from engine.audit.vocabulary import sentence
from engine.model.company import Company
from engine.model.identifiers import EntitlementId, RequestId, show
from engine.ports import Holding
from engine.workflow import read_audit

FILE_ROWS_MAX = 1000
"""Rows of a file that is handed over in a chat, a few hundred kilobytes; more is an export's."""

_ENTRY_COLUMNS = (
    "sequence",
    "at (UTC)",
    "actor",
    "actor name",
    "actor title",
    "action",
    "what happened",
    "request",
    "entitlement",
    "stage",
    "via",
)
_HOLDING_COLUMNS = (
    "holder",
    "name",
    "title",
    "entitlement",
    "request",
    "from (UTC)",
    "until (UTC)",
)
_FORMULAS = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def entries_file(found: read_audit.Found) -> File:
    """Write entries as CSV, newest first, at most `FILE_ROWS_MAX`."""
    rows = (_entry_cells(recorded) for recorded in found.entries[:FILE_ROWS_MAX])
    return _file(f"audit-{found.at:%Y-%m-%d}.csv", _ENTRY_COLUMNS, rows)


def holdings_file(found: read_audit.Held, entitlement: EntitlementId, at: datetime) -> File:
    """Write who had an entitlement as CSV."""
    rows = (_holding_cells(found.company, holding) for holding in found.holdings[:FILE_ROWS_MAX])
    return _file(f"holders-{entitlement}-{at:%Y-%m-%d}.csv", _HOLDING_COLUMNS, rows)


def file_card(title: str, count: int) -> Card:
    """Say what is in a file, and what is not."""
    if count <= FILE_ROWS_MAX:
        return Card(f"{title}: {count} {'row' if count == 1 else 'rows'} as CSV")
    said = (
        f"There are more: only the first {FILE_ROWS_MAX:,} are in the file, as the answer sorts "
        f"them. Narrow it, e.g. with `from … to …`, for the others."
    )
    return Card(f"{title}: {FILE_ROWS_MAX:,} rows as CSV", lines=((said,),))


def _file(name: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> File:
    """Write CSV (RFC 4180) in UTF-8 with a byte order mark, without which Excel guesses."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(tuple(map(_harmless, row)) for row in rows)
    return File(name, "text/csv", "\ufeff" + written.getvalue())


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from calculating what somebody wrote."""
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _entry_cells(recorded: Recorded) -> tuple[str, ...]:
    entry, facts = recorded.entry, recorded.entry.facts
    request = facts.get("request")
    return (
        "" if recorded.seq is None else str(recorded.seq),
        instant(entry.at),
        entry.actor,
        _text(facts.get("actor_name")),
        _text(facts.get("actor_title")),
        entry.action,
        "".join(spell(piece) for piece in sentence(entry)),
        show(RequestId(request)) if isinstance(request, int) else "",
        _text(facts.get("entitlement")),
        _text(facts.get("stage")),
        through(entry),
    )


def _text(fact: object) -> str:
    return "" if fact is None else str(fact)


def _holding_cells(company: Company, holding: Holding) -> tuple[str, ...]:
    known = company.person.get(holding.holder)
    return (
        holding.holder,
        name_of(company, holding.holder),
        known.title if known else "",
        holding.entitlement,
        show(holding.request),
        instant(holding.starts_at),
        instant(holding.ended_at)
        if holding.ended_at
        else f"{instant(holding.ends_at)}, still held",
    )
