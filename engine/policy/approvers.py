"""Who may decide a stage?

Never the requester, never the holder, nobody below one of them in the line of managers, nobody who
decided another stage, nobody whom the stage bars, nobody who left, and nobody without the role
`approver`: the chain says where one may decide, the role that one may at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.model.calendar import Calendar
from engine.model.company import (
    ALL,
    Company,
    Entitlement,
    PartRule,
    Role,
    Selector,
    SelectorKind,
    StageRule,
)
from engine.model.delegation import Delegation
from engine.model.identifiers import EntitlementId, GroupId, PersonId, ScheduleId
from engine.model.request import Approver
from engine.policy.approving.line import is_below, manager_of
from engine.policy.approving.seating import match
from engine.policy.calendar import ever_on_call, on_call
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

    at: datetime | None = field(kw_only=True)
    """When it is decided who may decide; None: at whatever time, so that whoever is ever on call
    counts. That is for asking whether a policy makes sense, and never for a request."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A stage with those who may decide it now."""

    rule: StageRule
    quorums: tuple[int, ...]
    """How many approvals each of its groups needs."""

    people: tuple[Approver, ...]
    """Who may decide it and has not."""

    given: tuple[Approver, ...] = ()
    """Whose approvals it has: of two who stand in for each other, the one who was away."""

    @property
    def places(self) -> Iterable[tuple[PartRule, Sequence[PersonId]]]:
        """List the places of each group, each with all who may take it or have.

        Whoever stands in is left out: where they could take one, the one who is away could.
        """
        people = in_own_right(self.people)
        for number, (group, quorum) in enumerate(zip(self.rule.groups, self.quorums, strict=True)):
            may = [a.person for a in (*self.given, *people) if number + 1 in a.parts]
            yield from ((group, may) for _ in range(quorum))


def resolved(
    company: Company,
    rule: StageRule,
    asking: Asking,
    *,
    excluded: frozenset[PersonId] = frozenset(),
    given: Sequence[Approver] = (),
) -> Resolved:
    """Find who may decide a stage now, and how many of them it takes.

    `excluded` are those who decided already, and `given` the approvals of this stage.
    """
    people = approvers(company, rule, asking, excluded=excluded)
    return Resolved(rule, _quorums(company, rule, asking, given), people, tuple(given))


def _quorums(
    company: Company, rule: StageRule, asking: Asking, given: Sequence[Approver]
) -> tuple[int, ...]:
    """Say how many approvals each group needs; every one of somebody means one at least.

    Also those count who decided another stage: then they are missing here, and that is said before
    they do. Otherwise a stage that needs everybody would need one less with each of them.
    """
    if all(group.quorum != ALL for group in rule.groups):
        return tuple(group.quorum for group in rule.groups)
    everybody = in_own_right(approvers(company, rule, asking, excluded=frozenset()))
    return tuple(
        group.quorum or max(1, len({a.person for a in (*everybody, *given) if number in a.parts}))
        for number, group in enumerate(rule.groups, start=1)
    )


def approvers(
    company: Company, rule: StageRule, asking: Asking, *, excluded: frozenset[PersonId]
) -> tuple[Approver, ...]:
    """List who may decide a stage, each with the first rule of each part that lets them.

    After them, who may in their stead; whatever keeps one of the two from deciding keeps both.
    """
    concerned = {asking.requester, asking.holder}
    left_out = [excluded | concerned | _barred(company, group, asking) for group in rule.groups]

    def may_decide(person: PersonId, part: int) -> bool:
        return (
            person not in left_out[part - 1]
            and not is_below(company, person, concerned)
            and has_role(company, person, Role.APPROVER)
        )

    found: dict[PersonId, Approver] = {}
    for part, group in enumerate(rule.groups, start=1):
        for approver in _of_group(company, group, asking):
            if may_decide(approver.person, part):
                found[approver.person] = _also(found.get(approver.person), approver, part)
    return with_delegates(
        company,
        tuple(found.values()),
        asking.entitlement,
        delegations=asking.delegations,
        may_decide=may_decide,
    )


def _of_group(company: Company, group: PartRule, asking: Asking) -> Iterable[Approver]:
    """List whom a group points at, each once, by the first of its selectors."""
    found: dict[PersonId, Approver] = {}
    for selector in group.approvers:
        people, basis = pointed_at(company, selector, asking)
        for person in people:
            found.setdefault(person, Approver(person, basis))
    return found.values()


def _barred(company: Company, group: PartRule, asking: Asking) -> set[PersonId]:
    return {p for selector in group.barred for p in pointed_at(company, selector, asking)[0]}


