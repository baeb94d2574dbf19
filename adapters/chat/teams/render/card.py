"""A card becomes an Adaptive Card.

::

    note       what came of a press, above the message that was pressed
    title      in a band of its tone's colour, with a mark beside the words
    lines      what happened, in sentences
    facts      a label and its value each; somebody's own long words set off
    table      columns where they fit on a telephone, else a line for each row
    buttons    up to six in a row; what has to be filled in with one opens below it
    parts      the same again for each, under a line across
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.chat.cards import Button, Card, Emphasis, Fact, Table, Tone
from adapters.chat.teams.render import inputs
from adapters.chat.teams.render.size import SAYS_MAX, Room, fitting
from adapters.chat.teams.render.texts import (
    Json,
    heading,
    local_time,
    paragraph,
    run,
    runs,
    spelled,
    tame,
    words,
)
from adapters.chat.texts import taming

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"

ACTIONS_MAX = 6
"""Buttons in a row; Teams hides what comes after them."""

REFRESHED_MAX = 60
"""People for whom Teams asks for a card anew when they look at it."""

COLUMNS_MAX = 3
"""Columns that can be read on a telephone; a table of more is lines instead."""

LABEL_MAX = 100
"""Characters of what stands before a value."""

WIDTH_MIN, WIDTH_MAX = 8, 40
"""Characters: what a column is counted as, however little or much stands in it."""

TIMED_MAX = 3
"""Lines of which each is followed by its times by the reader's clock; a longer list is a record,
and would be twice as long."""

OWN_WORDS_MIN = 160
"""Characters from which on a fact is somebody's own words, and is set off."""

FALLBACK_MAX = 900
"""Characters for clients that show no cards."""

NOTE = "note"
"""The id of what stands above a card."""

SHOW = "\u2190"
"""Instead of a line that leads back: the message as it is."""

_MARKS = {
    # Beside the title's words, never instead of them.
    Tone.WAITING: "⏳ ",
    Tone.GOOD: "✅ ",
    Tone.WARNING: "⚠️ ",
    Tone.BAD: "⛔ ",
    Tone.ENDED: "⏹️ ",
}
_BANDS = {
    Tone.WAITING: "accent",
    Tone.GOOD: "good",
    Tone.WARNING: "warning",
    Tone.BAD: "attention",
    Tone.ENDED: "emphasis",
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
    """Give the card. `note` stands above it; `back` is the line that leads back, or `SHOW`.

    `refresh` names people by `29:…`: when one of them looks at it, it is asked for anew; `shows`
    says as what.
    """
    told = card.plain() if note is None else f"{note.plain()}\n{card.plain()}"

    def draw(room: Room) -> Json:
        page = Page(room)
        body = [page.above(note)] if note is not None else []
        body += page.elements(card, is_first=note is None)
        if back:
            body.append({"type": "ActionSet", "actions": [back_action(back)]})
        return root(told, body, is_wide=card.table is not None or bool(card.parts))

    made = fitting(draw)
    if refresh:
        made["refresh"] = {
            "action": execute("Refresh", "show", {"shows": shows}),
            "userIds": list(refresh[:REFRESHED_MAX]),
        }
    return made


def root(told: str, body: list[Json], *, is_wide: bool = False) -> Json:
    """Give a card's frame; `told` is all of it as plain text."""
    made: Json = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": "1.5",
        "lang": "en",
        "fallbackText": taming.cut(tame(told).strip(), FALLBACK_MAX) or taming.NOTHING,
        "body": body or [paragraph([run(taming.NOTHING)])],
    }
    if is_wide:
        made["msteams"] = {"width": "Full"}
    return made


def _band(card: Card) -> str:
    return _BANDS.get(card.tone, "emphasis")


# ── what is read ────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Page:
    """What is drawn in some room."""

    room: Room
    asked: set[str] = field(default_factory=set)
    """Names of the fields that are on it already: no two inputs of a card are called the same."""

    def above(self, note: Card) -> Json:
        """Give what stands above a message."""
        items = [*self.elements(note)]
        return {"type": "Container", "id": NOTE, "style": _band(note), "items": items}

    def elements(self, card: Card, *, is_first: bool = False) -> Iterator[Json]:
        """Give everything on a card, in order."""
        room = self.room
        if card.title.strip():
            yield _title(card, is_first=is_first)
        for line in card.lines[: room.lines]:
            yield paragraph(runs(line, room.text))
            if len(card.lines) <= TIMED_MAX:
                yield from local_time(line)
        for fact in card.facts[: room.facts]:
            yield from _fact(fact, room)
        if card.table is not None:
            yield from _table(card.table, room)
        yield from _more(card, room)
        yield from self._buttons(card)
        for part in card.parts[: room.parts]:
            items = [*self.elements(part)]
            yield {"type": "Container", "separator": True, "spacing": "Large", "items": items}

    def _buttons(self, card: Card) -> Iterator[Json]:
        offered = list(card.buttons)
        if card.form is not None:
            offered.append(Button(card.form.title, card.form.says, Emphasis.PRIMARY))
        fit = [button for button in offered if self._fits(button.says)]
        shown = fit[: self.room.buttons]
        for start in range(0, len(shown), ACTIONS_MAX):
            yield {"type": "ActionSet", "actions": [*self._row(shown[start : start + ACTIONS_MAX])]}

    def _fits(self, says: str) -> bool:
        return 0 < len(says) <= SAYS_MAX and len(says.encode(errors="replace")) <= self.room.says

    def _row(self, buttons: Sequence[Button]) -> Iterator[Json]:
        """Give a row's actions; what two of them say on them differs, for who cannot see where."""
        taken: set[str] = set()
        for button in buttons:
            label = words(taming.cut(button.label, 75))
            while label in taken:
                label += "\u2009›"
            taken.add(label)
            yield self._action(button, label)

    def _action(self, button: Button, label: str) -> Json:
        """Give a button; what it asks for is filled in below it, if no other asks for the same."""
        looks: Json = {}
        if button.about.strip():
            looks["tooltip"] = words(taming.cut(button.about, 120))
        if button.emphasis in _STYLES:
            looks["style"] = _STYLES[button.emphasis]
        names = {asked.name for asked in button.asks}
        if not names or names & self.asked:
            return execute(label, "say", {"says": button.says}) | looks
        self.asked |= names
        body = [one for asked in button.asks for one in inputs.elements(asked, self.room)]
        data = {"says": button.says, "form": True}
        done = execute(label, "say", data, takes_inputs=True) | looks
        body.append({"type": "ActionSet", "actions": [done]})
        shown = {"type": "AdaptiveCard", "body": body}
        return {"type": "Action.ShowCard", "title": label, "card": shown} | looks


