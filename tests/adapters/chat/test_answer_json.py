"""An answer that is kept as text is the same answer when it is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.answer_json import read_answer, write_answer
from adapters.chat.cards import (
    Answer,
    Button,
    Card,
    Choice,
    Emphasis,
    Fact,
    Field,
    FieldKind,
    File,
    Form,
    Table,
    Tone,
)
from engine.model.identifiers import RequestId

AT = datetime(2026, 11, 22, 18, 41, 0, 123456, tzinfo=UTC)


def test_everything_in_an_answer_is_kept() -> None:
    """Instants stay instants, and a text that looks like one stays a text."""
    field = Field("reason", "Why", FieldKind.CHOICE, choices=(Choice("a", "A"),), error="No.")
    form = Form("Deny", "deny JIT-42", "Deny", (field,))
    card = Card(
        "JIT-42",
        Tone.GOOD,
        lines=(("at ", AT, "."), ()),
        facts=(Fact("When", AT), Fact("Text", "2026-11-22T18:41:00+00:00")),
        table=Table(("a", "b"), ((AT, "x"), ("", AT))),
        buttons=(Button("Yes", "approve JIT-42", Emphasis.PRIMARY, "Approve it", (field,)),),
        form=form,
        parts=(Card("A part", facts=(Fact("When", AT),)),),
    )
    file = File("audit.csv", "text/csv", "a,b\r\n")
    answer = Answer(card, form, file, True, "some.code", RequestId(42))

    assert read_answer(write_answer(answer)) == answer


def test_an_empty_answer_is_kept() -> None:
    """Nothing at all is an answer, too."""
    assert read_answer(write_answer(Answer())) == Answer()


def test_an_older_versions_answer_is_read() -> None:
    """A field that was added since has its default."""
    assert read_answer('{"card": {"title": "JIT-1"}}') == Answer(Card("JIT-1"))


@pytest.mark.parametrize("text", ["", "7", "[]", '{"card": 7}', '{"card": {"tone": "loud"}}'])
def test_what_is_no_answer_is_refused(text: str) -> None:
    """Never half an answer."""
    with pytest.raises(ValueError, match=r".*"):
        read_answer(text)


VALUES = st.one_of(st.text(), st.datetimes(timezones=st.just(UTC)))


@given(st.text(), st.lists(st.lists(VALUES).map(tuple)).map(tuple))
def test_any_text_survives(title: str, lines: tuple[tuple[str | datetime, ...], ...]) -> None:
    """Whatever people write."""
    answer = Answer(Card(title, lines=lines))

    assert read_answer(write_answer(answer)) == answer
