"""Access is given, read back, and only then is it a grant whose time runs.

::

    begin ─ look (was it there before us?) ─ note ─ give ─ read back ─ settle
      │ the rules say no any more                  │ useless             ▼
      └──────────────▶ fail ◀──────────────────────┘                  ACTIVE

What was there before us is noted *before* anything is changed: after a crash nobody could tell our
change from a standing right, and standing rights are never removed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import Permanent, Temporary
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, Grant, GrantState
from engine.policy.drift import is_too_late_to_begin
from engine.policy.people import is_active
from engine.ports import CompanyVersion, Effect, UnitOfWork, Work
from engine.workflow.attempt import LEASE, Attempt, Boundary, retry_after
from engine.workflow.conflict import find_conflicts
from engine.workflow.end import order_end
from engine.workflow.find import lock_request
from engine.workflow.record import Recorder, name_of


@dataclass(frozen=True, slots=True)
class _Begun:
    effect: Effect
    grant: Grant


def provision(attempt: Attempt) -> None:
    """Try once to give what was decided. Any number of attempts gives it once.

    A failure that may pass lets the duty come again; one that will not ends the grant as FAILED,
    after making sure that nothing stays given.
    """
    begun = begin_grant(attempt)
    if begun is None:
        return
    attempt.reached(Boundary.STARTED)
    try:
        _give(attempt, begun)
    except Temporary as problem:
        _postpone(attempt.work, begun.effect, problem)
    except Permanent as problem:
        _fail(attempt.work, begun.effect, str(problem))


def begin_grant(attempt: Attempt) -> _Begun | None:
    """Take the duty on, if it is still to be done and still allowed; SoD is checked once more."""
    with attempt.work() as uow:
        duty = uow.outbox.duty_of(attempt.effect)
        if duty is None:
            return None
        dossier = lock_request(uow, duty.request)
        effect = uow.outbox.start(attempt.effect, attempt.number, LEASE)
        if effect is None:
            uow.commit()
            return None
        grant = dossier.grant
        if grant is None or grant.state is not GrantState.PROVISIONING:
            uow.outbox.finish(effect)
            uow.commit()
            return None
        version = uow.companies.active()
        objection = _objection(uow, version, dossier, grant)
        if objection:
            _end_as_failed(uow, Recorder(uow, version, dossier.request), grant, objection)
            uow.outbox.finish(effect)
            uow.commit()
            return None
        uow.commit()
        return _Begun(effect, grant)


def _objection(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier, grant: Grant
) -> str | None:
    """Say why the access must not be given any more, in a sentence; None where it may."""
    company = version.company
    if not is_active(company, grant.holder):
        return f"{name_of(company, grant.holder)} is not active in the directory any more."
    if is_too_late_to_begin(grant, uow.now):
        return "it could not be given within an hour of the decision; please ask again."
    access = uow.requests.access_of(grant.holder)
    found = find_conflicts(uow, company, grant.entitlement, access=access, request=grant.id)
    if found:
        rule = found[0].rule
        return f"segregation of duties forbids it by now (rule {rule.id}: {rule.name})."
    return None


def _give(attempt: Attempt, begun: _Begun) -> None:
    connector = attempt.connectors(begun.grant.system)
    if begun.grant.held_before is None:
        was_there = connector.observe(begun.grant.target)
        attempt.reached(Boundary.LOOKED)
        if not _note_before(attempt.work, begun, was_there=was_there):
            return
        attempt.reached(Boundary.NOTED)
    connector.ensure_present(begun.grant.target)
    attempt.reached(Boundary.CHANGED)
    if not connector.observe(begun.grant.target):
        raise Temporary("the system took the change, but reads back as if it had not.")
    attempt.reached(Boundary.READ_BACK)
    settle_grant(attempt.work, begun.effect)
    attempt.reached(Boundary.SETTLED)


def _note_before(work: Work, begun: _Begun, *, was_there: bool) -> bool:
    """Keep whether the access was there before us; False where it is not to be given any more."""
    with work() as uow:
        dossier = lock_request(uow, begun.grant.id)
        grant = dossier.grant
        assert grant is not None
        if grant.state is not GrantState.PROVISIONING or not uow.outbox.is_newest(begun.effect):
            uow.outbox.finish(begun.effect)
            uow.commit()
            return False
        if grant.held_before is None:
            held = _held_before(uow, grant, was_there=was_there)
            uow.grants.save(replace(grant, held_before=held))
            if held:
                Recorder(uow, uow.companies.active(), dossier.request).note(
                    Action.GRANT_STANDING,
                    None,
                    {
                        "account": grant.account,
                        "permission": grant.permission,
                        "resource": grant.resource,
                    },
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
                    "account": grant.account,
                    "permission": grant.permission,
                    "resource": grant.resource,
                    "held_before": bool(grant.held_before),
                    "duration": int(grant.duration.total_seconds()),
                    "ends_at": instant(grant.ends_at),
                },
            )
        uow.commit()


def _postpone(work: Work, effect: Effect, problem: Temporary) -> None:
    with work() as uow:
        after = retry_after(effect.attempt, problem.retry_after)
        uow.outbox.postpone(effect, after, str(problem))
        uow.commit()


def _fail(work: Work, effect: Effect, problem: str) -> None:
    with work() as uow:
        dossier = lock_request(uow, effect.duty.request)
        grant = dossier.grant
        if not uow.outbox.finish(effect):
            return
        if grant is not None and grant.state is GrantState.PROVISIONING:
            recorder = Recorder(uow, uow.companies.active(), dossier.request)
            _end_as_failed(uow, recorder, grant, problem)
        uow.commit()


def _end_as_failed(uow: UnitOfWork, recorder: Recorder, grant: Grant, problem: str) -> None:
    """End the grant; by way of the target where something may have been given."""
    facts = {"problem": problem, "cause": EndCause.FAILED.value}
    if grant.held_before is None:
        uow.grants.save(grant.end(EndCause.FAILED, at=uow.now))
        recorder.note(Action.GRANT_FAILED, None, facts | {"was_touched": False})
        return
    order_end(
        recorder,
        grant,
        EndCause.FAILED,
        should_end_at=uow.now,
        facts=facts | {"was_touched": True},
    )
