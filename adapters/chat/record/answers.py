"""A question to the record gets its answer, shown to whom it was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from adapters.chat.cards import Answer, spell
from adapters.chat.emergency.cards import overdue_lines
from adapters.chat.record.cards import ROWS_MAX, entries_card, holdings_card
from adapters.chat.record.files import FILE_ROWS_MAX, entries_file, file_card, holdings_file
from adapters.chat.record.showing import entries_line, showing_of, shown
from adapters.chat.speaker import Speaker
from engine.errors import Invalid
from engine.model.identifiers import EntitlementId
from engine.ports import EntryFilter
from engine.workflow.emergency.look import not_closed
from engine.workflow.read_audit import read_audit, read_holdings


def entries_answer(speaker: Speaker, wanted: EntryFilter, way: str | None) -> Answer:
    """Answer what happened. Raises `Refused` where it may not be asked, or shown, so."""
    _check_period(wanted)
    showing = showing_of(speaker, way)
    # One more than a file holds, to know whether there are more.
    most = FILE_ROWS_MAX + 1 if showing.as_file else ROWS_MAX
    wanted = replace(wanted, limit=most)
    found = read_audit(speaker.work, speaker.person.id, wanted, showing)
    if showing.as_file and found.entries:
        return Answer(file_card("The record", len(found.entries)), file=entries_file(found))
    says = entries_line(wanted, found.at)
    overdue = overdue_lines(not_closed(speaker.work, speaker.person.id))
    return shown(entries_card(found, wanted, overdue), speaker, way, says=says)


def holdings_answer(
    speaker: Speaker, entitlement: EntitlementId, at: datetime, *, way: str | None
) -> Answer:
    """Answer who had an entitlement. Raises `Refused` where it may not be asked, or shown, so."""
    showing = showing_of(speaker, way)
    found = read_holdings(speaker.work, speaker.person.id, entitlement, at, showing=showing)
    card = holdings_card(found, entitlement, at)
    if showing.as_file and found.holdings:
        file = holdings_file(found, entitlement, at)
        return Answer(file_card(card.title, len(found.holdings)), file=file)
    says = f"audit who had {entitlement} at {at.isoformat()}"
    return shown(card, speaker, way, says=says)


def _check_period(wanted: EntryFilter) -> None:
    if wanted.from_at and wanted.until_at and wanted.from_at >= wanted.until_at:
        raise Invalid(
            "begin.order",
            f"The period ends ({spell(wanted.until_at)}) before it begins "
            f"({spell(wanted.from_at)}); swap `from` and `to`.",
        )
