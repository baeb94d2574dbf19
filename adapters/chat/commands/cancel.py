"""The requester takes a request back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.command import Command, Slot
from adapters.chat.grammar.kinds import RequestNumber
from adapters.chat.speaker import Speaker
from adapters.chat.wording import exact, heading
from engine.model.dossier import Dossier
from engine.model.identifiers import RequestId
from engine.workflow import look
from engine.workflow.asking.cancel import cancel


def _open(speaker: Speaker) -> Sequence[Dossier]:
    listing = look.mine(speaker.work, speaker.person.id)
    return [dossier for dossier in listing.dossiers if dossier.request.is_ahead]


@dataclass(frozen=True, slots=True)
class Cancel(Command):
    """Take back a request that nobody has settled yet."""

    word = "cancel"
    summary = "Take back a request of yours that is not decided yet."
    examples = ("cancel JIT-42",)
    form_title = "Take a request back"
    form_submit = "Take it back"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(_open, "You have no open request to take back."),
            "JIT-42",
            "Which request",
            kept=True,
        ),
    ]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    def run(self, speaker: Speaker) -> Answer:
        """Settle it as cancelled."""
        request = cancel(speaker.work, speaker.person.id, self.request)
        what = exact(speaker.company, request)
        card = Card(
            f"{heading(speaker.company, request, what)}: taken back",
            Tone.ENDED,
            (("Nothing is given. The approvers' buttons are gone.",),),
        )
        return Answer(card, request=request.id)
