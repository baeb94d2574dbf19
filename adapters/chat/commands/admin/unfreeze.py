"""A freeze is lifted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Button, Card, Tone
from adapters.chat.command import Command, Slot
from adapters.chat.commands.admin.freeze import WHY, Pattern
from adapters.chat.speaker import Speaker
from engine.workflow.guarding.freeze import unfreeze


@dataclass(frozen=True, slots=True)
class Unfreeze(Command):
    """Lift a freeze: for admins and compliance."""

    word = "admin unfreeze"
    summary = "Lift a freeze, by the words that it was made with; for admins and compliance."
    examples = ('admin unfreeze netsuite-* "the auditors have their copy"',)
    form_title = "Lift a freeze"
    form_submit = "Lift"

    pattern: Annotated[str, Slot(Pattern(), "<entitlements>", "What", blamed=("halt.",))]
    reason: Annotated[str, Slot(WHY, '"<reason>"', "Why")]

    def run(self, speaker: Speaker) -> Answer:
        """Lift it."""
        lifted = unfreeze(speaker.work, speaker.person.id, self.pattern, self.reason)
        card = Card(
            f"{lifted[0].pattern} is not frozen any more",
            Tone.GOOD,
            (("What was asked for meanwhile can be decided again, where it has not lapsed.",),),
            buttons=(Button("What is frozen", "admin freezes"),),
        )
        return Answer(card)
