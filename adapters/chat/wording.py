"""Requests and what happened to them, in words: for answers and announcements alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.cards import Button, Card, Fact, Line, Tone
from adapters.chat.emergency.words import emergency_tone, emergency_words
from adapters.chat.texts.extending import EXTENSION_WORDS, length_facts
from engine.audit.entry import Recorded
from engine.audit.vocabulary import Action, sentence
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, Stale
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import PersonId, SystemId, show
from engine.model.request import Decision, Request, RequestState, Verdict
from engine.policy.delegating.standing_in import called

_REFUSALS: dict[type[Refused], str] = {
    NotFound: "Not found",
    NotAllowed: "Not allowed",
    Conflict: "Segregation of duties",
    Stale: "Nothing was changed",
    Invalid: "Nothing was done yet",
}


def refusal_card(refused: Refused, word: str = "", correct: Button | None = None) -> Card:
    """Say a refusal: its sentence is the whole answer.

    `word` is the command that was meant, `correct` hands back what was typed.
    """
    title = _REFUSALS.get(type(refused), "That was not done")
    buttons = (correct,) if correct else ()
    if isinstance(refused, Invalid | NotFound):
        about = f"How to use {word}" if word else "What you can say"
        buttons = (*buttons, Button("Help", f"help {word}".strip(), about=about))
    return Card(title, Tone.BAD, ((refused.sentence,),), buttons=buttons)


def name_of(company: Company, person: PersonId) -> str:
    """Name a person; the id where the directory does not know them any more."""
    known = company.person.get(person)
    return known.name if known else person


def name_and_title(company: Company, person: PersonId) -> str:
    """Name a person with their title."""
    known = company.person.get(person)
    return f"{known.name}, {known.title}" if known else f"{person}, no longer in the directory"


# ── what was asked for ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Exact:
    """Exactly what was asked for, as it was when it was asked for."""

    name: str
    permission: str
    resource: str
    system: str
    tier: str


def exact(company: Company, request: Request, entries: Sequence[Recorded] = ()) -> Exact:
    """Say exactly what was asked for: as it was recorded, else as the catalog has it now."""
    for recorded in entries:
        entry = recorded.entry
        if entry.action == Action.REQUEST_SUBMITTED:
            facts = {name: str(value) for name, value in entry.facts.items()}
            return Exact(
                name=facts["entitlement_name"],
                permission=facts["permission"],
                resource=facts["resource"],
                system=_system(company, SystemId(facts["system"])),
                tier=facts["tier"],
            )
    known = company.entitlement.get(request.entitlement)
    if known is None:
        return Exact(request.entitlement, "", "", "", "")
    return Exact(
        name=known.name,
        permission=known.permission,
        resource=known.resource,
        system=_system(company, known.system),
        tier=str(known.tier),
    )


def _system(company: Company, system: SystemId) -> str:
    known = company.system.get(system)
    return known.name if known else system


def heading(company: Company, request: Request, what: Exact) -> str:
    """Name a request in one line, e.g. `JIT-42: GL posting for Riya Patel`."""
    return f"{show(request.id)}: {subject(company, request, what)}"


def subject(company: Company, request: Request, what: Exact) -> str:
    """Name what a request is about, e.g. `GL posting for Riya Patel`."""
    loudly = "break-glass, " if request.is_breakglass else ""
    if request.extends is not None:
        loudly = f"extension of {show(request.extends)}, "
    return f"{loudly}{what.name} for {name_of(company, request.holder)}"


def request_facts(company: Company, request: Request, what: Exact) -> tuple[Fact, ...]:
    """Say who, what exactly, for how long and why."""
    facts = [Fact("For", name_and_title(company, request.holder))]
    if request.requester != request.holder:
        facts.append(Fact("Asked by", name_and_title(company, request.requester)))
    facts += _what(request, what)
    facts += length_facts(request)
    if request.is_breakglass:
        facts.append(Fact("Incident", f"{request.incident}; given at once, decided afterwards"))
    facts.append(Fact("Why", request.reason))
    return tuple(facts)


def _what(request: Request, what: Exact) -> tuple[Fact, ...]:
    if not what.permission:
        return (Fact("What", request.entitlement),)
    return (
        Fact("What", f"{what.name} ({request.entitlement}), tier {what.tier}"),
        Fact("Exactly", f"{what.permission} on {what.resource}, in {what.system}"),
    )


# ── where it stands ─────────────────────────────────────────────────────────────────────────────

_REQUEST_TONES = {
    RequestState.PENDING: Tone.WAITING,
    RequestState.APPROVED: Tone.GOOD,
    RequestState.DENIED: Tone.BAD,
    RequestState.CANCELLED: Tone.ENDED,
    RequestState.LAPSED: Tone.WARNING,
}

_REQUEST_WORDS = {
    RequestState.DENIED: "Denied; nothing is given",
    RequestState.CANCELLED: "Cancelled; nothing is given",
    RequestState.LAPSED: "Lapsed, because nobody decided in time; nothing is given",
}

_GRANT_WORDS = {
    GrantState.SCHEDULED: "Approved; the access begins later",
    GrantState.PROVISIONING: "Approved; the access is being given",
    GrantState.ACTIVE: "Active",
    GrantState.DEPROVISIONING: "Ending; the access is being taken away",
}

_END_WORDS = {
    EndCause.EXPIRED: "Ended: its time was over",
    EndCause.REVOKED: "Ended early: it was revoked",
    EndCause.RETURNED: "Ended early: it was given back",
    EndCause.LEFT: "Ended early: its holder has left",
    EndCause.FROZEN: "Ended early: it was frozen, with all that is held of it",
    EndCause.FAILED: "Failed: it could not be given",
}


def tone_of(dossier: Dossier) -> Tone:
    """Say how a request looks now."""
    grant = dossier.grant
    if dossier.request.is_breakglass:
        return emergency_tone(dossier)
    if grant is None or grant.state in {GrantState.PROVISIONING, GrantState.ACTIVE}:
        return _REQUEST_TONES[dossier.request.state]
    if grant.alarmed and grant.is_live:
        return Tone.WARNING
    return Tone.BAD if grant.cause is EndCause.FAILED else Tone.ENDED


def state_words(dossier: Dossier) -> str:
    """Say where a request stands now."""
    request, grant = dossier.request, dossier.grant
    if request.is_breakglass:
        cause = grant.cause if grant is not None and grant.state is GrantState.ENDED else None
        return emergency_words(dossier, _END_WORDS[cause] if cause else "")
    if request.is_pending:
        return f"Waiting for {stage_words(request)}"
    if grant is None:
        words = _REQUEST_WORDS if request.extends is None else EXTENSION_WORDS
        return words.get(request.state, request.state.value)
    if grant.state is GrantState.ENDED and grant.cause is not None:
        return _END_WORDS[grant.cause]
    if grant.state is GrantState.DEPROVISIONING and grant.alarmed:
        return "Overdue: the access should be gone and is still there"
    return _GRANT_WORDS[grant.state]


def stage_words(request: Request) -> str:
    """Name the open stage, e.g. `stage 1 of 3, Finance manager`."""
    return f"stage {request.stage_number} of {len(request.stages)}, {request.stage.name}"


def state_facts(dossier: Dossier) -> tuple[Fact, ...]:
    """Say where a request stands, and the instants that matter now."""
    request, grant = dossier.request, dossier.grant
    facts = [Fact("Status", state_words(dossier))]
    if request.is_pending:
        facts.append(Fact("Decide by", request.stage_due_at))
    if grant and grant.starts_at:
        facts.append(Fact("Began", grant.starts_at))
    if grant and grant.ends_at and grant.state is GrantState.ACTIVE:
        facts.append(Fact("Ends", grant.ends_at))
    if grant and grant.ended_at:
        facts.append(Fact("Ended", grant.ended_at))
    return tuple(facts)


def asked_names(company: Company, request: Request) -> str:
    """List whom the open stage asks."""
    return " or ".join(called(company, approver) for approver in request.stage.asked)


def decided_by(company: Company, decision: Decision) -> str:
    """Name who decided, and in whose stead, e.g. `Ana Silva for Ben Cho`."""
    if decision.instead_of is None:
        return decision.approver_name
    return f"{decision.approver_name} for {name_of(company, decision.instead_of)}"


def decided_line(company: Company, decision: Decision, request: Request) -> Line:
    """Say one decision: who, with which title, what, at which stage, when, and why."""
    verb = "approved" if decision.verdict is Verdict.APPROVE else "denied"
    stage = request.stages[decision.stage - 1]
    said = f": “{decision.reason}”" if decision.reason else "."
    who = f"{decided_by(company, decision)}, {decision.approver_title},"
    where = f"stage {stage.number} of {len(request.stages)}, {stage.name}, "
    return (f"{who} {verb} {where}", decision.decided_at, said)


# ── what happened ───────────────────────────────────────────────────────────────────────────────

_TITLES: dict[Action, tuple[str, Tone]] = {
    Action.REQUEST_SUBMITTED: ("Asked for", Tone.WAITING),
    Action.REQUEST_ROUTED: ("By the policy", Tone.NEUTRAL),
    Action.TICKET_CHECKED: ("Ticket looked up", Tone.NEUTRAL),
    Action.SOD_ALERTED: ("Segregation of duties", Tone.WARNING),
    Action.STAGE_OPENED: ("Waiting for a decision", Tone.WAITING),
    Action.STAGE_UNREACHED: ("Nobody could be asked", Tone.WARNING),
    Action.STAGE_REACHED: ("Asked after all", Tone.WAITING),
    Action.REQUEST_QUESTIONED: ("Question asked", Tone.WAITING),
    Action.REQUEST_ANSWERED: ("Question answered", Tone.NEUTRAL),
    Action.STAGE_ASKED_AGAIN: ("Others are asked", Tone.WAITING),
    Action.STAGE_STALLED: ("Nobody can decide it", Tone.BAD),
    Action.DECISION_APPROVED: ("Approved", Tone.GOOD),
    Action.DECISION_DENIED: ("Denied", Tone.BAD),
    Action.REQUEST_APPROVED: ("Approved in full", Tone.GOOD),
    Action.REQUEST_CANCELLED: ("Taken back", Tone.ENDED),
    Action.REQUEST_DROPPED: ("Cancelled", Tone.ENDED),
    Action.REQUEST_LAPSED: ("Lapsed", Tone.WARNING),
    Action.GRANT_STANDING: ("Standing access found", Tone.WARNING),
    Action.GRANT_ACTIVATED: ("Access given", Tone.GOOD),
    Action.GRANT_WARNED: ("Access ends soon", Tone.WARNING),
    Action.GRANT_EXTENSION_ASKED: ("Extension asked for", Tone.WAITING),
    Action.GRANT_EXTENDED: ("Access goes on", Tone.GOOD),
    Action.GRANT_NOT_EXTENDED: ("Not extended", Tone.ENDED),
    Action.REQUEST_OVERTAKEN: ("Nothing to extend", Tone.ENDED),
    Action.GRANT_EXPIRED: ("Time is over", Tone.ENDED),
    Action.GRANT_REVOKED: ("Revoked", Tone.WARNING),
    Action.GRANT_RETURNED: ("Given back", Tone.ENDED),
    Action.GRANT_LEFT: ("Ended, because they left", Tone.WARNING),
    Action.GRANT_FROZEN: ("Ended, because it was frozen", Tone.WARNING),
    Action.GRANT_FAILED: ("Not given", Tone.BAD),
    Action.GRANT_OVERDUE: ("Overdue", Tone.BAD),
    Action.GRANT_ENDED: ("Access is gone", Tone.ENDED),
    Action.GRANT_KEPT: ("Grant ended, access stays", Tone.ENDED),
    Action.GRANT_UNUSED: ("Ended, nothing was given", Tone.ENDED),
    Action.BREAKGLASS_OPENED: ("The glass was broken", Tone.BAD),
    Action.BREAKGLASS_UNSIGNED: ("Not given yet", Tone.BAD),
    Action.BREAKGLASS_UNANSWERED: ("Not answered yet", Tone.WARNING),
    Action.BREAKGLASS_UNAPPROVED: ("Not approved", Tone.BAD),
    Action.BREAKGLASS_UNUSED: ("Nothing to approve", Tone.ENDED),
    Action.CLOSING_OPENED: ("To be closed", Tone.WAITING),
    Action.CLOSING_REASSIGNED: ("To be closed by others", Tone.WAITING),
    Action.CLOSING_REMINDED: ("Still to be closed", Tone.WAITING),
    Action.CLOSING_ESCALATED: ("Escalated, still to be closed", Tone.WARNING),
    Action.CLOSING_OVERDUE: ("Overdue, and not closed", Tone.BAD),
    Action.CLOSING_CLOSED: ("Closed", Tone.GOOD),
    Action.CLOSING_UNUSED: ("Nothing to close", Tone.ENDED),
}


def title_of(action: str) -> tuple[str, Tone]:
    """Name what happened in a few words, with its tone."""
    try:
        return _TITLES[Action(action)]
    except (KeyError, ValueError):
        return action.replace(".", " ").replace("_", " ").capitalize(), Tone.NEUTRAL


def entry_line(recorded: Recorded) -> Line:
    """Say an entry of the record: when, then its sentence."""
    return (recorded.entry.at, "  ", *sentence(recorded.entry))
