"""What somebody asked for or holds."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.buttons import return_button
from adapters.chat.cards import Answer, Button, Card, Table, Tone
from adapters.chat.command import Command
from adapters.chat.lists import request_row
from adapters.chat.speaker import Speaker
from engine.model.grant import GrantState
from engine.workflow import look

BUTTONS_MAX = 5
"""Buttons in one card: more is not read."""


@dataclass(frozen=True, slots=True)
class Mine(Command):
    """List one's own requests and access, newest first."""

    word = "mine"
    summary = "List what you asked for and what you hold."
    examples = ("mine",)

    def run(self, speaker: Speaker) -> Answer:
        """Read them."""
        listing = look.mine(speaker.work, speaker.person.id)
        if not listing.dossiers:
            ask = Button("Ask for access", "request")
            return Answer(Card("You have asked for nothing yet", buttons=(ask,)))
        held = [
            dossier.request
            for dossier in listing.dossiers
            if dossier.grant is not None
            and dossier.grant.state is GrantState.ACTIVE
            and dossier.grant.holder == speaker.person.id
        ]
        card = Card(
            "What you asked for and hold",
            Tone.GOOD if held else Tone.NEUTRAL,
            table=Table(
                ("Request", "What", "For", "Status", "Until"),
                tuple(request_row(listing.company, dossier) for dossier in listing.dossiers),
            ),
            buttons=tuple(return_button(request) for request in held[:BUTTONS_MAX]),
        )
        return Answer(card)
