"""A card is an Adaptive Card that Teams takes, whatever stands on it; and it says all of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from adapters.chat.cards import Button, Card, Choice, Fact, Field, FieldKind, Form, Table, Tone
from adapters.chat.teams.render.card import ACTIONS_MAX, SHOW, content
from adapters.chat.teams.render.forms import form
from adapters.chat.teams.render.message import activity
from tests.teams.card_check import CARD_BYTES_MAX, check_activity, check_card, spelled
from tests.teams.fake_teams.filling_in import buttons
from tests.teams.looking import card_of, form_of, note_of

HOSTILE = (
    "[a link](http://evil.example) **bold** <at>everyone</at> {{DATE(2026-11-23T10:00:00Z)}} "
    "<script>x</script> =HYPERLINK(1) _slanted_"
)
REASON = Field("reason", "Why not", FieldKind.TEXT, hint="At least 10 characters.")
WHOLE = Card(
    f"Title {HOSTILE}",
    Tone.WAITING,
    lines=(("It waits for ", HOSTILE, "; say `help`."), ()),
    facts=(Fact("Why", HOSTILE), Fact("At", datetime(2026, 11, 22, 18, 41, tzinfo=UTC))),
    table=Table(("Who", "What"), ((HOSTILE, "x"), ("", "y"))),
    buttons=(
        Button("Approve", "approve JIT-1 @3f9a", about="Approve JIT-1"),
        Button("Deny", "deny JIT-1 @3f9a", asks=(REASON,)),
        Button("Ask…", "ask JIT-1", asks=(REASON,)),
    ),
    parts=(Card("Part", buttons=(Button("Details", "status JIT-1"),)),),
)


def test_a_card_breaks_no_rule() -> None:
    """Not even where people wrote what they wrote."""
    shown = content(WHOLE, refresh=("29:riya",), note=WHOLE, back="home")

    assert check_card(shown) == []
    assert check_activity(activity(WHOLE)) == []


def test_a_card_says_everything_that_it_holds() -> None:
    """In the words of the card itself, but for what is never expanded."""
    shown = card_of(content(WHOLE))

    assert shown.plain().replace("\u200b", "").split() == WHOLE.plain().split()
    assert [one.says for one in shown.buttons] == [
        *(one.says for one in WHOLE.buttons),
        "status JIT-1",
    ]


def test_what_a_button_asks_for_is_filled_in_below_it() -> None:
    """Once in a card: where another asks for the same, it opens a form instead."""
    deny, ask = (
        next(one.action for one in buttons(content(WHOLE)) if one.action["title"] == title)
        for title in ("Deny", "Ask…")
    )

    assert deny["type"] == "Action.ShowCard"
    assert (ask["type"], ask["data"]) == ("Action.Execute", {"says": "ask JIT-1"})


def test_what_came_of_a_press_stands_above_the_message() -> None:
    """And is told apart from it."""
    shown = content(WHOLE, note=Card("You approved JIT-1"))

    note = note_of(shown)
    assert note is not None
    assert note.title == "You approved JIT-1"
    assert card_of(shown).title == card_of(content(WHOLE)).title
    assert note_of(content(WHOLE)) is None


@pytest.mark.parametrize(
    ("back", "verb", "data"),
    [("home", "say", {"says": "home"}), (SHOW, "show", {"shows": "message"})],
)
def test_one_can_go_back(back: str, verb: str, data: dict[str, str]) -> None:
    """To a line, or to the message."""
    *_, last = buttons(content(WHOLE, back=back))

    assert (last.action["title"], last.action["verb"], last.action["data"]) == ("Back", verb, data)


@pytest.mark.parametrize("shows", ["message", "home"])
def test_a_card_is_looked_at_anew_for_whom_it_is(shows: str) -> None:
    """And for nobody else."""
    shown = content(WHOLE, refresh=("29:riya",), shows=shows)

    assert shown["refresh"]["userIds"] == ["29:riya"]
    assert shown["refresh"]["action"]["data"] == {"shows": shows}
    assert "refresh" not in content(WHOLE)


@pytest.mark.parametrize(
    ("title", "is_heading"),
    [
        ("JIT-1: GL posting for Riya Patel: your decision", True),
        ("You approved JIT-1", True),
        ("Zoë’s request – asked", True),
        ("see evil.example", False),
        ("http://evil", False),
        ("- a list", False),
        ("*slanted*", False),
        ("snake_case_", False),
        ("request <entitlement>", False),
    ],
)
def test_a_title_is_a_heading_where_nothing_in_it_means_anything(
    title: str, is_heading: bool
) -> None:
    """For those who hear it; else it is only text."""
    [band] = content(Card(title, Tone.GOOD))["body"]

    [block] = band["items"]
    assert band["style"] == "good"
    assert (block.get("style") == "heading") is is_heading
    assert card_of({"body": [block]}).title == title


@pytest.mark.parametrize("braces", [2, 3, 4, 5])
def test_no_date_that_people_write_is_expanded(braces: int) -> None:
    """However many braces stand before it."""
    written = "{" * braces + "DATE(2026-11-23T10:00:00Z, SHORT)}}"
    card = Card(written, lines=((written,),), facts=(Fact(written, written),))

    message = activity(card)

    assert "{{" not in json.dumps(message)


def test_many_buttons_stand_in_rows() -> None:
    """Teams shows six of each."""
    many = tuple(Button(f"Number {n}", f"status JIT-{n}") for n in range(2 * ACTIONS_MAX + 1))

    shown = content(Card("Many", buttons=many))

    assert check_card(shown) == []
    assert len([*buttons(shown)]) == len(many)


@pytest.mark.parametrize(
    "large",
    [
        Card("Rows", table=Table(("A", "B"), tuple((f"{n}", "ж" * 300) for n in range(400)))),
        Card("Lines", lines=tuple(("ж" * 5_000,) for _ in range(9))),
        Card("Parts", parts=tuple(Card(f"{n}", lines=(("x" * 3_000,),)) for n in range(40))),
    ],
    ids=lambda card: card.title,
)
def test_a_card_that_is_too_large_is_cut_and_says_so(large: Card) -> None:
    """Teams would refuse it whole."""
    shown = content(large)

    assert check_card(shown) == []
    assert spelled(shown) < CARD_BYTES_MAX
    assert "…" in card_of(shown).plain()


def test_a_form_is_a_card_to_fill_in() -> None:
    """With its values, its choices, what is wrong, and what follows from it."""
    choices = tuple(Choice(value, value.title()) for value in ("30m", "4h"))
    asked = Form(
        "Ask for access",
        "request",
        "Ask",
        (
            Field("entitlement", "What", FieldKind.CHOICE, value="4h", choices=choices),
            Field("duration", "How long", value="4h", proposals=choices, hint="At most 8 hours."),
            Field("other", "Until", value="18:00", proposals=choices, error="That is no time."),
            Field("reason", "Why", FieldKind.TEXT, value=HOSTILE, is_live=True),
            Field("whom", "For whom", optional=True),
        ),
        ((f"Stage 1: {HOSTILE}",),),
    )

    shown = form(asked, note=Card("Note"), back=SHOW)

    assert check_card(shown) == []
    read = form_of(shown)
    assert (read.title, read.says, read.submit) == (asked.title, asked.says, asked.submit)
    for field, given in zip(read.fields, asked.fields, strict=True):
        assert (field.name, field.label, field.hint, field.error, field.optional) == (
            given.name,
            given.label,
            given.hint,
            given.error,
            given.optional,
        )
        assert field.value.replace("\u200b", "") == given.value
        assert (field.choices, field.proposals) == (given.choices, given.proposals)
    assert "Stage 1" in card_of({"body": shown["body"][-3:]}).title
