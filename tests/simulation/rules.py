"""The company's rules, said once more and as plainly as possible, for the invariants to compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.model.account import Account
from engine.model.company import (
    Company,
    Condition,
    PartRule,
    Person,
    Role,
    Selector,
    SelectorKind,
    SodRule,
    StageRule,
)
from engine.model.delegation import Delegation
from engine.model.identifiers import EntitlementId, FunctionId, PersonId
from engine.model.request import Decision, Request
from engine.model.rules.sod import SodMode
from tests.simulation.memory.conditions import ANOTHER, LONG

if TYPE_CHECKING:
    from tests.simulation.memory import State

Functions = tuple[FunctionId, ...]


def breaks_sod(company: Company, one: Functions, other: Functions) -> bool:
    """Say whether a rule keeps a function of the one apart from a function of the other."""
    return any(
        {a, b} in kept_apart
        for rule in company.sod_rules
        if rule.mode is SodMode.BLOCK
        for kept_apart in [_kept_apart(rule)]
        for a in one
        for b in other
    )


def _kept_apart(rule: SodRule) -> list[set[FunctionId]]:
    others = rule.against or rule.functions
    return [{a, b} for a in rule.functions for b in others if a != b]


def functions_of(company: Company, pinned: Company, entitlement: EntitlementId) -> Functions:
    """Say what an entitlement stands for, also when it is not in the catalog any more."""
    known = company.entitlement.get(entitlement) or pinned.entitlement[entitlement]
    return known.functions


def may_decide(company: Company, pinned: Company, request: Request, *, person: PersonId) -> bool:
    """Say whether a person may decide the open stage: the people of today, the rules of then."""
    rule = stages_left(pinned, request)[0]
    return any(may_decide_part(company, group, request, person=person) for group in rule.groups)


def may_decide_part(
    company: Company, group: PartRule, request: Request, *, person: PersonId
) -> bool:
    """Say whether a person may decide one of a stage's groups."""

    def named(selectors: Sequence[Selector]) -> bool:
        return any(
            _names(company, s, person) or _names_by_relation(company, s, request, person=person)
            for s in selectors
        )

    is_named = named(group.approvers) and not named(group.barred)
    return is_named and _may_at_all(company, request, person)


def _may_at_all(company: Company, request: Request, person: PersonId) -> bool:
    concerned = {request.requester, request.holder}
    if person in concerned or not _is_active(company, person):
        return False
    above, passed = company.person[person].manager, set[PersonId]()
    while above is not None and above not in passed:
        if above in concerned:
            return False
        passed.add(above)  # the line may go in a circle
        above = company.person[above].manager
    return any(_names(company, s, person) for s in company.roles[Role.APPROVER])


def in_force(state: State, at: datetime) -> list[Delegation]:
    """List who stands in for whom at an instant."""
    return [
        one
        for one in state.delegations.values()
        if one.begins_at <= at < one.ends_at and (one.ended_at is None or at < one.ended_at)
    ]


def instead_of(
    company: Company,
    pinned: Company,
    request: Request,
    *,
    person: PersonId,
    delegations: Sequence[Delegation],
) -> set[PersonId]:
    """Name those in whose stead a person may decide the open stage: who may do so themselves."""
    if not _may_at_all(company, request, person):
        return set()
    if may_decide(company, pinned, request, person=person):
        return set()
    return {
        one.delegator
        for one in delegations
        if one.delegate == person
        and one.scope.entitlement in {None, request.entitlement}
        and one.scope.system in {None, company.entitlement[request.entitlement].system}
        and may_decide(company, pinned, request, person=one.delegator)
    }


def is_by_who_may(
    company: Company,
    pinned: Company,
    request: Request,
    *,
    decision: Decision,
    delegations: Sequence[Delegation],
) -> bool:
    """Say whether a decision was its giver's: in their own right, else in whose stead it says."""
    person, groups = decision.approver, stages_left(pinned, request)[0].groups
    pointed_at = decision.instead_of or person
    for part in decision.parts:
        one = groups[part - 1 : part]
        if not one or not may_decide_part(company, one[0], request, person=pointed_at):
            return False
    if decision.instead_of is None:
        return may_decide(company, pinned, request, person=person)
    return decision.instead_of in instead_of(
        company, pinned, request, person=person, delegations=delegations
    )


def may_decide_now(
    company: Company,
    pinned: Company,
    request: Request,
    *,
    person: PersonId,
    delegations: Sequence[Delegation],
    decided: set[PersonId],
) -> bool:
    """Say whether somebody may decide the open stage who has not, in whosever stead."""
    stead = instead_of(company, pinned, request, person=person, delegations=delegations)
    may = may_decide(company, pinned, request, person=person) or bool(stead - decided)
    return may and person not in decided


def who_may_decide(
    company: Company,
    pinned: Company,
    request: Request,
    *,
    delegations: Sequence[Delegation],
    decided: set[PersonId],
) -> set[PersonId]:
    """Name who may decide the open stage and has not; nobody what is not in the catalog."""
    return {
        person
        for person in company.person
        if request.entitlement in company.entitlement
        and may_decide_now(
            company, pinned, request, person=person, delegations=delegations, decided=decided
        )
    }


