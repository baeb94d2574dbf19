"""Somebody looked at what was done where the glass was broken, and says what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.buttons import details_button
from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.command import Command, Slot, Texts
from adapters.chat.emergency.kinds import Outcome
from adapters.chat.grammar.kinds import Reason, RequestNumber
from adapters.chat.speaker import Speaker
from adapters.chat.wording import exact, heading, state_words
from engine.model.closing import ClosingOutcome
from engine.model.dossier import Dossier
from engine.model.identifiers import RequestId, read, show
from engine.policy.reason import WORDS_LENGTH_MAX, WORDS_LENGTH_MIN
from engine.workflow.emergency.closable import refuse_to_close
from engine.workflow.emergency.closing import Finding, close
from engine.workflow.emergency.look import to_close

WHAT = Reason(
    f"What was done with the access, how you know, and what follows from it; at least "
    f"{WORDS_LENGTH_MIN} characters. It is kept in the record.",
    WORDS_LENGTH_MAX,
)


def _theirs(speaker: Speaker) -> Sequence[Dossier]:
    return to_close(speaker.work, speaker.person.id).dossiers


@dataclass(frozen=True, slots=True)
class Close(Command):
    """Close a use of break-glass, for those who were asked to look at it."""

    word = "close"
    summary = "After an emergency: say what was done, and whether it was justified."
    examples = ('close JIT-42 justified "Two stuck payments were released, see INC-4711"',)
    form_title = "Close an emergency"
    form_submit = "Close it"

    request: Annotated[
        RequestId,
        Slot(
            RequestNumber(_theirs, "There is no emergency for you to close."),
            "JIT-42",
            "Which request",
            kept=True,
        ),
    ]
    outcome: Annotated[
        ClosingOutcome,
        Slot(
            Outcome(),
            "justified|not-justified",
            "Was it justified",
            blamed=("closing.not_approved",),
        ),
    ]
    finding: Annotated[
        str, Slot(WHAT, '"<what was done>"', "What was done", blamed=("reason.length",))
    ]

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    @classmethod
    def check_form(cls, speaker: Speaker, texts: Texts) -> None:
        """Refuse to open the form where it would be refused whatever is filled in."""
        number = read(texts.get("request", ""))
        if number is not None:
            refuse_to_close(speaker.work, speaker.person.id, number)

    def run(self, speaker: Speaker) -> Answer:
        """Close it."""
        found = Finding(speaker.person.id, self.request, self.outcome, self.finding)
        dossier = close(speaker.work, found)
        request, company = dossier.request, speaker.company
        is_right = self.outcome is ClosingOutcome.JUSTIFIED
        card = Card(
            f"You closed {show(request.id)}",
            Tone.GOOD if is_right else Tone.WARNING,
            lines=(
                (heading(company, request, exact(company, request)),),
                (f"{state_words(dossier)}.",),
            ),
            buttons=(details_button(request),),
        )
        return Answer(card, request=request.id)
