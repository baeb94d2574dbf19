"""Who stands in for whom, for those whom it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.model.company import Company
from engine.model.delegation import Delegation
from engine.model.identifiers import PersonId
from engine.ports import Work


@dataclass(frozen=True, slots=True)
class Delegations:
    """What somebody gave and was given, as far as it is not over."""

    given: Sequence[Delegation]
    received: Sequence[Delegation]
    company: Company
    at: datetime


def delegations(work: Work, actor: PersonId) -> Delegations:
    """List what a person gave and was given, and is not over."""
    with work() as uow:
        at, company = uow.now, uow.companies.active().company
        found = uow.delegations.open_of(actor)
    given = [one for one in found if one.delegator == actor]
    return Delegations(given, [one for one in found if one not in given], company, at)
