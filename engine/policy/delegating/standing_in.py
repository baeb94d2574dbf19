"""Who decides in whose stead?

A delegation adds a pair of hands and no right. The one who is away can still decide; of the two one
counts, whoever answers first; and nobody whom a rule keeps from deciding gets in by it. As whoever
is away could do it all alone, delegates are never needed for a stage to be decidable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from engine.model.company import Company, Entitlement
from engine.model.delegation import Delegation, StandIn
from engine.model.identifiers import PersonId
from engine.model.request import Approver

MayDecide = Callable[[PersonId, int], bool]
"""Whether nothing keeps somebody from deciding a part: the same question for both people."""


def with_delegates(
    company: Company,
    found: Collection[Approver],
    entitlement: Entitlement,
    *,
    delegations: Iterable[Delegation],
    may_decide: MayDecide,
) -> tuple[Approver, ...]:
    """Add to those whom the rules point at who stands in for some of them.

    `delegations` are those in force. Whoever is pointed at already decides in their own right, and
    who stands in for several does so for the first of them. Nobody stands in for a delegate.
    """
    pointed_at = {approver.person: approver for approver in found}
    added: dict[PersonId, Approver] = {}
    for one in delegations:
        away = pointed_at.get(one.delegator)
        if away is None or one.delegate in pointed_at or one.delegate in added:
            continue
        parts = tuple(part for part in away.parts if may_decide(one.delegate, part))
        if one.scope.covers(entitlement) and parts:
            added[one.delegate] = _instead_of(company, replace(away, parts=parts), one)
    return (*found, *added.values())


def _instead_of(company: Company, away: Approver, by: Delegation) -> Approver:
    known = company.person.get(away.person)
    return replace(
        away,
        person=by.delegate,
        basis=f"delegate of {known.name if known else away.person} ({away.basis})",
        stands_in=StandIn(away.person, by.id, by.ends_at),
    )


def in_own_right(approvers: Iterable[Approver]) -> tuple[Approver, ...]:
    """Leave out who stands in: whoever they stand in for is there, and one of the two counts."""
    return tuple(approver for approver in approvers if approver.stands_in is None)


def called(company: Company, approver: Approver) -> str:
    """Name somebody who may decide, e.g. `Ana Silva`, or `Ana Silva for Ben Cho`."""
    people = (approver.person, *([approver.instead_of] if approver.instead_of else []))
    known = ((company.person.get(person), person) for person in people)
    return " for ".join(one.name if one else person for one, person in known)
