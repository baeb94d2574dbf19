"""Access is taken away, read back as gone, and only then has the grant ended.

It is tried without end. What another live grant needs, and what the person held before us, is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import ConnectorError, Temporary
from engine.model.duration import spell
from engine.model.grant import Grant, GrantState
from engine.model.identifiers import show
from engine.policy.drift import is_overdue
from engine.ports import Effect, UnitOfWork
from engine.workflow.emergency.opening import follow_end
from engine.workflow.find import lock_request
from engine.workflow.granting.attempt import Attempt, Boundary, retry_after, take_on
from engine.workflow.granting.settle_grant import target_facts
from engine.workflow.record import Recorder


@dataclass(frozen=True, slots=True)
class _Begun:
    effect: Effect
    grant: Grant
    kept_because: str
    """Why the permission is left as it is; empty where it is taken away."""


def deprovision(attempt: Attempt) -> None:
    """Try once to take access away. Any number of attempts takes it once."""
    begun = _begin_end(attempt)
    if begun is None:
        return
    attempt.reached(Boundary.STARTED)
    try:
        if not begun.kept_because:
            _take(attempt, begun)
    except ConnectorError as problem:
        _postpone(attempt, begun.effect, problem)
        return
    _settle_end(attempt, begun)
    attempt.reached(Boundary.SETTLED)


def _begin_end(attempt: Attempt) -> _Begun | None:
    with attempt.work() as uow:
        taken = take_on(uow, attempt, GrantState.DEPROVISIONING)
        begun = None
        if taken is not None:
            begun = _Begun(taken.effect, taken.grant, _kept_because(uow, taken.grant))
        uow.commit()
        return begun


def _kept_because(uow: UnitOfWork, grant: Grant) -> str:
    """Say why the permission must stay; empty where it must go.

    A grant that has not looked at the target yet is no reason: it will find the permission absent
    and give it. Neither is one that is itself about to end.
    """
    if grant.held_before is None:
        return "nothing had been given yet"
    for other in uow.requests.access_of(grant.holder).live:
        same = other.exclusive == grant.exclusive and other.id != grant.id
        given = other.held_before is not None and other.state is not GrantState.DEPROVISIONING
        if same and given:
            return f"{show(other.id)} still needs it"
    return "the person held it before this grant" if grant.held_before else ""


def _take(attempt: Attempt, begun: _Begun) -> None:
    connector = attempt.connectors(begun.grant.system)
    connector.ensure_absent(begun.grant.target)
    attempt.reached(Boundary.CHANGED)
    if connector.observe(begun.grant.target):
        raise Temporary("the system took the change, but reads back as if it had not.")
    attempt.reached(Boundary.READ_BACK)


def _settle_end(attempt: Attempt, begun: _Begun) -> None:
    with attempt.work() as uow:
        dossier = lock_request(uow, begun.grant.id)
        grant = dossier.grant
        assert grant is not None
        assert grant.cause is not None
        assert grant.end_ordered_at is not None
        if not uow.outbox.finish(begun.effect):
            return
        late = uow.now - grant.end_ordered_at
        grant = uow.grants.save(grant.end(grant.cause, at=uow.now))
        recorder = Recorder(uow, uow.companies.active(), dossier.request)
        recorder.note(
            _ended_as(begun),
            None,
            {
                **target_facts(grant),
                "cause": grant.cause or "",
                "kept_because": begun.kept_because,
                "late_ms": max(0, int(late / timedelta(milliseconds=1))),
                "late_words": _late_words(late),
            },
        )
        follow_end(recorder, grant)
        uow.commit()


def _ended_as(begun: _Begun) -> Action:
    if begun.grant.held_before is None:
        return Action.GRANT_UNUSED
    return Action.GRANT_KEPT if begun.kept_because else Action.GRANT_ENDED


def _late_words(late: timedelta) -> str:
    if late < timedelta(seconds=1):
        return "within a second of its end"
    return f"{spell(late)} after its end"


def _postpone(attempt: Attempt, effect: Effect, problem: ConnectorError) -> None:
    """Try again soon, whatever went wrong; say aloud, once, that it is overdue."""
    with attempt.work() as uow:
        dossier = lock_request(uow, effect.duty.request)
        grant = dossier.grant
        assert grant is not None
        asked = problem.retry_after if isinstance(problem, Temporary) else None
        uow.outbox.postpone(effect, retry_after(effect.attempt, asked), str(problem))
        if is_overdue(grant, uow.now) and not grant.alarmed:
            grant = uow.grants.save(replace(grant, alarmed=True))
            Recorder(uow, uow.companies.active(), dossier.request).note(
                Action.GRANT_OVERDUE,
                None,
                {"should_end_at": _instant(grant.end_ordered_at), "problem": str(problem)},
            )
        uow.commit()


def _instant(at: datetime | None) -> str:
    assert at is not None, "a grant that is ending knows when it should have gone"
    return instant(at)
