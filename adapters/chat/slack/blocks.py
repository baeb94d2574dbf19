"""The pieces of Block Kit that the bot uses, each within Slack's limits by construction.

What people wrote is only ever put into `plain_text` and into the text elements of `rich_text`:
Slack looks for neither mentions nor links nor formats there, so nothing has to be escaped and
nothing can be forgotten. There is no `mrkdwn` anywhere.

Numbers are Slack's (Block Kit's reference), unless their own sentence says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from adapters.chat.cards import Button, Emphasis, Line, Value
from adapters.chat.texts.taming import boundary, cut, one_line, spell_utc, tame

Json = dict[str, Any]
"""What Slack's API takes and gives."""

HEADER_MAX = 150
TEXT_MAX = 3000
"""Characters of one section; Slack names no limit for `rich_text`, so this one holds there too."""

TEXTS_MAX = 12_000
"""Characters of all blocks of a message together: Slack says `msg_blocks_too_long` somewhere above,
and 12,000 is the limit that it does name, for Markdown."""

NOTICE_MAX = 3_900
"""Of a message's own text, escaped: `chat.update` takes 4,000."""

BUTTONS_MAX = 25
LABEL_MAX = 75
SAYS_MAX = 2000
VALUE_MAX = 150

_INSTANT = "{date_num} {time_secs}"
_LATEST = 10**10
"""Slack's instants have at most ten digits."""

_CODE = re.compile(r"`([^`\n]+)`")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

# ── text ────────────────────────────────────────────────────────────────────────────────────────


def escape(text: str) -> str:
    """Escape the three characters that mean something to Slack."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def cut_escaped(text: str, most: int, more: str) -> str:
    """Escape a text; cut it where it is longer than `most` then. `more` is escaped already."""
    whole = escape(text)
    if len(whole) <= most:
        return whole
    room, end = most - len(more), 0
    for character in text:
        room -= len(_ESCAPES.get(character, character))
        if room < 0:
            break
        end += 1
    return escape(text[: boundary(text, end)]) + more


def spell(value: Value) -> str:
    """Write a value on one line."""
    return spell_utc(value) if isinstance(value, datetime) else one_line(value)


def plain(text: str, most: int) -> Json:
    """Give a text that Slack shows as it is."""
    return {"type": "plain_text", "text": cut(one_line(text), most), "emoji": False}


# ── rich text ───────────────────────────────────────────────────────────────────────────────────


class Shape(StrEnum):
    """How a paragraph looks."""

    PLAIN = "rich_text_section"
    QUOTE = "rich_text_quote"
    """Somebody's own words, which must not pass for the bot's."""

    ITEM = "rich_text_list"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Elements of `rich_text`, one after the other."""

    elements: tuple[Json, ...]
    shape: Shape = Shape.PLAIN

    @property
    def cost(self) -> int:
        """Count its characters, and one for the end of its line."""
        return 1 + sum(_cost(element) for element in self.elements)

    def split(self, most: int) -> Iterator[Paragraph]:
        """Give pieces that cost at most `most` each."""
        piece: list[Json] = []
        room = most - 1
        for element in self.elements:
            rest: Json | None = element
            while rest is not None:
                head, rest = _split(rest, room)
                if head is not None:
                    piece.append(head)
                    room -= _cost(head)
                if rest is not None:
                    yield replace(self, elements=tuple(piece))
                    piece, room = [], most - 1
        if piece:
            yield replace(self, elements=tuple(piece))

    def head(self, most: int) -> Paragraph:
        """Give its beginning, which costs at most `most`."""
        kept: list[Json] = []
        room = most - 1
        for element in self.elements:
            if _cost(element) > room:
                if element["type"] == "text" and room > 1:
                    kept.append({**element, "text": cut(element["text"], room)})
                break
            kept.append(element)
            room -= _cost(element)
        return replace(self, elements=tuple(kept))


def words(text: str, *, is_bold: bool = False, is_code: bool = False) -> tuple[Json, ...]:
    """Give a text as it is; nothing for none."""
    tamed = tame(text)
    if not tamed:
        return ()
    style = {name: True for name, on in (("bold", is_bold), ("code", is_code)) if on}
    element: Json = {"type": "text", "text": tamed}
    return ({**element, "style": style},) if style else (element,)


