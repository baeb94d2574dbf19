"""Text on a card: what people wrote stays text, and never becomes a link, a format or a date.

Teams reads Markdown in a TextBlock and in facts, and nothing in a TextRun; so nothing that people
wrote stands anywhere else. What a client expands everywhere (`{{DATE(…)}}`) is broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.chat.cards import Value, spell

Json = dict[str, Any]

_TYPED = re.compile(r"`([^`]+)`")


def tame(text: str) -> str:
    """Break what a client would expand."""
    return text.replace("{{", "{\u200b{")


def words(value: Value) -> str:
    """Write a value; an instant in UTC."""
    return tame(spell(value))


def one_line(text: str) -> str:
    """Write a title or a label."""
    return " ".join(tame(text).split())


def paragraph(pieces: Sequence[Value], **looks: object) -> Json:
    """Write a paragraph; words to be typed are monospaced."""
    runs = [run for piece in pieces for run in _runs(words(piece), **looks)]
    return {"type": "RichTextBlock", "inlines": runs or [{"type": "TextRun", "text": " "}]}


def _runs(text: str, **looks: object) -> Iterator[Json]:
    for number, part in enumerate(_TYPED.split(text)):
        if part:
            typed = {"fontType": "Monospace"} if number % 2 else {}
            yield {"type": "TextRun", "text": part, **typed, **looks}
