"""Requests and grants as rows of a table."""

from __future__ import annotations

from datetime import datetime

from adapters.chat.cards import Value
from adapters.chat.wording import exact, name_of, state_words
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import show


def request_row(company: Company, dossier: Dossier) -> tuple[Value, ...]:
    """Write number, what, for whom, status, and the instant that matters next."""
    request = dossier.request
    return (
        show(request.id),
        exact(company, request).name,
        name_of(company, request.holder),
        state_words(dossier),
        _until(dossier),
    )


def holder_row(company: Company, dossier: Dossier) -> tuple[Value, ...]:
    """Write who holds what, because of which request, whether it is there, and when it ends."""
    request, grant = dossier.request, dossier.grant
    return (
        name_of(company, request.holder),
        exact(company, request).name,
        show(request.id),
        state_words(dossier),
        (grant.ends_at if grant else None) or "",
    )


def closing_row(company: Company, dossier: Dossier, at: datetime) -> tuple[Value, ...]:
    """Write who broke the glass for what, because of which request, and who has to close it."""
    request, closing = dossier.request, dossier.closing
    assert closing is not None, "what is to be closed has a closing"
    names = " or ".join(name_of(company, one.person) for one in closing.assigned)
    overdue = "OVERDUE; " if closing.is_overdue(at) else ""
    return (
        name_of(company, request.holder),
        f"{exact(company, request).name}, {request.incident}",
        show(request.id),
        f"{overdue}{state_words(dossier)}",
        names,
        closing.due_at or "",
    )


CLOSING_COLUMNS = ("Who", "What", "Request", "Status", "To be closed by", "Close by")


def _until(dossier: Dossier) -> Value:
    request, grant, closing = dossier.request, dossier.grant, dossier.closing
    if closing is not None and closing.is_open:
        return closing.due_at or ""
    if request.is_ahead:
        return request.stage_due_at
    if grant is None:
        return request.settled_at or ""
    if grant.state is GrantState.ENDED:
        return grant.ended_at or ""
    return grant.ends_at or ""
