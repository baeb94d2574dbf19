"""A holder asks that access goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.buttons import details_button
from adapters.chat.cards import Answer, Button, Card, Emphasis, Tone
from adapters.chat.command import Command, Slot
from adapters.chat.grammar.kinds import JUSTIFICATION, Length, RequestNumber
from adapters.chat.grammar.times import Stretch
from adapters.chat.speaker import Speaker
from adapters.chat.wording import asked_names, exact, heading, request_facts, stage_words
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId, show
from engine.policy.extending.going_on import Longer
from engine.workflow import look
from engine.workflow.asking.submit import Submitted
from engine.workflow.extending.ask import AskLonger, extend


def _there(speaker: Speaker) -> Sequence[Dossier]:
    return [
        dossier
        for dossier in look.mine(speaker.work, speaker.person.id).dossiers
        if dossier.grant is not None and dossier.grant.state is GrantState.ACTIVE
    ]


@dataclass(frozen=True, slots=True)
class Extend(Command):
    """Ask that access that is there goes on after its end, without a break."""

    word = "extend"
    summary = "Ask that your access goes on after its end, without a break."
    examples = (
        'extend JIT-42 2h "the close takes longer than planned"',
        'extend JIT-42 until 18:00 "two journals are still to be posted"',
    )
    form_title = "Extend access"
    form_submit = "Ask for it"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(_there, "You have no access that is there now and could go on."),
            "JIT-42",
            "Which access",
            kept=True,
        ),
    ]
    duration: Annotated[Stretch, Slot(Length(), "<duration>", "For how much longer")]
    reason: Annotated[str, Slot(JUSTIFICATION, '"<reason>"', "Why you still need it")]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    def run(self, speaker: Speaker) -> Answer:
        """Ask for it; the same again gives the first one."""
        wanted = Longer(self.duration.length, self.duration.until)
        done = extend(speaker.work, AskLonger(speaker.person.id, self.request, wanted, self.reason))
        return Answer(_card(speaker, self.request, done), request=done.request.id)


def _card(speaker: Speaker, extended: RequestId, done: Submitted) -> Card:
    request, shown = done.request, show(done.request.id)
    what = exact(speaker.company, request)
    title = f"{heading(speaker.company, request, what)}: asked"
    waits = f"It waits for {stage_words(request)}: {asked_names(speaker.company, request)}."
    follows = (
        f"The access of {show(extended)} goes on without a break where that is approved, and ends "
        "on time where it is not."
    )
    return Card(
        title if done.is_new else f"{shown} is the same extension; nothing new was submitted",
        Tone.WAITING,
        lines=((waits,), (follows,)),
        facts=request_facts(speaker.company, request, what),
        buttons=(
            details_button(request),
            Button("Take it back", f"cancel {shown}", Emphasis.PLAIN, f"Take {shown} back"),
        ),
    )