def _title(card: Card, *, is_first: bool) -> Json:
    mark = _MARKS.get(card.tone, "")
    title = heading(taming.cut(card.title, 300), size="Medium")
    if mark:
        title = _marked(title, mark)
    if not (is_first and card.tone in _BANDS):
        return title
    return {"type": "Container", "style": _band(card), "bleed": True, "items": [title]}


def _marked(title: Json, mark: str) -> Json:
    if title["type"] == "TextBlock":
        return {**title, "text": mark + title["text"]}
    first, *others = title["inlines"]
    return {**title, "inlines": [{**first, "text": mark + first["text"]}, *others]}


def _fact(fact: Fact, room: Room) -> Iterator[Json]:
    label, value = f"{taming.cut(taming.one_line(fact.label), LABEL_MAX)}:", fact.value
    if isinstance(value, str) and (len(value) > OWN_WORDS_MIN or "\n" in value.strip()):
        own = paragraph([run(f"{label} ", weight="Bolder"), *runs((value.strip(),), room.text)])
        yield {"type": "Container", "style": "emphasis", "spacing": "Small", "items": [own]}
        return
    said = value.strip() if isinstance(value, str) else value
    whole = [run(f"{label} ", weight="Bolder"), *runs((said,), room.text)]
    yield paragraph(whole, spacing="Small")
    yield from local_time((said,))


def _more(card: Card, room: Room) -> Iterator[Json]:
    """Say what is left out."""
    counted = (
        (len(card.lines) - room.lines, "line"),
        (len(card.facts) - room.facts, "fact"),
        (len(card.table.rows) - room.rows if card.table else 0, "row"),
        (len(card.parts) - room.parts, "part"),
    )
    left = [f"{n} more {noun}{'s' if n > 1 else ''}" for n, noun in counted if n > 0]
    texts = [piece for line in card.lines[: room.lines] for piece in line]
    texts += [fact.value for fact in card.facts[: room.facts]]
    if any(isinstance(text, str) and len(text) > room.text for text in texts):
        left.append("the end of a long text")
    if left:
        yield paragraph([run(f"… and {', '.join(left)}, left out to fit here.", isSubtle=True)])


# ── tables ──────────────────────────────────────────────────────────────────────────────────────


def _table(table: Table, room: Room) -> Iterator[Json]:
    rows = table.rows[: room.rows]
    if len(table.columns) > COLUMNS_MAX:
        yield _row(table.columns, room, isSubtle=True)
        for row in rows:
            yield _row([spelled(cell) for cell in row], room)
        return
    yield {
        "type": "Table",
        "firstRowAsHeader": True,
        "showGridLines": False,
        "columns": [{"width": _width(table, number)} for number in range(len(table.columns))],
        "rows": [
            _cells(table.columns, room, weight="Bolder"),
            *(_cells([spelled(cell) for cell in row], room) for row in rows),
        ],
    }


def _width(table: Table, column: int) -> int:
    """Say how wide a column is beside the others: as its texts are long, within bounds."""
    longest = max(len(spelled(row[column])) for row in (table.columns, *table.rows))
    return max(WIDTH_MIN, min(longest, WIDTH_MAX))


def _row(cells: Sequence[str], room: Room, **looks: object) -> Json:
    inlines: list[Json] = []
    for number, cell in enumerate(cells):
        bold = {"weight": "Bolder"} if number == 0 and not looks else {}
        if number:
            inlines.append(run(" | ", isSubtle=True))
        inlines.append(run(taming.cut(taming.one_line(cell), room.cell), **bold, **looks))
    return paragraph(inlines, spacing="Small", separator=not looks)


def _cells(cells: Sequence[str], room: Room, **looks: object) -> Json:
    made = []
    for cell in cells:
        shown = run(taming.cut(taming.one_line(cell), room.cell), **looks)
        made.append({"type": "TableCell", "items": [paragraph([shown])]})
    return {"type": "TableRow", "cells": made}


# ── actions ─────────────────────────────────────────────────────────────────────────────────────


def execute(title: str, verb: str, data: Json, *, takes_inputs: bool = False) -> Json:
    """Give an action that we are told of."""
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb,
        "data": data,
        "associatedInputs": "auto" if takes_inputs else "none",
    }


def back_action(back: str) -> Json:
    """Lead back."""
    if back == SHOW:
        return execute("Back", "show", {"shows": "message"})
    return execute("Back", "say", {"says": back})
