"""An approver says yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer
from adapters.chat.command import Command, Slot
from adapters.chat.decisions import decided_card, waiting_for
from adapters.chat.grammar.kinds import Reason, RequestNumber, SeenHash
from adapters.chat.speaker import Speaker
from engine.model.identifiers import RequestId
from engine.model.request import Verdict
from engine.policy.reason import WORDS_LENGTH_MAX
from engine.workflow.asking import decide

COMMENT = Reason("Kept in the record, if you write something.", WORDS_LENGTH_MAX)


@dataclass(frozen=True, slots=True)
class Approve(Command):
    """Approve the open stage of a request."""

    word = "approve"
    summary = "Approve a request that waits for you."
    examples = ("approve JIT-42",)
    form_title = "Approve a request"
    form_submit = "Approve"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(waiting_for, "Nothing waits for your decision."),
            "JIT-42",
            "Which request",
            kept=True,
        ),
    ]
    seen: Annotated[str | None, Slot(SeenHash(), "", "", hidden=True)] = None
    comment: Annotated[str, Slot(COMMENT, '["<comment>"]', "Comment", blamed=("reason.",))] = ""

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    def run(self, speaker: Speaker) -> Answer:
        """Keep the approval."""
        answer = decide.Answer(
            speaker.person.id, self.request, Verdict.APPROVE, self.comment, self.seen
        )
        decided = decide.decide(speaker.work, answer)
        return Answer(decided_card(speaker, decided), request=self.request)
