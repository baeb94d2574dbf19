"""What stands on a card in the fake Teams: words that are read, buttons, and what is filled in.

An Adaptive Card keeps no facts and no lines apart, so a card comes back as its title and its lines.
Its `plain()` is what the bot's own card says in `plain()`, line by line, where Teams shows the
whole of it. What is Teams' own way around (“Back”) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from adapters.chat.cards import Button, Card, Choice, Field, FieldKind, Form, Line
from adapters.chat.teams.render.card import NOTE
from adapters.chat.teams.render.inputs import ANOTHER, ERROR, FIELD, HINT, WRONG
from tests.teams.fake_teams.filling_in import buttons
from tests.teams.fake_teams.world import Json

# Beside the words of a card's title, or of a part's, and not among them.
_MARK = re.compile(r"^(⏳|✅|⚠️|⛔|⏹️) ")
_BACK = "Back"


def card_of(content: Json) -> Card:
    """Read a card; what stands above a message of a story is read with `note_of`."""
    lines = [_cells(_MARK.sub("", line)) for line in _lines(content.get("body") or [])] or [""]
    # A card's own buttons stand before those of the cards within it, wherever they are shown.
    within = {"body": [one for one in content.get("body") or [] if one["type"] == "Container"]}
    inner = [*_buttons(within)]
    shown = (*[one for one in _buttons(content) if one not in inner], *inner)
    return Card(lines[0], lines=tuple((line,) for line in lines[1:]), buttons=shown)


def _cells(line: str) -> str:
    """Read a table's row: a dash stands for nothing."""
    return " | ".join("" if cell == "–" else cell for cell in line.split(" | "))


def note_of(content: Json) -> Card | None:
    """Read what stands above a message: what came of a press; None where nothing does."""
    for one in content.get("body") or []:
        if one.get("id") == NOTE:
            return card_of({"body": one["items"]})
    return None


def _lines(elements: list[Json]) -> Iterator[str]:
    for one in elements:
        match one["type"]:
            case "Container" if one.get("id") != NOTE:
                yield from _lines(one["items"])
            case "TextBlock" if "{{DATE(" not in one["text"]:  # the same again, by one's own clock
                yield from str(one["text"]).splitlines()
            case "RichTextBlock":
                yield from _said(one).splitlines()
            case "ColumnSet":
                yield from (line for column in one["columns"] for line in _lines(column["items"]))
            case "Table":
                for row in one["rows"]:
                    yield " | ".join(
                        " ".join(_lines(cell["items"])).strip() for cell in row["cells"]
                    )


def _said(block: Json) -> str:
    runs = [run if isinstance(run, dict) else {"text": run} for run in block["inlines"]]
    return "".join(f"`{one['text']}`" if "fontType" in one else str(one["text"]) for one in runs)


def _buttons(content: Json) -> Iterator[Button]:
    """Walk the buttons that say something; one that shows fields first says it afterwards."""
    above = [one for one in content.get("body") or [] if one.get("id") == NOTE]
    theirs = [one.action for one in buttons({"body": above})]
    inner = [
        one.action
        for shown in buttons(content)
        if "card" in shown.action
        for one in buttons(shown.action["card"])
    ]
    for one in buttons(content):
        action = one.action
        if action in theirs or action in inner or action["title"] == _BACK:
            continue
        says = action.get("data", {}).get("says", "")
        if "card" in action:
            says = next(button.action["data"]["says"] for button in buttons(action["card"]))
        if action.get("verb", "say") == "say":
            yield Button(str(action["title"]), str(says))


# ── forms ───────────────────────────────────────────────────────────────────────────────────────


def is_form(content: Json) -> bool:
    """Say whether a card is there to be filled in."""
    return any(str(one["type"]).startswith("Input.") for one in content.get("body") or [])


def form_of(content: Json) -> Form:
    """Read the form that a card is."""
    fields: dict[str, Field] = {}
    lines: list[Line] = []
    title, name = "", ""
    for one in content["body"]:
        if one.get("id") == NOTE or one["type"] == "ActionSet":
            continue
        if str(one["type"]).startswith("Input."):
            name = str(one["id"]).removeprefix(FIELD).removesuffix(ANOTHER)
            fields[name] = _field(one, fields.get(name))
        elif not title:
            [title] = _lines([one])
        elif one.get("id") == f"{HINT}{name}":
            fields[name] = replace(fields[name], hint=_said(one))
        elif one.get("id") == f"{ERROR}{name}":
            fields[name] = replace(fields[name], error=_said(one).removeprefix(WRONG))
        else:
            lines += [(line,) for line in _lines([one])]
    submit = submit_of(content)
    return Form(
        title, submit["data"]["says"], submit["title"], tuple(fields.values()), tuple(lines)
    )


def submit_of(content: Json, verb: str = "say") -> Json:
    """Find the button that tells what was filled in."""
    return next(
        one.action
        for one in buttons(content)
        if one.action.get("verb") == verb and one.action["data"].get("form")
    )


def _field(told: Json, known: Field | None) -> Field:
    is_text = told["type"] == "Input.Text"
    name = str(told["id"]).removeprefix(FIELD)
    value = str(told.get("value") or "")
    if known is not None:  # the line for what is none of the proposals
        chosen = next((one.label for one in known.proposals if one.value == known.value), "")
        return replace(known, value=value or (chosen and known.value))
    label = str(told["label"])
    choices = tuple(Choice(one["value"], one["title"]) for one in told.get("choices") or [])
    is_open = told.get("style") == "expanded"
    return Field(
        name.removesuffix(ANOTHER),
        label.removesuffix(" (optional)"),
        FieldKind.TEXT if is_text and told.get("isMultiline") else FieldKind.LINE,
        value=value,
        choices=() if is_open else choices,
        proposals=choices if is_open else (),
        optional=label.endswith(" (optional)"),
    )
