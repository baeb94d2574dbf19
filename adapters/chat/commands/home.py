"""Everything that one has to know now, at one look."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.cards import Answer
from adapters.chat.command import Command
from adapters.chat.home.dashboard import dashboard_card
from adapters.chat.record.showing import refuse_read_along
from adapters.chat.speaker import Speaker
from engine.workflow.dashboard import dashboard


@dataclass(frozen=True, slots=True)
class Home(Command):
    """Show the speaker's dashboard."""

    word = "home"
    summary = "Show your dashboard: what waits for you, what you hold, what you watch over."
    examples = ("home",)
    aliases = ("dashboard",)

    def run(self, speaker: Speaker) -> Answer:
        """Read it."""
        refuse_read_along(speaker)
        return Answer(dashboard_card(dashboard(speaker.work, speaker.person.id)))
