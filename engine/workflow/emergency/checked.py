"""What somebody needs at once is checked, and it is planned who approves it afterwards.

Called by `open.py`, inside its transaction; the holder must be locked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from engine.closings import ClosingFilter
from engine.errors import Conflict, Invalid, NotAllowed
from engine.model.company import Entitlement
from engine.model.identifiers import EntitlementId, PersonId, show
from engine.model.request import Draft, Request, RequestKind
from engine.model.rules.emergency import Breakglass
from engine.policy.approvers import Asking
from engine.policy.content import Terms, content_hash
from engine.policy.emergency.rules import emergency_length, find_incident, may_break, rule_of
from engine.policy.plan import Plan
from engine.policy.reason import check_reason
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.conflict import refuse_conflicts
from engine.workflow.asking.planning import plan_for
from engine.workflow.asking.stages import resolve
from engine.workflow.emergency.afterwards import STILL_THERE


@dataclass(frozen=True, slots=True)
class Emergency:
    """What somebody needs at once, for themselves."""

    actor: PersonId
    entitlement: EntitlementId
    duration: timedelta | None
    """None asks for as long as the rule allows."""

    reason: str
    """With the incident's reference in it."""


def find_rule(version: CompanyVersion, actor: PersonId, entitlement: Entitlement) -> Breakglass:
    """Find the rule that lets somebody do it. Raises `NotAllowed`."""
    rule = rule_of(version.company, entitlement)
    if rule is None or not may_break(version.company, rule, actor):
        why = (
            "you are not among those whom its rule names"
            if rule
            else "no rule for emergencies is written for it"
        )
        raise NotAllowed(
            "breakglass.not_allowed",
            f"Break-glass for {entitlement.name} is not yours, because {why}; ask for it with "
            f"`request {entitlement.id}`, or somebody on call.",
        )
    return rule


def check_count(
    uow: UnitOfWork, rule: Breakglass, actor: PersonId, wanted: EntitlementId
) -> Request | None:
    """Give the one for the same that is there still; raise `Invalid` where too many are open."""
    open_ones = uow.closings.not_done(ClosingFilter(holder=actor))
    for dossier in open_ones:
        is_there = dossier.grant is not None and dossier.grant.state in STILL_THERE
        if is_there and dossier.request.entitlement == wanted:
            return dossier.request
    if len(open_ones) < rule.open_max:
        return None
    are, them = ("is", "it") if len(open_ones) == 1 else ("are", "them")
    numbers = " and ".join(show(dossier.request.id) for dossier in open_ones)
    raise Invalid(
        "breakglass.not_closed",
        f"{numbers} of yours {are} not closed yet, and by the rule “{rule.name}” nobody breaks the "
        f"glass again with {rule.open_max} open; those who have to approve and close {them} were "
        "asked, and `status` says who.",
    )


def make_emergency(
    uow: UnitOfWork,
    version: CompanyVersion,
    rule: Breakglass,
    *,
    entitlement: Entitlement,
    asked: Emergency,
) -> tuple[Draft, Plan]:
    """Check what is asked, and plan who approves it afterwards: by the rule's own chain."""
    duration = emergency_length(rule, entitlement, asked.duration)
    incident = find_incident(rule, asked.reason)
    # The incident takes the place of the reference that is asked for otherwise.
    reason = check_reason(replace(entitlement, reason_pattern=""), asked.reason)
    refuse_apart(uow, version, entitlement, holder=asked.actor)
    asking = asking_afterwards(uow, rule, entitlement, actor=asked.actor)
    planned = plan_for(uow, version, asking, duration)
    draft = Draft(
        requester=asked.actor,
        holder=asked.actor,
        entitlement=entitlement.id,
        duration=duration,
        reason=reason,
        config_version=version.number,
        stages=resolve(version, planned, asking),
        content_hash=content_hash(
            asking, Terms(duration, reason, incident=incident), plan=planned, config=version.number
        ),
        submitted_at=uow.now,
        kind=RequestKind.BREAKGLASS,
        incident=incident,
    )
    return draft, planned


def asking_afterwards(
    uow: UnitOfWork, rule: Breakglass, entitlement: Entitlement, *, actor: PersonId
) -> Asking:
    """Say what its approvers are asked, and by which chain."""
    wanted = replace(entitlement, chain=rule.chain, routes=())
    return Asking(actor, actor, wanted, uow.delegations.in_force(), at=uow.now)


def refuse_apart(
    uow: UnitOfWork, version: CompanyVersion, entitlement: Entitlement, *, holder: PersonId
) -> None:
    """Raise `Conflict`, as for everything that is asked for."""
    try:
        refuse_conflicts(uow, version, entitlement.id, holder=holder)
    except Conflict as conflict:
        sentence = f"{conflict.sentence} Break-glass does not lift that rule."
        raise Conflict(conflict.code, sentence) from None
