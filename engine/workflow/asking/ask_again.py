"""People have changed: an open stage asks whoever may decide it now.

Whoever is not asked any more sees no buttons, whoever may decide by now is asked, and where nobody
is left who could, that is said once. The stage lapses at its limit all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.model.company import StageRule
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId, RequestId
from engine.model.request import Approver, Decision, Request, Stage
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.asking.note_stage import (
    ONE_OF_TWO_DECIDED,
    PEOPLE_CHANGED,
    STAND_INS_CHANGED,
    note_asked_again,
    note_stalled,
)
from engine.workflow.asking.stages import outlook, with_stage
from engine.workflow.find import lock_request
from engine.workflow.record import Recorder


def ask_again(work: Work, request: RequestId) -> bool:
    """Let the open stage ask whoever may decide it now; says whether anything was different."""
    with work() as uow:
        dossier = lock_request(uow, request)
        version = uow.companies.active()
        different = _different(uow, version, dossier)
        if different is None:
            return False
        _make_so(uow, version, dossier, different)
        uow.commit()
        return True


def _is_because_of(last: Decision, request: Request, different: _Different) -> bool:
    """Say whether somebody is not asked any more because of what was decided last."""
    others = _acting(different.stage) ^ _acting(request.stage)
    return any(person in last.people for *both, _ in others for person in both)


def should_ask_again(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> bool:
    """Say whether the open stage asks others than may decide it now. Without a lock: a hint."""
    return _different(uow, version, dossier) is not None


@dataclass(frozen=True, slots=True)
class _Different:
    """How the open stage should be, where it is not so."""

    stage: Stage
    are_others: bool
    stalled: StageRule | None
    why: str


def _different(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> _Different | None:
    if not dossier.request.is_pending:
        return None
    request = dossier.request
    stage, stalled = outlook(uow, version, dossier)
    stage = replace(stage, asked=(*_answered(dossier), *stage.asked))
    others = _acting(stage) ^ _acting(request.stage)
    is_other = bool(others) or stage.groups != request.stage.groups
    if not is_other and request.stage.is_stalled is (stalled is not None):
        return None
    is_by_delegation = bool(others) and all(instead_of for _, instead_of, _ in others)
    why = STAND_INS_CHANGED if is_by_delegation else PEOPLE_CHANGED
    return _Different(stage if is_other else request.stage, is_other, stalled, why)


def _answered(dossier: Dossier) -> Iterator[Approver]:
    """List who has answered at the open stage: they stay, their message shows what they said.

    Also who did it before the clock came by, and was never asked.
    """
    asked = {approver.person: approver for approver in dossier.request.stage.asked}
    for given in dossier.standing:
        if given.stage == dossier.request.stage_number:
            yield asked.get(given.approver, Approver(given.approver, given.basis, given.parts))


_Acting = tuple[PersonId, PersonId | None, tuple[int, ...]]


def _acting(stage: Stage) -> frozenset[_Acting]:
    """Name who is asked, each with in whose stead and for which parts: that may change as well."""
    return frozenset((a.person, a.instead_of, a.parts) for a in stage.asked)


def ask_the_others(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> Request:
    """Save a request that waits for more approvals at its stage, after one was given.

    Of two who stand in for each other one has decided then: the other one is asked no more.
    """
    different, request = _different(uow, version, dossier), dossier.request
    if different is None or not _is_because_of(dossier.standing[-1], request, different):
        # Saved although nothing in it changed: its version counts every decision, so that two
        # approvers at once can never both read the same number of approvals.
        return uow.requests.save(request)
    request = uow.requests.save(
        with_stage(request, different.stage, is_stalled=request.stage.is_stalled)
    )
    note_asked_again(Recorder(uow, version, request), request, ONE_OF_TWO_DECIDED)
    return request


def _make_so(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier, different: _Different
) -> None:
    was_stalled, stalled = dossier.request.stage.is_stalled, different.stalled
    request = uow.requests.save(
        with_stage(dossier.request, different.stage, is_stalled=stalled is not None)
    )
    recorder = Recorder(uow, version, request)
    if different.are_others or stalled is None:
        note_asked_again(recorder, request, different.why)
    if stalled is not None and not was_stalled:
        note_stalled(recorder, request, stalled)