def _also(known: Approver | None, more: Approver, part: int) -> Approver:
    """Let somebody who may decide other parts decide this one, too."""
    if known is None:
        return replace(more, parts=(part,))
    basis = known.basis if more.basis == known.basis else f"{known.basis}, or {more.basis}"
    return replace(known, basis=basis, parts=(*known.parts, part))


def undecidable_stage(stages: Iterable[Resolved]) -> StageRule | None:
    """Find the first stage that cannot be satisfied with different people for every place."""
    wedged = undecidable_part(stages)
    return wedged[0] if wedged else None


def undecidable_part(stages: Iterable[Resolved]) -> tuple[StageRule, PartRule] | None:
    """Find the first stage, and the first of its parts, that finds too few people.

    One person decides one part of one stage at most, so places are given to people all together.
    Where that is possible at all, it is so with those who have approved already.
    """
    places = [((stage.rule, group), may) for stage in stages for group, may in stage.places]
    _, without = match((number, may) for number, (_, may) in enumerate(places))
    return places[without[0]][0] if without else None


def pointed_at(
    company: Company, selector: Selector, asking: Asking
) -> tuple[tuple[PersonId, ...], str]:
    """List the active people that a selector points at for an asking, and why, in words."""
    match selector.kind:
        case SelectorKind.MANAGER:
            found, basis = _manager(company, asking.requester, int(selector.name or 1))
        case SelectorKind.SYSTEM_OWNER:
            system = company.system[asking.entitlement.system]
            found, basis = (system.owner,), f"owner of {system.name}"
        case SelectorKind.ENTITLEMENT_OWNER:
            found, basis = (asking.entitlement.owner,), f"owner of {asking.entitlement.name}"
        case SelectorKind.COST_CENTRE_OWNER:
            found, basis = _cost_centre_owner(company, asking.requester)
        case SelectorKind.ON_CALL:
            found, basis = _on_call(company.calendar, ScheduleId(selector.name), asking.at)
        case SelectorKind.PERSON:
            found, basis = selected(company, selector), "named in the policy"
        case SelectorKind.EVERYONE:
            found, basis = selected(company, selector), "everyone"
        case _:
            found, basis = selected(company, selector), f"one of {_name(company, selector)}"
    return tuple(person for person in found if is_active(company, person)), basis


_Found = tuple[tuple[PersonId, ...], str]


def _manager(company: Company, requester: PersonId, levels: int) -> _Found:
    known = company.person.get(requester)
    found = manager_of(company, requester, levels)
    up = f", {levels} levels up" if levels > 1 else ""
    return (found,) if found else (), f"manager of {known.name if known else requester}{up}"


def _cost_centre_owner(company: Company, requester: PersonId) -> _Found:
    known = company.person.get(requester)
    centre = company.cost_centre.get(known.cost_centre) if known and known.cost_centre else None
    if centre is None:
        return (), f"owner of a cost centre of {known.name if known else requester}"
    return (centre.owner,), f"owner of the cost centre {centre.name}"


def _on_call(calendar: Calendar, name: ScheduleId, at: datetime | None) -> _Found:
    """Find who is on call; by a schedule that is gone nobody is."""
    schedule = calendar.schedules.get(name)
    if schedule is None:
        return (), f"on call by {name}"
    if at is None:
        return ever_on_call(schedule), f"on call by {schedule.name}"
    found = on_call(calendar, schedule, at)
    return (found,) if found else (), f"on call by {schedule.name}"


def _name(company: Company, selector: Selector) -> str:
    """Name a group as people do; departments and roles are words already."""
    group = company.group.get(GroupId(selector.name))
    return group.name if selector.kind is SelectorKind.GROUP and group else selector.name


def why_few(company: Company, group: PartRule, asking: Asking) -> str:
    """Say in a clause why too few people can decide a part of the policy for an asking.

    Whom it points at to no avail comes first: that can be mended, or waited for.
    """
    nobody = [
        f"nobody is {basis}{' now' if selector.kind is SelectorKind.ON_CALL else ''}"
        for selector in group.approvers
        for people, basis in [pointed_at(company, selector, asking)]
        if not people and selector.kind in _MAY_BE_NOBODY
    ]
    return " and ".join(nobody) or (
        "too few people are left: requester, holder, whoever is below them and whoever decides "
        "elsewhere do not count"
    )


_MAY_BE_NOBODY = frozenset(
    {SelectorKind.MANAGER, SelectorKind.COST_CENTRE_OWNER, SelectorKind.ON_CALL}
)


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
