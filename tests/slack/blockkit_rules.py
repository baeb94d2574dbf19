"""What Slack allows in which place: blocks, elements, and their lengths.

From docs.slack.dev and the types of Slack's own libraries. `blockkit_check.py` applies it.
"""

from __future__ import annotations

from dataclasses import dataclass

MESSAGE, MODAL, HOME = "message", "modal", "home"
EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})
IN_MESSAGES = frozenset({MESSAGE})

IN_INPUT, IN_ACTIONS, IN_SECTION = "an input block", "an actions block", "a section"
INTERACTIVE = frozenset({IN_INPUT, IN_ACTIONS, IN_SECTION})
PRESSED = frozenset({IN_ACTIONS, IN_SECTION})
TYPED = frozenset({IN_INPUT})


@dataclass(frozen=True, slots=True)
class Kind:
    """What a block or an element must and may hold, and where it may stand."""

    required: frozenset[str]
    optional: frozenset[str]
    places: frozenset[str]


def _kind(required: str, optional: str, places: frozenset[str]) -> Kind:
    return Kind(frozenset(required.split()), frozenset(optional.split()), places)


BLOCKS = {
    "section": _kind("", "text fields accessory expand", EVERYWHERE),
    "divider": _kind("", "", EVERYWHERE),
    "header": _kind("text", "level", EVERYWHERE),
    "context": _kind("elements", "", EVERYWHERE),
    "actions": _kind("elements", "", EVERYWHERE),
    "image": _kind("alt_text", "image_url slack_file title", EVERYWHERE),
    "input": _kind("label element", "hint optional dispatch_action", EVERYWHERE),
    "rich_text": _kind("elements", "", EVERYWHERE),
    "video": _kind(
        "alt_text title thumbnail_url video_url",
        "author_name description provider_icon_url provider_name title_url",
        EVERYWHERE,
    ),
    "file": _kind("external_id source", "", IN_MESSAGES),
    "markdown": _kind("text", "", IN_MESSAGES),
    "table": _kind("rows", "column_settings", IN_MESSAGES),
    "data_table": _kind("rows caption", "page_size row_header_column_index", IN_MESSAGES),
    "context_actions": _kind("elements", "", IN_MESSAGES),
    # Slack's own libraries contradict each other about messages: kept out of them until
    # `blocks.validate` says yes.
    "alert": _kind("text", "level", frozenset({MODAL, HOME})),
    "container": _kind(
        "child_blocks",
        "title rich_text_title subtitle icon width is_collapsible default_collapsed"
        " has_header_divider",
        IN_MESSAGES,
    ),
    "card": _kind(
        "", "hero_image icon slack_icon title subtitle body actions subtext", IN_MESSAGES
    ),
    "carousel": _kind("elements", "", IN_MESSAGES),
    "task_card": _kind("task_id title", "details output sources status", IN_MESSAGES),
    "plan": _kind("title", "tasks", IN_MESSAGES),
}

_ASKED = "confirm focus_on_load"
_SELECT = f"placeholder {_ASKED}"
_MANY = f"{_SELECT} max_selected_items"
_WRITTEN = "placeholder initial_value dispatch_action_config focus_on_load"

ELEMENTS = {
    "button": _kind("text", "url value style confirm accessibility_label", PRESSED),
    "workflow_button": _kind("text workflow", "style accessibility_label", PRESSED),
    "overflow": _kind("options", "confirm", PRESSED),
    "checkboxes": _kind("options", f"initial_options {_ASKED}", INTERACTIVE),
    "radio_buttons": _kind("options", f"initial_option {_ASKED}", INTERACTIVE),
    "datepicker": _kind("", f"initial_date {_SELECT}", INTERACTIVE),
    "timepicker": _kind("", f"initial_time timezone {_SELECT}", INTERACTIVE),
    "datetimepicker": _kind("", f"initial_date_time {_ASKED}", frozenset({IN_INPUT, IN_ACTIONS})),
    "static_select": _kind("", f"options option_groups initial_option {_SELECT}", INTERACTIVE),
    "external_select": _kind("", f"initial_option min_query_length {_SELECT}", INTERACTIVE),
    "users_select": _kind("", f"initial_user {_SELECT}", INTERACTIVE),
    "conversations_select": _kind(
        "",
        "initial_conversation default_to_current_conversation response_url_enabled filter "
        + _SELECT,
        INTERACTIVE,
    ),
    "channels_select": _kind("", f"initial_channel response_url_enabled {_SELECT}", INTERACTIVE),
    "multi_static_select": _kind("", f"options option_groups initial_options {_MANY}", INTERACTIVE),
    "multi_external_select": _kind("", f"initial_options min_query_length {_MANY}", INTERACTIVE),
    "multi_users_select": _kind("", f"initial_users {_MANY}", INTERACTIVE),
    "multi_conversations_select": _kind(
        "", f"initial_conversations default_to_current_conversation filter {_MANY}", INTERACTIVE
    ),
    "multi_channels_select": _kind("", f"initial_channels {_MANY}", INTERACTIVE),
    "plain_text_input": _kind("", f"multiline min_length max_length {_WRITTEN}", TYPED),
    "rich_text_input": _kind("", f"min_lines max_lines {_WRITTEN}", TYPED),
    "email_text_input": _kind("", _WRITTEN, TYPED),
    "url_text_input": _kind("", _WRITTEN, TYPED),
    "number_input": _kind("is_decimal_allowed", f"min_value max_value {_WRITTEN}", TYPED),
    "file_input": _kind("", "filetypes max_files", TYPED),
    "image": _kind("alt_text", "image_url slack_file", frozenset({IN_SECTION})),
}

RICH_GROUPS = frozenset(
    {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
)
RICH_ELEMENTS = {
    "text": _kind("text", "style", frozenset()),
    "link": _kind("url", "text style unsafe", frozenset()),
    "user": _kind("user_id", "style", frozenset()),
    "usergroup": _kind("usergroup_id", "style", frozenset()),
    "channel": _kind("channel_id", "style", frozenset()),
    "emoji": _kind("name", "unicode style", frozenset()),
    "broadcast": _kind("range", "style", frozenset()),
    "date": _kind("timestamp format", "fallback url style", frozenset()),
    "color": _kind("value", "style", frozenset()),
}
RICH_STYLES = frozenset({"bold", "italic", "strike", "code", "underline"})

VIEW_LENGTHS = {"callback_id": 255, "external_id": 255, "private_metadata": 3000}
BUTTON_LENGTHS = {"value": 2000, "url": 3000, "accessibility_label": 75}
CONFIRM_LENGTHS = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
OPTIONS_MAX = {
    "overflow": 5,
    "checkboxes": 10,
    "radio_buttons": 10,
    "static_select": 100,
    "multi_static_select": 100,
}
INITIAL_FORMATS = {
    "initial_date": r"\d{4}-\d\d-\d\d",
    "initial_time": r"([01]\d|2[0-3]):[0-5]\d",
    "initial_date_time": r"\d{10}",
}
