"""A stage is resolved to people: at the submission, when it is opened, and at each decision."""

from __future__ import annotations

from dataclasses import replace

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed
from engine.model.company import Chain, StageRule
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, show
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
    _, candidates = _to_decide(uow, version, request, decided=decided)[0]
    return candidates


def refuse_needed_later(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> None:
    """Leave each stage to people so that all can be decided, as they could at the submission.

    Raises `NotAllowed` where the dossier's last decision, an approval, is by somebody without whom
    a later stage has too few people; but not where it had too few in any case.
    """
    request, (*earlier, last) = dossier.request, dossier.decisions
    given = sum(1 for d in earlier if d.stage == request.stage_number)
    decided = frozenset(decision.approver for decision in earlier)
    without = _to_decide(uow, version, request, decided=decided)
    with_it = _to_decide(uow, version, request, decided=decided | {last.approver})
    wedged = undecidable_stage(_less(with_it, given + 1))
    if wedged is None or undecidable_stage(_less(without, given)) is not None:
        return
    others = (a.person for a in without[0][1] if a.person != last.approver)
    names = " or ".join(name_of(version.company, person) for person in others)
    raise NotAllowed(
        "decision.needed_later",
        f"{show(request.id)} needs you for the stage “{wedged.name}”, which could not be decided "
        f"without you, and nobody decides twice; please leave this one to {names}.",
    )


_Places = tuple[tuple[StageRule, tuple[Approver, ...]], ...]


def _to_decide(
    uow: UnitOfWork, version: CompanyVersion, request: Request, *, decided: frozenset[PersonId]
) -> _Places:
    """List the open stage and those after it, each with who may decide it now."""
    entitlement = find_entitlement(version.company, request.entitlement)
    pinned = uow.companies.version(request.config_version).company
    chain = pinned.chain[pinned.entitlement[request.entitlement].chain]
    asking = Asking(request.requester, request.holder, entitlement)
    return tuple(
        (rule, approvers(version.company, rule, asking, excluded=decided))
        for rule in chain.stages[request.stage_number - 1 :]
    )


def _less(places: _Places, given: int) -> _Places:
    """Leave out the places of the open stage that are taken already."""
    (rule, candidates), *later = places
    return ((replace(rule, quorum=rule.quorum - given), candidates), *later)


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
