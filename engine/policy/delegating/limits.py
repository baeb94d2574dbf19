"""What may be delegated, to whom, and for how long?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from engine.errors import Invalid, NotAllowed
from engine.model.company import Company, Person, Role
from engine.model.delegation import Delegation, DelegationDraft, Scope, show_delegation
from engine.model.duration import spell
from engine.policy.people import has_role
from engine.policy.reason import check_words

AHEAD_MAX = timedelta(days=90)
"""A holiday is entered a quarter ahead, before which nobody knows who will be there."""

OPEN_MAX = 5
"""Delegations of one person that are not over: more is not a holiday but another policy."""


def check_delegation(
    company: Company, draft: DelegationDraft, open_ones: Collection[Delegation]
) -> DelegationDraft:
    """Return the draft with its reason without outer space.

    `open_ones` are the delegator's that are not over. Raises `NotAllowed` where somebody gives what
    is not theirs, and `Invalid` where it says something that cannot be.
    """
    away, there = company.person[draft.delegator], company.person[draft.delegate]
    _check_giver(company, draft, away)
    _check_people(company, away, there)
    _check_time(draft, company.delegation_max)
    reason = check_words(draft.reason, "A delegation needs a reason")
    _check_others(company, draft, open_ones)
    return replace(draft, reason=reason)


def may_end(company: Company, person: Person, delegation: Delegation) -> bool:
    """Say whether somebody may end a delegation: either of the two, or an admin."""
    own = {delegation.delegator, delegation.delegate}
    return person.id in own or has_role(company, person.id, Role.ADMIN)


def scope_words(company: Company, scope: Scope) -> str:
    """Say what a delegation is for, e.g. `for everything`, `for GL posting (netsuite-gl)`."""
    if scope.entitlement is not None:
        entitlement = company.entitlement.get(scope.entitlement)
        name = f"{entitlement.name} ({scope.entitlement})" if entitlement else scope.entitlement
        return f"for {name}"
    if scope.system is not None:
        system = company.system.get(scope.system)
        return f"for all of {system.name if system else scope.system}"
    return "for everything"


def _check_giver(company: Company, draft: DelegationDraft, away: Person) -> None:
    if draft.given_by == draft.delegator:
        return
    if not has_role(company, draft.given_by, Role.ADMIN):
        raise NotAllowed(
            "delegation.not_yours",
            f"What {away.name} decides is not yours to delegate; they can do that themselves, and "
            "an admin for somebody who cannot.",
        )
    if draft.given_by == draft.delegate:
        raise NotAllowed(
            "delegation.taken",
            f"You cannot let yourself decide for {away.name}; another admin can delegate it.",
        )


def _check_people(company: Company, away: Person, there: Person) -> None:
    if away.id == there.id:
        raise Invalid(
            "delegate.self",
            f"{away.name} cannot stand in for themselves; name somebody who is there.",
        )
    for person in (away, there):
        if not person.active:
            raise Invalid(
                "delegate.inactive",
                f"{person.name} is not active in the directory; an admin can change that.",
            )
    if not has_role(company, away.id, Role.APPROVER):
        raise Invalid(
            "delegation.nothing",
            f"{away.name} decides no requests, so there is nothing to delegate.",
        )
    if not has_role(company, there.id, Role.APPROVER):
        raise Invalid(
            "delegate.not_approver",
            f"{there.name} may not decide requests at all (the role “approver” says who may), so "
            f"they cannot do it for {away.name}; name somebody who may.",
        )


def _check_time(draft: DelegationDraft, longest: timedelta) -> None:
    if draft.ends_at <= max(draft.begins_at, draft.given_at):
        past = "before it begins" if draft.ends_at > draft.given_at else "in the past"
        raise Invalid(
            "ends.past",
            f"It would end {past}, {_instant(draft.ends_at)}; say e.g. `until friday` or "
            "`until 2026-12-24 18:00`.",
        )
    if draft.begins_at < draft.given_at:
        raise Invalid(
            "begins.past",
            f"It cannot begin in the past, {_instant(draft.begins_at)}: nobody decided by it "
            "then; leave `from` out, and it begins now.",
        )
    if draft.begins_at - draft.given_at > AHEAD_MAX:
        raise Invalid(
            "begins.too_far",
            f"It would begin {_instant(draft.begins_at)}, and that is more than "
            f"{spell(AHEAD_MAX)} ahead; please enter it later.",
        )
    if draft.ends_at - draft.begins_at > longest:
        raise Invalid(
            "ends.too_long",
            f"It would last until {_instant(draft.ends_at)}, and {spell(longest)} is the most; "
            "whoever is away for longer is replaced in the company's files.",
        )


def _check_others(
    company: Company, draft: DelegationDraft, open_ones: Collection[Delegation]
) -> None:
    given = [one for one in open_ones if one.delegator == draft.delegator]
    for one in given:
        if one.scope == draft.scope and _overlap(one, draft):
            known = company.person.get(one.delegate)
            name = known.name if known else one.delegate
            raise Invalid(
                "delegation.overlaps",
                f"{company.person[draft.delegator].name} has let {name} decide "
                f"{scope_words(company, one.scope)} until {_instant(one.ends_at)} already; end "
                f"that first with `undelegate {show_delegation(one.id)}`.",
            )
    if len(given) >= OPEN_MAX:
        raise Invalid(
            "delegation.too_many",
            f"There are {len(given)} delegations already that are not over, and {OPEN_MAX} is the "
            "most; `delegations` lists them, and any of them can be ended.",
        )


def _overlap(one: DelegationDraft, other: DelegationDraft) -> bool:
    return one.begins_at < other.ends_at and other.begins_at < one.ends_at


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
