"""What `approve` and `deny` have in common."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.chat.buttons import details_button
from adapters.chat.cards import Card, Tone
from adapters.chat.command import Texts
from adapters.chat.speaker import Speaker
from adapters.chat.wording import asked_names, exact, heading, stage_words, state_words
from engine.errors import Stale
from engine.model.dossier import Dossier
from engine.model.identifiers import read, show
from engine.model.request import Decision, Verdict
from engine.policy.approving.progress import progress
from engine.workflow import look
from engine.workflow.asking.decide import Decided


def waiting_for(speaker: Speaker) -> Sequence[Dossier]:
    """List what waits for the speaker's decision."""
    return look.pending(speaker.work, speaker.person.id).dossiers


def check_open(speaker: Speaker, texts: Texts) -> None:
    """Refuse with `Stale` where nothing can be decided any more."""
    number = read(texts.get("request", ""))
    if number is None:
        return
    dossier = look.status(speaker.work, speaker.person.id, number).dossier
    if not dossier.request.is_pending:
        raise Stale(
            "request.settled",
            f"{show(number)} is {dossier.request.state} already, so nothing was changed.",
        )


def decided_card(speaker: Speaker, decided: Decided) -> Card:
    """Confirm an answer, and say what follows from it."""
    dossier, company = decided.dossier, speaker.company
    request = dossier.request
    own = next(d for d in dossier.standing if d.approver == speaker.person.id)
    is_approval = own.verdict is Verdict.APPROVE
    already = " already; nothing was changed" if decided.is_repeated else ""
    return Card(
        f"You {'approved' if is_approval else 'denied'} {show(request.id)}{already}",
        Tone.GOOD if is_approval else Tone.BAD,
        lines=(
            (heading(company, request, exact(company, request)),),
            (_following(speaker, dossier, own),),
        ),
        buttons=(details_button(request),),
    )


def _following(speaker: Speaker, dossier: Dossier, own: Decision) -> str:
    request = dossier.request
    if not request.is_pending:
        return f"{state_words(dossier)}."
    return f"It waits for {stage_words(request)}: {_left(speaker, dossier, own)}."


def _left(speaker: Speaker, dossier: Dossier, own: Decision) -> str:
    request = dossier.request
    if own.stage == request.stage_number and request.stage.quorum > 1:
        approvals = "" if request.stage.parts else " approvals are there"
        return f"{progress(request.stage, dossier.standing)}{approvals}"
    return asked_names(speaker.company, request)
