"""Who looks at a use of break-glass once it is over?

Never who broke the glass. Where those whom the rule names are gone when it is escalated, it is for
compliance: nothing may be left that nobody can close.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from engine.model.company import ClosingRule, Company, Role
from engine.model.request import Approver
from engine.policy.approvers import Asking, pointed_at
from engine.policy.people import holders_of


def closers(
    company: Company, rule: ClosingRule, asking: Asking, *, is_escalated: bool
) -> tuple[Approver, ...]:
    """List who may close it now, each with the first rule that lets them."""
    selectors = (*rule.by, *rule.escalate) if is_escalated else rule.by
    named = (pointed_at(company, selector, asking) for selector in selectors)
    found = _without(
        asking, (Approver(person, basis) for people, basis in named for person in people)
    )
    if found or not is_escalated:
        return found
    compliance = (Approver(p, "one of compliance") for p in holders_of(company, Role.COMPLIANCE))
    return _without(asking, compliance)


def escalated_to(company: Company, rule: ClosingRule, asking: Asking) -> tuple[Approver, ...]:
    """List whom it is escalated to."""
    named = (pointed_at(company, selector, asking) for selector in rule.escalate)
    return _without(
        asking,
        chain.from_iterable((Approver(p, basis) for p in people) for people, basis in named),
    )


def _without(asking: Asking, candidates: Iterable[Approver]) -> tuple[Approver, ...]:
    """Leave out who broke the glass, and name everybody once."""
    barred = {asking.requester, asking.holder}
    found = {one.person: one for one in reversed(list(candidates)) if one.person not in barred}
    return tuple(reversed(found.values()))
