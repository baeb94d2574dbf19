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

_HARMLESS = re.compile(r"(?:[⏳✅⚠️⛔⏹️]+ )?[^\W_](?:[^\W_]|[ ,:;'’“”?…-])*")
"""Letters and marks that mean nothing in Markdown, and make no address."""

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


def fact(label: str, value: Value) -> Json:
    """Write a label and its value, close to what stands above."""
    name = {"type": "TextRun", "text": f"{one_line(label)}: ", "weight": "Bolder"}
    inlines = [name, *_runs(words(value))]
    return {"type": "RichTextBlock", "inlines": inlines, "spacing": "Small"}


def heading(text: str) -> Json:
    """Write a title: as a heading for those who hear it, where nothing in it could be Markdown."""
    said = one_line(text) or "…"
    if _HARMLESS.fullmatch(said):
        looks = {"style": "heading", "weight": "Bolder", "size": "Medium", "wrap": True}
        return {"type": "TextBlock", "text": said, **looks}
    run = {"type": "TextRun", "text": said, "weight": "Bolder", "size": "Medium"}
    return {"type": "RichTextBlock", "inlines": [run]}


def _runs(text: str, **looks: object) -> Iterator[Json]:
    for number, part in enumerate(_TYPED.split(text)):
        if part:
            typed = {"fontType": "Monospace"} if number % 2 else {}
            yield {"type": "TextRun", "text": part, **typed, **looks}
