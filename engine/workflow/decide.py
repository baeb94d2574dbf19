"""An approver answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed, Stale
from engine.model.dossier import Dossier
from engine.model.grant import Grant, GrantState
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import (
    Approver,
    Decision,
    Request,
    RequestState,
    Stage,
    Verdict,
)
from engine.policy.approvers import Asking, approvers
from engine.policy.content import shown_hash
from engine.ports import CompanyVersion, Duty, EffectKind, UnitOfWork, Work
from engine.workflow.conflict import find_conflicts
from engine.workflow.find import find_entitlement, find_person, lock_request
from engine.workflow.record import Recorder, name_of
from engine.workflow.submit import note_opened, sod_refusal

DENY_REASON_LENGTH_MIN = 10
"""A requester can learn something from ten characters, e.g. `wrong role`."""

DENY_REASON_LENGTH_MAX = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What an approver says."""

    actor: PersonId
    request: RequestId
    verdict: Verdict
    reason: str = ""
    seen: str | None = None
    """The shortened content hash on the button; None where the words were typed."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The request after the answer, and whether the same answer had been given before."""

    dossier: Dossier
    is_repeated: bool


def decide(work: Work, answer: Answer) -> Decided:
    """Keep an answer; open the next stage, or settle the request.

    Commits together: the decision, what follows from it (at the last stage the grant and the duty
    to give it), and the entries. Who may decide and SoD are checked again, under the lock.
    """
    with work() as uow:
        dossier = lock_request(uow, answer.request)
        earlier = _answered(dossier, answer.actor)
        if earlier is not None and earlier.verdict is answer.verdict:
            return Decided(dossier, is_repeated=True)
        version = uow.companies.active()
        find_person(version.company, answer.actor)
        _check_open(dossier, answer, uow.now)
        approver = _check_approver(uow, version, dossier.request, answer.actor)
        decision = _decision(uow, version, dossier.request, answer, approver)
        uow.requests.add_decision(decision)
        dossier = replace(dossier, decisions=(*dossier.decisions, decision))
        if answer.verdict is Verdict.DENY:
            dossier = _deny(uow, version, dossier, decision)
        else:
            dossier = _approve(uow, version, dossier, decision)
        uow.commit()
        return Decided(dossier, is_repeated=False)


def _answered(dossier: Dossier, actor: PersonId) -> Decision | None:
    return next((d for d in dossier.decisions if d.approver == actor), None)


def _check_open(dossier: Dossier, answer: Answer, now: datetime) -> None:
    request = dossier.request
    if not request.is_pending:
        raise Stale(
            "request.settled",
            f"{show(request.id)} is {request.state} already, so nothing was changed.",
        )
    if _answered(dossier, answer.actor) is not None:
        raise Invalid(
            "decision.given",
            f"You answered {show(request.id)} already; a decision cannot be changed. "
            f"To end the access, use `revoke {show(request.id)}`.",
        )
    if now >= request.stage_due_at:
        # The clock may be away: a stage's time is over by the database's time, not by its tick.
        raise Stale(
            "request.too_late",
            f"{show(request.id)} was not decided in time, so it lapses and nothing is given; "
            f"whoever still needs it can ask again.",
        )
    if answer.seen is not None and answer.seen != shown_hash(request.content_hash):
        raise Stale(
            "request.changed",
            f"{show(request.id)} has changed since you were shown it; "
            f"look at it again with `status {show(request.id)}` and decide then.",
        )
    if answer.verdict is Verdict.DENY:
        check_words(answer.reason, "A denial needs a reason")


def check_words(reason: str, why: str) -> str:
    """Return a short reason without outer space. Raises `Invalid` where it says too little."""
    text = reason.strip()
    if not DENY_REASON_LENGTH_MIN <= len(text) <= DENY_REASON_LENGTH_MAX:
        raise Invalid(
            "reason.length",
            f"{why} of {DENY_REASON_LENGTH_MIN} to {DENY_REASON_LENGTH_MAX} characters, "
            f"because it is kept in the record; you wrote {len(text)}.",
        )
    return text


def _check_approver(
    uow: UnitOfWork, version: CompanyVersion, request: Request, actor: PersonId
) -> Approver:
    """Find why this person may decide the open stage, as the directory stands now."""
    if actor in {request.requester, request.holder}:
        raise NotAllowed(
            "decision.own_request",
            f"You cannot decide {show(request.id)}, because it is your own; others were asked.",
        )
    for approver in eligible(uow, version, request, decided=frozenset()):
        if approver.person == actor:
            return approver
    asked = " or ".join(name_of(version.company, a.person) for a in request.stage.asked)
    raise NotAllowed(
        "decision.not_approver",
        f"Stage {request.stage_number} of {show(request.id)}, {request.stage.name}, "
        f"is not yours to decide; {asked or 'nobody'} can.",
    )


