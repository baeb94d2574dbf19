"""A card becomes an Adaptive Card 1.5, that everybody can read, and that Teams takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.chat.cards import Button, Card, Emphasis, Table, Tone, Value, spell
from adapters.chat.teams.render.inputs import inputs
from adapters.chat.teams.render.texts import Json, heading, one_line, paragraph, tame
from adapters.chat.teams.render.texts import fact as labelled

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"

ACTIONS_MAX = 6
"""Buttons in a row: Teams shows no more."""

BYTES_MAX = 26_000
"""Bytes of a card, as JSON; Teams takes some 28,000."""

FALLBACK_MAX = 1_000
"""Characters of what is told where no card can be shown."""

NOTE = "note"
"""The id of what stands above a message: what came of a press."""

SHOW = "\u2190"
"""Instead of a line, to go back: to the message as it is."""

WIDTH_MIN, WIDTH_MAX = 8, 40
"""Characters: what a column is counted as, however little or much stands in it."""

_MARKS = {
    Tone.WAITING: "⏳ ",
    Tone.GOOD: "✅ ",
    Tone.WARNING: "⚠️ ",
    Tone.BAD: "⛔ ",
    Tone.ENDED: "⏹️ ",
}
_STYLES = {Emphasis.PRIMARY: "positive", Emphasis.DANGER: "destructive"}


def content(
    card: Card,
    *,
    refresh: Sequence[str] = (),
    shows: str = "message",
    note: Card | None = None,
    back: str = "",
) -> Json:
    """Give a card as Teams shows it, cut where it is larger than Teams takes.

    `refresh`: the MRIs of those for whom Teams asks anew what the card `shows` (`message` or
    `home`). `note` stands above it. `back` is the line that leads back, or `SHOW`.
    """
    made: Json = {}
    for cut in CUTS:
        made = root(card.plain() if note is None else f"{note.plain()}\n{card.plain()}")
        made["body"] = [*_body(card, note, back, cut)]
        if refresh:
            made["refresh"] = {"action": _refresh(shows), "userIds": [*refresh]}
        if len(json.dumps(made, ensure_ascii=False).encode()) <= BYTES_MAX:
            break
    return made


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of a card is shown; what is left out is said."""

    rows: int = 1_000
    """Rows of a table."""

    parts: int = 100
    letters: int = 5_000
    """Characters of a paragraph, a value or a cell."""


CUTS = (
    Cut(),
    Cut(60, 20, 3_000),
    Cut(30, 10, 1_500),
    Cut(15, 6, 800),
    Cut(8, 4, 400),
    Cut(3, 2, 150),
    Cut(0, 0, 50),
)
"""Tried one after the other, until a card is small enough."""


def root(told: str) -> Json:
    """Give a card's frame; `told` is said where no card can be shown."""
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": "1.5",
        "lang": "en",
        "fallbackText": tame(told)[:FALLBACK_MAX] or "…",
        "msteams": {"width": "Full"},
    }


def above(note: Card, cut: Cut, asked: set[str]) -> Json:
    """Give what stands above a message; `asked` is what the card has fields for already."""
    items = [*_elements(note, cut, asked)]
    return {"type": "Container", "id": NOTE, "style": "emphasis", "bleed": True, "items": items}


def back_action(back: str) -> Json:
    """Lead back."""
    is_show = back == SHOW
    return {
        "type": "Action.Execute",
        "title": "Back",
        "verb": "show" if is_show else "say",
        "data": {"shows": "message"} if is_show else {"says": back},
        "associatedInputs": "none",
    }


def title(text: str, tone: Tone = Tone.NEUTRAL) -> Json:
    """Give a heading."""
    return heading(_MARKS.get(tone, "") + text)


def _body(card: Card, note: Card | None, back: str, cut: Cut) -> Iterator[Json]:
    asked: set[str] = set()
    if note is not None:
        yield above(note, cut, asked)
    yield from _elements(card, cut, asked)
    if back:
        yield {"type": "ActionSet", "actions": [back_action(back)]}


def _refresh(shows: str) -> Json:
    data = {"shows": shows}
    return {"type": "Action.Execute", "title": "Refresh", "verb": "show", "data": data}


def _elements(card: Card, cut: Cut, asked: set[str]) -> Iterator[Json]:
    yield title(card.title, card.tone)
    for line in card.lines:
        yield paragraph([_short(piece, cut) for piece in line])
    for fact in card.facts:
        yield labelled(fact.label, _short(fact.value, cut))
    if card.table is not None:
        yield from _table(card.table, cut)
    for start in range(0, len(card.buttons), ACTIONS_MAX):
        some = card.buttons[start : start + ACTIONS_MAX]
        yield {"type": "ActionSet", "actions": [_action(one, asked) for one in some]}
    for part in card.parts[: cut.parts]:
        items = [*_elements(part, cut, asked)]
        yield {"type": "Container", "separator": True, "spacing": "Large", "items": items}
    if len(card.parts) > cut.parts:
        yield paragraph((f"… and {len(card.parts) - cut.parts} more, too long for one message.",))


def _short(value: Value, cut: Cut) -> Value:
    if isinstance(value, str) and len(value) > cut.letters:
        return f"{value[: cut.letters]}…"
    return value


def _table(table: Table, cut: Cut) -> Iterator[Json]:
    rows = [table.columns, *table.rows[: cut.rows]]
    yield {
        "type": "Table",
        "firstRowAsHeader": True,
        "columns": [{"width": _width(rows, number)} for number in range(len(table.columns))],
        "rows": [{"type": "TableRow", "cells": [_cell(one, cut) for one in row]} for row in rows],
    }
    if len(table.rows) > cut.rows:
        more = len(table.rows) - cut.rows
        yield paragraph((f"… and {more} more rows, too long for one message.",))


def _width(rows: Sequence[Sequence[Value]], column: int) -> int:
    """Say how wide a column is beside the others: as its texts are long, within bounds."""
    longest = max(len(spell(row[column])) for row in rows)
    return max(WIDTH_MIN, min(longest, WIDTH_MAX))


def _cell(value: Value, cut: Cut) -> Json:
    return {"type": "TableCell", "items": [paragraph((_short(value, cut),))]}


def _action(button: Button, asked: set[str]) -> Json:
    """Give a button; what it asks for is filled in below it, if no other asks for the same."""
    says: Json = {"says": button.says}
    action: Json = {"type": "Action.Execute", "title": one_line(button.label), "verb": "say"}
    if button.about:
        action["tooltip"] = one_line(button.about)
    if button.emphasis in _STYLES:
        action["style"] = _STYLES[button.emphasis]
    names = {field.name for field in button.asks}
    if not names or names & asked:  # two inputs of a card may not be called the same
        return action | {"data": says, "associatedInputs": "none"}
    asked |= names
    body = [one for field in button.asks for one in inputs(field)]
    body.append({"type": "ActionSet", "actions": [action | {"data": says | {"form": True}}]})
    inner = {"type": "AdaptiveCard", "body": body}
    return {"type": "Action.ShowCard", "title": action["title"], "card": inner}
