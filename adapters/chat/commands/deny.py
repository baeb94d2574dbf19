"""An approver says no, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.buttons import WHY_NOT
from adapters.chat.cards import Answer
from adapters.chat.command import Command, Slot, Texts
from adapters.chat.decisions import check_open, decided_card, waiting_for
from adapters.chat.grammar.kinds import RequestNumber, SeenHash
from adapters.chat.speaker import Speaker
from engine.model.identifiers import RequestId
from engine.model.request import Verdict
from engine.workflow.asking import decide


@dataclass(frozen=True, slots=True)
class Deny(Command):
    """Deny a request, at the open stage; that ends it."""

    word = "deny"
    summary = "Deny a request that waits for you, with a reason."
    examples = ('deny JIT-42 "AP clerks enter bills, please ask Marta"',)
    form_title = "Deny a request"
    form_submit = "Deny"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(waiting_for, "Nothing waits for your decision."),
            "JIT-42",
            "Which request",
            kept=True,
        ),
    ]
    reason: Annotated[str, WHY_NOT]
    seen: Annotated[str | None, Slot(SeenHash(), "", "", hidden=True)] = None

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    @classmethod
    def check_form(cls, speaker: Speaker, texts: Texts) -> None:
        """Refuse to open the form for what is settled: nobody shall write a reason for nothing."""
        check_open(speaker, texts)

    def run(self, speaker: Speaker) -> Answer:
        """Keep the denial."""
        answer = decide.Answer(
            speaker.person.id, self.request, Verdict.DENY, self.reason, self.seen
        )
        decided = decide.decide(speaker.work, answer)
        return Answer(decided_card(speaker, decided), request=self.request)
