"""Forms become modals, and modals become what was said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.chat.cards import Card, Choice, Field, FieldKind, Form
from adapters.chat.slack import views
from adapters.chat.slack.views import CameFrom, Malformed

FROM = CameFrom(channel="C0AUDIT", thread="1763836860.000100")
HOURS = (Choice("1 hour", "1 hour"), Choice("4 hours", "4 hours"))
MANY = tuple(Choice(f"right-{n}", f"Right number {n} (right-{n})") for n in range(250))


def form(*fields: Field, says: str = "deny JIT-42 @3f9a0c11d2e4b567") -> Form:
    """Give a form with some fields."""
    return Form("Deny a request", says, "Deny", fields)


def blocks_of(*fields: Field) -> dict[str, Any]:
    """Give a modal's input blocks by id."""
    view = views.modal(form(*fields), came_from=FROM)
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def filled(view: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Give a view as Slack gives it back."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    state = {
        block["block_id"]: {
            block["element"]["action_id"]: values.get(block["block_id"], {"value": None})
        }
        for block in inputs
    }
    return {**view, "state": {"values": state}}


# ── out ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_becomes_a_modal_that_remembers_what_it_is_about() -> None:
    """The command line so far and the place travel with it; nothing else does."""
    reason = Field("reason", "Why not", FieldKind.TEXT, "The requester reads it.", length_max=500)

    view = views.modal(form(reason), came_from=FROM)

    assert view["callback_id"] == views.FORM
    assert view["title"]["text"] == "Deny a request"
    assert view["submit"]["text"] == "Deny"
    assert json.loads(view["private_metadata"]) == {
        "says": "deny JIT-42 @3f9a0c11d2e4b567",
        "from": {"channel": "C0AUDIT", "thread": "1763836860.000100"},
    }
    about, block = view["blocks"]
    assert about["elements"][0]["text"] == "About JIT-42"
    assert block["block_id"] == "reason"
    assert block["optional"] is False
    assert block["hint"]["text"] == "The requester reads it."
    assert block["element"] == {
        "type": "plain_text_input",
        "action_id": views.VALUE,
        "max_length": 500,
        "multiline": True,
    }


def test_a_few_choices_are_a_menu_and_many_are_searched() -> None:
    """Up to ten are at hand; more than ten are asked for while somebody types."""
    few = Field("request", "Which", FieldKind.CHOICE, value="4 hours", choices=HOURS)
    many = Field("entitlement", "What", FieldKind.CHOICE, value="right-7", choices=MANY)

    shown = blocks_of(few, many)

    menu, search = shown["request"]["element"], shown["entitlement"]["element"]
    assert menu["type"] == "static_select"
    assert [option["value"] for option in menu["options"]] == ["1 hour", "4 hours"]
    assert menu["initial_option"] == menu["options"][1]
    assert search["type"] == "external_select"
    assert search["action_id"] == views.CHOOSE
    assert search["min_query_length"] == 0
    assert search["initial_option"]["value"] == "right-7"


def test_proposals_are_buttons_and_anything_else_may_be_written() -> None:
    """Neither of the two inputs is demanded: either is enough."""
    shown = blocks_of(Field("duration", "How long", proposals=HOURS, value="4 hours", hint="e.g."))

    buttons, another = shown["duration"], shown["duration:another"]
    assert buttons["element"]["type"] == "radio_buttons"
    assert buttons["element"]["initial_option"]["value"] == "4 hours"
    assert another["element"]["type"] == "plain_text_input"
    assert "initial_value" not in another["element"]
    assert buttons["optional"]
    assert another["optional"]


def test_what_is_no_proposal_stands_in_the_line_below() -> None:
    """What somebody typed after the command is not lost."""
    shown = blocks_of(Field("duration", "How long", proposals=HOURS, value="90 minutes"))

    assert "initial_option" not in shown["duration"]["element"]
    assert shown["duration:another"]["element"]["initial_value"] == "90 minutes"


def test_other_proposals_are_another_question() -> None:
    """Under the same id, Slack would keep an answer that is not offered any more."""
    before, same, after = (
        blocks_of(Field("duration", "How long", proposals=offered))["duration"]["element"]
        for offered in (HOURS, HOURS, HOURS[:1])
    )

    assert before["action_id"] == same["action_id"] != after["action_id"]


def test_a_live_field_tells_while_it_is_filled_in() -> None:
    """Menus at once, texts with every character."""
    choice = Field("entitlement", "What", FieldKind.CHOICE, choices=HOURS, is_live=True)
    text = Field("reason", "Why", FieldKind.TEXT, is_live=True)

    shown = blocks_of(choice, text, Field("holder", "For whom"))

    assert shown["entitlement"]["dispatch_action"] is True
    assert shown["reason"]["dispatch_action"] is True
    assert shown["reason"]["element"]["dispatch_action_config"] == {
        "trigger_actions_on": ["on_character_entered"]
    }
    assert "dispatch_action" not in shown["holder"]