def used(decisions: Sequence[Decision]) -> set[PersonId]:
    """Name who has decided, themselves or by somebody else."""
    people = {decision.approver for decision in decisions}
    return people | {d.instead_of for d in decisions if d.instead_of is not None}


def stages_of(pinned: Company, request: Request) -> tuple[StageRule, ...]:
    """List the stages that a request must take: of the first route that fits, what counts.

    In an emergency of the chain that its rule names, whatever routes there are.
    """
    if request.extends is None:
        return stages_whole(pinned, request)
    # Which are right: `no_stage_is_left_out`.
    return tuple(pinned.chain[stage.chain].stages[stage.place] for stage in request.stages)


def stages_whole(pinned: Company, request: Request) -> tuple[StageRule, ...]:
    """List what decides access that is there for as long as this one would be in all."""
    entitlement = pinned.entitlement[request.entitlement]
    fitting = [route.chain for route in entitlement.routes if _fits(route.when, request)]
    if request.is_breakglass:
        fitting = [rule.chain for rule in pinned.breakglass if rule.id == entitlement.breakglass]
    chain = pinned.chain[[*fitting, entitlement.chain][0]]
    return tuple(rule for rule in chain.stages if rule.when is None or _fits(rule.when, request))


def _fits(condition: Condition, request: Request) -> bool:
    if condition == LONG:
        before = timedelta()
        if request.held_since is not None and request.held_until is not None:
            before = request.held_until - request.held_since
        return before + request.duration > timedelta(hours=1)
    assert condition == ANOTHER, "the simulation knows two"
    return request.requester != request.holder


def stages_left(pinned: Company, request: Request) -> tuple[StageRule, ...]:
    """List the open stage and those after it."""
    return stages_of(pinned, request)[request.stage_number - 1 :]


def can_be_decided(
    company: Company, pinned: Company, request: Request, *, decisions: Sequence[Decision]
) -> bool:
    """Say whether different people who have not decided yet can take every place that is left."""
    places, gone = [], used(decisions)
    for number, rule in enumerate(stages_left(pinned, request), start=request.stage_number):
        for part, group in enumerate(rule.groups, start=1):
            here = [d for d in decisions if d.stage == number and part in d.parts]
            people = {
                person
                for person in company.person
                if person not in gone and may_decide_part(company, group, request, person=person)
            }
            places += [people | {d.approver for d in here}] * group.quorum
    return _can_be_seated(places, set())


def are_enough(rule: StageRule, approvals: Sequence[Decision]) -> bool:
    """Say whether approvals are all that a stage needs: each counts for one of its parts."""
    places = [
        {d.approver for d in approvals if part in d.parts}
        for part, group in enumerate(rule.groups, start=1)
        for _ in range(group.quorum)
    ]
    return _can_be_seated(places, set())


def _can_be_seated(places: list[set[PersonId]], seated: set[PersonId]) -> bool:
    if not places:
        return True
    return any(_can_be_seated(places[1:], seated | {person}) for person in places[0] - seated)


def has_left(state: State, person: PersonId) -> bool:
    """Say whether somebody left: for the files, or by an account that is theirs."""
    files = state.companies[max(state.companies)].company
    known = files.person.get(person)
    if known is None or not known.active:
        return True
    return any(
        not account.is_active and _is_theirs(files, known, account)
        for account in state.accounts.values()
    )


def _is_theirs(files: Company, person: Person, account: Account) -> bool:
    pinned = {(p, a): one.id for one in files.people for p, a in one.platforms.items()}
    by_files = pinned.get((account.platform, account.account))
    by_link = account.person if account.platform not in person.platforms else None
    return person.id == (by_files or by_link)


def may_revoke(company: Company, entitlement: EntitlementId, person: str) -> bool:
    """Say whether a person who works here owns the entitlement, or has a role for it."""
    wanted = company.entitlement.get(entitlement)
    owners = {wanted.owner, company.system[wanted.system].owner} if wanted else set()
    roles = (*company.roles[Role.COMPLIANCE], *company.roles[Role.ADMIN])
    named = any(_names(company, selector, PersonId(person)) for selector in roles)
    return _is_active(company, PersonId(person)) and (named or person in owners)


def _names(company: Company, selector: Selector, person: PersonId) -> bool:
    match selector.kind:
        case SelectorKind.EVERYONE:
            return True
        case SelectorKind.PERSON:
            return selector.name == person
        case SelectorKind.DEPARTMENT:
            return company.person[person].department == selector.name
        case SelectorKind.GROUP:
            return any(g.id == selector.name and person in g.people for g in company.groups)
        case SelectorKind.ROLE:
            held = company.roles[Role(selector.name)]
            return any(_names(company, inner, person) for inner in held)
    return False


def _names_by_relation(
    company: Company, selector: Selector, request: Request, *, person: PersonId
) -> bool:
    wanted = company.entitlement.get(request.entitlement)
    match selector.kind:
        case SelectorKind.MANAGER:
            return company.person[request.requester].manager == person
        case SelectorKind.SYSTEM_OWNER:
            return wanted is not None and company.system[wanted.system].owner == person
        case SelectorKind.ENTITLEMENT_OWNER:
            return wanted is not None and wanted.owner == person
    return False


def _is_active(company: Company, person: PersonId) -> bool:
    return person in company.person and company.person[person].active
