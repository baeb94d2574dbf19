"""What has to be filled in becomes inputs: labelled, for people who cannot see where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.chat.cards import Field, FieldKind
from adapters.chat.teams.render.texts import Json, one_line, paragraph, tame

FIELD = "field:"
ANOTHER = ":another"
HINT, ERROR = "hint:", "error:"
WRONG = "⚠️ "

TEXT_MAX = 4000
"""Characters that an input takes, whatever a field would: Teams' own limit is not far above."""


def inputs(field: Field) -> Iterator[Json]:
    """Give a field's inputs, then its hint, and what is wrong with what was filled in."""
    label = one_line(field.label) + (" (optional)" if field.optional else "")
    offered = field.choices or field.proposals
    if offered:
        yield _choices(field, label)
    if not field.choices:
        yield _text(field, f"Or write it: {label}" if offered else label)
    if field.hint:
        yield paragraph((field.hint,), isSubtle=True) | {"id": f"{HINT}{field.name}"}
    if field.error:
        error = paragraph((WRONG, field.error), color="Attention", weight="Bolder")
        yield error | {"id": f"{ERROR}{field.name}"}


def _choices(field: Field, label: str) -> Json:
    offered = field.choices or field.proposals
    return {
        "type": "Input.ChoiceSet",
        "id": f"{FIELD}{field.name}",
        "label": label,
        "style": "compact" if field.choices else "expanded",
        "choices": [{"title": one_line(one.label), "value": one.value} for one in offered],
        "value": field.value if field.value in {one.value for one in offered} else "",
        "wrap": True,
    }


def _text(field: Field, label: str) -> Json:
    proposed = field.value in {one.value for one in field.proposals}
    return {
        "type": "Input.Text",
        "id": f"{FIELD}{field.name}{ANOTHER if field.proposals else ''}",
        "label": label,
        "isMultiline": field.kind is FieldKind.TEXT,
        "maxLength": min(field.length_max, TEXT_MAX),
        "value": "" if proposed else tame(field.value),
    }
