"""What somebody reads on a card, as plain text: line by line, from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.teams.fake_teams.world import Json, Message

_DATE = re.compile(r"\{\{(?:DATE|TIME)\(([^,)]+)[^)]*\)\}\}")


def plain(thing: Json | Message) -> str:
    """Read a card, or a message with its card as everybody sees it.

    A button stands in square brackets; an input is `Label = value`; what a button shows comes
    below it, further to the right; a date is written as it came.
    """
    if isinstance(thing, Message):
        text, card = thing.text, thing.card
        return "\n".join([*([text] if text else []), *([plain(card)] if card else [])])
    return "\n".join(_card(thing))


def _card(card: Json) -> Iterator[str]:
    for one in card.get("body") or []:
        yield from _element(one)
    yield from _actions(card.get("actions") or [])


def _actions(actions: list[Json]) -> Iterator[str]:
    if actions:
        yield " ".join(f"[{one.get('title')}]" for one in actions)
    for one in actions:
        if one.get("type") == "Action.ShowCard":
            yield from (f"    {line}" for line in _card(one["card"]))


def _element(one: Json) -> Iterator[str]:
    kind = str(one.get("type"))
    if not one.get("isVisible", True):
        return
    if kind == "TextBlock":
        yield _DATE.sub(lambda found: found[1], str(one.get("text")))
    elif kind == "RichTextBlock":
        yield "".join(map(_run, one.get("inlines") or []))
    elif kind == "FactSet":
        yield from (f"{fact['title']}: {fact['value']}" for fact in one["facts"])
    elif kind == "ActionSet":
        yield from _actions(one["actions"])
    elif kind == "Table":
        yield from (" | ".join(map(_joined, row["cells"])) for row in one.get("rows") or [])
    elif kind == "ColumnSet":
        yield "  ".join(map(_joined, one.get("columns") or []))
    elif kind.startswith("Input."):
        yield f"{one.get('label')} = {_value(one)}".rstrip()
    for inner in one.get("items") or []:
        yield from _element(inner)


def _joined(cell: Json) -> str:
    return " ".join(line for inner in cell.get("items") or [] for line in _element(inner))


def _run(inline: Json | str) -> str:
    return inline if isinstance(inline, str) else str(inline.get("text") or "")


def _value(field: Json) -> str:
    value = str(field.get("value") or "")
    named = (one["title"] for one in field.get("choices") or [] if one["value"] == value)
    return str(next(named, value))