def test_a_draft_shows_what_is_wrong_and_who_would_be_asked() -> None:
    """Below the field, and below all of them, in words."""
    wrong = Field("reason", "Why", FieldKind.TEXT, value="no", error="Too short, say more.")
    lines = (("It would ask Ben Okafor.",),)

    view = views.modal(Form("Ask", "request", "Ask", (wrong,), lines), came_from=CameFrom())

    kinds = [block["type"] for block in view["blocks"]]
    assert kinds == ["input", "context", "divider", "rich_text"]
    assert "Too short, say more." in str(view["blocks"][1])
    assert "It would ask Ben Okafor." in str(view["blocks"][3])


def test_errors_stand_at_the_block_that_is_wrong() -> None:
    """At the buttons where nothing was chosen, at the line where something else was written."""
    asked = form(
        Field("reason", "Why", error="Too short."),
        Field("duration", "How long", proposals=HOURS, value="a week", error="At most a day."),
        Field("other", "How long", proposals=HOURS, error="Please fill this in."),
        Field("holder", "For whom"),
    )

    assert views.errors(asked) == {
        "reason": "Too short.",
        "duration:another": "At most a day.",
        "other": "Please fill this in.",
    }


def test_a_form_that_does_not_fit_says_what_to_do_instead() -> None:
    """A shortened command line would be another command."""
    view = views.modal(form(Field("reason", "Why"), says="deny " + "x" * 3000), came_from=FROM)

    assert "submit" not in view
    assert "direct message" in str(view["blocks"])


def test_what_is_found_is_offered_in_its_order_as_far_as_slack_takes_it() -> None:
    """The Inbox knows what is closest; a value that is too long would be another one's."""
    found = (Choice("netsuite-gl", "General ledger"), Choice("x" * 151, "Long"), Choice("a", "A"))

    assert [option["value"] for option in views.choices(found)] == ["netsuite-gl", "a"]
    assert len(views.choices(MANY)) == 100


def test_an_answer_and_a_pause_are_views_without_a_button_to_submit() -> None:
    """There is nothing to fill in."""
    answer = views.card_modal(Card("JIT-42: asked", lines=(("It waits.",),)))

    assert "submit" not in answer
    assert "JIT-42: asked" in str(answer["blocks"])
    assert "Working" in str(views.working()["blocks"])


# ── in ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_filled_in_comes_back_by_name() -> None:
    """Typed, chosen and left empty."""
    view = views.modal(
        form(
            Field("reason", "Why", FieldKind.TEXT),
            Field("entitlement", "What", FieldKind.CHOICE, choices=MANY),
            Field("holder", "For whom", optional=True),
        ),
        came_from=FROM,
    )
    chosen = {"type": "external_select", "selected_option": {"value": "right-3"}}

    read = views.read(filled(view, {"reason": {"value": "because"}, "entitlement": chosen}))

    assert read.says == "deny JIT-42 @3f9a0c11d2e4b567"
    assert read.fields == {"reason": "because", "entitlement": "right-3", "holder": ""}
    assert read.came_from == FROM


@pytest.mark.parametrize(
    ("pressed", "written", "meant"),
    [
        ("4 hours", None, "4 hours"),
        ("4 hours", "90m", "90m"),
        (None, "90m", "90m"),
        (None,) * 2 + ("",),
    ],
)
def test_what_is_written_counts_more_than_what_is_proposed(
    pressed: str | None, written: str | None, meant: str
) -> None:
    """A button that was pressed first cannot be let go any more."""
    view = views.modal(form(Field("duration", "How long", proposals=HOURS)), came_from=FROM)
    option = None if pressed is None else {"value": pressed}

    read = views.read(
        filled(
            view,
            {"duration": {"selected_option": option}, "duration:another": {"value": written}},
        )
    )

    assert read.fields == {"duration": meant}


GOOD = filled(views.modal(form(Field("reason", "Why")), came_from=FROM), {})


@pytest.mark.parametrize(
    "change",
    [
        {"state": None},
        {"state": {}},
        {"state": {"values": []}},
        {"state": {"values": {"reason": "because"}}},
        {"state": {"values": {"reason": {}}}},
        {"state": {"values": {"reason": {"value": {"value": 7}}}}},
        {"state": {"values": {"reason": {"value": {"value": "x" * 3001}}}}},
        {"state": {"values": {"reason": {"value": {"selected_option": "x"}}}}},
        {"state": {"values": {f"f{n}": {"value": {"value": ""}} for n in range(41)}}},
        {"private_metadata": None},
        {"private_metadata": ""},
        {"private_metadata": "approve JIT-42"},
        {"private_metadata": "[" * 2900},
        {"private_metadata": "[]"},
        {"private_metadata": '{"says": 1, "from": {"channel": "", "thread": ""}}'},
        {"private_metadata": '{"says": " ", "from": {"channel": "", "thread": ""}}'},
        {"private_metadata": '{"says": "deny", "from": {"channel": "<!here>", "thread": ""}}'},
        {"private_metadata": '{"says": "deny"}'},
    ],
)
def test_a_view_that_was_tampered_with_is_malformed(change: dict[str, object]) -> None:
    """Whatever it holds, one kind of error says so, without repeating it."""
    with pytest.raises(Malformed) as refused:
        views.read({**GOOD, **change})

    assert "JIT" not in str(refused.value)
