"""A delegation is ended before its time."""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed, NotFound
from engine.model.delegation import Delegation, show_delegation
from engine.model.identifiers import DelegationId, PersonId
from engine.policy.delegating.limits import may_end
from engine.ports import Work
from engine.workflow.delegating.ask_affected import ask_affected
from engine.workflow.delegating.note import note
from engine.workflow.find import find_person


def undelegate(work: Work, actor: PersonId, delegation: DelegationId) -> Delegation:
    """End a delegation now: who stood in by it decides nothing any more.

    Either of the two may, and an admin. Who decides by it at this moment is waited for: a decision
    is before the end, or refused. One that somebody ended before is answered as if it were now.
    """
    with work() as uow:
        known, shown = uow.delegations.lock(delegation), show_delegation(delegation)
        company = uow.companies.active().company
        person = find_person(company, actor)
        if known is None:
            raise NotFound(
                "delegation.unknown", f"There is no delegation {shown}; `delegations` lists yours."
            )
        if not may_end(company, person, known):
            raise NotAllowed(
                "delegation.not_yours",
                f"{shown} is not yours to end; who gave it, who was given it, and admins can.",
            )
        if known.ended_at is not None:
            return known
        if not known.is_open_at(uow.now):
            raise Invalid(
                "delegation.over", f"{shown} is over already, so there is nothing to end."
            )
        ended = uow.delegations.end(known, by=actor, at=uow.now)
        note(uow, Action.DELEGATION_ENDED, ended, by=actor)
        uow.commit()
    ask_affected(work, ended)
    return ended
