"""A card becomes a message."""

from __future__ import annotations

from adapters.chat.cards import Card
from adapters.chat.teams.render.card import content
from adapters.chat.teams.render.texts import Json, one_line

CARD = "application/vnd.microsoft.card.adaptive"


def activity(card: Card) -> Json:
    """Give the message; its summary is what a notification shows."""
    attachment = {"contentType": CARD, "content": content(card)}
    summary = one_line(card.title) or "…"
    return {"type": "message", "summary": summary, "attachments": [attachment]}
