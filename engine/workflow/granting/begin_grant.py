"""It is checked once more, right before access is given, that it still may be."""

from __future__ import annotations

from engine.model.grant import Grant, GrantState
from engine.policy.drift import is_too_late_to_begin
from engine.policy.people import is_active
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.asking.conflict import find_conflicts
from engine.workflow.emergency.checkpoint import waits_for_checkpoint
from engine.workflow.granting.attempt import Attempt, Taken, take_on
from engine.workflow.granting.settle_grant import end_as_failed
from engine.workflow.guarding.check import frozen_words
from engine.workflow.record import Recorder, name_of


def begin_grant(attempt: Attempt) -> Taken | None:
    """Take the duty on, if it is still to be done and still allowed; SoD is checked once more.

    What is not allowed any more ends the grant as FAILED, in the same commit. What was asked for in
    an emergency waits until a signed checkpoint of the record holds it.
    """
    with attempt.work() as uow:
        taken = take_on(uow, attempt, GrantState.PROVISIONING)
        if taken is not None:
            version = uow.companies.active()
            objection = _objection(uow, version, taken.grant)
            if objection:
                recorder = Recorder(uow, version, taken.dossier.request)
                end_as_failed(recorder, taken.grant, objection)
                uow.outbox.finish(taken.effect)
                taken = None
            elif waits_for_checkpoint(uow, version, taken.dossier, taken.effect):
                taken = None
        uow.commit()
        return taken


def _objection(uow: UnitOfWork, version: CompanyVersion, grant: Grant) -> str | None:
    """Say why the access must not be given any more, in a sentence; None where it may."""
    company = version.company
    if not is_active(company, grant.holder):
        return f"{name_of(company, grant.holder)} is not active in the directory any more."
    if is_too_late_to_begin(grant, uow.now):
        return "it could not be given within an hour of the decision; please ask again."
    frozen = frozen_words(uow, company, grant.entitlement)
    if frozen:
        return frozen
    access = uow.requests.access_of(grant.holder)
    found = find_conflicts(uow, company, grant.entitlement, access=access, request=grant.id)
    if found:
        rule = found[0].rule
        return f"segregation of duties forbids it by now (rule {rule.id}: {rule.name})."
    return None
