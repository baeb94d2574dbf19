"""Everything that somebody has to know now, at one look; nothing is changed or recorded.

It shows what `status` would show the same person. Questions to the record are another thing: they
are recorded themselves (`read_audit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import NotAllowed
from engine.listing import GrantFilter
from engine.model.company import Company, Person
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, show
from engine.ports import UnitOfWork, Work
from engine.workflow.emergency.look import closed_by
from engine.workflow.find import find_person
from engine.workflow.look import LIST_MAX, Status
from engine.workflow.looking.watched import Watched, watched_by

DECIDED_MAX = 5
"""Requests that are shown ready to be decided; the others are listed by `pending`."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What somebody has to know at an instant."""

    at: datetime
    person: Person
    company: Company
    to_decide: Sequence[Status]
    """What waits for the person's decision, the soonest due first; the first few, with their
    records: what is decided is what was recorded, not what the catalog has now."""

    to_decide_count: int

    to_close: Sequence[Dossier]
    """Uses of break-glass that the person was asked to look at, the soonest due first."""

    held: Sequence[Dossier]
    """What the person holds, the soonest end first; what has no end yet comes last."""

    requests: Sequence[Dossier]
    """What the person asked for, beside what they hold; what is open first, then newest first."""

    watched: Watched | None
    """None for who answers for nothing."""


def dashboard(work: Work, actor: PersonId) -> Dashboard:
    """Read a person's dashboard, for those who work here; `NotAllowed` for who left.

    Owners see what is held of theirs; compliance and admins everything.
    """
    with work() as uow:
        at = uow.now  # first: what was committed before it is in what is read below
        company = uow.companies.active().company
        person = find_person(company, actor)
        if not person.active:
            raise NotAllowed(
                "person.inactive",
                "You are not active in the company's directory; an admin can change that.",
            )
        waiting = _to_decide(uow, actor)
        held = uow.lists.live(GrantFilter(holder=actor, limit=LIST_MAX))
        return Dashboard(
            at=at,
            person=person,
            company=company,
            to_decide=[
                Status(dossier, uow.audit.stream(show(dossier.request.id)), company)
                for dossier in waiting[:DECIDED_MAX]
            ],
            to_decide_count=len(waiting),
            to_close=closed_by(uow, actor),
            held=sorted(held, key=_ends_at),
            requests=_requests(uow, actor, shown=held),
            watched=watched_by(uow, company, actor),
        )


def _to_decide(uow: UnitOfWork, actor: PersonId) -> Sequence[Dossier]:
    waiting = uow.lists.waiting_for(actor, LIST_MAX)
    return sorted(waiting, key=lambda d: d.request.stage_due_at)


def _ends_at(dossier: Dossier) -> tuple[bool, datetime]:
    assert dossier.grant is not None, "what is held has a grant"
    return (dossier.grant.ends_at is None, dossier.grant.ends_at or dossier.grant.ordered_at)


def _requests(uow: UnitOfWork, actor: PersonId, *, shown: Sequence[Dossier]) -> Sequence[Dossier]:
    numbers = {dossier.request.id for dossier in shown}
    others = [d for d in uow.lists.of_person(actor, LIST_MAX) if d.request.id not in numbers]
    return sorted(others, key=lambda d: not d.request.is_pending)
