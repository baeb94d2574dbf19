"""An approver wants to know something first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.buttons import QUESTION, details_button
from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.command import Command, Slot, Texts
from adapters.chat.decisions import check_open, waiting_for
from adapters.chat.grammar.kinds import RequestNumber
from adapters.chat.speaker import Speaker
from adapters.chat.wording import exact, heading, name_of
from engine.model.identifiers import RequestId, show
from engine.workflow.asking import question


@dataclass(frozen=True, slots=True)
class AskQuestion(Command):
    """Ask something about a request before deciding it."""

    word = "ask"
    summary = "Ask something about a request that waits for you, before you decide."
    examples = ('ask JIT-42 "For which month is it?"',)
    form_title = "Ask before deciding"
    form_submit = "Ask"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(waiting_for, "Nothing waits for your decision."),
            "JIT-42",
            "Which request",
            kept=True,
        ),
    ]
    text: Annotated[str, QUESTION]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    @classmethod
    def check_form(cls, speaker: Speaker, texts: Texts) -> None:
        """Refuse to open the form for what is settled: nobody shall ask for nothing."""
        check_open(speaker, texts)

    def run(self, speaker: Speaker) -> Answer:
        """Ask."""
        request = question.ask(speaker.work, speaker.person.id, self.request, self.text)
        company = speaker.company
        told = dict.fromkeys((request.requester, request.holder))
        names = " and ".join(name_of(company, person) for person in told)
        are = "are" if len(told) > 1 else "is"
        card = Card(
            f"You asked about {show(request.id)}",
            Tone.WAITING,
            lines=(
                (heading(company, request, exact(company, request)),),
                (f"{names} {are} told, and you are told the answer.",),
                ("It waits for its decision as before, until ", request.stage_due_at, "."),
            ),
            buttons=(details_button(request),),
        )
        return Answer(card, request=request.id)
