"""What is filled in: `state.values`, as Slack keeps it for every element of a message or a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.slack.fake_slack.world import Json

_INITIAL: Mapping[str, tuple[str, str, list[Json] | None]] = {
    "plain_text_input": ("value", "initial_value", None),
    "email_text_input": ("value", "initial_value", None),
    "url_text_input": ("value", "initial_value", None),
    "number_input": ("value", "initial_value", None),
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "checkboxes": ("selected_options", "initial_options", []),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
}
"""Of each kind of element: where its value stands, where the first one is given, and nothing."""


def elements(block: Json) -> Iterator[Json]:
    """Walk a block's elements."""
    if block["type"] == "input":
        yield block["element"]
    elif block["type"] == "section" and "accessory" in block:
        yield block["accessory"]
    elif block["type"] == "actions":
        yield from block["elements"]


def key_of(element: Json) -> str:
    """Say under which name an element's value stands; empty for a button and its like."""
    return _INITIAL.get(element["type"], ("", "", None))[0]


def with_value(element: Json, value: Any) -> Json:  # noqa: ANN401 - of any kind, as Slack has it
    """Give an element's state with a value."""
    return {"type": element["type"], key_of(element): value}


def value_of(element: Json, state: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
    """Give what is filled in at an element."""
    return state.get(key_of(element))


def fresh(blocks: list[Json], before: Mapping[str, Json] | None = None) -> Json:
    """Give the state of blocks as they come up: what was typed stays where the ids are the same."""
    state: Json = {}
    for block in blocks:
        for element in elements(block):
            if not key_of(element):
                continue
            kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
            state.setdefault(block["block_id"], {})[element["action_id"]] = (
                kept if kept is not None and _still_fits(element, kept) else _first(element)
            )
    return state


def _first(element: Json) -> Json:
    _, initial, nothing = _INITIAL[element["type"]]
    return with_value(element, element.get(initial, nothing))


def _still_fits(element: Json, kept: Json) -> bool:
    if kept["type"] != element["type"]:
        return False
    if element["type"] not in ("static_select", "radio_buttons"):
        return True
    chosen = value_of(element, kept)
    return chosen is None or chosen in options_of(element)


def options_of(element: Json) -> list[Json]:
    """List the options that an element itself brings along."""
    options = list(element.get("options") or [])
    return options + [
        one for group in element.get("option_groups") or [] for one in group["options"]
    ]


def missing(block: Json, state: Mapping[str, Any]) -> str:
    """Say what Slack itself asks for before it submits an input, or nothing."""
    if block["type"] != "input":
        return ""
    element = block["element"]
    value = value_of(element, state[block["block_id"]][element["action_id"]])
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] == "plain_text_input":
        if len(value) < element.get("min_length", 0):
            return "Please enter more characters."
        if len(value) > element.get("max_length", 3000):
            return "Please enter fewer characters."
    return ""
