"""Messages become JSON for the page."""

from __future__ import annotations

import json

from adapters.chat.playground.memory import Changes, Message


def message_json(message: Message) -> dict[str, object]:
    """Write a message. The bot's author is null."""
    return {
        "id": message.number,
        "place": message.place,
        "root": message.root,
        "author": message.author,
        "text": message.text,
        "card": None if message.card is None else json.loads(message.card),
        "posted_at": message.posted_at,
        "edited_at": message.edited_at,
        # The page knows its own words by it, before it has its answer.
        "token": None if message.author is None else message.token,
        "change": message.change,
        "replies": message.replies,
        "replied_at": message.replied_at,
        "last_reply": message.last_reply,
        "repliers": list(message.repliers),
    }


def changes_json(changes: Changes) -> dict[str, object]:
    """Write what changed."""
    return {
        "change": changes.last,
        "messages": [message_json(message) for message in changes.messages],
        "readings": [
            {"place": reading.place, "number": reading.number} for reading in changes.readings
        ],
    }
