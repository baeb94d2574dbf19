"""What waits for somebody's decision."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.cards import Answer, Button, Card, Table, Tone
from adapters.chat.command import Command
from adapters.chat.emergency.cards import to_close_card
from adapters.chat.lists import request_row
from adapters.chat.speaker import Speaker
from engine.model.identifiers import show
from engine.workflow import look
from engine.workflow.emergency.look import to_close

BUTTONS_MAX = 5
"""Buttons in one card: more is not read."""


@dataclass(frozen=True, slots=True)
class Pending(Command):
    """List the requests that wait for the speaker's decision."""

    word = "pending"
    summary = "List what waits for your decision."
    examples = ("pending",)

    def run(self, speaker: Speaker) -> Answer:
        """Read them."""
        listing = look.pending(speaker.work, speaker.person.id)
        closing = to_close(speaker.work, speaker.person.id)
        parts = (to_close_card(closing, speaker.now()),) if closing.dossiers else ()
        if not listing.dossiers:
            return Answer(parts[0] if parts else Card("Nothing waits for your decision", Tone.GOOD))
        shown = [show(dossier.request.id) for dossier in listing.dossiers[:BUTTONS_MAX]]
        card = Card(
            "These wait for your decision",
            Tone.WAITING,
            table=Table(
                ("Request", "What", "For", "Status", "Decide by"),
                tuple(request_row(listing.company, dossier) for dossier in listing.dossiers),
            ),
            buttons=tuple(
                Button(
                    f"Look at {number}", f"status {number}", about=f"Look at {number} and decide"
                )
                for number in shown
            ),
            parts=parts,
        )
        return Answer(card)
