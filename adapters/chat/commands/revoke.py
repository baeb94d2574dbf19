"""Somebody's access is ended early by those who answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.command import Command, Slot
from adapters.chat.grammar.kinds import Reason, RequestNumber
from adapters.chat.speaker import Speaker
from adapters.chat.wording import name_of
from engine.model.identifiers import RequestId, show
from engine.policy.reason import WORDS_LENGTH_MAX, WORDS_LENGTH_MIN
from engine.workflow.granting.end import revoke

WHY = Reason(
    f"At least {WORDS_LENGTH_MIN} characters. The holder reads it, and it is recorded.",
    WORDS_LENGTH_MAX,
)


@dataclass(frozen=True, slots=True)
class Revoke(Command):
    """End somebody's access early: for owners, compliance and admins."""

    word = "revoke"
    summary = "End somebody's access early; for owners, compliance and admins."
    examples = ('revoke JIT-42 "left the project today"',)
    form_title = "End access early"
    form_submit = "Revoke"

    request: Annotated[RequestId, Slot(RequestNumber(), "JIT-42", "Which access", kept=True)]
    reason: Annotated[str, Slot(WHY, '"<reason>"', "Why it ends early")]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    def run(self, speaker: Speaker) -> Answer:
        """Order the end."""
        grant = revoke(speaker.work, speaker.person.id, self.request, self.reason)
        holder = name_of(speaker.company, grant.holder)
        said = (
            f"The access of {holder} is being taken away now, sessions included; "
            f"the thread says when it is gone."
        )
        card = Card(f"{show(grant.id)}: revoked", Tone.WARNING, ((said,),))
        return Answer(card, request=grant.id)
