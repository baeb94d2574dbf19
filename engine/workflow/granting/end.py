"""It is ordered that access is taken away: its time is over, or somebody said so.

The order and the duty to carry it out are one commit. From then on only `deprovision` moves the
grant on, and it never gives up.
"""

from __future__ import annotations

from datetime import datetime

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, Grant, GrantState
from engine.model.identifiers import PersonId, RequestId, show
from engine.policy.approvers import may_revoke
from engine.policy.reason import check_words
from engine.ports import Duty, EffectKind, Work
from engine.workflow.asking.lapse import BATCH_MAX
from engine.workflow.find import lock_request
from engine.workflow.record import Facts, Recorder

_ACTIONS = {
    EndCause.EXPIRED: Action.GRANT_EXPIRED,
    EndCause.REVOKED: Action.GRANT_REVOKED,
    EndCause.RETURNED: Action.GRANT_RETURNED,
    EndCause.LEFT: Action.GRANT_LEFT,
    EndCause.FROZEN: Action.GRANT_FROZEN,
    EndCause.FAILED: Action.GRANT_FAILED,
}


def expire_due(work: Work, *, limit: int = BATCH_MAX) -> int:
    """Order the end of grants whose time ran out, oldest first; says how many."""
    with work() as uow:
        due = uow.grants.lock_expired(limit)
        if not due:
            return 0
        version = uow.companies.active()
        for dossier in due:
            assert dossier.grant is not None
            assert dossier.grant.ends_at is not None
            order_end(
                Recorder(uow, version, dossier.request),
                dossier.grant,
                EndCause.EXPIRED,
                should_end_at=dossier.grant.ends_at,
            )
        uow.commit()
        return len(due)


def revoke(work: Work, actor: PersonId, request: RequestId, reason: str) -> Grant:
    """End somebody's access early: an owner, compliance or an admin, with a reason.

    Raises `NotAllowed`, or `Invalid` where there is nothing to end.
    """
    with work() as uow:
        dossier = lock_request(uow, request)
        version = uow.companies.active()
        entitlement = version.company.entitlement.get(dossier.request.entitlement)
        if not may_revoke(version.company, actor, entitlement):
            raise NotAllowed(
                "grant.revoke_not_allowed",
                f"You cannot end {show(request)}: its owners, compliance and admins can; "
                f"your own access you give back with `return`.",
            )
        grant = _live(dossier)
        words = check_words(reason, "Ending access early needs a reason")
        ended = order_end(
            Recorder(uow, version, dossier.request),
            grant,
            EndCause.REVOKED,
            should_end_at=uow.now,
            actor=actor,
            facts={"revoke_reason": words},
        )
        uow.commit()
        return ended


def give_back(work: Work, actor: PersonId, request: RequestId) -> Grant:
    """End one's own access early. Raises `NotAllowed`, or `Invalid` where there is none."""
    with work() as uow:
        dossier = lock_request(uow, request)
        if dossier.request.holder != actor:
            raise NotAllowed(
                "grant.not_yours",
                f"{show(request)} is not yours to give back; "
                f"its owners, compliance and admins can `revoke` it.",
            )
        ended = order_end(
            Recorder(uow, uow.companies.active(), dossier.request),
            _live(dossier),
            EndCause.RETURNED,
            should_end_at=uow.now,
            actor=actor,
        )
        uow.commit()
        return ended


def _live(dossier: Dossier) -> Grant:
    """Find the grant that can still be ended. Raises `Invalid` with why there is none."""
    shown = show(dossier.request.id)
    if dossier.grant is None:
        instead = "cancel or deny it" if dossier.request.is_pending else "nothing is to be ended"
        raise Invalid(
            "grant.none",
            f"{shown} is {dossier.request.state}; no access was given, so {instead}.",
        )
    if dossier.grant.state in {GrantState.DEPROVISIONING, GrantState.ENDED}:
        raise Invalid(
            "grant.ending", f"The access of {shown} is ending or gone already; nothing was changed."
        )
    return dossier.grant


def order_end(
    recorder: Recorder,
    grant: Grant,
    cause: EndCause,
    *,
    should_end_at: datetime,
    actor: PersonId | None = None,
    facts: Facts | None = None,
) -> Grant:
    """Save the grant as DEPROVISIONING with its entry and the duty; the caller commits."""
    saved = recorder.uow.grants.save(grant.begin_end(cause, at=should_end_at))
    recorder.uow.outbox.order(Duty(EffectKind.DEPROVISION, saved.id, exclusive=saved.exclusive))
    recorder.note(_ACTIONS[cause], actor, {"cause": cause, **(facts or {})})
    return saved
