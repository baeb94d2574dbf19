"""Somebody asks that access goes on."""

from __future__ import annotations

from dataclasses import dataclass

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import NotAllowed
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Request
from engine.policy.approvers import Asking
from engine.policy.extending.going_on import Longer, check_longer, running
from engine.policy.people import is_active
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.asking.drafting import asked_facts, check_eligible
from engine.workflow.asking.note_stage import note_opened
from engine.workflow.asking.planning import plan_words
from engine.workflow.asking.submit import Submitted
from engine.workflow.extending.drafting import More, draft_extension
from engine.workflow.find import find_entitlement, find_person, lock_request, read_request
from engine.workflow.guarding.check import refuse_to_ask
from engine.workflow.guarding.tickets import look_up, note_ticket
from engine.workflow.record import Recorder


@dataclass(frozen=True, slots=True)
class AskLonger:
    """Which access somebody wants to go on, for how much longer, and why."""

    actor: PersonId
    request: RequestId
    longer: Longer
    reason: str


def extend(work: Work, ask: AskLonger) -> Submitted:
    """Keep an extension and ask its first stage; what is there already goes on meanwhile.

    Commits together: the extension, the entries of both, and the duties to announce them. It is
    refused as a request for the same would be, and where the access must not go on for so long.
    """
    with work() as uow:
        wanted = read_request(uow, ask.request).request.entitlement
    looked = look_up(work, wanted, ask.reason)
    with work() as uow:
        extended = lock_request(uow, ask.request)
        version = uow.companies.active()
        asking = _check_whose(uow, version, extended, ask.actor)
        access = running(extended, uow.now)
        for pending in uow.requests.access_of(asking.holder).pending:
            if pending.extends == ask.request:
                return Submitted(pending, is_new=False)
        length = check_longer(
            asking.entitlement, access, ask.longer, extended=_times(uow, ask.request)
        )
        refuse_to_ask(uow, version, asking.entitlement, holder=asking.holder)
        more = More(extended.request, access, length, ask.reason, looked)
        drafted = draft_extension(uow, version, asking, more)
        request = uow.requests.add(drafted.draft)
        recorder = Recorder(uow, version, request)
        recorder.note(Action.REQUEST_SUBMITTED, ask.actor, asked_facts(version, drafted))
        note_ticket(recorder, asking, more.ticket)
        if words := plan_words(drafted.plan):
            recorder.note(Action.REQUEST_ROUTED, None, {"route_words": words})
        note_opened(recorder, request)
        _note_asked(Recorder(uow, version, extended.request), ask.actor, request)
        uow.commit()
        return Submitted(request, is_new=True)


def _check_whose(
    uow: UnitOfWork, version: CompanyVersion, extended: Dossier, actor: PersonId
) -> Asking:
    """Let its holder ask, and whoever had asked for it: neither of them decides it then."""
    company, request = version.company, extended.request
    if actor not in {request.requester, request.holder}:
        raise NotAllowed(
            "extend.not_yours",
            f"{show(request.id)} is not yours to extend; who has the access, and who asked for it, "
            "can.",
        )
    holder = find_person(company, request.holder)
    entitlement = find_entitlement(company, request.entitlement)
    # Who had asked for it does not decide that it goes on, whoever asks for that; who has left does
    # not in any case.
    requester = request.requester if is_active(company, request.requester) else actor
    delegations = uow.delegations.in_force()
    asking = Asking(requester, request.holder, entitlement, delegations, at=uow.now)
    check_eligible(company, asking, actor=find_person(company, actor), holder=holder)
    return asking


def _times(uow: UnitOfWork, request: RequestId) -> int:
    """Count how often it was extended, by the record."""
    entries = uow.audit.stream(show(request))
    return sum(1 for one in entries if one.entry.action == Action.GRANT_EXTENDED)


def _note_asked(recorder: Recorder, actor: PersonId, request: Request) -> None:
    assert request.held_until is not None
    facts = {
        "extension": show(request.id),
        "longer_until_at": instant(request.held_until + request.duration),
        "ends_at": instant(request.held_until),
        "reason": request.reason,
    }
    recorder.note(Action.GRANT_EXTENSION_ASKED, actor, facts)
