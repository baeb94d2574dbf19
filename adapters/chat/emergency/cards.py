"""What is still open after emergencies, as it is shown wherever people look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from adapters.chat.buttons import close_button, details_button, may_close
from adapters.chat.cards import Card, Line, Table, Tone
from adapters.chat.emergency.words import closing_facts
from adapters.chat.lists import CLOSING_COLUMNS, closing_row
from adapters.chat.wording import exact, heading, request_facts, state_facts
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, show
from engine.workflow.emergency.look import Open
from engine.workflow.look import Listing

BUTTONS_MAX = 5
"""Buttons in one card: more is not read."""

NUMBERS_MAX = 10
"""Numbers in one sentence."""


def to_close_card(listing: Listing, at: datetime) -> Card:
    """List what somebody was asked to close."""
    decided = [d for d in listing.dossiers if not d.request.is_pending]
    return Card(
        "These emergencies wait for you to close them",
        _tone(listing.dossiers, at),
        table=_table(listing.company, listing.dossiers, at),
        buttons=tuple(close_button(d.request, names_it=True) for d in decided[:BUTTONS_MAX]),
    )


def open_card(company: Company, dossiers: Sequence[Dossier], at: datetime) -> Card:
    """List what is open of what somebody watches over."""
    is_late = any(d.closing is not None and d.closing.is_overdue(at) for d in dossiers)
    return Card(
        f"Emergencies that are not closed{', some of them overdue' if is_late else ''}",
        _tone(dossiers, at),
        table=_table(company, dossiers, at),
        buttons=tuple(details_button(d.request, names_it=True) for d in dossiers[:BUTTONS_MAX]),
    )


def own_closing_card(company: Company, me: PersonId, dossier: Dossier, *, at: datetime) -> Card:
    """Show one that somebody was asked to close, ready to be closed."""
    request = dossier.request
    what = exact(company, request)
    is_late = dossier.closing is not None and dossier.closing.is_overdue(at)
    said = "OVERDUE: to be closed by you" if is_late else "to be closed by you"
    buttons = (close_button(request),) if may_close(me, dossier) else ()
    return Card(
        f"{heading(company, request, what)}: {said}",
        Tone.BAD if is_late else Tone.WARNING,
        facts=(
            *request_facts(company, request, what),
            *state_facts(dossier),
            *closing_facts(company, dossier.closing),
        ),
        buttons=(*buttons, details_button(request)),
    )


def overdue_lines(seen: Open) -> tuple[Line, ...]:
    """Say which should have been closed by now; nothing where none should."""
    late = [show(dossier.request.id) for dossier in seen.overdue]
    if not late:
        return ()
    more = f" and {len(late) - NUMBERS_MAX} more" if len(late) > NUMBERS_MAX else ""
    are = "is" if len(late) == 1 else "are"
    return (
        (f"OVERDUE: {', '.join(late[:NUMBERS_MAX])}{more} {are} not closed after break-glass.",),
    )


def _tone(dossiers: Sequence[Dossier], at: datetime) -> Tone:
    is_late = any(d.closing is not None and d.closing.is_overdue(at) for d in dossiers)
    return Tone.BAD if is_late else Tone.WARNING


def _table(company: Company, dossiers: Sequence[Dossier], at: datetime) -> Table:
    return Table(CLOSING_COLUMNS, tuple(closing_row(company, dossier, at) for dossier in dossiers))
