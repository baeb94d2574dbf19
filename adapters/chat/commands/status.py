"""One request with its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.buttons import (
    answer_button,
    ask_button,
    close_button,
    decide_buttons,
    may_close,
    may_decide,
    return_button,
)
from adapters.chat.cards import Answer, Button, Card, Emphasis, Fact
from adapters.chat.command import Command, Slot
from adapters.chat.emergency.words import closing_facts
from adapters.chat.grammar.kinds import RequestNumber
from adapters.chat.speaker import Speaker
from adapters.chat.wording import (
    asked_names,
    entry_line,
    exact,
    heading,
    request_facts,
    state_facts,
    tone_of,
)
from engine.audit.vocabulary import Action
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId, show
from engine.policy.approvers import may_revoke
from engine.policy.questions import unanswered
from engine.workflow import look


@dataclass(frozen=True, slots=True)
class Status(Command):
    """Where a request stands, and all that happened to it."""

    word = "status"
    summary = "Show where a request stands, and its record."
    examples = ("status JIT-42",)
    aliases = ("show",)
    form_title = "Look at a request"
    form_submit = "Show it"

    request: Annotated[RequestId, Slot(RequestNumber(), "JIT-42", "Which request")]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    def run(self, speaker: Speaker) -> Answer:
        """Read it."""
        found = look.status(speaker.work, speaker.person.id, self.request)
        request, company = found.dossier.request, found.company
        what = exact(company, request, found.entries)
        facts = [
            *request_facts(company, request, what),
            *state_facts(found.dossier),
            *closing_facts(company, found.dossier.closing),
        ]
        if request.is_pending:
            facts.append(Fact("Can decide", asked_names(company, request) or "nobody"))
        shown = [e for e in found.entries if e.entry.action != Action.ATTEMPT_REFUSED]
        card = Card(
            heading(company, request, what),
            tone_of(found.dossier),
            lines=tuple(entry_line(entry) for entry in shown),
            facts=tuple(facts),
            buttons=_buttons(speaker, found),
        )
        return Answer(card, request=request.id)


def _buttons(speaker: Speaker, found: look.Status) -> tuple[Button, ...]:
    """Offer what this person can do about it now."""
    dossier, company, me = found.dossier, found.company, speaker.person.id
    request, shown = dossier.request, show(dossier.request.id)
    buttons: list[Button] = []
    if may_decide(me, dossier):
        buttons += decide_buttons(company, dossier, me, exact(company, request, found.entries))
        buttons.append(ask_button(request))
    if may_close(me, dossier):
        buttons.append(close_button(request))
    if request.is_pending and me in {request.requester, request.holder}:
        if unanswered(found.entries):
            buttons.append(answer_button(request))
        if not request.is_breakglass:
            buttons.append(Button("Take it back", f"cancel {shown}", about=f"Take {shown} back"))
    if _is_held(dossier):
        if request.holder == me:
            buttons.append(return_button(request))
        elif may_revoke(company, me, company.entitlement.get(request.entitlement)):
            about = f"End the access of {shown} early"
            buttons.append(Button("Revoke", f"revoke {shown}", Emphasis.DANGER, about))
    return tuple(buttons)


def _is_held(dossier: Dossier) -> bool:
    grant = dossier.grant
    return grant is not None and grant.state in {GrantState.PROVISIONING, GrantState.ACTIVE}
