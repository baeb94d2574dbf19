"""Someone asks for access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.model.identifiers import EntitlementId, PersonId
from engine.model.request import Request
from engine.policy.approvers import Asking
from engine.ports import Work
from engine.workflow.asking.conflict import note_alerts
from engine.workflow.asking.drafting import (
    Wanted,
    asked_facts,
    check_eligible,
    make_draft,
)
from engine.workflow.asking.note_stage import note_opened
from engine.workflow.asking.planning import plan_words
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.guarding.check import refuse_to_ask
from engine.workflow.guarding.tickets import look_up, note_ticket
from engine.workflow.record import Recorder


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
    looked = look_up(work, ask.entitlement, ask.reason)
    with work() as uow:
        version = uow.companies.active()
        holder_id = ask.holder or ask.actor
        uow.lock_person(holder_id)  # two equal or conflicting requests at once: one waits here
        company = version.company
        actor, holder = find_person(company, ask.actor), find_person(company, holder_id)
        entitlement = find_entitlement(company, ask.entitlement)
        delegations = uow.delegations.in_force()
        asking = Asking(actor.id, holder.id, entitlement, delegations, at=uow.now)
        check_eligible(company, asking, actor=actor, holder=holder)
        access = uow.requests.access_of(holder.id)
        for pending in access.pending:
            if pending.entitlement == entitlement.id and pending.extends is None:
                return Submitted(pending, is_new=False)
        refuse_to_ask(uow, version, entitlement, holder=holder.id)
        asked = entitlement.duration_default if ask.duration is None else ask.duration
        wanted = Wanted(asked, ask.reason, looked)
        drafted = make_draft(uow, version, asking, wanted)
        request = uow.requests.add(drafted.draft)
        recorder = Recorder(uow, version, request)
        recorder.note(Action.REQUEST_SUBMITTED, request.requester, asked_facts(version, drafted))
        note_ticket(recorder, asking, looked)
        note_alerts(recorder)
        if words := plan_words(drafted.plan):
            recorder.note(Action.REQUEST_ROUTED, None, {"route_words": words})
        note_opened(recorder, request)
        uow.commit()
        return Submitted(request, is_new=True)
