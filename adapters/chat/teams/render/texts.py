"""Text on an Adaptive Card.

What people wrote is only ever put into text runs of a `RichTextBlock`: Teams reads no Markdown
there, so nothing has to be escaped and nothing can be forgotten. What even a text run would have
expanded, `{{DATE(…)}}`, is broken. Only words of our own stand in a `TextBlock`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.chat.cards import Value
from adapters.chat.texts import taming

Json = dict[str, Any]
"""What Teams takes and gives."""

_EXPANDED = re.compile(r"\{(?=\{)")
"""Each brace before another one: of three in a row, the last two would be left whole otherwise."""

_CODE = re.compile(r"`([^`\n]+)`")
_HARMLESS = re.compile(r"[^\W\d_](?:[^\W_]|[ ’“”‘–—,():-]|\.(?=\s|$))*")
"""Words in which no Markdown, link or mention can hide: letters first, and no dot within."""


def tame(text: str) -> str:
    """Take out what cannot be seen, and break what would be expanded."""
    return _EXPANDED.sub("{\u200b", taming.tame(text))


def words(text: str) -> str:
    """Write on one line."""
    return tame(taming.one_line(text))


def run(text: str, **looks: object) -> Json:
    """Give a text run."""
    return {"type": "TextRun", "text": tame(text), **looks}


def spelled(value: Value) -> str:
    """Write a value; an instant in UTC."""
    return taming.spell_utc(value) if isinstance(value, datetime) else value


def runs(pieces: Sequence[Value], most: int, **looks: object) -> list[Json]:
    """Give a paragraph's runs, of at most so many characters; what is to be typed is monospaced."""
    made: list[Json] = []
    for piece in pieces:
        if most <= 0:
            break
        for text, is_code in _parts(piece):
            shown = taming.cut(text, most) if most > 0 else ""
            if shown:
                made.append(run(shown, **looks, **({"fontType": "Monospace"} if is_code else {})))
            most -= len(text)
    return made or [run(" ")]


def _parts(piece: Value) -> Iterator[tuple[str, bool]]:
    if isinstance(piece, datetime):
        yield spelled(piece), False
        return
    for number, part in enumerate(_CODE.split(piece)):
        if part:
            yield part, number % 2 == 1


def paragraph(inlines: list[Json], **looks: object) -> Json:
    """Give a paragraph of text runs."""
    return {"type": "RichTextBlock", "inlines": inlines, **looks}


def heading(text: str, **looks: object) -> Json:
    """Give a headline; a screen reader finds it where its words are harmless enough for that."""
    said = words(text)
    if _HARMLESS.fullmatch(said):
        return {
            "type": "TextBlock",
            "text": said,
            "wrap": True,
            "weight": "Bolder",
            "style": "heading",
            **looks,
        }
    return paragraph([run(said, weight="Bolder", **looks)])


def local_time(pieces: Sequence[Value]) -> Iterator[Json]:
    """Give the paragraph's instants by the reader's own clock, which Teams alone knows."""
    instants = [piece.astimezone(UTC) for piece in pieces if isinstance(piece, datetime)]
    if instants:
        told = " · ".join(
            f"{{{{DATE({at:%Y-%m-%dT%H:%M:%S}Z, SHORT)}}}} {{{{TIME({at:%Y-%m-%dT%H:%M:%S}Z)}}}}"
            for at in instants
        )
        yield {
            "type": "TextBlock",
            "text": f"{told} your time",
            "wrap": True,
            "isSubtle": True,
            "size": "Small",
            "spacing": "None",
        }
