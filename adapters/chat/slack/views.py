"""A form becomes a modal, and a modal that was filled in becomes words and fields again.

::

    block_id    the field's name; `<name>:another` for words instead of one of its proposals
    action_id   `value`, or `choose` where Slack asks us for the choices while somebody types

`views.update` keeps what somebody is typing as long as both stay the same. Everything in a view
can be seen and changed by whoever has it open: what comes back is a claim, never a proof, and the
Inbox looks at it as at anything that is said.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from adapters.chat.cards import Card, Choice, Field, FieldKind, Form
from adapters.chat.slack import blocks
from adapters.chat.slack.blocks import Json, Paragraph
from adapters.chat.slack.page import NUMBER, Page, Surface
from adapters.chat.texts import taming

FORM = "form"
"""The callback of views that are submitted."""

CHOOSE = "choose"
VALUE = "value"
ANOTHER = ":another"

TITLE_MAX = 24
HINT_MAX = 2000
INPUT_MAX = 3000
METADATA_MAX = 3000
NAME_MAX = 200
STATIC_MAX = 10
"""More choices than these are searched by typing."""

OPTIONS_MAX = 100
RADIO_MAX = 10
FIELDS_MAX = 20
"""Fields of one form; a block each, one for its error and one for what else may be written."""

WRITTEN_MAX = 12_000
"""Characters in all fields together: a view has to stay below 250 KB."""

_PLACE = re.compile(r"[\w.:/-]{0,200}")


class Malformed(ValueError):
    """A view that came back is none of ours. The text names the part, never its content."""


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Where somebody was when a form was opened: where its answer belongs."""

    channel: str = ""
    """Empty in a direct message, on Home and behind a global shortcut."""

    thread: str = ""
    """The `ts` of the thread's root, where it was opened from a thread."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a modal says."""

    says: str
    fields: Mapping[str, str]
    came_from: CameFrom


# ── out ─────────────────────────────────────────────────────────────────────────────────────────


def modal(form: Form, *, came_from: CameFrom) -> Json:
    """Give the view that asks for a form's fields."""
    metadata = _metadata(form.says, came_from)
    if len(metadata) > METADATA_MAX or not _fits(form.fields):
        said = "This form is too long to be shown here; please type it in a direct message to me."
        return card_modal(Card(form.title, lines=((said,),)))
    page = Page(Surface.MODAL)
    if about := NUMBER.search(form.says):
        page.add([blocks.context(f"About {about[0]}")])
    for field in form.fields:
        page.add(_field_blocks(field))
    if form.lines:
        page.add([blocks.divider()])
        page.write(Paragraph(blocks.line_elements(line)) for line in form.lines)
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": metadata,
        "title": blocks.plain(form.title, TITLE_MAX),
        "submit": blocks.plain(form.submit, TITLE_MAX),
        "close": blocks.plain("Cancel", TITLE_MAX),
        "blocks": page.view_blocks(),
    }


def card_modal(card: Card, *, title: str = "Answer") -> Json:
    """Give a view that only shows a card: the answer to what was filled in on Home."""
    page = Page(Surface.MODAL)
    page.show(card)
    return {
        "type": "modal",
        "callback_id": "card",
        "title": blocks.plain(title, TITLE_MAX),
        "close": blocks.plain("Close", TITLE_MAX),
        "blocks": page.view_blocks(),
    }


def working(title: str = "Working…") -> Json:
    """Give the view that stands until the answer is there."""
    return card_modal(Card("", lines=(("Working… this takes a moment.",),)), title=title)


def errors(form: Form) -> dict[str, str]:
    """Say what is wrong with a form that was submitted, by the block that it is shown at."""
    return {
        _block_at_fault(field): taming.cut(taming.one_line(field.error), HINT_MAX)
        for field in form.fields
        if field.error
    }


def choices(found: Iterable[Choice]) -> list[Json]:
    """Give the options of what was found, in its order, at most 100."""
    return [_option(choice) for choice in _valid(found)[:OPTIONS_MAX]]


def _fits(fields: Sequence[Field]) -> bool:
    return len(fields) <= FIELDS_MAX and sum(len(f.value) for f in fields) <= WRITTEN_MAX


def _metadata(says: str, came_from: CameFrom) -> str:
    """Write what the form has to remember, without the three characters that Slack escapes."""
    text = json.dumps({"says": says, "from": asdict(came_from)}, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _field_blocks(field: Field) -> Iterator[Json]:
    proposed = _valid(field.proposals)[:RADIO_MAX]
    offered = _valid(field.choices)
    if proposed:
        yield from _proposals(field, proposed)
    elif field.kind is FieldKind.CHOICE and offered:
        yield _input(field, _select(field, offered))
    else:
        yield _input(field, _text_input(field))
    if field.error:
        yield blocks.context(f"⚠️ {field.error}")


def _input(field: Field, element: Json) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name[:NAME_MAX],
        "label": blocks.plain(field.label, HINT_MAX),
        "element": element,
        "optional": field.optional,
    }
    if field.hint.strip():
        block["hint"] = blocks.plain(field.hint, HINT_MAX)
    if field.is_live:
        block["dispatch_action"] = True
    return block


