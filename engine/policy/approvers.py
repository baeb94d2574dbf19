"""Who may decide a stage?

Never the requester, never the holder, nobody who decided another stage, nobody who left, and nobody
without the role `approver`: the chain says where one may decide, the role that one may at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model.company import Company, Entitlement, Role, Selector, SelectorKind, StageRule
from engine.model.delegation import Delegation
from engine.model.identifiers import EntitlementId, GroupId, PersonId
from engine.model.request import Approver
from engine.policy.delegating.standing_in import in_own_right, with_delegates
from engine.policy.people import has_role, is_active, selected


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for what, for whom: all that choosing approvers depends on."""

    requester: PersonId
    holder: PersonId
    entitlement: Entitlement
    delegations: Sequence[Delegation] = ()
    """Who stands in for whom now."""


def approvers(
    company: Company, rule: StageRule, asking: Asking, *, excluded: frozenset[PersonId]
) -> tuple[Approver, ...]:
    """List who may decide a stage, each with the first rule that makes them an approver.

    After them, who may in their stead; whatever keeps one of the two from deciding keeps both.
    """
    barred = excluded | {asking.requester, asking.holder}

    def may_decide(person: PersonId) -> bool:
        return person not in barred and has_role(company, person, Role.APPROVER)

    found: dict[PersonId, Approver] = {}
    for selector in rule.approvers:
        people, basis = pointed_at(company, selector, asking)
        for person in people:
            if may_decide(person):
                found.setdefault(person, Approver(person, basis))
    return with_delegates(
        company,
        tuple(found.values()),
        asking.entitlement,
        delegations=asking.delegations,
        may_decide=may_decide,
    )


def undecidable_stage(stages: Sequence[tuple[StageRule, Sequence[Approver]]]) -> StageRule | None:
    """Find the first stage that cannot be satisfied with different people at every stage.

    Each stage needs as many people as its quorum, and one person decides at most one stage, so this
    is a matching of places to people (Kuhn's algorithm: places are few, so its cost is nothing).
    Whoever stands in is left out: where they could take a place, the one they stand in for could.
    """
    taken: dict[PersonId, int] = {}
    places: list[Sequence[Approver]] = []
    for rule, candidates in stages:
        for _ in range(rule.quorum):
            places.append(in_own_right(candidates))
            if not _seat(len(places) - 1, places, taken, set()):
                return rule
    return None


def _seat(
    place: int,
    places: Sequence[Sequence[Approver]],
    taken: dict[PersonId, int],
    tried: set[PersonId],
) -> bool:
    for candidate in places[place]:
        if candidate.person in tried:
            continue
        tried.add(candidate.person)
        holder = taken.get(candidate.person)
        if holder is None or _seat(holder, places, taken, tried):
            taken[candidate.person] = place
            return True
    return False


def pointed_at(
    company: Company, selector: Selector, asking: Asking
) -> tuple[tuple[PersonId, ...], str]:
    """List the active people that a selector points at for an asking, and why, in words."""
    match selector.kind:
        case SelectorKind.MANAGER:
            requester = company.person.get(asking.requester)
            name = requester.name if requester else asking.requester
            found: tuple[PersonId, ...] = ()
            if requester and requester.manager:
                found = (requester.manager,)
            basis = f"manager of {name}"
        case SelectorKind.SYSTEM_OWNER:
            system = company.system[asking.entitlement.system]
            found, basis = (system.owner,), f"owner of {system.name}"
        case SelectorKind.ENTITLEMENT_OWNER:
            found, basis = (asking.entitlement.owner,), f"owner of {asking.entitlement.name}"
        case SelectorKind.PERSON:
            found, basis = selected(company, selector), "named in the policy"
        case SelectorKind.EVERYONE:
            found, basis = selected(company, selector), "everyone"
        case _:
            found = selected(company, selector)
            basis = f"one of {_name(company, selector)}"
    return tuple(person for person in found if is_active(company, person)), basis


def _name(company: Company, selector: Selector) -> str:
    """Name a group as people do; departments and roles are words already."""
    group = company.group.get(GroupId(selector.name))
    return group.name if selector.kind is SelectorKind.GROUP and group else selector.name


def is_owner(company: Company, person: PersonId, entitlement: Entitlement) -> bool:
    """Say whether a person who works here answers for an entitlement or its system."""
    owners = {entitlement.owner, company.system[entitlement.system].owner}
    return person in owners and is_active(company, person)


def owned_by(company: Company, person: PersonId) -> frozenset[EntitlementId]:
    """List the entitlements that a person who works here answers for."""
    return frozenset(e.id for e in company.entitlements if is_owner(company, person, e))


def may_revoke(company: Company, person: PersonId, entitlement: Entitlement | None) -> bool:
    """Say whether a person may end somebody's grant early: an owner, compliance or an admin."""
    return (
        has_role(company, person, Role.COMPLIANCE)
        or has_role(company, person, Role.ADMIN)
        or (entitlement is not None and is_owner(company, person, entitlement))
    )
