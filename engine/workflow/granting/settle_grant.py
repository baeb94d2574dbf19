"""What came of giving access is kept: it was there before, is there now, or cannot be given."""

from __future__ import annotations

from dataclasses import replace

from engine.audit.canonical import Json
from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.model.grant import EndCause, Grant, GrantState
from engine.ports import Effect, UnitOfWork, Work
from engine.workflow.emergency.opening import follow_end
from engine.workflow.find import lock_request
from engine.workflow.granting.end import order_end
from engine.workflow.record import Recorder


def note_before(work: Work, effect: Effect, *, was_there: bool) -> bool:
    """Keep whether the access was there before us; False where it is not to be given any more."""
    with work() as uow:
        dossier = lock_request(uow, effect.duty.request)
        grant = dossier.grant
        assert grant is not None
        if grant.state is not GrantState.PROVISIONING or not uow.outbox.is_newest(effect):
            uow.outbox.finish(effect)
            uow.commit()
            return False
        if grant.held_before is None:
            held = _held_before(uow, grant, was_there=was_there)
            uow.grants.save(replace(grant, held_before=held))
            if held:
                Recorder(uow, uow.companies.active(), dossier.request).note(
                    Action.GRANT_STANDING,
                    None,
                    target_facts(grant),
                )
        uow.commit()
        return True


def _held_before(uow: UnitOfWork, grant: Grant, *, was_there: bool) -> bool:
    """Tell a standing right from what another grant of ours gave: that one knows what it found."""
    for other in uow.requests.access_of(grant.holder).live:
        same = other.exclusive == grant.exclusive and other.id != grant.id
        if same and other.held_before is not None:
            return other.held_before
    return was_there


def settle_grant(work: Work, effect: Effect) -> None:
    """Start the timer: the access was read back. Nothing, where the attempt is not the newest."""
    with work() as uow:
        dossier = lock_request(uow, effect.duty.request)
        grant = dossier.grant
        assert grant is not None
        if not uow.outbox.finish(effect):
            return
        if grant.state is GrantState.PROVISIONING:
            grant = uow.grants.save(grant.activate(at=uow.now))
            assert grant.ends_at is not None
            Recorder(uow, uow.companies.active(), dossier.request).note(
                Action.GRANT_ACTIVATED,
                None,
                {
                    **target_facts(grant),
                    "held_before": bool(grant.held_before),
                    "duration": int(grant.duration.total_seconds()),
                    "ends_at": instant(grant.ends_at),
                },
            )
        uow.commit()


def target_facts(grant: Grant) -> dict[str, Json]:
    """Give what an entry says of what exactly was given or taken."""
    return {
        "account": grant.account,
        "permission": grant.permission,
        "resource": grant.resource,
    }


def fail_grant(work: Work, effect: Effect, problem: str) -> None:
    """End a grant that cannot be given, after making sure that nothing stays given."""
    with work() as uow:
        dossier = lock_request(uow, effect.duty.request)
        grant = dossier.grant
        assert grant is not None
        if not uow.outbox.finish(effect):
            return
        if grant.state is GrantState.PROVISIONING:
            recorder = Recorder(uow, uow.companies.active(), dossier.request)
            end_as_failed(recorder, grant, problem)
        uow.commit()


def end_as_failed(recorder: Recorder, grant: Grant, problem: str) -> None:
    """End the grant, by way of the target where something may have been given; no commit."""
    uow = recorder.uow
    facts: dict[str, Json] = {"problem": problem, "cause": EndCause.FAILED.value}
    if grant.held_before is None:
        ended = uow.grants.save(grant.end(EndCause.FAILED, at=uow.now))
        recorder.note(Action.GRANT_FAILED, None, facts | {"was_touched": False})
        follow_end(recorder, ended)
        return
    order_end(
        recorder,
        grant,
        EndCause.FAILED,
        should_end_at=uow.now,
        facts=facts | {"was_touched": True},
    )
