"""Someone asks for access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import Conflict, Invalid, NotAllowed
from engine.model.company import Chain, Person
from engine.model.identifiers import EntitlementId, PersonId, show
from engine.model.request import Draft, Request, Stage
from engine.policy.approvers import Asking, approvers, undecidable_stage
from engine.policy.content import content_hash
from engine.policy.length import check_duration
from engine.policy.people import may_request
from engine.policy.reason import check_reason
from engine.policy.sod import SodConflict
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.conflict import find_conflicts
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
        _check_eligible(version, asking, actor, holder)
        access = uow.requests.access_of(holder.id)
        for pending in access.pending:
            if pending.entitlement == entitlement.id:
                return Submitted(pending, is_new=False)
        duration = check_duration(entitlement, ask.duration or entitlement.duration_default)
        reason = check_reason(entitlement, ask.reason)
        found = find_conflicts(uow, company, entitlement.id, access=access)
        if found:
            raise sod_refusal(version, holder.id, entitlement.id, found)
        chain = company.chain[entitlement.chain]
        draft = Draft(
            requester=actor.id,
            holder=holder.id,
            entitlement=entitlement.id,
            duration=duration,
            reason=reason,
            config_version=version.number,
            stages=_resolve(version, chain, asking),
            content_hash=content_hash(
                asking, duration=duration, reason=reason, chain=chain, config=version.number
            ),
            submitted_at=uow.now,
        )
        request = uow.requests.add(draft)
        _record(uow, version, request)
        uow.commit()
        return Submitted(request, is_new=True)


def _check_eligible(version: CompanyVersion, asking: Asking, actor: Person, holder: Person) -> None:
    for person in (actor, holder):
        if not person.active:
            raise NotAllowed(
                "person.inactive",
                f"{person.name} is not active in the directory; an admin can change that.",
            )
    if not may_request(version.company, holder, asking.entitlement):
        raise NotAllowed(
            "request.not_eligible",
            f"{asking.entitlement.name} may not be requested for {holder.name}; "
            f"`catalog` shows what may, and {_owner(version, asking)} owns the list.",
        )


def _owner(version: CompanyVersion, asking: Asking) -> str:
    return name_of(version.company, asking.entitlement.owner)


def _resolve(version: CompanyVersion, chain: Chain, asking: Asking) -> tuple[Stage, ...]:
    """Find each stage's approvers, and that different people can decide every stage."""
    resolved = [
        (rule, approvers(version.company, rule, asking, excluded=frozenset()))
        for rule in chain.stages
    ]
    wedged = undecidable_stage(resolved)
    if wedged is not None:
        raise Invalid(
            "request.undecidable",
            f"Nobody eligible could decide the stage “{wedged.name}” of {asking.entitlement.name} "
            f"for you, because requester, holder and earlier approvers are left out; "
            f"please ask {_owner(version, asking)}, who owns it, or an admin.",
        )
    return tuple(
        Stage(number, rule.name, rule.quorum, rule.limit, asked)
        for number, (rule, asked) in enumerate(resolved, start=1)
    )


def sod_refusal(
    version: CompanyVersion, holder: PersonId, wanted: EntitlementId, found: tuple[SodConflict, ...]
) -> Conflict:
    """Say which rule forbids the combination, and what would make it right."""
    company = version.company
    first = found[0]
    other = company.entitlement.get(first.other)
    return Conflict(
        "sod.conflict",
        f"{company.entitlement[wanted].name} cannot be combined with "
        f"{other.name if other else first.other}, which {name_of(company, holder)} holds or asked "
        f"for in {show(first.request)} (rule {first.rule.id}: {first.rule.name}); "
        f"end or cancel that one first.",
    )


def _record(uow: UnitOfWork, version: CompanyVersion, request: Request) -> None:
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
        },
    )
    note_opened(recorder, request)


def note_opened(recorder: Recorder, request: Request) -> None:
    """Record that a stage was opened, whom it asks, and by which rule each of them."""
    company = recorder.version.company
    names = ", ".join(name_of(company, approver.person) for approver in request.stage.asked)
    recorder.note(
        Action.STAGE_OPENED,
        None,
        {
            "asked": names or "nobody, because nobody eligible is left",
            "asked_people": [[a.person, a.basis] for a in request.stage.asked],
            "quorum": request.stage.quorum,
            "due_at": instant(request.stage_due_at),
        },
    )
