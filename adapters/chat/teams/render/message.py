"""A card becomes a message."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.chat.cards import Card
from adapters.chat.teams.render.card import content
from adapters.chat.teams.render.texts import Json, words
from adapters.chat.texts import taming

CARD = "application/vnd.microsoft.card.adaptive"

SUMMARY_MAX = 200


def activity(card: Card, *, refresh: Sequence[str] = ()) -> Json:
    """Give the message that shows a card; `refresh` as in `content`."""
    told = card.title if card.title.strip() else card.plain()
    return message(content(card, refresh=refresh), told)


def message(shown: Json, told: str) -> Json:
    """Give a message with one Adaptive Card; `told` is what a notification says."""
    summary = words(taming.cut(taming.one_line(told), SUMMARY_MAX))
    attachment = {"contentType": CARD, "content": shown}
    return {"type": "message", "summary": summary, "attachments": [attachment]}
