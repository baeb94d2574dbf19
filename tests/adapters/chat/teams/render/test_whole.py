"""A card becomes an Adaptive Card that Teams shows, whatever is on it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.cards import Button, Card, Emphasis, Fact, Field, FieldKind, Form, Table, Tone
from adapters.chat.teams.render.card import NOTE, SHOW, content
from adapters.chat.teams.render.message import activity
from tests.teams.card_check import check_activity, check_card

AT = datetime(2026, 11, 22, 18, 41, tzinfo=UTC)
HOSTILE = (
    "<at>JIT</at> [x](http://evil.example) **bold** _slanted_ {{DATE(2026-11-22T18:41:00Z)}} "
    "<b>@everyone</b> `code` 1. =cmd|"
)
REASON = Field("reason", "Why", FieldKind.TEXT, "At least 10 characters.", length_max=1000)
APPROVER = Card(
    "JIT-42: GL posting for Riya Patel",
    Tone.WAITING,
    lines=(("Stage 1 of 3; it lapses ", AT, "."),),
    facts=(Fact("For", "Riya Patel, Senior Accountant"), Fact("Why", "Q4 close"), Fact("Due", AT)),
    buttons=(
        Button("Approve", "approve JIT-42 @3f9a", Emphasis.PRIMARY),
        Button("Deny…", "deny JIT-42 @3f9a", Emphasis.DANGER, asks=(REASON,)),
        Button("Details", "status JIT-42", about="Show all of JIT-42"),
    ),
)


def found(thing: object, kind: str) -> list[dict[str, Any]]:
    """Give everything of a kind in a card, in order."""
    if isinstance(thing, list):
        return [one for each in thing for one in found(each, kind)]
    if not isinstance(thing, dict):
        return []
    own = [thing] if thing.get("type") == kind else []
    return own + [one for value in thing.values() for one in found(value, kind)]


def said(card: dict[str, Any]) -> str:
    """Give all that is written in text runs."""
    return "\n".join(
        "".join(run["text"] for run in block["inlines"]) for block in found(card, "RichTextBlock")
    )


def test_an_approvers_card_is_one_that_teams_shows() -> None:
    """With everything that somebody needs who decides."""
    made = activity(APPROVER)

    assert check_activity(made) == []
    assert made["summary"] == "JIT-42: GL posting for Riya Patel"
    shown = made["attachments"][0]["content"]
    assert found(shown, "TextBlock")[0]["text"] == "⏳ JIT-42: GL posting for Riya Patel"
    assert found(shown, "TextBlock")[0]["style"] == "heading"
    assert "For: Riya Patel, Senior Accountant" in said(shown)


def test_a_button_says_its_line_and_nothing_that_is_filled_in_elsewhere() -> None:
    """What its label does not tell, a screen reader does."""
    approve, _, details = found(content(APPROVER), "Action.Execute")

    assert approve["data"] == {"says": "approve JIT-42 @3f9a"}
    assert (approve["verb"], approve["style"], approve["associatedInputs"]) == (
        "say",
        "positive",
        "none",
    )
    assert details["tooltip"] == "Show all of JIT-42"


def test_what_a_button_asks_for_opens_below_it() -> None:
    """And goes along with what it says."""
    [deny] = found(content(APPROVER), "Action.ShowCard")

    assert (deny["title"], deny["style"]) == ("Deny…", "destructive")
    [field] = found(deny["card"], "Input.Text")
    assert (field["id"], field["label"], field["isMultiline"]) == ("field:reason", "Why", True)
    [done] = found(deny["card"], "Action.Execute")
    assert done["data"] == {"says": "deny JIT-42 @3f9a", "form": True}
    assert done["associatedInputs"] == "auto"


def test_what_people_wrote_stays_text() -> None:
    """In a title, a line, a fact, a cell, a note and a part: no link, format, mention or date."""
    inner = Card(HOSTILE, lines=((HOSTILE,),), facts=(Fact("Why", HOSTILE),))
    whole = Card(
        HOSTILE,
        Tone.BAD,
        lines=((HOSTILE,),),
        facts=(Fact("Why", HOSTILE), Fact("Long", HOSTILE * 3)),
        table=Table(("a", "b"), ((HOSTILE, HOSTILE),)),
        parts=(inner,),
        buttons=(Button(HOSTILE, "status JIT-1", about=HOSTILE),),
    )

    shown = content(whole, note=inner)

    assert check_card(shown) == []
    assert "{{" not in json.dumps(shown)
    assert "**bold** _slanted_" in said(shown)


def test_words_to_be_typed_look_like_it() -> None:
    """Between backticks, which are not shown."""
    shown = content(Card("Help", lines=(("Say `mine` now.",),)))

    assert said(shown) == "Say mine now."
    assert [r["text"] for r in found(shown, "TextRun") if "fontType" in r] == ["mine"]


def test_an_instant_is_in_utc_and_by_the_readers_clock() -> None:
    """The second is Teams' to know; the first is there wherever it does not work."""
    shown = content(Card("Ends", facts=(Fact("Ends", AT),)))

    assert said(shown) == "Ends: 2026-11-22 18:41:00 UTC"
    assert found(shown, "TextBlock")[-1]["text"] == (
        "{{DATE(2026-11-22T18:41:00Z, SHORT)}} {{TIME(2026-11-22T18:41:00Z)}} your time"
    )


