"""What others hold, for those who answer for it: the part of a dashboard that is not one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from engine.audit.entry import Recorded
from engine.audit.vocabulary import Action
from engine.closings import ClosingFilter
from engine.listing import GrantFilter
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId
from engine.policy.approvers import owned_by
from engine.policy.drift import ALARM_AFTER
from engine.ports import EntryFilter, UnitOfWork
from engine.workflow.look import sees_everything

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

    not_closed: Sequence[Dossier]
    """Uses of break-glass of which nobody has said what came of them, the soonest due first."""

    ending: Sequence[Dossier]
    """What ends soon, the soonest first."""

    live: Sequence[Dossier]
    live_count: int
    kept: Sequence[Recorded]
    """Reports of access that stays, newest first."""

    changes: Sequence[Recorded]
    """What happened last, newest first."""


def watched_by(uow: UnitOfWork, company: Company, actor: PersonId) -> Watched | None:
    """Read what somebody watches over; None for who answers for nothing."""
    among = None if sees_everything(company, actor) else owned_by(company, actor)
    if among is not None and not among:
        return None
    wanted = GrantFilter(among=among, limit=WATCHED_MAX)
    entries = EntryFilter(entitlements=among, actions=CHANGES, limit=WATCHED_MAX)
    kept = replace(entries, actions=KEPT, from_at=uow.now - KEPT_FOR)
    return Watched(
        is_everything=among is None,
        overdue=uow.lists.overdue(wanted, uow.now - ALARM_AFTER),
        not_closed=uow.closings.not_done(ClosingFilter(among=among, limit=WATCHED_MAX)),
        ending=uow.lists.ending(wanted, uow.now),
        live=uow.lists.live(wanted),
        live_count=uow.lists.count_live(wanted),
        kept=uow.audit.search(kept),
        changes=uow.audit.search(entries),
    )
