"""A form becomes a card to fill in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.cards import Card, Choice, Field, FieldKind, Form
from adapters.chat.grammar.closest import CHOICES_MAX
from adapters.chat.teams.render.card import SHOW
from adapters.chat.teams.render.forms import CHECK, form
from tests.adapters.chat.teams.render.test_whole import HOSTILE, TEXTS, found, said
from tests.teams.card_check import check_card

AT = datetime(2026, 11, 22, 18, 41, tzinfo=UTC)


def choices(count: int) -> tuple[Choice, ...]:
    """Give choices."""
    return tuple(Choice(f"entitlement-{n}", f"Entitlement {n}") for n in range(count))


def asking(*fields: Field, lines: tuple[tuple[str | datetime, ...], ...] = ()) -> Form:
    """Give a form."""
    return Form("Request access", "request", "Request", fields, lines)


def test_a_form_is_a_card_that_teams_shows() -> None:
    """Each field has a label that is read aloud."""
    reason = Field("reason", "Why", FieldKind.TEXT, "Who reads it?", "Q4", length_max=3000)

    shown = form(asking(reason))

    assert check_card(shown) == []
    [field] = found(shown, "Input.Text")
    assert (field["id"], field["label"], field["value"]) == ("field:reason", "Why", "Q4")
    assert (field["isMultiline"], field["maxLength"]) == (True, 3000)
    assert said(shown) == "Who reads it?"
    [submit] = found(shown, "Action.Execute")
    assert (submit["title"], submit["verb"]) == ("Request", "say")
    assert submit["data"] == {"says": "request", "form": True}
    assert submit["associatedInputs"] == "auto"


@pytest.mark.parametrize("count", [2, CHOICES_MAX - 1])
def test_choices_are_a_list_to_choose_from(count: int) -> None:
    """What is filled in already is chosen."""
    wanted = Field("entitlement", "What", FieldKind.CHOICE, value="entitlement-1")

    shown = form(asking(replace(wanted, choices=choices(count))))

    assert check_card(shown) == []
    [field] = found(shown, "Input.ChoiceSet")
    assert (field["value"], len(field["choices"])) == ("entitlement-1", count)


def test_where_there_are_too_many_choices_it_is_written() -> None:
    """A list that may be cut would hide what somebody looks for."""
    shown = form(asking(Field("entitlement", "What", choices=choices(CHOICES_MAX))))

    assert not found(shown, "Input.ChoiceSet")
    assert [field["id"] for field in found(shown, "Input.Text")] == ["field:entitlement"]
    assert "write its name" in said(shown)


@pytest.mark.parametrize(("value", "chosen", "own"), [("4h", "4h", ""), ("90m", None, "90m")])
def test_a_proposal_is_one_press_away_and_anything_else_may_be_written(
    value: str, chosen: str | None, own: str
) -> None:
    """What is filled in already stands where it belongs."""
    field = Field("duration", "How long", value=value, proposals=(Choice("4h", "4 hours"),))

    shown = form(asking(field))

    assert check_card(shown) == []
    [several], [another] = found(shown, "Input.ChoiceSet"), found(shown, "Input.Text")
    assert (several["style"], several.get("value")) == ("expanded", chosen)
    assert (another["id"], another["value"]) == ("field:duration:another", own)


def test_what_is_wrong_stands_at_its_field_in_words() -> None:
    """Never by colour alone."""
    shown = form(asking(Field("reason", "Why", error="Please say more."), Field("note", "Note")))

    assert check_card(shown) == []
    [wrong] = [b for b in found(shown, "RichTextBlock") if b.get("id") == "error:reason"]
    assert wrong["inlines"][0]["text"] == "⚠️ Please say more."


def test_what_depends_on_the_fields_is_asked_for() -> None:
    """Below them stands what it would come to."""
    live = Field("entitlement", "What", choices=choices(2), is_live=True)

    shown = form(asking(live, lines=(("Stage 1 of 1 lapses ", AT),)), back=SHOW, note=Card("Hm"))

    assert check_card(shown) == []
    _, check, back = found(shown["body"], "Action.Execute")
    assert (check["title"], check["verb"], check["associatedInputs"]) == (CHECK, "draft", "auto")
    assert (back["title"], back["verb"], back["associatedInputs"]) == ("Back", "show", "none")
    assert "Stage 1 of 1 lapses 2026-11-22 18:41:00 UTC" in said(shown)


def test_what_people_wrote_stays_text() -> None:
    """In the fields, in errors and below them."""
    field = Field("reason", "Why", value=HOSTILE, hint=HOSTILE, error=HOSTILE)

    assert check_card(form(asking(field, lines=((HOSTILE,),)))) == []


def test_a_form_that_no_card_can_carry_says_so() -> None:
    """A shortened line would be another one."""
    shown = form(Form("Deny", "deny " + "x" * 5000, "Deny", ()))

    assert check_card(shown) == []
    assert "please type it" in said(shown)


FIELDS = st.builds(
    Field,
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    TEXTS.map(lambda text: text or "x"),
    st.sampled_from(FieldKind),
    TEXTS,
    TEXTS,
    st.sampled_from([(), choices(3), choices(60), choices(200)]),
    st.sampled_from([200, 3000]),
    st.booleans(),
    TEXTS,
    st.sampled_from([(), choices(2)]),
    st.booleans(),
)


# What is tried is long, and would be shown whole where it fails.
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@given(
    fields=st.lists(FIELDS, max_size=6, unique_by=lambda field: field.name),
    line=st.tuples(TEXTS, st.just(AT)),
)
def test_any_form_is_one_that_teams_shows(
    fields: list[Field], line: tuple[str | datetime, ...]
) -> None:
    """Whatever is filled in."""
    assert check_card(form(asking(*fields, lines=(line,) * 3), note=Card("Hm"), back="home")) == []