def instant(at: datetime) -> tuple[Json, ...]:
    """Give an instant in the viewer's zone, with UTC beside."""
    utc, stamp = spell_utc(at), at.timestamp()
    if not 0 <= stamp < _LATEST:
        return words(utc)
    told = {"type": "date", "timestamp": int(stamp), "format": _INSTANT, "fallback": utc}
    return (told, *words(f" ({utc})"))


def value_elements(value: Value) -> tuple[Json, ...]:
    """Give a value."""
    return instant(value) if isinstance(value, datetime) else words(value)


def line_elements(line: Line) -> tuple[Json, ...]:
    """Give a paragraph's pieces; words to be typed stand between backticks, and become code."""
    return tuple(element for piece in line for element in _piece(piece))


def _piece(piece: Value) -> Iterator[Json]:
    if isinstance(piece, datetime):
        yield from instant(piece)
        return
    for number, part in enumerate(_CODE.split(piece)):
        yield from words(part, is_code=number % 2 == 1)


def rich_text(paragraphs: Iterable[Paragraph]) -> Iterator[Json]:
    """Give blocks that hold the paragraphs, none longer than a section may be."""
    held: list[Paragraph] = []
    cost = 0
    for paragraph in paragraphs:
        for piece in paragraph.split(TEXT_MAX):
            if held and cost + piece.cost > TEXT_MAX:
                yield _rich_text(held)
                held, cost = [], 0
            held.append(piece)
            cost += piece.cost
    if held:
        yield _rich_text(held)


def _rich_text(paragraphs: Sequence[Paragraph]) -> Json:
    """Make one block; neighbours of one shape share an element, a line or an item for each."""
    elements: list[Json] = []
    shape: Shape | None = None
    for paragraph in paragraphs:
        own = list(paragraph.elements)
        if paragraph.shape is Shape.ITEM:
            item = {"type": Shape.PLAIN.value, "elements": own}
            if shape is not Shape.ITEM:
                elements.append({"type": Shape.ITEM.value, "style": "bullet", "elements": []})
            elements[-1]["elements"].append(item)
        elif paragraph.shape is shape:
            elements[-1]["elements"] += [*words("\n"), *own]
        else:
            elements.append({"type": paragraph.shape.value, "elements": own})
        shape = paragraph.shape
    return {"type": "rich_text", "elements": elements}


def _cost(element: Json) -> int:
    return len(element["text"] if element["type"] == "text" else element["fallback"])


def _split(element: Json, room: int) -> tuple[Json | None, Json | None]:
    """Split an element into what fits and what is left; only texts can be split."""
    if _cost(element) <= room:
        return element, None
    if element["type"] != "text" or room <= 0:
        return None, element
    text = element["text"]
    end = boundary(text, room)
    return {**element, "text": text[:end]}, {**element, "text": text[end:]}


# ── other blocks ────────────────────────────────────────────────────────────────────────────────


def header(text: str) -> Iterator[Json]:
    """Give a title: whole, in bold where it is too long for a header."""
    said = one_line(text)
    if len(said) <= HEADER_MAX:
        yield {"type": "header", "text": plain(said, HEADER_MAX)}
    else:
        yield from rich_text([Paragraph(words(said, is_bold=True))])


def divider() -> Json:
    """Give a line across."""
    return {"type": "divider"}


def context(said: str) -> Json:
    """Give small print."""
    return {"type": "context", "elements": [plain(said, 2000)]}


def fits(button: Button) -> bool:
    """Say whether Slack can keep what a button says: a shortened command would be another one."""
    return 0 < len(button.says) <= SAYS_MAX


def button_element(button: Button, number: int) -> Json:
    """Give a button; `number` tells it from the others of the message."""
    element: Json = {
        "type": "button",
        "action_id": f"say:{number}",
        "text": plain(button.label, LABEL_MAX),
        "value": button.says,
    }
    if button.emphasis is not Emphasis.PLAIN:
        element["style"] = button.emphasis.value
    if button.about.strip():
        element["accessibility_label"] = cut(one_line(button.about), LABEL_MAX)
    return element
