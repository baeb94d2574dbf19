"""Someone looks ahead, before asking for access: who would be asked? Nothing is changed by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.model.company import Company
from engine.model.identifiers import EntitlementId, PersonId
from engine.model.request import Request, Stage
from engine.policy.approvers import Asking
from engine.ports import Work
from engine.workflow.asking.conflict import refuse_conflicts
from engine.workflow.asking.drafting import check_eligible
from engine.workflow.asking.planning import plan_for, plan_words
from engine.workflow.asking.stages import resolve
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.guarding.check import refuse_to_ask


@dataclass(frozen=True, slots=True)
class Outlook:
    """What asking would come to."""

    asking: Asking
    stages: tuple[Stage, ...]
    """Who would be asked, as the directory stands now."""

    company: Company
    why: str = ""
    """What is there, or not, because of a condition: a sentence, or empty."""

    already: Request | None = None
    """A request for the same that is open still: asking again would give that one."""

    @property
    def is_for_another(self) -> bool:
        """Whether somebody asks for somebody else, whose access was not looked at."""
        return self.asking.requester != self.asking.holder


def preview(
    work: Work,
    requester: PersonId,
    entitlement: EntitlementId,
    *,
    holder: PersonId | None = None,
    duration: timedelta | None = None,
) -> Outlook:
    """Say who would be asked, or refuse what `submit` would refuse.

    What is true now may not be true when it is submitted. What somebody else has is not looked at,
    because looking is not recorded: who asks for others learns of a conflict when they submit, and
    then the attempt is recorded.
    """
    with work() as uow:
        version = uow.companies.active()
        actor = find_person(version.company, requester)
        subject = find_person(version.company, holder or requester)
        wanted = find_entitlement(version.company, entitlement)
        asking = Asking(actor.id, subject.id, wanted, uow.delegations.in_force(), at=uow.now)
        check_eligible(version.company, asking, actor=actor, holder=subject)
        already = None
        if subject.id == actor.id:
            uow.lock_person(actor.id)  # of their own access, people are told one state of things
            pending = uow.requests.access_of(actor.id).pending
            same = (one for one in pending if one.entitlement == entitlement)
            already = next((one for one in same if one.extends is None), None)
            if already is None:
                refuse_to_ask(uow, version, asking.entitlement, holder=actor.id)
                refuse_conflicts(uow, version, entitlement, holder=actor.id)
        planned = plan_for(uow, version, asking, duration or asking.entitlement.duration_default)
        stages = resolve(version, planned, asking)
        return Outlook(asking, stages, version.company, plan_words(planned), already)
