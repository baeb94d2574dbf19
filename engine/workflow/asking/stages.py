"""A stage is resolved to people: at the submission, when it is opened, and at each decision."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import Invalid, NotAllowed
from engine.model.company import StageRule
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, show
from engine.model.request import Approver, Request, Stage
from engine.policy.approvers import Asking, approvers, undecidable_stage
from engine.policy.delegating.standing_in import called
from engine.policy.plan import Plan
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.note_stage import note_opened, note_stalled
from engine.workflow.find import find_entitlement
from engine.workflow.record import Recorder, name_of


def resolve(version: CompanyVersion, plan: Plan, asking: Asking) -> tuple[Stage, ...]:
    """Find each stage's approvers. Raises `Invalid` where different people cannot decide all."""
    resolved = [
        (step, approvers(version.company, step.rule, asking, excluded=frozenset()))
        for step in plan.taken
    ]
    wedged = undecidable_stage([(step.rule, asked) for step, asked in resolved])
    if wedged is not None:
        owner = name_of(version.company, asking.entitlement.owner)
        raise Invalid(
            "request.undecidable",
            f"Nobody eligible could decide the stage “{wedged.name}” of {asking.entitlement.name} "
            f"as you ask, because requester, holder and earlier approvers are left out; "
            f"please ask {owner}, who owns it, or an admin.",
        )
    return tuple(
        Stage(
            number=number,
            name=step.rule.name,
            quorum=step.rule.quorum,
            limit=step.rule.limit,
            asked=asked,
            chain=plan.chain,
            place=step.place,
        )
        for number, (step, asked) in enumerate(resolved, start=1)
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
    request, (*earlier, last) = dossier.request, dossier.standing
    given = sum(1 for d in earlier if d.stage == request.stage_number)
    decided = frozenset(person for decision in earlier for person in decision.people)
    without = _to_decide(uow, version, request, decided=decided)
    with_it = _to_decide(uow, version, request, decided=decided | {*last.people})
    wedged = undecidable_stage(_less(with_it, given + 1))
    if wedged is None or undecidable_stage(_less(without, given)) is not None:
        return
    company, both = version.company, set(last.people)
    others = (a for a in without[0][1] if both.isdisjoint({a.person, a.instead_of}))
    names = " or ".join(called(company, other) for other in others)
    you, how = "you", "without you"
    if last.instead_of is not None:
        you, how = f"you or {name_of(company, last.instead_of)}", "otherwise"
    raise NotAllowed(
        "decision.needed_later",
        f"{show(request.id)} needs {you} for the stage “{wedged.name}”, which could not be decided "
        f"{how}, and nobody decides twice; please leave this one to {names}.",
    )


_Places = tuple[tuple[StageRule, tuple[Approver, ...]], ...]


def _to_decide(
    uow: UnitOfWork, version: CompanyVersion, request: Request, *, decided: frozenset[PersonId]
) -> _Places:
    """List the open stage and those after it, each with who may decide it now."""
    entitlement = find_entitlement(version.company, request.entitlement)
    delegations = uow.delegations.in_force()
    asking = Asking(request.requester, request.holder, entitlement, delegations)
    return tuple(
        (rule, approvers(version.company, rule, asking, excluded=decided))
        for rule in _rules_left(uow, request)
    )


def _rules_left(uow: UnitOfWork, request: Request) -> tuple[StageRule, ...]:
    """Give the rules of the open stage and of those after it, as the request began with them."""
    return rules_of(uow, request)[request.stage_number - 1 :]


def rules_of(uow: UnitOfWork, request: Request) -> tuple[StageRule, ...]:
    """Give the rules of all its stages, as the request began with them."""
    pinned = uow.companies.version(request.config_version).company
    usual = pinned.entitlement[request.entitlement].chain
    return tuple(pinned.chain[stage.chain or usual].stages[stage.place] for stage in request.stages)


def _less(places: _Places, given: int) -> _Places:
    """Leave out the places of the open stage that are taken already."""
    (rule, candidates), *later = places
    return ((replace(rule, quorum=rule.quorum - given), candidates), *later)


def outlook(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier
) -> tuple[tuple[Approver, ...], StageRule | None]:
    """Say who may decide the open stage now, and the first stage that too few people are left for.

    Nobody may, where the entitlement was taken out of the catalog.
    """
    request = dossier.request
    if request.entitlement not in version.company.entitlement:
        return (), _rules_left(uow, request)[0]
    given = sum(1 for d in dossier.standing if d.stage == request.stage_number)
    places = _to_decide(uow, version, request, decided=dossier.decided_by)
    return places[0][1], undecidable_stage(_less(places, given))


def open_next(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Request:
    """Open the stage after the satisfied one; nobody who has decided is asked again."""
    request = dossier.request.open_next_stage(at=uow.now, decide_by=dossier.request.held_until)
    asked, stalled = outlook(uow, version, replace(dossier, request=request))
    request = uow.requests.save(with_asked(request, asked, is_stalled=stalled is not None))
    recorder = Recorder(uow, version, request)
    note_opened(recorder, request)
    if stalled is not None:
        note_stalled(recorder, request, stalled)
    return request


def with_asked(request: Request, asked: tuple[Approver, ...], *, is_stalled: bool) -> Request:
    """Let the open stage ask these people."""
    stages = list(request.stages)
    stages[request.stage_number - 1] = replace(request.stage, asked=asked, is_stalled=is_stalled)
    return replace(request, stages=tuple(stages))
