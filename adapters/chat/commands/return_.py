"""A holder gives access back early.

The file is called `return_` because the word itself is Python's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.command import Command, Slot
from adapters.chat.grammar.kinds import RequestNumber
from adapters.chat.speaker import Speaker
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId, show
from engine.workflow import look
from engine.workflow.granting.end import give_back


def _held(speaker: Speaker) -> Sequence[Dossier]:
    ending = {GrantState.DEPROVISIONING, GrantState.ENDED}
    return [
        dossier
        for dossier in look.mine(speaker.work, speaker.person.id).dossiers
        if dossier.grant is not None
        and dossier.grant.holder == speaker.person.id
        and dossier.grant.state not in ending
    ]


@dataclass(frozen=True, slots=True)
class Return(Command):
    """Give one's own access back before its time is over."""

    word = "return"
    summary = "Give your access back before its time is over."
    examples = ("return JIT-42",)
    form_title = "Give access back"
    form_submit = "Give it back"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(_held, "You hold no access that could be given back."),
            "JIT-42",
            "Which access",
            kept=True,
        ),
    ]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    def run(self, speaker: Speaker) -> Answer:
        """Order the end."""
        grant = give_back(speaker.work, speaker.person.id, self.request)
        card = Card(
            f"{show(grant.id)}: thank you",
            Tone.ENDED,
            (("The access is being taken away now; you are told when it is gone.",),),
        )
        return Answer(card, request=grant.id)
