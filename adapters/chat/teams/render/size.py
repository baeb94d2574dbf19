"""How much of a card is shown: as much as Teams takes.

A card is drawn whole; where that is too long, again with less of each thing, until it fits. What
comes first matters most, so it is the end of texts and lists that is left out, and that is said.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from adapters.chat.teams.render.texts import Json

BYTES_MAX = 26_000
"""Of a card as JSON in UTF-8. Teams takes some 28 KB; the message around it needs its part."""

SAYS_MAX = 4000
"""Characters of the longest line that a button may say."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much is shown of each thing."""

    text: int
    """Characters of one text."""

    lines: int
    facts: int
    rows: int
    cell: int
    parts: int
    buttons: int
    says: int
    """Bytes of a button's line; a longer one is left out, for cut it would be another command."""

    choices: int
    """Choices of a field; where there are more, it is written instead."""


_ROOMS = (
    # text, lines, facts, rows, cell, parts, buttons, says, choices
    (12_000, 200, 60, 200, 1_000, 40, 40, 16_000, 99),
    (6_000, 100, 40, 60, 300, 30, 30, 16_000, 99),
    (3_000, 60, 30, 40, 200, 20, 24, 12_000, 60),
    (1_500, 40, 20, 25, 120, 15, 18, 8_000, 30),
    (800, 20, 15, 15, 80, 10, 12, 4_000, 15),
    (300, 10, 12, 10, 60, 6, 8, 2_000, 8),
    (150, 6, 8, 5, 40, 4, 4, 1_000, 0),
    (100, 3, 4, 2, 30, 2, 1, 500, 0),
)

ROOMS = tuple(Room(*sizes) for sizes in _ROOMS)
"""From everything to next to nothing; the last one always fits."""


def fitting(draw: Callable[[Room], Json]) -> Json:
    """Draw with the most room that fits."""
    for room in ROOMS:
        drawn = draw(room)
        if bytes_of(drawn) <= BYTES_MAX:
            break
    return drawn


def bytes_of(thing: Json) -> int:
    """Say how long something is on its way."""
    return len(json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode())
