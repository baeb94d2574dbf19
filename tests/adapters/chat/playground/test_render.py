"""A card goes through JSON and is the same card."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from adapters.chat.cards import Answer, Card, Fact
from adapters.chat.playground.render import answer_json, card_json, read_card
from tests.adapters.chat.playground.stage import DENY_FORM, sample_card

values = some.one_of(some.text(), some.datetimes(timezones=some.just(UTC)))
cards = some.builds(
    Card,
    title=some.text(),
    lines=some.lists(some.lists(values).map(tuple)).map(tuple),
    facts=some.lists(some.builds(Fact, some.text(), values)).map(tuple),
)


@given(cards)
def test_any_card_comes_back_as_it_was(card: Card) -> None:
    """Whatever texts and instants are in it."""
    again = read_card(json.loads(json.dumps(card_json(card))))

    assert again == card


def test_a_card_with_everything_comes_back_as_it_was() -> None:
    """Table, buttons and form, too."""
    again = read_card(json.loads(json.dumps(card_json(sample_card()))))

    assert again == sample_card()


def test_a_dashboard_comes_back_as_it_was() -> None:
    """With the cards within it, which have none within them."""
    dashboard = Card("Home", parts=(sample_card(), Card("Your requests")))
    deep = card_json(Card("Home", parts=(dashboard,)))

    assert read_card(json.loads(json.dumps(card_json(dashboard)))) == dashboard
    with pytest.raises(ValueError, match="a part has parts"):
        read_card(deep)


def test_a_card_from_before_there_were_parts_is_read() -> None:
    """The playground's memory keeps messages for good."""
    written = {name: kept for name, kept in card_json(Card("t")).items() if name != "parts"}

    assert read_card(written) == Card("t")


def test_a_text_that_looks_like_an_instant_stays_text() -> None:
    """Only `at` makes an instant."""
    card = Card("t", facts=(Fact("a", "2026-11-22T12:00:00+00:00"), Fact("b", '{"at": "x"}')))

    assert read_card(card_json(card)) == card


def test_an_answer_says_what_it_has() -> None:
    """A form without a card, and the code."""
    written = answer_json(Answer(form=DENY_FORM, code="c"))

    assert written["card"] is None
    assert written["code"] == "c"
    assert written["form"] == json.loads(json.dumps(written["form"]))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), []),
        (("title",), None),
        (("tone",), "loud"),
        (("lines",), "text"),
        (("lines", 0), "text"),
        (("lines", 0, 0), 7),
        (("facts", 0), "x"),
        (("facts", 0, "label"), 7),
        (("facts", 0, "value"), {"at": "noon"}),
        (("facts", 0, "value"), {"at": "2026-11-22T12:00:00"}),
        (("facts", 0, "value"), {}),
        (("table", "columns", 0), 7),
        (("table", "rows", 0), None),
        (("buttons", 0, "emphasis"), "huge"),
        (("form", "fields", 0, "kind"), "file"),
        (("form", "fields", 0, "optional"), "no"),
        (("form", "fields", 0, "length_max"), "long"),
        (("form", "fields", 0, "live"), None),
        (("form", "fields", 0, "proposals"), None),
        (("form", "fields", 1, "proposals", 0), "x"),
        (("form", "lines", 0), "text"),
        (("form", "fields", 0, "choices", 0), "x"),
    ],
)
def test_what_is_no_card_is_refused_without_its_content(
    path: tuple[str | int, ...], value: object
) -> None:
    """The error names the part, never what somebody wrote."""
    secret = Card(**{**_parts(sample_card()), "lines": (("a secret reason",),)})
    raw: Any = deepcopy(json.loads(json.dumps(card_json(secret))))
    holder: Any = {"card": raw}
    for step in ("card", *path[:-1]) if path else ():
        holder = holder[step]
    holder["card" if not path else path[-1]] = value
    broken = value if not path else raw

    with pytest.raises(ValueError, match=r".") as refused:
        read_card(broken)

    assert "a secret reason" not in str(refused.value)


def _parts(card: Card) -> dict[str, Any]:
    return {name: getattr(card, name) for name in Card.__dataclass_fields__}


def test_an_instant_keeps_its_moment() -> None:
    """Microseconds, too."""
    instant = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)

    (fact,) = read_card(card_json(Card("t", facts=(Fact("at", instant),)))).facts

    assert fact.value == instant
