"""Somebody breaks the glass: access is given at once, and decided afterwards.

What is given is begun only once a signed checkpoint of the record holds that it was asked for
(`checkpoint.py`), so that nobody can have been in and rewrite later that they never were.
"""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.model.closing import Closing, ClosingState
from engine.model.request import Request
from engine.policy.plan import Plan
from engine.ports import CompanyVersion, Duty, EffectKind, UnitOfWork, Work
from engine.workflow.asking.approve import grant_of
from engine.workflow.asking.conflict import note_alerts
from engine.workflow.asking.note_stage import note_opened
from engine.workflow.asking.planning import plan_facts
from engine.workflow.asking.submit import Submitted
from engine.workflow.emergency.checked import (
    Emergency,
    check_count,
    find_rule,
    make_emergency,
)
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.granting.settle_grant import target_facts
from engine.workflow.guarding.check import refuse_frozen
from engine.workflow.record import Recorder


def break_glass(work: Work, asked: Emergency) -> Submitted:
    """Give somebody access at once; the same again, while it is there, gives the first one.

    Commits together: the request with its approval that is asked for afterwards, the grant and the
    duty to give it, the closing, and the entries. Refuses whom no rule lets (`NotAllowed`), who has
    not closed earlier ones, what is too long or names no incident (`Invalid`), and a `Conflict`.
    """
    with work() as uow:
        version = uow.companies.active()
        uow.lock_person(asked.actor)  # two at once: the second one sees the first one
        find_person(version.company, asked.actor)
        entitlement = find_entitlement(version.company, asked.entitlement)
        rule = find_rule(version, asked.actor, entitlement)
        there = check_count(uow, rule, asked.actor, entitlement.id)
        if there is not None:
            return Submitted(there, is_new=False)
        refuse_frozen(uow, version.company, entitlement.id)
        draft, planned = make_emergency(uow, version, rule, entitlement=entitlement, asked=asked)
        request = uow.requests.add(draft)
        _give(uow, version, request, planned)
        uow.commit()
        return Submitted(request, is_new=True)


def _give(uow: UnitOfWork, version: CompanyVersion, request: Request, planned: Plan) -> None:
    grant = uow.grants.add(grant_of(uow, request))
    waiting = Closing(
        request.id,
        ClosingState.WAITING,
        0,
        request.holder,
        request.entitlement,
        nudge_at=request.stage_due_at,
    )
    uow.closings.add(waiting)
    uow.outbox.order(Duty(EffectKind.PROVISION, grant.id, exclusive=grant.exclusive))
    recorder = Recorder(uow, version, request)
    length = int(request.duration.total_seconds())
    recorder.note(
        Action.REQUEST_SUBMITTED,
        request.requester,
        {
            "duration": length,
            "reason": request.reason,
            "resource": grant.resource,
            "permission": grant.permission,
            "tier": version.company.entitlement[request.entitlement].tier,
            **plan_facts(planned),
        },
    )
    recorder.note(
        Action.BREAKGLASS_OPENED,
        request.requester,
        {**target_facts(grant), "duration": length},
    )
    note_alerts(recorder)
    note_opened(recorder, request)
