"""A stage is resolved to people: at the submission, when it is opened, and at each decision."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import Invalid
from engine.model.company import PartRule, StageRule
from engine.model.dossier import Dossier
from engine.model.request import Approver, Part, Request, Stage
from engine.policy.approvers import (
    Asking,
    Resolved,
    resolved,
    undecidable_part,
    undecidable_stage,
    why_few,
)
from engine.policy.plan import Plan
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.note_stage import note_opened, note_stalled
from engine.workflow.find import find_entitlement
from engine.workflow.record import Recorder, name_of


def resolve(version: CompanyVersion, plan: Plan, asking: Asking) -> tuple[Stage, ...]:
    """Find each stage's approvers. Raises `Invalid` where different people cannot decide all."""
    found = [(step, resolved(version.company, step.rule, asking)) for step in plan.taken]
    wedged = undecidable_part([stage for _, stage in found])
    if wedged is not None:
        rule, part = wedged
        owner = name_of(version.company, asking.entitlement.owner)
        raise Invalid(
            "request.undecidable",
            f"Nobody eligible could decide the stage “{rule.name}”{of_part(rule, part)} of "
            f"{asking.entitlement.name} as you ask, because "
            f"{why_few(version.company, part, asking)}; "
            f"please ask {owner}, who owns it, or an admin.",
        )
    return tuple(
        with_quorums(
            Stage(
                number=number,
                name=step.rule.name,
                quorum=step.rule.quorum,
                limit=step.rule.limit,
                asked=stage.people,
                chain=plan.chain,
                place=step.place,
            ),
            stage,
        )
        for number, (step, stage) in enumerate(found, start=1)
    )


def of_part(rule: StageRule, part: PartRule) -> str:
    """Name a part after its stage; nothing where the stage is one group alone."""
    return f", part “{part.name}”," if rule.parts else ""


def with_quorums(stage: Stage, now: Resolved) -> Stage:
    """Let a stage need as many approvals as it does now, in each of its parts."""
    groups = zip(now.rule.groups, now.quorums, strict=True)
    parts = tuple(Part(group.name, quorum) for group, quorum in groups)
    return replace(stage, quorum=sum(now.quorums), parts=parts if now.rule.parts else ())


def eligible(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> tuple[Approver, ...]:
    """List who may decide the open stage: by the rules it began with, and the people of today."""
    return stages_now(uow, version, dossier)[0].people


def stages_now(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> tuple[Resolved, ...]:
    """Resolve the open stage and those after it, by the people of today and what is decided."""
    request = dossier.request
    entitlement = find_entitlement(version.company, request.entitlement)
    delegations, decided = uow.delegations.in_force(), dossier.decided_by
    asking = Asking(request.requester, request.holder, entitlement, delegations, at=uow.now)
    return tuple(
        resolved(version.company, rule, asking, excluded=decided, given=_given(dossier, number))
        for number, rule in enumerate(_rules_left(uow, request), start=request.stage_number)
    )


def _given(dossier: Dossier, stage: int) -> tuple[Approver, ...]:
    """List whose approvals a stage has, each for the parts for which it was given."""
    here = (decision for decision in dossier.standing if decision.stage == stage)
    return tuple(Approver(d.instead_of or d.approver, d.basis, d.parts) for d in here)


def _rules_left(uow: UnitOfWork, request: Request) -> tuple[StageRule, ...]:
    """Give the rules of the open stage and of those after it, as the request began with them."""
    return rules_of(uow, request)[request.stage_number - 1 :]


def rules_of(uow: UnitOfWork, request: Request) -> tuple[StageRule, ...]:
    """Give the rules of all its stages, as the request began with them."""
    pinned = uow.companies.version(request.config_version).company
    usual = pinned.entitlement[request.entitlement].chain
    return tuple(pinned.chain[stage.chain or usual].stages[stage.place] for stage in request.stages)


def outlook(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier
) -> tuple[Stage, StageRule | None]:
    """Say whom the open stage asks now, and the first stage that too few people are left for.

    Nobody may decide, where the entitlement was taken out of the catalog.
    """
    request = dossier.request
    if request.entitlement not in version.company.entitlement:
        return replace(request.stage, asked=()), _rules_left(uow, request)[0]
    now = stages_now(uow, version, dossier)
    stage = replace(with_quorums(request.stage, now[0]), asked=now[0].people)
    is_waiting_for_nobody = len(now[0].given) >= stage.quorum
    return stage, now[0].rule if is_waiting_for_nobody else undecidable_stage(now)


def open_next(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Request:
    """Open the stage after the satisfied one; nobody who has decided is asked again."""
    request = dossier.request.open_next_stage(at=uow.now, decide_by=dossier.request.held_until)
    stage, stalled = outlook(uow, version, replace(dossier, request=request))
    request = uow.requests.save(with_stage(request, stage, is_stalled=stalled is not None))
    recorder = Recorder(uow, version, request)
    note_opened(recorder, request)
    if stalled is not None:
        note_stalled(recorder, request, stalled)
    return request


def with_stage(request: Request, stage: Stage, *, is_stalled: bool) -> Request:
    """Let the open stage be like this; the same request where it is so already."""
    stage = replace(stage, is_stalled=is_stalled)
    if stage == request.stage:
        return request
    stages = list(request.stages)
    stages[request.stage_number - 1] = stage
    return replace(request, stages=tuple(stages))
