"""Whom a request concerns answers what its approvers asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from adapters.chat.buttons import REPLY
from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.command import Command, Slot, Texts
from adapters.chat.grammar.kinds import Reason, RequestNumber
from adapters.chat.speaker import Speaker
from engine.audit.entry import Recorded
from engine.errors import Refused
from engine.model.dossier import Dossier
from engine.model.identifiers import RequestId, read, show
from engine.policy.reason import WORDS_LENGTH_MAX
from engine.workflow import look
from engine.workflow.asking import question


def _questioned(speaker: Speaker) -> Sequence[Dossier]:
    return look.questioned(speaker.work, speaker.person.id).dossiers


class Words(Reason):
    """An answer; its form says what was asked."""

    __slots__ = ()

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Say what was asked, the newest first, where that is known."""
        number = read(texts.get("request", "")) or _only_one(speaker)
        if number is None:
            return self.about
        try:
            asked = question.open_questions(speaker.work, speaker.person.id, number)
        except Refused:
            return self.about
        return " ".join(_said(one) for one in reversed(asked))


def _only_one(speaker: Speaker) -> RequestId | None:
    """Name the request that the form proposes, where it is the only one."""
    found = _questioned(speaker)
    return found[0].request.id if len(found) == 1 else None


def _said(asked: Recorded) -> str:
    facts = asked.entry.facts
    return f"{facts['actor_name']} asks: “{facts['question']}”"


TEXT = replace(REPLY, kind=Words(REPLY.hint, WORDS_LENGTH_MAX), hint="")


@dataclass(frozen=True, slots=True)
class AnswerQuestion(Command):
    """Answer what somebody asked about a request of one's own."""

    word = "answer"
    summary = "Answer what an approver asked about a request of yours."
    examples = ('answer JIT-42 "For November; the accruals are late"',)
    form_title = "Answer a question"
    form_submit = "Answer"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(_questioned, "No question waits for your answer."),
            "JIT-42",
            "Which request",
            kept=True,
        ),
    ]
    text: Annotated[str, TEXT]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    @classmethod
    def check_form(cls, speaker: Speaker, texts: Texts) -> None:
        """Refuse to open the form where nothing is asked, or not of this person."""
        number = read(texts.get("request", ""))
        if number is not None:
            question.open_questions(speaker.work, speaker.person.id, number)

    def run(self, speaker: Speaker) -> Answer:
        """Answer."""
        names = question.answer(speaker.work, speaker.person.id, self.request, self.text)
        told = f"It is told to {names}, stands in the thread, and is part of the record."
        card = Card(f"You answered about {show(self.request)}", Tone.GOOD, lines=((told,),))
        return Answer(card, request=self.request)
