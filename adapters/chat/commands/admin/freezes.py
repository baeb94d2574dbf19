"""What is frozen."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.cards import Answer, Card, Table, Tone
from adapters.chat.command import Command
from adapters.chat.speaker import Speaker
from engine.workflow.guarding.freeze import freezes


@dataclass(frozen=True, slots=True)
class Freezes(Command):
    """List what is frozen. Everybody may know: they are told when they ask for it."""

    word = "admin freezes"
    summary = "List what is frozen, since when, by whom and why."
    examples = ("admin freezes",)

    def run(self, speaker: Speaker) -> Answer:
        """Read them."""
        found = freezes(speaker.work)
        if not found:
            return Answer(Card("Nothing is frozen", Tone.GOOD))
        rows = tuple(
            (
                one.halt.pattern,
                ", ".join(one.entitlements) or "nothing any more",
                "taken away" if one.halt.ends_live else "stays",
                one.halt.by_name,
                one.halt.at,
                one.halt.reason,
            )
            for one in found
        )
        columns = ("Frozen", "That is", "What is held", "By", "Since", "Why")
        return Answer(Card("This is frozen", Tone.WARNING, table=Table(columns, rows)))
