"""A request is approved at one stage: the next one opens, or the access is decided.

Called by `decide`, inside its transaction and under the request's lock.
"""

from __future__ import annotations

from dataclasses import replace

from engine.audit.vocabulary import Action
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import Grant, GrantState
from engine.model.request import Decision, Request, RequestState
from engine.policy.approvers import Resolved
from engine.policy.approving.progress import progress
from engine.ports import CompanyVersion, Duty, EffectKind, UnitOfWork
from engine.workflow.asking.ask_again import ask_the_others
from engine.workflow.asking.conflict import refuse_conflicts
from engine.workflow.asking.note_stage import people_facts
from engine.workflow.asking.stages import open_next, with_quorums, with_stage
from engine.workflow.asking.staging.needed_later import refuse_needed_later
from engine.workflow.extending.decided import refuse_ended, settle_extension
from engine.workflow.guarding.check import refuse_to_give
from engine.workflow.record import Facts, Recorder, stead_facts


def approve(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Dossier:
    """Follow an approval, the last decision of the dossier.

    Raises `Conflict` where SoD forbids it, `NotAllowed` where a later stage needs the approver, and
    `Stale` where what it extends has ended.
    """
    request, decision = dossier.request, dossier.standing[-1]
    refuse_ended(uow, version, request)
    now = refuse_needed_later(uow, version, dossier)
    sod: Facts = {}
    if dossier.grant is None or dossier.grant.is_live:
        # What was given first and is gone by now is combined with nothing.
        found = refuse_conflicts(
            uow, version, request.entitlement, holder=request.holder, request=request.id
        )
        sod = {"sod": found}
    is_stalled = request.stage.is_stalled
    request = with_stage(request, with_quorums(request.stage, now), is_stalled=is_stalled)
    dossier = replace(dossier, request=request)
    facts = {**decision_facts(version.company, decision, dossier, now), **sod}
    Recorder(uow, version, request).note(Action.DECISION_APPROVED, decision.approver, facts)
    given = sum(1 for d in dossier.standing if d.stage == request.stage_number)
    if given < request.stage.quorum:
        return replace(dossier, request=ask_the_others(uow, version, dossier))
    if request.stage_number < len(request.stages):
        return replace(dossier, request=open_next(uow, version, dossier))
    return _settle(uow, version, dossier)


def decision_facts(company: Company, decision: Decision, dossier: Dossier, now: Resolved) -> Facts:
    """Give what an entry says of a decision beside who made it: also how its stage stands now."""
    stage = with_quorums(dossier.request.stage, now)
    return {
        "basis": decision.basis,
        "verdict_reason": decision.reason,
        "parts": [stage.groups[part - 1].name for part in decision.parts],
        "progress": progress(stage, dossier.standing),
        "may_decide": people_facts(now.people),
        **stead_facts(company, decision.instead_of, decision.delegation),
    }


def _settle(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Dossier:
    """Every stage is satisfied: the grant and the duty to give it, in this same commit.

    Where the glass was broken, it was given first.
    """
    asked = dossier.request
    if asked.is_breakglass:
        request = uow.requests.save(asked.move(RequestState.APPROVED, at=uow.now))
        Recorder(uow, version, request).note(Action.REQUEST_APPROVED, None)
        return replace(dossier, request=request)
    refuse_to_give(uow, version.company, asked.entitlement, holder=asked.holder)
    if asked.extends is not None:
        return replace(dossier, request=settle_extension(uow, version, asked))
    request = uow.requests.save(asked.move(RequestState.APPROVED, at=uow.now))
    grant = uow.grants.add(grant_of(uow, request))
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


def grant_of(uow: UnitOfWork, request: Request) -> Grant:
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
