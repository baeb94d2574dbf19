"""A card becomes JSON, and the JSON becomes the same card again.

The browser draws from this JSON with `textContent` only. An instant is `{"at": "<ISO 8601>"}`, so
that the browser can tell it from text and show it in the viewer's zone. Reading is strict: what the
bot API stores is always a card that could have been written here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar

from adapters.chat.cards import (
    Answer,
    Button,
    Card,
    Choice,
    Emphasis,
    Fact,
    Field,
    FieldKind,
    Form,
    Table,
    Tone,
    Value,
)

Json = Mapping[str, object]
T = TypeVar("T")


class Malformed(ValueError):
    """What was read is no card. The text names the part that is wrong, never its content."""


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


def card_json(card: Card) -> Json:
    """Write a card."""
    return {
        "title": card.title,
        "tone": card.tone.value,
        "lines": [[_value_json(piece) for piece in line] for line in card.lines],
        "facts": [{"label": fact.label, "value": _value_json(fact.value)} for fact in card.facts],
        "table": None if card.table is None else _table_json(card.table),
        "buttons": [_button_json(button) for button in card.buttons],
        "form": None if card.form is None else form_json(card.form),
        "parts": [card_json(part) for part in card.parts],
    }


def form_json(form: Form) -> Json:
    """Write a form."""
    return {
        "title": form.title,
        "says": form.says,
        "submit": form.submit,
        "fields": [_field_json(field) for field in form.fields],
        "lines": [[_value_json(piece) for piece in line] for line in form.lines],
    }


def answer_json(answer: Answer) -> Json:
    """Write an answer: a card, a form, a file, or none of them."""
    return {
        "card": None if answer.card is None else card_json(answer.card),
        "form": None if answer.form is None else form_json(answer.form),
        "file": None if answer.file is None else asdict(answer.file),
        "code": answer.code,
    }


def _value_json(value: Value) -> object:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _table_json(table: Table) -> Json:
    return {
        "columns": list(table.columns),
        "rows": [[_value_json(cell) for cell in row] for row in table.rows],
    }


def _button_json(button: Button) -> Json:
    return {
        "label": button.label,
        "says": button.says,
        "emphasis": button.emphasis.value,
        "about": button.about,
    }


def _field_json(field: Field) -> Json:
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind.value,
        "hint": field.hint,
        "value": field.value,
        "choices": [asdict(choice) for choice in field.choices],
        "length_max": field.length_max,
        "optional": field.optional,
        "error": field.error,
        "proposals": [asdict(choice) for choice in field.proposals],
        "live": field.is_live,
    }


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def read_card(raw: object) -> Card:
    """Read a card. Raises `ValueError` where it is not one."""
    data = _mapping(raw, "card")
    return Card(
        title=_text(data, "title"),
        tone=Tone(_text(data, "tone")),
        lines=tuple(_values(line, "line") for line in _list(data, "lines")),
        facts=tuple(_read_fact(fact) for fact in _list(data, "facts")),
        table=_maybe(data, "table", _read_table),
        buttons=tuple(_read_button(button) for button in _list(data, "buttons")),
        form=_maybe(data, "form", _read_form),
        parts=tuple(map(_read_part, _list(data, "parts") if "parts" in data else ())),
    )


def _read_part(raw: object) -> Card:
    if _mapping(raw, "part").get("parts"):
        raise Malformed("a part has parts of its own")
    return read_card(raw)


def _read_fact(raw: object) -> Fact:
    data = _mapping(raw, "fact")
    return Fact(_text(data, "label"), _value(data.get("value"), "value"))


def _read_table(raw: object) -> Table:
    data = _mapping(raw, "table")
    columns = tuple(_as_text(column, "column") for column in _list(data, "columns"))
    return Table(columns, tuple(_values(row, "row") for row in _list(data, "rows")))


def _read_button(raw: object) -> Button:
    data = _mapping(raw, "button")
    return Button(
        label=_text(data, "label"),
        says=_text(data, "says"),
        emphasis=Emphasis(_text(data, "emphasis")),
        about=_text(data, "about"),
    )


def _read_form(raw: object) -> Form:
    data = _mapping(raw, "form")
    return Form(
        title=_text(data, "title"),
        says=_text(data, "says"),
        submit=_text(data, "submit"),
        fields=tuple(_read_field(field) for field in _list(data, "fields")),
        lines=tuple(_values(line, "line") for line in _list(data, "lines")),
    )


def _read_field(raw: object) -> Field:
    data = _mapping(raw, "field")
    length_max = data.get("length_max")
    if not isinstance(length_max, int):
        raise Malformed("length_max is not a number")
    return Field(
        name=_text(data, "name"),
        label=_text(data, "label"),
        kind=FieldKind(_text(data, "kind")),
        hint=_text(data, "hint"),
        value=_text(data, "value"),
        choices=tuple(_read_choice(choice) for choice in _list(data, "choices")),
        length_max=length_max,
        optional=_flag(data, "optional"),
        error=_text(data, "error"),
        proposals=tuple(_read_choice(choice) for choice in _list(data, "proposals")),
        is_live=_flag(data, "live"),
    )


def _read_choice(raw: object) -> Choice:
    data = _mapping(raw, "choice")
    return Choice(_text(data, "value"), _text(data, "label"))


def _maybe(data: Json, name: str, read: Callable[[object], T]) -> T | None:
    raw = data.get(name)
    return None if raw is None else read(raw)


def _values(raw: object, name: str) -> tuple[Value, ...]:
    if not isinstance(raw, list):
        raise Malformed(f"{name} is not a list")
    return tuple(_value(piece, name) for piece in raw)


def _value(raw: object, name: str) -> Value:
    if isinstance(raw, str):
        return raw
    instant = datetime.fromisoformat(_text(_mapping(raw, name), "at"))
    if instant.tzinfo is None:
        raise Malformed(f"{name} is an instant without a zone")
    return instant


def _text(data: Json, name: str) -> str:
    return _as_text(data.get(name), name)


def _as_text(raw: object, name: str) -> str:
    if not isinstance(raw, str):
        raise Malformed(f"{name} is not a text")
    return raw


def _flag(data: Json, name: str) -> bool:
    raw = data.get(name)
    if not isinstance(raw, bool):
        raise Malformed(f"{name} is not true or false")
    return raw


def _list(data: Json, name: str) -> Sequence[object]:
    raw = data.get(name)
    if not isinstance(raw, list):
        raise Malformed(f"{name} is not a list")
    return raw


def _mapping(raw: object, name: str) -> Json:
    if not isinstance(raw, dict):
        raise Malformed(f"{name} is not an object")
    return raw
