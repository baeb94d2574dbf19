"""What can be pressed and filled in on an Adaptive Card, as one person has it before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.teams.fake_teams.world import Json

_NESTED = ("body", "items", "columns", "rows", "cells")


@dataclass(frozen=True, slots=True)
class Button:
    """An action, and the inputs that go with it: those of its card and of the cards around it."""

    action: Json
    inputs: tuple[Json, ...]


def elements(card: Json) -> Iterator[Json]:
    """Walk the elements of a card in the order in which they are shown; no shown cards."""
    for name in _NESTED:
        for one in card.get(name) or []:
            if one.get("isVisible", True):
                yield one
                yield from elements(one)


def inputs(card: Json) -> list[Json]:
    """Give the inputs of a card."""
    return [one for one in elements(card) if str(one.get("type")).startswith("Input.")]


def buttons(card: Json, around: tuple[Json, ...] = ()) -> Iterator[Button]:
    """Walk the buttons of a card: also those of cards that its buttons show."""
    here = (*around, *inputs(card))
    for action in _actions(card):
        yield Button(action, here)
        if action.get("type") == "Action.ShowCard":
            yield from buttons(action["card"], here)


def _actions(card: Json) -> Iterator[Json]:
    for one in elements(card):
        if one.get("type") == "ActionSet":
            yield from one.get("actions") or []
        elif "selectAction" in one:
            yield one["selectAction"]
    yield from card.get("actions") or []


def find_button(card: Json, title: str, *, within: str = "") -> Button:
    """Find a button by what stands on it; `within` is the button that shows the card it is on."""
    for one in buttons(card):
        if within and one.action.get("title") == within and "card" in one.action:
            return find_button(one.action["card"], title)
        if not within and one.action.get("title") == title:
            return one
    shown = [one.action.get("title") for one in buttons(card)]
    raise AssertionError(f"there is no button {title!r} among {shown}")


def find_input(card: Json, label: str, *, within: str = "") -> Json:
    """Find an input by its label or its id."""
    given = list(inputs(card))
    for one in buttons(card):
        if "card" in one.action and within in ("", one.action.get("title")):
            given += inputs(one.action["card"])
    for field in given:
        if label in (field.get("label"), field.get("id")):
            return field
    shown = [field.get("label") for field in given]
    raise AssertionError(f"there is nothing to fill in called {label!r} among {shown}")


def written(field: Json, value: str) -> str:
    """Give what a value is in an input: a choice may be named by what stands there."""
    if field["type"] == "Input.ChoiceSet":
        for choice in field.get("choices") or []:
            if value in (choice["title"], choice["value"]):
                return str(choice["value"])
        assert not value, f"{value!r} is not among {[one['title'] for one in field['choices']]}"
    most = field.get("maxLength")
    assert most is None or len(value) <= most, f"at most {most} characters"
    return value


def missing(button: Button, filled: Mapping[str, str]) -> list[str]:
    """Say which inputs the client itself asks for before it tells the bot."""
    return [
        str(field.get("label") or field["id"])
        for field in _associated(button)
        if field.get("isRequired") and not filled.get(field["id"], field.get("value"))
    ]


def gathered(button: Button, filled: Mapping[str, str], *, blanks: bool = False) -> Json:
    """Give the data of a press: the action's own, and every input's by its id.

    An input that is empty is left out, as Teams on the desktop does, or is an empty text.
    """
    data = button.action.get("data")
    made: Json = dict(data) if isinstance(data, dict) else {}
    for field in _associated(button):
        value = filled.get(field["id"], str(field.get("value") or ""))
        if value or blanks:
            made[field["id"]] = value
    return made


def _associated(button: Button) -> tuple[Json, ...]:
    return () if button.action.get("associatedInputs") == "none" else button.inputs
