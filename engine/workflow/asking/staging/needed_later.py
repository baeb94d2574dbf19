"""Nobody takes a place that is not free, or that leaves too few people for another one."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import NotAllowed
from engine.model.company import PartRule, StageRule
from engine.model.dossier import Dossier
from engine.model.identifiers import show
from engine.policy.approvers import Resolved, undecidable_part
from engine.policy.approving.progress import progress
from engine.policy.approving.seating import is_one_too_many
from engine.policy.delegating.standing_in import called
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.stages import of_part, stages_now, with_quorums
from engine.workflow.record import name_of


def refuse_needed_later(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Resolved:
    """Leave each place to people so that all can be taken, as they could at the submission.

    Raises `NotAllowed` where the dossier's last decision, an approval, is by somebody without whom
    another place finds nobody, but not where one found nobody in any case; and where its own parts
    have all they need already. Gives the open stage as it is with that decision.
    """
    earlier = replace(dossier, decisions=dossier.decisions[:-1])
    before, after = (stages_now(uow, version, one) for one in (earlier, dossier))
    _refuse_one_too_many(version, dossier, before[0])
    wedged = undecidable_part(after)
    if wedged is not None and undecidable_part(before) is None:
        raise _needed(version, dossier, before[0], wedged)
    return after[0]


def _refuse_one_too_many(version: CompanyVersion, dossier: Dossier, before: Resolved) -> None:
    request, last = dossier.request, dossier.standing[-1]
    if not is_one_too_many(before.quorums, [*(a.parts for a in before.given), last.parts]):
        return
    names = " and ".join(before.rule.groups[part - 1].name for part in last.parts)
    missing = progress(with_quorums(request.stage, before), dossier.standing[:-1])
    raise NotAllowed(
        "decision.part_complete",
        f"{names} has all the approvals that it needs for {show(request.id)}, so yours would count "
        f"for nothing ({missing}); you can still deny it.",
    )


def _needed(
    version: CompanyVersion,
    dossier: Dossier,
    before: Resolved,
    wedged: tuple[StageRule, PartRule],
) -> NotAllowed:
    number, last = show(dossier.request.id), dossier.standing[-1]
    rule, part = wedged
    company, both = version.company, set(last.people)
    others = (a for a in before.people if both.isdisjoint({a.person, a.instead_of}))
    names = " or ".join(called(company, other) for other in others)
    you, how = "you", "without you"
    if last.instead_of is not None:
        you, how = f"you or {name_of(company, last.instead_of)}", "otherwise"
    stage = f"“{rule.name}”{of_part(rule, part) or ','}"
    return NotAllowed(
        "decision.needed_later",
        f"{number} needs {you} for the stage {stage} which could not be decided {how}, "
        f"and nobody decides twice; please leave this one to {names}.",
    )
