"""People have changed: an open stage asks whoever may decide it now.

Whoever is not asked any more sees no buttons, whoever may decide by now is asked, and where nobody
is left who could, that is said once. The stage lapses at its limit all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.company import StageRule
from engine.model.dossier import Dossier
from engine.model.identifiers import RequestId
from engine.model.request import Approver
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.asking.note_stage import note_asked_again, note_stalled
from engine.workflow.asking.stages import outlook, with_asked
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


def should_ask_again(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> bool:
    """Say whether the open stage asks others than may decide it now. Without a lock: a hint."""
    return _different(uow, version, dossier) is not None


@dataclass(frozen=True, slots=True)
class _Different:
    """How the open stage should be, where it is not so."""

    asked: tuple[Approver, ...]
    are_others: bool
    stalled: StageRule | None


def _different(uow: UnitOfWork, version: CompanyVersion, dossier: Dossier) -> _Different | None:
    if not dossier.request.is_pending:
        return None
    request = dossier.request
    may_decide, stalled = outlook(uow, version, dossier)
    # Who has answered was asked, and stays so: their message shows what they said.
    answered = {d.approver for d in dossier.standing if d.stage == request.stage_number}
    asked = (*(a for a in request.stage.asked if a.person in answered), *may_decide)
    are_others = {a.person for a in asked} != {a.person for a in request.stage.asked}
    if not are_others and request.stage.is_stalled is (stalled is not None):
        return None
    return _Different(asked if are_others else request.stage.asked, are_others, stalled)


def _make_so(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier, different: _Different
) -> None:
    was_stalled, stalled = dossier.request.stage.is_stalled, different.stalled
    request = uow.requests.save(
        with_asked(dossier.request, different.asked, is_stalled=stalled is not None)
    )
    recorder = Recorder(uow, version, request)
    if different.are_others or stalled is None:
        note_asked_again(recorder, request)
    if stalled is not None and not was_stalled:
        note_stalled(recorder, request, stalled)
