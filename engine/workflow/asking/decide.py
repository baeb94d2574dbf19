"""An approver answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.vocabulary import Action
from engine.errors import Invalid, Stale
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Approver, Decision, Request, RequestState, Verdict
from engine.policy.content import shown_hash
from engine.policy.reason import check_words
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.asking.approve import approve, decision_facts
from engine.workflow.asking.open_stage import check_in_time, check_pending, find_approver
from engine.workflow.asking.stages import stages_now
from engine.workflow.emergency.afterwards import follow_decision
from engine.workflow.extending.telling import tell_extended
from engine.workflow.find import find_person, lock_request
from engine.workflow.record import Recorder


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
        approver = find_approver(uow, version, dossier, actor=answer.actor)
        decision = _decision(version, dossier.request, answer, approver=approver, at=uow.now)
        uow.requests.add_decision(decision)
        dossier = replace(dossier, decisions=(*dossier.decisions, decision))
        if answer.verdict is Verdict.DENY:
            dossier = _deny(uow, version, dossier)
        else:
            dossier = approve(uow, version, dossier)
        dossier = follow_decision(uow, version, dossier)
        uow.commit()
        return Decided(dossier, is_repeated=False)


def _answered(dossier: Dossier, actor: PersonId) -> Decision | None:
    return next((d for d in dossier.standing if d.approver == actor), None)


def _check_open(dossier: Dossier, answer: Answer, now: datetime) -> None:
    request = dossier.request
    check_pending(request)
    if _answered(dossier, answer.actor) is not None:
        raise Invalid(
            "decision.given",
            f"You answered {show(request.id)} already; a decision cannot be changed. "
            f"To end the access, use `revoke {show(request.id)}`.",
        )
    check_in_time(request, now)
    if answer.seen is not None and answer.seen != shown_hash(request):
        raise Stale(
            "request.changed",
            f"{show(request.id)} has changed or moved on since you were shown it; "
            f"look at it again with `status {show(request.id)}` and decide then.",
        )
    if answer.verdict is Verdict.DENY:
        check_words(answer.reason, "A denial needs a reason")


def _decision(
    version: CompanyVersion, request: Request, answer: Answer, *, approver: Approver, at: datetime
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
        decided_at=at,
        revision=request.revision,
        parts=approver.parts,
        instead_of=approver.instead_of,
        delegation=approver.delegation,
    )


def _deny(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Dossier:
    decision = dossier.standing[-1]
    request = uow.requests.save(dossier.request.move(RequestState.DENIED, at=uow.now))
    recorder = Recorder(uow, version, request)
    now = stages_now(uow, version, dossier)[0]
    facts = decision_facts(version.company, decision, dossier, now)
    recorder.note(Action.DECISION_DENIED, decision.approver, facts)
    recorder.note(Action.REQUEST_DENIED, decision.approver)
    tell_extended(uow, version, request, "was denied")
    return replace(dossier, request=request)
