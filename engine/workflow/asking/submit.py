"""Someone asks for access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.errors import NotAllowed
from engine.model.company import Company, Person
from engine.model.identifiers import EntitlementId, PersonId
from engine.model.request import Draft, Request
from engine.policy.approvers import Asking
from engine.policy.content import content_hash
from engine.policy.length import check_duration
from engine.policy.people import may_request
from engine.policy.plan import Plan
from engine.policy.reason import check_reason
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.asking.conflict import refuse_conflicts
from engine.workflow.asking.note_stage import note_opened
from engine.workflow.asking.planning import plan_facts, plan_for, plan_words
from engine.workflow.asking.stages import resolve
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.record import Recorder, name_of


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody asks for."""

    actor: PersonId
    entitlement: EntitlementId
    duration: timedelta | None
    """None asks for the entitlement's default."""

    reason: str
    holder: PersonId | None = None
    """Whom it is for; None is the actor."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The request, and whether it is new: asking for the same again gives the first one."""

    request: Request
    is_new: bool


def submit(work: Work, ask: Ask) -> Submitted:
    """Keep a request and ask its first stage.

    Commits together: the request, its entries, and the duty to announce it. Refuses what could
    never be decided or given: `Invalid` words, `NotAllowed` people, an SoD `Conflict`.
    """
    with work() as uow:
        version = uow.companies.active()
        holder_id = ask.holder or ask.actor
        uow.lock_person(holder_id)  # two equal or conflicting requests at once: one waits here
        company = version.company
        actor, holder = find_person(company, ask.actor), find_person(company, holder_id)
        entitlement = find_entitlement(company, ask.entitlement)
        asking = Asking(actor.id, holder.id, entitlement)
        check_eligible(version.company, asking, actor=actor, holder=holder)
        access = uow.requests.access_of(holder.id)
        for pending in access.pending:
            if pending.entitlement == entitlement.id:
                return Submitted(pending, is_new=False)
        asked = entitlement.duration_default if ask.duration is None else ask.duration
        duration = check_duration(entitlement, asked)
        reason = check_reason(entitlement, ask.reason)
        refuse_conflicts(uow, version, entitlement.id, holder=holder.id)
        planned = plan_for(uow, version, asking, duration)
        draft = Draft(
            requester=actor.id,
            holder=holder.id,
            entitlement=entitlement.id,
            duration=duration,
            reason=reason,
            config_version=version.number,
            stages=resolve(version, planned, asking),
            content_hash=content_hash(
                asking, duration=duration, reason=reason, plan=planned, config=version.number
            ),
            submitted_at=uow.now,
        )
        request = uow.requests.add(draft)
        _record(uow, version, request, planned)
        uow.commit()
        return Submitted(request, is_new=True)


def check_eligible(company: Company, asking: Asking, *, actor: Person, holder: Person) -> None:
    """Raise `NotAllowed` where one of them left, or the holder may not have it."""
    for person in (actor, holder):
        if not person.active:
            raise NotAllowed(
                "person.inactive",
                f"{person.name} is not active in the directory; an admin can change that.",
            )
    if not may_request(company, holder, asking.entitlement):
        owner = name_of(company, asking.entitlement.owner)
        raise NotAllowed(
            "request.not_eligible",
            f"{asking.entitlement.name} may not be requested for {holder.name}; "
            f"`catalog` shows what may, and {owner} owns the list.",
        )


def _record(uow: UnitOfWork, version: CompanyVersion, request: Request, planned: Plan) -> None:
    recorder = Recorder(uow, version, request)
    entitlement = version.company.entitlement[request.entitlement]
    recorder.note(
        Action.REQUEST_SUBMITTED,
        request.requester,
        {
            "duration": int(request.duration.total_seconds()),
            "reason": request.reason,
            "resource": entitlement.resource,
            "permission": entitlement.permission,
            "tier": entitlement.tier,
            **plan_facts(planned),
        },
    )
    if words := plan_words(planned):
        recorder.note(Action.REQUEST_ROUTED, None, {"route_words": words})
    note_opened(recorder, request)
