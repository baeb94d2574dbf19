"""What would the policy do, if somebody asked?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.command import Command, Slot
from adapters.chat.grammar.kinds import EntitlementName, Instant, Length, PersonName
from adapters.chat.grammar.times import Stretch, When
from adapters.chat.record.showing import refuse_read_along
from adapters.chat.speaker import Speaker
from adapters.chat.texts.explaining import explained_lines
from engine.model.identifiers import EntitlementId, PersonId
from engine.workflow.foresight.simulate import Wondered, simulate


@dataclass(frozen=True, slots=True)
class Simulate(Command):
    """Show the chain and the people that a request would take: for admins and compliance."""

    word = "admin simulate"
    summary = "Show who would be asked, and why, if somebody asked; for admins and compliance."
    examples = (
        "admin simulate @riya.patel netsuite-gl 4h",
        "admin simulate @riya.patel netsuite-gl 4h at 2027-01-04 09:00",
    )
    form_title = "Try the policy"
    form_submit = "Show"

    person: Annotated[PersonId, Slot(PersonName(), "@person", "Who asks", blamed=("person.",))]
    entitlement: Annotated[EntitlementId, Slot(EntitlementName(), "<entitlement>", "What for")]
    duration: Annotated[Stretch, Slot(Length(), "<duration>", "For how long")]
    holder: Annotated[
        PersonId | None,
        Slot(
            PersonName(),
            "[--for @person]",
            "For whom",
            hint="Leave it empty where they ask for themselves",
            keywords=("--for",),
            announced_only=True,
        ),
    ] = None
    at: Annotated[
        When | None,
        Slot(Instant(), "[at <time>]", "When", keywords=("at",), announced_only=True),
    ] = None

    def run(self, speaker: Speaker) -> Answer:
        """Say what would come of it."""
        refuse_read_along(speaker)
        wondered = Wondered(
            self.person,
            self.entitlement,
            self.holder,
            self.duration.length,
            self.at.at if self.at else None,
        )
        company, explained = simulate(speaker.work, speaker.person.id, wondered)
        heading, *lines = explained_lines(company, explained)
        card = Card(
            "It would be refused" if explained.obstacles else "It would be asked like this",
            Tone.BAD if explained.obstacles else Tone.NEUTRAL,
            lines=((heading,), *((line,) for line in lines)),
        )
        return Answer(card)
