"""Where a use of break-glass stands, in words. Called by `wording.py`, which says all else."""

from __future__ import annotations

from adapters.chat.cards import Fact, Tone
from engine.model.closing import Closing, ClosingOutcome
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, Grant, GrantState
from engine.model.identifiers import PersonId
from engine.model.request import Request, RequestState

GIVEN_FIRST = (
    "It was an emergency: the access was given first. You decide whether that was right; "
    "a denial takes away at once what is left of it."
)
"""What an approver has to know who is asked afterwards."""

_GRANT = {
    GrantState.SCHEDULED: "Break-glass; the access begins later",
    GrantState.PROVISIONING: "Break-glass; the access is being given",
    GrantState.ACTIVE: "Break-glass, active",
    GrantState.DEPROVISIONING: "Break-glass, ending; the access is being taken away",
}

_OUTCOMES = {
    ClosingOutcome.JUSTIFIED: "closed as justified",
    ClosingOutcome.NOT_JUSTIFIED: "closed as not justified",
    ClosingOutcome.UNUSED: "nothing was given, so nothing is to be closed",
}


def emergency_words(dossier: Dossier, ended: str) -> str:
    """Say where it stands; `ended` is how its grant ended, empty while it has not."""
    request, grant, closing = dossier.request, dossier.grant, dossier.closing
    there = f"Break-glass, {ended[0].lower()}{ended[1:]}" if ended else _there(grant)
    parts = [there, _decided(request)]
    if closing is not None and closing.is_open:
        parts.append("to be closed")
    if closing is not None and closing.outcome is not None:
        parts.append(_OUTCOMES[closing.outcome])
    return "; ".join(part for part in parts if part)


def _there(grant: Grant | None) -> str:
    if grant is None:
        return "Break-glass"
    if grant.state is GrantState.DEPROVISIONING and grant.alarmed:
        return "Break-glass, overdue: the access should be gone and is still there"
    return _GRANT.get(grant.state, "Break-glass")


def _decided(request: Request) -> str:
    if request.is_pending:
        number, stages = request.stage_number, len(request.stages)
        return f"to be approved afterwards at stage {number} of {stages}, {request.stage.name}"
    if request.state is RequestState.APPROVED:
        return "approved afterwards"
    return "not approved afterwards" if request.state is RequestState.DENIED else ""


def emergency_tone(dossier: Dossier) -> Tone:
    """Say how it looks: it is not good before everything about it is done."""
    grant, closing = dossier.grant, dossier.closing
    if grant is not None and grant.cause is EndCause.FAILED:
        return Tone.BAD
    if dossier.request.state is RequestState.DENIED:
        return Tone.BAD
    return Tone.ENDED if closing is not None and closing.is_done else Tone.WARNING


def closing_facts(company: Company, closing: Closing | None) -> tuple[Fact, ...]:
    """Say who has to look at it and until when, or what came of that."""
    if closing is None:
        return ()
    if closing.is_open and closing.due_at is not None:
        names = " or ".join(_name(company, one.person) for one in closing.assigned)
        return (Fact("To be closed by", names or "nobody"), Fact("Close by", closing.due_at))
    if closing.closed_by is None or closing.closed_at is None:
        return ()
    return (
        Fact("Closed by", _name(company, closing.closed_by)),
        Fact("Closed", closing.closed_at),
        Fact("What was done", closing.finding),
    )


def _name(company: Company, person: PersonId) -> str:
    known = company.person.get(person)
    return known.name if known else person
