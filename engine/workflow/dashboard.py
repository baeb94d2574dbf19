"""Everything that somebody has to know now, at one look; nothing is changed or recorded.

It shows what `status` would show the same person. Questions to the record are another thing: they
are recorded themselves (`read_audit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.audit.entry import Recorded
from engine.audit.vocabulary import Action
from engine.errors import NotAllowed
from engine.listing import GrantFilter
from engine.model.company import Company, Person
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, show
from engine.policy.approvers import owned_by
from engine.policy.drift import ALARM_AFTER
from engine.ports import EntryFilter, UnitOfWork, Work
from engine.workflow.find import find_person
from engine.workflow.look import LIST_MAX, Status, sees_everything

DECIDED_MAX = 5
"""Requests that are shown ready to be decided; the others are listed by `pending`."""

WATCHED_MAX = 5
"""Rows of each list of what others hold: a glance; more is a question of its own (`who`)."""

KEPT_FOR = timedelta(days=30)
"""How long a report of access that stays is shown: a month's closing has looked at it by then."""

CHANGES = frozenset(Action) - {Action.AUDIT_READ, Action.ATTEMPT_REFUSED}
"""What changed something; who only looked or was refused is found in the record."""

KEPT = frozenset({Action.GRANT_KEPT, Action.GRANT_STANDING})
"""Access that stays, or was there before, beside what the bot gave: drift as far as it is known."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What others hold, for those who answer for it."""

    is_everything: bool
    """Whether it is all that anybody holds."""

    overdue: Sequence[Dossier]
    """What should have gone and is still there, the longest overdue first."""

    ending: Sequence[Dossier]
    """What ends soon, the soonest first."""

    live: Sequence[Dossier]
    live_count: int
    kept: Sequence[Recorded]
    """Reports of access that stays, newest first."""

    changes: Sequence[Recorded]
    """What happened last, newest first."""


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
            held=sorted(held, key=_ends_at),
            requests=_requests(uow, actor, shown=held),
            watched=_watched(uow, company, actor),
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


def _watched(uow: UnitOfWork, company: Company, actor: PersonId) -> Watched | None:
    among = None if sees_everything(company, actor) else owned_by(company, actor)
    if among is not None and not among:
        return None
    wanted = GrantFilter(among=among, limit=WATCHED_MAX)
    entries = EntryFilter(entitlements=among, actions=CHANGES, limit=WATCHED_MAX)
    kept = replace(entries, actions=KEPT, from_at=uow.now - KEPT_FOR)
    return Watched(
        is_everything=among is None,
        overdue=uow.lists.overdue(wanted, uow.now - ALARM_AFTER),
        ending=uow.lists.ending(wanted, uow.now),
        live=uow.lists.live(wanted),
        live_count=uow.lists.count_live(wanted),
        kept=uow.audit.search(kept),
        changes=uow.audit.search(entries),
    )
