"""What is filled in on a card: a field's inputs, its hint, and what is wrong with it.

An input's id is `field:<name>`; `field:<name>:another` takes words instead of one of the field's
proposals. Everything on a card can be changed by whoever has it: what comes back is a claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapters.chat.cards import Choice, Field, FieldKind
from adapters.chat.grammar.closest import CHOICES_MAX
from adapters.chat.teams.render.size import Room
from adapters.chat.teams.render.texts import Json, paragraph, run, words
from adapters.chat.texts import taming

FIELD = "field:"
ANOTHER = ":another"
HINT, ERROR = "hint:", "error:"
WRONG = "⚠️ "
"""Before what is wrong, which is never told by colour alone."""

LABEL_MAX = 100
HINT_MAX = 500
TOO_MANY = "There are many; write its name, or a part of it."


def elements(field: Field, room: Room) -> Iterator[Json]:
    """Give everything of a field, in some room.

    Where there may be more choices than can be shown, it is written instead.
    """
    offered = _distinct(field.choices)
    is_written = len(offered) > min(CHOICES_MAX - 1, room.choices)
    if offered and not is_written:
        yield _choices(field, offered)
    elif proposed := _distinct(field.proposals[: room.choices]):
        yield _proposals(field, proposed)
        yield _another(field, proposed, room.text)
    else:
        yield _text(field, room.text)
    most = min(HINT_MAX, room.text)
    hints = [field.hint] if field.hint else []
    if is_written:
        hints.append(TOO_MANY)
    if hints:
        said = run(taming.cut(" ".join(hints), most), isSubtle=True, size="Small")
        yield paragraph([said], id=f"{HINT}{field.name}", spacing="Small")
    if field.error:
        wrong = run(f"{WRONG}{taming.cut(field.error, most)}", color="Attention")
        yield paragraph([wrong], id=f"{ERROR}{field.name}", spacing="Small")


def _distinct(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Leave out what Teams could not tell apart."""
    return tuple({choice.value: choice for choice in choices if choice.value}.values())


def _label(field: Field) -> str:
    label = words(taming.cut(field.label, LABEL_MAX))
    return f"{label} (optional)" if field.optional else label


def _choices(field: Field, offered: tuple[Choice, ...]) -> Json:
    # `filtered`, a list that is searched by typing, is Teams' own and no part of version 1.5.
    return _choice_set(field, offered) | {"style": "compact"}


def _proposals(field: Field, proposed: tuple[Choice, ...]) -> Json:
    return _choice_set(field, proposed) | {"style": "expanded"}


def _choice_set(field: Field, offered: tuple[Choice, ...]) -> Json:
    values = [choice.value for choice in offered]
    made: Json = {
        "type": "Input.ChoiceSet",
        "id": f"{FIELD}{field.name}",
        "label": _label(field),
        "choices": [{"title": words(c.label), "value": c.value} for c in offered],
        "wrap": True,
    }
    if field.value in values:
        made["value"] = field.value
    return made


def _another(field: Field, proposed: tuple[Choice, ...], text_max: int) -> Json:
    is_own = field.value not in [choice.value for choice in proposed]
    return {
        "type": "Input.Text",
        "id": f"{FIELD}{field.name}{ANOTHER}",
        "label": f"Or write: {_label(field)}",
        "maxLength": field.length_max,
        "value": field.value[:text_max] if is_own else "",
    }


def _text(field: Field, text_max: int) -> Json:
    # What is missing is said by us, at the field, in words: the client alone would only turn red.
    return {
        "type": "Input.Text",
        "id": f"{FIELD}{field.name}",
        "label": _label(field),
        "isMultiline": field.kind is FieldKind.TEXT,
        "maxLength": field.length_max,
        "value": field.value[:text_max],
    }