@pytest.mark.parametrize("columns", [2, 3, 4, 6])
def test_a_table_has_columns_or_lines(columns: int) -> None:
    """Of more columns than a telephone shows, each row is a line."""
    table = Table(tuple("ABCDEF"[:columns]), (tuple("uvwxyz"[:columns]), ("",) * columns))

    shown = content(Card("List", table=table))

    assert check_card(shown) == []
    assert bool(found(shown, "Table")) is (columns <= 3)
    assert shown["msteams"] == {"width": "Full"}


def test_more_buttons_than_a_row_holds_go_into_the_next() -> None:
    """None is hidden; two that say the same are told apart."""
    many = tuple(Button("Return", f"return JIT-{n}") for n in range(1, 9))

    shown = content(Card("Mine", buttons=many))

    assert check_card(shown) == []
    assert [len(row["actions"]) for row in found(shown, "ActionSet")] == [6, 2]


def test_a_line_that_does_not_fit_is_not_cut_into_another_command() -> None:
    """Its button is left out."""
    shown = content(Card("x", buttons=(Button("Ask", "ask " + "x" * 5000), Button("Help", "help"))))

    assert [action["title"] for action in found(shown, "Action.Execute")] == ["Help"]


def test_a_card_can_be_asked_for_anew_and_led_back_from() -> None:
    """By those who are named, sixty at most."""
    people = [f"29:{n}" for n in range(70)]

    shown = content(APPROVER, refresh=people, note=Card("Approved", Tone.GOOD), back=SHOW)
    back = content(APPROVER, back="mine")

    assert check_card(shown) == []
    assert shown["refresh"]["userIds"] == people[:60]
    assert shown["refresh"]["action"]["data"] == {"shows": "message"}
    assert shown["body"][0]["id"] == NOTE
    assert found(shown["body"], "Action.Execute")[-1]["verb"] == "show"
    assert found(back["body"], "Action.Execute")[-1]["data"] == {"says": "mine"}


def test_the_longest_reason_is_shown_whole() -> None:
    """Of any script."""
    reason = "🙂" * 3000

    shown = content(Card("Why", facts=(Fact("Why", reason),), buttons=APPROVER.buttons))

    assert check_card(shown) == []
    assert reason in said(shown)


def test_what_does_not_fit_is_left_out_at_the_end_and_said() -> None:
    """The title, and that there is more, are always there."""
    rows = tuple((f"JIT-{n}", "x" * 60, "y" * 60) for n in range(1000))

    shown = content(Card("Everything", table=Table(("A", "B", "C"), rows)))

    assert check_card(shown) == []
    assert "left out to fit here" in said(shown)
    assert found(shown, "TextBlock")[0]["text"] == "Everything"


def test_an_empty_card_shows_something() -> None:
    """Teams refuses one without a body."""
    assert check_activity(activity(Card(""))) == []


# ── whatever there is ───────────────────────────────────────────────────────────────────────────

TEXTS = st.one_of(
    st.text(max_size=40), st.sampled_from([HOSTILE, "ж" * 3000, "🙂" * 3000, "a" * 9000, "\u202e"])
)
VALUES = st.one_of(TEXTS, st.just(AT))
BUTTONS = st.builds(
    Button,
    TEXTS.map(lambda text: text or "x"),
    TEXTS,
    st.sampled_from(Emphasis),
    TEXTS,
    st.sampled_from([(), (REASON,)]),
)
PARTS = st.builds(
    Card,
    TEXTS,
    st.sampled_from(Tone),
    st.lists(st.tuples(VALUES, VALUES), max_size=6).map(tuple),
    st.lists(st.builds(Fact, TEXTS, VALUES), max_size=6).map(tuple),
    st.one_of(
        st.none(),
        st.builds(
            Table,
            st.just(("A", "B", "C", "D")),
            st.lists(st.tuples(VALUES, VALUES, VALUES, VALUES), max_size=8).map(tuple),
        ),
    ),
    st.lists(BUTTONS, max_size=9).map(tuple),
    st.one_of(st.none(), st.just(Form("Find", "who", "Find", ()))),
)
CARDS = st.builds(
    lambda card, parts: Card(
        card.title, card.tone, card.lines, card.facts, card.table, card.buttons, None, tuple(parts)
    ),
    PARTS,
    st.lists(PARTS, max_size=6),
)


# What is tried is long, and would be shown whole where it fails.
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@given(card=CARDS, note=st.one_of(st.none(), PARTS))
def test_any_card_is_one_that_teams_shows(card: Card, note: Card | None) -> None:
    """Whatever is on it, however much, from whomever."""
    assert check_card(content(card, note=note, refresh=["29:1"], back="home")) == []
    assert check_activity(activity(card)) == []
