"""Whatever a card or a form holds, Slack takes it, and nobody's words do anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.cards import (
    Answer,
    Button,
    Card,
    Choice,
    Emphasis,
    Fact,
    Field,
    FieldKind,
    Form,
    Line,
    Table,
    Tone,
)
from adapters.chat.slack import blocks, render, views
from adapters.chat.slack.views import CameFrom, Malformed
from adapters.chat.texts import taming
from tests.slack.blockkit_check import check_message, check_view

# Hypothesis writes down what it tries, and says so where that is long; it is meant to be.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

EVIL = (
    *("<!here>", "<@U1>", "<#C1|x>", "<https://e.example|ok>", "https://e.example", "@everyone"),
    *("*b* _i_ ~s~", "`code`", ":tada:", "&lt;!channel&gt;", "\u202eback", "\ud800", "\x00", " "),
    *("", "–", "JIT-4", "\n\n", "a\nDecide by: never", "🇬🇧" * 100, "👩‍👩‍👧" * 60, "é" * 200),
    *("w" * 76, "w" * 151, "two words " * 200, "&" * 3000, "x" * 3001, "y" * 13_000),
)
TEXT = st.one_of(st.text(max_size=12), st.sampled_from(EVIL))
INSTANT = st.datetimes(min_value=datetime(1800, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
VALUE = st.one_of(TEXT, INSTANT)
LINES = st.lists(st.lists(VALUE, max_size=3).map(tuple), max_size=6).map(tuple)
CHOICES = st.one_of(
    st.lists(st.builds(Choice, TEXT, TEXT), max_size=12).map(tuple),
    st.just(tuple(Choice(f"right-{n}", f"Right {n}") for n in range(150))),
)
BUTTONS = st.lists(st.builds(Button, TEXT, TEXT, st.sampled_from(Emphasis), TEXT), max_size=30).map(
    tuple
)
FIELD = st.builds(
    Field,
    name=st.from_regex(r"[a-z_]{1,10}", fullmatch=True),
    label=TEXT,
    kind=st.sampled_from(FieldKind),
    hint=TEXT,
    value=TEXT,
    choices=CHOICES,
    length_max=st.integers(0, 5000),
    optional=st.booleans(),
    error=TEXT,
    proposals=CHOICES,
    is_live=st.booleans(),
)
FIELDS = st.lists(FIELD, max_size=6, unique_by=lambda field: field.name).map(tuple)
FORM = st.builds(Form, TEXT, TEXT, TEXT, FIELDS, LINES)
ROW = st.lists(VALUE, max_size=22).map(tuple)
TABLE = st.one_of(
    st.builds(Table, st.lists(TEXT, max_size=22).map(tuple), st.lists(ROW, max_size=6).map(tuple)),
    st.builds(
        lambda count, text: Table(("Request", "What"), (("JIT-1", text),) * count),
        st.integers(0, 150),
        TEXT,
    ),
)


def cards(parts: st.SearchStrategy[tuple[Card, ...]]) -> st.SearchStrategy[Card]:
    """Give any cards with some parts."""
    facts = st.lists(st.builds(Fact, TEXT, VALUE), max_size=8).map(tuple)
    return st.builds(
        Card,
        TEXT,
        st.sampled_from(Tone),
        LINES,
        facts,
        st.none() | TABLE,
        BUTTONS,
        st.none() | FORM,
        parts,
    )


CARD = cards(st.lists(cards(st.just(())), max_size=8).map(tuple))


def objects(payload: object) -> Iterator[dict[str, Any]]:
    """Walk everything in a payload."""
    if isinstance(payload, dict):
        yield payload
        payload = list(payload.values())
    if isinstance(payload, list):
        for held in payload:
            yield from objects(held)


def acts(payload: dict[str, Any]) -> list[object]:
    """Find what would mention, link or format."""
    live = {"link", "user", "usergroup", "broadcast", "channel", "emoji", "color", "mrkdwn"}
    found: list[object] = [held for held in objects(payload) if held.get("type") in live]
    return found + re.findall(r"[<>]", payload.get("text", ""))


@settings(max_examples=60)
@given(CARD)
def test_any_card_is_taken_as_a_message_and_nobodys_words_act(card: Card) -> None:
    """No rule of Slack's is broken; nothing mentions, links or formats."""
    shown = render.message(card)

    assert check_message(shown) == []
    assert acts(shown) == []
    assert len(shown["text"]) < 4000


@settings(max_examples=60)
@given(CARD)
def test_any_card_is_taken_as_a_home_and_as_a_modal(card: Card) -> None:
    """What has no room is left out, never refused."""
    for view in (render.home(card), views.card_modal(card)):
        assert check_view(view) == []
        assert acts(view) == []


@settings(max_examples=60)
@given(FORM)
def test_any_form_is_taken_as_a_modal_and_read_back(form: Form) -> None:
    """What stands in it when it is opened is what is read when it is submitted at once."""
    view = views.modal(form, came_from=CameFrom("C1"))

    assert check_view(view) == []
    assert acts(view) == []
    assert check_message(render.response(Answer(form=form))) == []
    errors = views.errors(form)
    if "submit" in view:
        inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        assert set(errors) <= inputs


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda held: (
        st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=5), held, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "private_metadata": JSON | st.just('{"says":"x","from":{"channel":"","thread":""}}'),
            "state": JSON | st.builds(lambda values: {"values": values}, JSON),
        },
    )
)
def test_any_view_is_read_or_malformed(view: dict[str, object]) -> None:
    """There is no third way."""
    with suppress(Malformed):
        filled = views.read(view)

        assert all(isinstance(text, str) for text in filled.fields.values())


@pytest.mark.parametrize("seen", ["é", "👩‍👩‍👧", "👍🏽", "🇬🇧", "☀️"])
def test_a_text_is_cut_between_what_people_see_as_characters(seen: str) -> None:
    """An accent, a family, a shade of skin or a flag is never cut in two."""
    for most in range(2 * len(seen), 4 * len(seen)):
        kept = taming.cut(seen * 10, most).removesuffix("…")

        assert kept == seen * (len(kept) // len(seen))


def test_any_line_is_cut_within_its_room() -> None:
    """Escaped characters are counted as what they become."""
    more = " … the rest"

    said = blocks.cut_escaped("<&>" * 500, 100, more)

    assert len(said) <= 100
    assert said.endswith(more)
    assert re.fullmatch(r"(&(lt|gt|amp);)+ … the rest", said)


def test_a_line_holds_instants_and_words() -> None:
    """The pieces stand in their order."""
    line: Line = ("It ends ", datetime(2026, 11, 22, 18, 41, tzinfo=UTC), ".")

    kinds = [element["type"] for element in blocks.line_elements(line)]

    assert kinds == ["text", "date", "text", "text"]
