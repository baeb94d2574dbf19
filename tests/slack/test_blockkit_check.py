"""The check finds what Slack would refuse, and nothing in what it takes."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.slack.blockkit_check import check_message, check_view
from tests.slack.blockkit_rules import BLOCKS, ELEMENTS
from tests.slack.fake_slack.world import Json


def plain(text: str) -> Json:
    """Make a text."""
    return {"type": "plain_text", "text": text}


BUTTON = {"type": "button", "action_id": "say:0", "text": plain("Approve"), "value": "approve"}
OPTIONS = [{"text": plain(letter), "value": letter} for letter in "abc"]
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "why"}]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "date", "timestamp": 1, "format": "{date_num}", "fallback": "x"}
                    ],
                }
            ],
        },
    ],
}
MESSAGE: Json = {
    "text": "JIT-42: Riya Patel asks for GL posting",
    "metadata": {"event_type": "jit_message", "event_payload": {"token": "t"}},
    "blocks": [
        {"type": "header", "text": plain("JIT-42")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*x*", "verbatim": True}},
        {"type": "context", "elements": [plain("small print")]},
        {"type": "actions", "block_id": "buttons", "elements": [BUTTON]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
        RICH,
    ],
}
VIEW: Json = {
    "type": "modal",
    "title": plain("Deny JIT-42"),
    "submit": plain("Deny"),
    "private_metadata": "deny JIT-42",
    "blocks": [
        {
            "type": "input",
            "block_id": "how",
            "label": plain("How"),
            "element": {"type": "static_select", "action_id": "value", "options": OPTIONS},
        }
    ],
}


def changed(thing: Json, path: str, value: object) -> Json:
    """Give a copy with one place changed, or taken away by None."""
    copy = deepcopy(thing)
    *way, last = [int(step) if step.isdecimal() else step for step in path.split("/")]
    inner = copy
    for step in way:
        inner = inner[step]  # type: ignore[index] # a number where it is a list
    if value is None:
        del inner[last]  # type: ignore[arg-type] # as above
    else:
        inner[last] = value  # type: ignore[index] # as above
    return copy


def test_what_slack_takes_is_well() -> None:
    """A message and a modal with one of nearly everything."""
    assert check_message(MESSAGE) == []
    assert check_view(VIEW) == []


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("text", None, "/text: no top-level"),
        ("text", "x" * 4001, "/text: 4001"),
        ("metadata/event_type", None, "/metadata"),
        ("blocks/0/text/text", "x" * 151, "/blocks/0/text/text: 151"),
        ("blocks/0/text/text", "", "/blocks/0/text/text: 0"),
        ("blocks/0/text/type", "mrkdwn", "/blocks/0/text/type"),
        ("blocks/0/colour", "red", "/blocks/0/colour: unknown"),
        ("blocks/0/type", "headline", "/blocks/0/type: unknown"),
        ("blocks/0/block_id", "buttons", "/blocks/3/block_id: the same"),
        ("blocks/1/text/text", "x" * 3001, "/blocks/1/text/text: 3001"),
        ("blocks/2/elements", [], "/blocks/2/elements: 0"),
        ("blocks/3/elements", [BUTTON] * 2, "/blocks/3/elements/1/action_id: twice"),
        ("blocks/3/elements/0/action_id", None, "/blocks/3/elements/0: needs"),
        ("blocks/3/elements/0/value", "x" * 2001, "/blocks/3/elements/0/value"),
        ("blocks/3/elements/0/text/text", "x" * 76, "/blocks/3/elements/0/text/text: 76"),
        ("blocks/3/elements/0/style", "green", "/blocks/3/elements/0/style"),
        ("blocks/4/rows/0/0/text", "", "/blocks/4/rows/0/0/text"),
        ("blocks/5/type", "alert", "/blocks/5: alert is not available"),
        ("blocks/5/elements/0/elements", [], "/blocks/5/elements/0/elements"),
        ("blocks/5/elements/0/elements/0/text", "", "/blocks/5/elements/0/elements/0/text"),
        ("blocks/5/elements/1/style", "star", "/blocks/5/elements/1/style"),
        ("blocks", [{"type": "divider"}] * 51, "/blocks: 51"),
        ("blocks/0", MESSAGE["blocks"][4], "/blocks: only one table"),
    ],
)
def test_what_slack_refuses_in_a_message_is_found(path: str, value: object, found: str) -> None:
    """At the place where it is."""
    findings = check_message(changed(MESSAGE, path, value))

    assert any(finding.startswith(found) for finding in findings), findings


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("type", "window", "/type"),
        ("title", None, ": missing required field: title"),
        ("title/text", "x" * 25, "/title/text: 25"),
        ("submit", None, "/submit: required"),
        ("private_metadata", "x" * 3001, "/private_metadata: 3001"),
        ("blocks", [], "/blocks: must contain"),
        ("blocks/0/element/options", OPTIONS * 34, "/blocks/0/element/options: must be a list"),
        ("blocks/0/element/options", OPTIONS * 2, "/blocks/0/element/options: two"),
        ("blocks/0/element/initial_option", {}, "/blocks/0/element: what is chosen"),
        ("blocks/0/element", BUTTON, "/blocks/0/element: button is not allowed"),
        ("blocks/0/type", "table", "/blocks/0: table is not available in a modal"),
    ],
)
def test_what_slack_refuses_in_a_view_is_found(path: str, value: object, found: str) -> None:
    """At the place where it is."""
    findings = check_view(changed(VIEW, path, value))

    assert any(finding.startswith(found) for finding in findings), findings


def test_only_one_element_of_a_view_takes_the_focus() -> None:
    """Slack refuses a second one."""
    element = {**VIEW["blocks"][0]["element"], "focus_on_load": True}
    blocks = [{**VIEW["blocks"][0], "block_id": one, "element": element} for one in "ab"]

    findings = check_view(VIEW | {"blocks": blocks})

    assert any("focus_on_load" in finding for finding in findings)


def test_an_input_in_a_message_needs_to_be_live() -> None:
    """There is no submit in a message."""
    findings = check_message({"text": "x", "blocks": VIEW["blocks"]})

    assert any("no submit" in finding for finding in findings)


def test_the_rules_know_what_the_bot_uses() -> None:
    """A kind that is not in the tables is refused as unknown."""
    assert {"rich_text", "header", "actions", "input", "table", "context"} <= set(BLOCKS)
    assert {"button", "external_select", "radio_buttons", "plain_text_input"} <= set(ELEMENTS)
