"""A stage is resolved to people: at the submission, when it is opened, and at each decision."""

from __future__ import annotations

from dataclasses import replace

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import Invalid
from engine.model.company import Chain
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId
from engine.model.request import Approver, Request, Stage
from engine.policy.approvers import Asking, approvers, undecidable_stage
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.find import find_entitlement
from engine.workflow.record import Recorder, name_of


def resolve(version: CompanyVersion, chain: Chain, asking: Asking) -> tuple[Stage, ...]:
    """Find each stage's approvers. Raises `Invalid` where different people cannot decide all."""
    resolved = [
        (rule, approvers(version.company, rule, asking, excluded=frozenset()))
        for rule in chain.stages
    ]
    wedged = undecidable_stage(resolved)
    if wedged is not None:
        owner = name_of(version.company, asking.entitlement.owner)
        raise Invalid(
            "request.undecidable",
            f"Nobody eligible could decide the stage “{wedged.name}” of {asking.entitlement.name} "
            f"as you ask, because requester, holder and earlier approvers are left out; "
            f"please ask {owner}, who owns it, or an admin.",
        )
    return tuple(
        Stage(number, rule.name, rule.quorum, rule.limit, asked)
        for number, (rule, asked) in enumerate(resolved, start=1)
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


def open_next(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Request:
    """Open the stage after the satisfied one; nobody who has decided is asked again."""
    request = dossier.request.open_next_stage(at=uow.now)
    decided = frozenset(decision.approver for decision in dossier.decisions)
    asked = eligible(uow, version, request, decided=decided)
    request = uow.requests.save(_with_asked(request, asked))
    note_opened(Recorder(uow, version, request), request)
    return request


def _with_asked(request: Request, asked: tuple[Approver, ...]) -> Request:
    stages = list(request.stages)
    stages[request.stage_number - 1] = replace(request.stage, asked=asked)
    return replace(request, stages=tuple(stages))


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