def _proposals(field: Field, proposed: Sequence[Choice]) -> Iterator[Json]:
    """Give what most people fill in as buttons, and a line for anything else, which counts."""
    chosen = _chosen(field, proposed)
    # Other proposals are another question: under the same id, Slack keeps the old one's answer.
    named = "\n".join(choice.value for choice in proposed)
    digest = hashlib.sha256(named.encode(errors="replace")).hexdigest()[:8]
    radio: Json = {
        "type": "radio_buttons",
        "action_id": f"{VALUE}:{digest}",
        "options": [_option(choice) for choice in proposed],
    }
    if chosen is not None:
        radio["initial_option"] = _option(chosen)
    line = _text_input(field, "" if chosen else field.value)
    # Either may stay empty; where both do, the Inbox asks for it.
    buttons, another = _input(field, radio), _input(field, line)
    buttons.pop("hint", None)
    yield buttons | {"optional": True}
    yield another | {
        "block_id": field.name[:NAME_MAX] + ANOTHER,
        "label": blocks.plain("Or something else, in your own words", HINT_MAX),
        "optional": True,
    }


def _select(field: Field, offered: Sequence[Choice]) -> Json:
    chosen = _chosen(field, offered)
    begun: Json = {"initial_option": _option(chosen)} if chosen is not None else {}
    if len(offered) > STATIC_MAX:
        placeholder = blocks.plain("Type to search", 150)
        return {
            "type": "external_select",
            "action_id": CHOOSE,
            "min_query_length": 0,
            "placeholder": placeholder,
            **begun,
        }
    options = [_option(choice) for choice in offered]
    return {"type": "static_select", "action_id": VALUE, "options": options, **begun}


def _text_input(field: Field, value: str | None = None) -> Json:
    most = min(max(field.length_max, 1), INPUT_MAX)
    element: Json = {
        "type": "plain_text_input",
        "action_id": VALUE,
        "max_length": most,
        "multiline": field.kind is FieldKind.TEXT,
    }
    written = taming.tame(field.value if value is None else value)
    if written:
        element["initial_value"] = written[:most]
    if field.is_live:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    return element


def _chosen(field: Field, offered: Sequence[Choice]) -> Choice | None:
    return next((choice for choice in offered if choice.value == field.value), None)


def _option(choice: Choice) -> Json:
    return {"text": blocks.plain(choice.label, blocks.LABEL_MAX), "value": choice.value}


def _valid(offered: Iterable[Choice]) -> list[Choice]:
    """Give the choices that Slack can keep, each once; a shortened value would be another one."""
    fitting = (c for c in offered if c.value.strip() and len(c.value) <= blocks.VALUE_MAX)
    return list({choice.value: choice for choice in fitting}.values())


def _block_at_fault(field: Field) -> str:
    """Name the block whose input is wrong: what was written instead of a proposal, or the field."""
    proposed = _valid(field.proposals)[:RADIO_MAX]
    is_another = bool(proposed and field.value and _chosen(field, proposed) is None)
    return field.name[:NAME_MAX] + (ANOTHER if is_another else "")


# ── in ──────────────────────────────────────────────────────────────────────────────────────────


def read(view: Mapping[str, object]) -> Filled:
    """Read a view of ours, as Slack gives it back. Raises `Malformed` where it is not one."""
    says, came_from = _read_metadata(view.get("private_metadata"))
    values = _mapping(_mapping(view.get("state"), "state").get("values"), "values")
    if len(values) > 2 * FIELDS_MAX:
        raise Malformed("values: more than any form of ours has")
    fields: dict[str, str] = {}
    # In this order, what was written instead of a proposal counts.
    for block in sorted(values, key=lambda name: name.endswith(ANOTHER)):
        name, text = block.removesuffix(ANOTHER), _read_block(values[block])
        fields[name] = text or fields.get(name, "")
    return Filled(says, fields, came_from)


def _read_metadata(raw: object) -> tuple[str, CameFrom]:
    if not isinstance(raw, str) or len(raw) > METADATA_MAX:
        raise Malformed("private_metadata: there is none, or it is too long")
    try:
        held = _mapping(json.loads(raw), "private_metadata")
    except (ValueError, RecursionError):
        raise Malformed("private_metadata: not written by us") from None
    says = _text(held.get("says"), "says")
    if not says.strip():
        raise Malformed("says: there is nothing in it")
    place = _mapping(held.get("from"), "from")
    return says, CameFrom(_place(place, "channel"), _place(place, "thread"))


def _read_block(raw: object) -> str:
    actions = _mapping(raw, "block")
    if len(actions) != 1:
        raise Malformed("block: one input was asked for")
    state = _mapping(next(iter(actions.values())), "input")
    chosen = state.get("selected_option")
    value = state.get("value") if chosen is None else _mapping(chosen, "option").get("value")
    return "" if value is None else _text(value, "value")


def _place(held: Mapping[str, object], name: str) -> str:
    text = _text(held.get(name), name)
    if not _PLACE.fullmatch(text):
        raise Malformed(f"{name}: not an id of Slack's")
    return text


def _text(raw: object, name: str) -> str:
    if not isinstance(raw, str) or len(raw) > INPUT_MAX:
        raise Malformed(f"{name}: not a text, or too long")
    return raw


def _mapping(raw: object, name: str) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise Malformed(f"{name}: missing, or not an object")
    return raw