def eligible(
    uow: UnitOfWork, version: CompanyVersion, request: Request, *, decided: frozenset[PersonId]
) -> tuple[Approver, ...]:
    """List who may decide the open stage: by the rules it began with, and the people of today."""
    entitlement = find_entitlement(version.company, request.entitlement)
    pinned = uow.companies.version(request.config_version).company
    chain = pinned.chain[pinned.entitlement[request.entitlement].chain]
    asking = Asking(request.requester, request.holder, entitlement)
    rule = chain.stages[request.stage_number - 1]
    return approvers(version.company, rule, asking, excluded=decided)


def _decision(
    uow: UnitOfWork, version: CompanyVersion, request: Request, answer: Answer, approver: Approver
) -> Decision:
    person = version.company.person[answer.actor]
    return Decision(
        request=request.id,
        requester=request.requester,
        holder=request.holder,
        stage=request.stage_number,
        approver=person.id,
        approver_name=person.name,
        approver_title=person.title,
        basis=approver.basis,
        verdict=answer.verdict,
        reason=answer.reason.strip(),
        content_hash=request.content_hash,
        decided_at=uow.now,
    )


def _deny(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier, decision: Decision
) -> Dossier:
    request = uow.requests.save(dossier.request.move(RequestState.DENIED, at=uow.now))
    recorder = Recorder(uow, version, request)
    recorder.note(
        Action.DECISION_DENIED,
        decision.approver,
        {"basis": decision.basis, "verdict_reason": decision.reason},
    )
    recorder.note(Action.REQUEST_DENIED, decision.approver)
    return replace(dossier, request=request)


def _approve(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier, decision: Decision
) -> Dossier:
    request = dossier.request
    _check_sod(uow, version, request)
    recorder = Recorder(uow, version, request)
    recorder.note(
        Action.DECISION_APPROVED,
        decision.approver,
        {"basis": decision.basis, "verdict_reason": decision.reason},
    )
    given = sum(1 for d in dossier.decisions if d.stage == request.stage_number)
    if given < request.stage.quorum:
        # Saved although nothing in it changed: its version counts every decision, so that two
        # approvers at once can never both read the same number of approvals.
        return replace(dossier, request=uow.requests.save(request))
    if request.stage_number < len(request.stages):
        return replace(dossier, request=_open_next(uow, version, dossier))
    return _settle(uow, version, dossier)


def _check_sod(uow: UnitOfWork, version: CompanyVersion, request: Request) -> None:
    access = uow.requests.access_of(request.holder)
    found = find_conflicts(
        uow, version.company, request.entitlement, access=access, request=request.id
    )
    if found:
        raise sod_refusal(version, request.holder, request.entitlement, found)


def _open_next(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Request:
    request = dossier.request.open_next_stage(at=uow.now)
    decided = frozenset(decision.approver for decision in dossier.decisions)
    asked = eligible(uow, version, request, decided=decided)
    request = uow.requests.save(_with_asked(request, asked))
    note_opened(Recorder(uow, version, request), request)
    return request


def _with_asked(request: Request, asked: tuple[Approver, ...]) -> Request:
    stages = list(request.stages)
    stage: Stage = replace(request.stage, asked=asked)
    stages[stage.number - 1] = stage
    return replace(request, stages=tuple(stages))


def _settle(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Dossier:
    """Every stage is satisfied: the grant and the duty to give it, in this same commit."""
    request = uow.requests.save(dossier.request.move(RequestState.APPROVED, at=uow.now))
    grant = uow.grants.add(_grant(uow, request))
    uow.outbox.order(Duty(EffectKind.PROVISION, request.id, exclusive=grant.exclusive))
    Recorder(uow, version, request).note(
        Action.REQUEST_APPROVED,
        None,
        {
            "account": grant.account,
            "resource": grant.resource,
            "permission": grant.permission,
            "duration": int(grant.duration.total_seconds()),
        },
    )
    return replace(dossier, request=request, grant=grant)


def _grant(uow: UnitOfWork, request: Request) -> Grant:
    """Give exactly what was shown to the approvers: by the version that the request began with."""
    pinned = uow.companies.version(request.config_version).company
    entitlement = pinned.entitlement[request.entitlement]
    holder = pinned.person[request.holder]
    return Grant(
        id=request.id,
        state=GrantState.PROVISIONING,
        version=0,
        holder=request.holder,
        entitlement=request.entitlement,
        system=entitlement.system,
        account=pinned.account_of(holder, entitlement.system),
        resource=entitlement.resource,
        permission=entitlement.permission,
        duration=request.duration,
        ordered_at=uow.now,
    )
