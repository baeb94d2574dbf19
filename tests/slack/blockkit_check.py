"""Is this what Slack would show? A message or a view against the rules of Block Kit, offline.

Each finding is `<place>: <what is wrong>`, the place as a JSON pointer; no finding is good. What
slack_sdk's own models refuse is a finding, too.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.slack.blockkit_rules import (
    BLOCKS,
    BUTTON_LENGTHS,
    CONFIRM_LENGTHS,
    ELEMENTS,
    HOME,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    INITIAL_FORMATS,
    MESSAGE,
    MODAL,
    OPTIONS_MAX,
    RICH_ELEMENTS,
    RICH_GROUPS,
    RICH_STYLES,
    VIEW_LENGTHS,
    Kind,
)

Json = dict[str, Any]

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")
VIEW_BYTES_MAX = 250_000
MARKDOWN_MAX = 12_000
CELLS_MAX = 10_000


def check_message(message: Json, *, require_text: bool = True) -> list[str]:
    """Check what is given to `chat.postMessage` and its like."""
    check = _Check(MESSAGE)
    if "blocks" in message:
        check.blocks(message["blocks"], "/blocks", 50)
    text = message.get("text")
    if require_text and not text:
        check.say("/text", "no top-level text: notifications and screen readers get nothing")
    if isinstance(text, str) and len(text) > 4000:
        check.say("/text", f"{len(text)} characters, keep it under 4,000 (40,000 are cut)")
    metadata = message.get("metadata")
    if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
        check.say("/metadata", "holds event_type and event_payload")
    if len(message.get("attachments") or []) > 100:
        check.say("/attachments", "more than 100 attachments")
    return check.found + _sdk(message.get("blocks"))


def check_view(view: Json) -> list[str]:
    """Check what is given to `views.open` and its like."""
    kind = view.get("type")
    if kind not in (MODAL, HOME):
        return [f"/type: must be modal or home, not {kind!r}"]
    check = _Check(kind)
    check.keys(view, "", _VIEWS[kind])
    for key, most in VIEW_LENGTHS.items():
        if len(view.get(key) or "") > most:
            check.say(f"/{key}", f"{len(view[key])} characters, at most {most}")
    for key in ("title", "submit", "close"):
        if view.get(key) is not None:
            check.text(view[key], f"/{key}", kinds=PLAIN, most=24)
    check.blocks(view.get("blocks"), "/blocks", 100)
    if not view.get("blocks"):
        check.say("/blocks", "must contain at least one block")
    if kind == MODAL and check.has_input and not view.get("submit"):
        check.say("/submit", "required when the view has an input block")
    if len(json.dumps(view)) > VIEW_BYTES_MAX:
        check.say("", "more than 250 KB of JSON")
    return check.found + _sdk(view.get("blocks"))


_VIEWS = {
    MODAL: Kind(
        frozenset({"type", "blocks", "title"}),
        frozenset(
            {*VIEW_LENGTHS, "submit", "close", "clear_on_close", "notify_on_close"}
            | {"submit_disabled"}
        ),
        frozenset(),
    ),
    HOME: Kind(frozenset({"type", "blocks"}), frozenset(VIEW_LENGTHS), frozenset()),
}


class _Check:
    """One message or view that is being looked at."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.found: list[str] = []
        self.has_input = False
        self._block_ids: dict[str, str] = {}
        self._focused = False

    def say(self, place: str, wrong: str) -> None:
        self.found.append(f"{place}: {wrong}")

    # ── parts ───────────────────────────────────────────────────────────────────────────────────

    def text(
        self, text: object, place: str, *, kinds: tuple[str, ...] = ANY_TEXT, most: int = 3000
    ) -> None:
        if not isinstance(text, dict) or not isinstance(text.get("text"), str):
            self.say(place, "must be a text object")
            return
        kind = text.get("type")
        if kind not in kinds:
            self.say(f"{place}/type", f"{kind!r} is not allowed here, use {'/'.join(kinds)}")
        extra = {"plain_text": "emoji", "mrkdwn": "verbatim"}.get(str(kind), "")
        for key in set(text) - {"type", "text", extra}:
            self.say(f"{place}/{key}", f"unknown field of {kind}")
        if not 1 <= len(text["text"]) <= most:
            self.say(f"{place}/text", f"{len(text['text'])} characters, allowed are 1..{most}")

    def keys(
        self, thing: Json, place: str, kind: Kind, common: AbstractSet[str] = frozenset()
    ) -> None:
        for key in sorted(kind.required - set(thing)):
            self.say(place, f"missing required field: {key}")
        for key in sorted(set(thing) - kind.required - kind.optional - common):
            self.say(f"{place}/{key}", "unknown field")

    def _confirm(self, confirm: Json, place: str) -> None:
        for key, most in CONFIRM_LENGTHS.items():
            kinds = ANY_TEXT if key == "text" else PLAIN
            self.text(confirm.get(key), f"{place}/{key}", kinds=kinds, most=most)
        for key in sorted(set(confirm) - set(CONFIRM_LENGTHS) - {"style"}):
            self.say(f"{place}/{key}", "unknown field")
        self._style(confirm, place)

    def _style(self, thing: Json, place: str) -> None:
        if thing.get("style") not in (None, "primary", "danger"):
            self.say(f"{place}/style", "must be primary or danger")

    def _options(self, options: object, place: str, element: str) -> None:
        most = OPTIONS_MAX[element]
        if not isinstance(options, list) or not 1 <= len(options) <= most:
            self.say(place, f"must be a list of 1..{most} options")
            return
        values = [option.get("value") for option in options]
        for number, option in enumerate(options):
            self._option(option, f"{place}/{number}", element)
        if len(set(values)) < len(values):
            self.say(place, "two options have the same value")

    def _option(self, option: Json, place: str, element: str) -> None:
        kinds = ANY_TEXT if element in ("checkboxes", "radio_buttons") else PLAIN
        self.text(option.get("text"), f"{place}/text", kinds=kinds, most=75)
        if "description" in option:
            self.text(option["description"], f"{place}/description", kinds=kinds, most=75)
        value = option.get("value")
        if not isinstance(value, str) or not 1 <= len(value) <= 150:
            self.say(f"{place}/value", "must be a string of 1..150 characters")
        for key in sorted(set(option) - {"text", "value", "description", "url"}):
            self.say(f"{place}/{key}", "unknown field")
        if "url" in option and element != "overflow":
            self.say(f"{place}/url", "only in overflow menus")

    # ── elements ────────────────────────────────────────────────────────────────────────────────

    def _element(self, element: object, place: str, where: str, action_ids: set[str]) -> None:
        if not isinstance(element, dict) or element.get("type") not in ELEMENTS:
            self.say(place, "must be an element of a known type")
            return
        name = element["type"]
        kind = ELEMENTS[name]
        if where not in kind.places:
            self.say(place, f"{name} is not allowed inside {where}")
        self.keys(element, place, kind, {"type", "action_id"})
        if name == "image":
            self._one_of(element, place, "image_url", "slack_file")
        else:
            self._action_id(element.get("action_id"), place, action_ids)
        if "placeholder" in element:
            self.text(element["placeholder"], f"{place}/placeholder", kinds=PLAIN, most=150)
        if "confirm" in element:
            self._confirm(element["confirm"], f"{place}/confirm")
        if element.get("focus_on_load"):
            if self._focused:
                self.say(f"{place}/focus_on_load", "only one element per view may have it")
            self._focused = True
        self._button(element, place) if name == "button" else self._choices(element, place)
        self._initial(element, place)

    def _action_id(self, action_id: object, place: str, action_ids: set[str]) -> None:
        if not isinstance(action_id, str) or not 1 <= len(action_id) <= 255:
            self.say(place, "needs an action_id of 1..255 characters, else Slack invents one")
        elif action_id in action_ids:
            self.say(f"{place}/action_id", f"twice in this block: {action_id!r}")
        else:
            action_ids.add(action_id)

    def _button(self, button: Json, place: str) -> None:
        self.text(button.get("text"), f"{place}/text", kinds=PLAIN, most=75)
        for key, most in BUTTON_LENGTHS.items():
            value = button.get(key, "")
            if not isinstance(value, str) or len(value) > most:
                self.say(f"{place}/{key}", f"must be a string of at most {most} characters")
        self._style(button, place)

    def _choices(self, element: Json, place: str) -> None:
        name = element["type"]
        if name not in OPTIONS_MAX:
            return
        groups = element.get("option_groups")
        if groups is None:
            self._options(element.get("options"), f"{place}/options", name)
        elif "options" in element or not 1 <= len(groups) <= 100:
            self.say(place, "either options or 1..100 option_groups")
        for number, group in enumerate(groups or []):
            at = f"{place}/option_groups/{number}"
            self.text(group.get("label"), f"{at}/label", kinds=PLAIN, most=75)
            self._options(group.get("options"), f"{at}/options", name)
        pool = list(element.get("options") or [])
        pool += [option for group in groups or [] for option in group.get("options", [])]
        for chosen in _chosen(element):
            if chosen not in pool:
                self.say(place, "what is chosen at first must exactly match one of the options")

    def _initial(self, element: Json, place: str) -> None:
        for key, form in INITIAL_FORMATS.items():
            if key in element and not re.fullmatch(form, str(element[key])):
                self.say(f"{place}/{key}", "bad format")
        if element["type"] == "plain_text_input":
            for key in ("min_length", "max_length"):
                if not 0 <= element.get(key, 1) <= 3000:
                    self.say(f"{place}/{key}", "must be within 0..3000")
            if len(element.get("initial_value", "")) > element.get("max_length", 3000):
                self.say(f"{place}/initial_value", "longer than max_length")

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────

    def blocks(self, blocks: object, place: str, most: int) -> None:
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            self.say(place, "must be a list of blocks")
            return
        if len(blocks) > most:
            self.say(place, f"{len(blocks)} blocks, at most {most}")
        for number, block in enumerate(blocks):
            self._block(block, f"{place}/{number}")
        if sum(block.get("type") == "table" for block in blocks) > 1:
            self.say(place, "only one table per message")
        written = [block["text"] for block in blocks if block.get("type") == "markdown"]
        if sum(map(len, written)) > MARKDOWN_MAX:
            self.say(place, "more than 12,000 characters in markdown blocks")

    def _block(self, block: Json, place: str) -> None:
        name = block.get("type")
        if name not in BLOCKS:
            self.say(f"{place}/type", f"unknown block type {name!r}")
            return
        kind = BLOCKS[name]
        if self.surface not in kind.places:
            self.say(place, f"{name} is not available in a {self.surface}")
        self.keys(block, place, kind, {"type", "block_id"})
        self._block_id(block.get("block_id"), place)
        look = {
            "section": self._section,
            "header": self._header,
            "actions": self._actions,
            "context": self._context,
            "input": self._input,
            "image": self._image,
            "table": self._table,
            "data_table": self._table,
            "alert": self._alert,
            "rich_text": self._rich_text,
        }.get(name)
        if look is not None:
            look(block, place)

    def _block_id(self, block_id: object, place: str) -> None:
        if block_id is None:
            return
        if not isinstance(block_id, str) or not 1 <= len(block_id) <= 255:
            self.say(f"{place}/block_id", "must be a string of 1..255 characters")
        elif block_id in self._block_ids:
            self.say(f"{place}/block_id", f"the same as {self._block_ids[block_id]}")
        else:
            self._block_ids[block_id] = place

    def _section(self, block: Json, place: str) -> None:
        fields = block.get("fields") or []
        if "text" not in block and not fields:
            self.say(place, "text or fields required")
        if "text" in block:
            self.text(block["text"], f"{place}/text")
        if len(fields) > 10:
            self.say(f"{place}/fields", f"{len(fields)} fields, at most 10")
        for number, field in enumerate(fields):
            self.text(field, f"{place}/fields/{number}", most=2000)
        if "accessory" in block:
            self._element(block["accessory"], f"{place}/accessory", IN_SECTION, set())

    def _header(self, block: Json, place: str) -> None:
        self.text(block.get("text"), f"{place}/text", kinds=PLAIN, most=150)

    def _actions(self, block: Json, place: str) -> None:
        elements = block.get("elements") or []
        if not 1 <= len(elements) <= 25:
            self.say(f"{place}/elements", f"{len(elements)} elements, allowed are 1..25")
        action_ids: set[str] = set()
        for number, element in enumerate(elements):
            self._element(element, f"{place}/elements/{number}", IN_ACTIONS, action_ids)

    def _context(self, block: Json, place: str) -> None:
        elements = block.get("elements") or []
        if not 1 <= len(elements) <= 10:
            self.say(f"{place}/elements", f"{len(elements)} elements, allowed are 1..10")
        for number, element in enumerate(elements):
            at = f"{place}/elements/{number}"
            if element.get("type") != "image":
                self.text(element, at)
            elif not element.get("alt_text"):
                self.say(at, "an image needs alt_text")

    def _input(self, block: Json, place: str) -> None:
        self.has_input = True
        self.text(block.get("label"), f"{place}/label", kinds=PLAIN, most=2000)
        if "hint" in block:
            self.text(block["hint"], f"{place}/hint", kinds=PLAIN, most=2000)
        self._element(block.get("element"), f"{place}/element", IN_INPUT, set())
        if self.surface == MESSAGE and not block.get("dispatch_action"):
            self.say(place, "an input in a message has no submit: it needs dispatch_action")

    def _image(self, block: Json, place: str) -> None:
        self._one_of(block, place, "image_url", "slack_file")
        if len(block.get("alt_text", "")) > 2000:
            self.say(f"{place}/alt_text", "more than 2,000 characters")
        if "title" in block:
            self.text(block["title"], f"{place}/title", kinds=PLAIN, most=2000)

    def _one_of(self, thing: Json, place: str, one: str, other: str) -> None:
        if (one in thing) == (other in thing):
            self.say(place, f"exactly one of {one} and {other}")

    def _table(self, block: Json, place: str) -> None:
        rows = block.get("rows") or []
        least, most = (1, 100) if block["type"] == "table" else (2, 101)
        if not least <= len(rows) <= most:
            self.say(f"{place}/rows", f"{len(rows)} rows, allowed are {least}..{most}")
        if len({len(row) for row in rows}) > 1 or any(len(row) > 20 for row in rows):
            self.say(f"{place}/rows", "every row has the same number of cells, at most 20")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                self._cell(cell, f"{place}/rows/{number}/{column}")
        settings = block.get("column_settings") or []
        if len(settings) > 20:
            self.say(f"{place}/column_settings", "at most 20")
        headings = {cell.get("type") for row in rows[:1] for cell in row}
        if block["type"] == "data_table" and "rich_text" in headings:
            self.say(f"{place}/rows/0", "headings cannot be rich_text")
        if sum(len(str(cell.get("text", ""))) for row in rows for cell in row) > CELLS_MAX:
            self.say(place, "more than 10,000 characters in all cells")

    def _cell(self, cell: Json, place: str) -> None:
        if cell.get("type") not in ("raw_text", "rich_text", "raw_number"):
            self.say(place, f"cells cannot be {cell.get('type')!r}")
        if cell.get("type") == "raw_text" and not cell.get("text"):
            self.say(f"{place}/text", "raw_text needs at least one character")
        if cell.get("type") == "rich_text":
            self._rich_text(cell, place)

    def _rich_text(self, block: Json, place: str) -> None:
        groups = block.get("elements")
        if not isinstance(groups, list) or not groups:
            self.say(f"{place}/elements", "must be a list of at least one")
            return
        for number, group in enumerate(groups):
            self._rich_group(group, f"{place}/elements/{number}", RICH_GROUPS)

    def _rich_group(self, group: Json, place: str, allowed: AbstractSet[str]) -> None:
        kind, held = group.get("type"), group.get("elements")
        if kind not in allowed or not isinstance(held, list):
            self.say(place, f"must be one of {sorted(allowed)} with elements")
            return
        if not held:
            self.say(f"{place}/elements", "must not be empty")
        if kind == "rich_text_list" and group.get("style") not in ("bullet", "ordered"):
            self.say(f"{place}/style", "must be bullet or ordered")
        for number, element in enumerate(held):
            at = f"{place}/elements/{number}"
            if kind == "rich_text_list":
                self._rich_group(element, at, {"rich_text_section"})
            else:
                self._rich_element(element, at)

    def _rich_element(self, element: Json, place: str) -> None:
        kind = RICH_ELEMENTS.get(str(element.get("type")))
        if kind is None:
            self.say(f"{place}/type", f"unknown element {element.get('type')!r}")
            return
        self.keys(element, place, kind, {"type"})
        if element["type"] == "text" and not element.get("text"):
            self.say(f"{place}/text", "must not be empty")
        if element["type"] == "date" and not re.fullmatch(r"\d{1,10}", str(element["timestamp"])):
            self.say(f"{place}/timestamp", "must be seconds since 1970")
        for style in set(element.get("style") or {}) - RICH_STYLES:
            self.say(f"{place}/style/{style}", "unknown style")

    def _alert(self, block: Json, place: str) -> None:
        self.text(block.get("text"), f"{place}/text")
        levels = (None, "default", "info", "warning", "error", "success")
        if block.get("level") not in levels:
            self.say(f"{place}/level", "unknown level")


def _chosen(element: Json) -> list[Any]:
    if "initial_option" in element:
        return [element["initial_option"]]
    return list(element.get("initial_options") or [])


def _sdk(blocks: object) -> list[str]:
    """Ask slack_sdk's models, which know lengths; what they do not know, they drop."""
    logging.getLogger("slack_sdk.models").setLevel(logging.ERROR)
    return list(_sdk_findings(blocks if isinstance(blocks, list) else []))


def _sdk_findings(blocks: list[Any]) -> Iterator[str]:
    for number, block in enumerate(blocks):
        try:
            model = Block.parse(block)
            if model is not None:
                model.to_dict()
        except SlackObjectFormationError as wrong:
            yield f"/blocks/{number}: slack_sdk: {wrong}"
        except Exception as wrong:  # noqa: BLE001 - the models choke on what is malformed
            yield f"/blocks/{number}: slack_sdk cannot read it: {type(wrong).__name__}: {wrong}"
