"""How long and until when: read in one way, or asked back."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.grammar.times import duration_words, read_duration, read_when, when_words
from engine.errors import Invalid
from engine.model.duration import spell
from tests.adapters.chat.grammar.conftest import NOW

NEW_YORK = ZoneInfo("America/New_York")


def _read(text: str) -> timedelta:
    return read_duration(text, now=NOW, zone=NEW_YORK)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("4h", 240),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("2d", 2880),
        ("90s", 1.5),
        ("4 hours", 240),
        ("4HRS", 240),
        ("1 hour and 30 minutes", 90),
        ("1 day, 2 hours", 1560),
        ("1.5h", 90),
        ("1,5h", 90),
        ("an hour", 60),
        ("for 4 hours", 240),
        ("1 week", 10080),
    ],
)
def test_lengths(text: str, minutes: float) -> None:
    """Short or in words, as people write them."""
    assert _read(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("until 20:04", 1),
        ("until 8:04pm", 1),
        ("until 8.04 p.m.", 1),
        ("till 20:04", 1),
        ("until sunday 20:04", 1),
        ("until 20:04 today", 1),
        ("until tomorrow 19:04", 24),
        ("until 19:04 tomorrow", 24),
        ("until tomorrow at 19:04", 24),
        ("until monday 19:04", 24),
        ("until 19:04 on monday", 24),
        ("until sunday 19:04", 168),
        ("until 2026-11-23 19:04", 24),
        ("until 23 Nov 19:04", 24),
        ("until Nov 23rd 7:04pm", 24),
        ("until 2026-11-24 00:04 UTC", 24),
        ("until 2026-11-24T00:04Z", 24),
        ("until 2026-11-24T01:04:05+01:00", 24),
        ("until 1 jan 19:04", 40 * 24),
    ],
)
def test_until_counts_from_now_in_the_persons_zone(text: str, hours: int) -> None:
    """It is 19:04 on a Sunday in New York."""
    assert abs(_read(text) - timedelta(hours=hours)) <= timedelta(minutes=1)


def test_midnight_and_noon() -> None:
    """Midnight is the one to come."""
    assert _read("until midnight") == timedelta(hours=4, minutes=55)
    assert _read("until tomorrow noon") == timedelta(hours=16, minutes=55)


def test_until_counts_what_the_clock_is_put_back() -> None:
    """On 1 November 2026 at 2:00 New York's clocks go back: the night has an hour more."""
    evening = datetime(2026, 10, 31, 22, 0, tzinfo=NEW_YORK).astimezone(UTC)

    length = read_duration("until tomorrow 9:00", now=evening, zone=NEW_YORK)

    assert length == timedelta(hours=12)


@pytest.mark.parametrize("text", ["until 18:00", "until noon", "until today 9:00", "until now"])
def test_what_is_past_is_said_to_be_past(text: str) -> None:
    """With the time where the person is, and what would be right."""
    with pytest.raises(Invalid, match=r"19:04 on Sunday .*America/New_York.*tomorrow 18:00") as no:
        _read(text)

    assert no.value.code == "duration.past"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4", "duration.unclear"),
        ("4x", "duration.unclear"),
        ("-4h", "duration.unclear"),
        ("9999999h", "duration.unclear"),
        ("4h 2 days", "duration.unclear"),
        ("four hours", "duration.unclear"),
        ("0h", "duration.zero"),
        ("0.1s", "duration.zero"),
        ("until", "duration.unclear"),
        ("until tomorrow", "duration.no_time"),
        ("until 6", "duration.unclear"),
        ("until 25:00", "duration.unclear"),
        ("until 31 feb 10:00", "duration.unclear"),
        ("until 01/12/2026 10:00", "duration.unclear"),
        ("until tomorrow 9", "duration.unclear"),
        ("until 2026-13-40T10:00Z", "duration.unclear"),
        ("until the cows come home", "duration.unclear"),
    ],
)
def test_what_two_people_would_read_differently_is_asked_back(text: str, code: str) -> None:
    """Never guessed: a wrong guess is access for too long."""
    with pytest.raises(Invalid) as refused:
        _read(text)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("4h Q4 close", 1),
        ("4 hours Q4 close", 2),
        ("4h 2 days of postings", 1),
        ("for 4 hours of work", 3),
        ("for Q4", 0),
        ("1 hour and 30 minutes for it", 5),
        ("until 18:00 Q4 close", 2),
        ("until 6 pm closing", 3),
        ("until tomorrow 9:00 the close", 3),
        ("until 18:00 monday reconciliations", 2),
        ("until whenever it is done", 2),
        ("2026 audit", 1),
        ("Q4 close", 0),
    ],
)
def test_a_length_ends_where_the_reason_begins(words: str, count: int) -> None:
    """A quarter is no hour, and the reason's own numbers stay in the reason."""
    assert duration_words(words.split()) == count


def test_an_instant_that_was() -> None:
    """Looking back, a weekday or a day without a year is the last one."""
    friday = read_when("friday 10:00", now=NOW, zone=NEW_YORK)
    christmas = read_when("dec 24", now=NOW, zone=NEW_YORK)

    assert friday.at == datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert christmas.at == datetime(2025, 12, 24, 5, 0, tzinfo=UTC)
    assert (friday.has_clock, christmas.has_clock) == (True, False)


def test_a_day_begins_where_the_person_is() -> None:
    """Midnight of a day without a time is the person's own."""
    here = read_when("2026-11-01", now=NOW, zone=NEW_YORK)
    utc = read_when("2026-11-01 UTC", now=NOW, zone=NEW_YORK)

    assert here.at == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert utc.at == datetime(2026, 11, 1, tzinfo=UTC)


def test_when_words_stop_before_the_next_question() -> None:
    """`from yesterday to today` has two instants."""
    assert when_words(["yesterday", "14:00", "to", "today"]) == 2
    assert when_words(["netsuite-gl"]) == 0


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing that people can type breaks it, and what is read is a positive length."""
    for said in (text, f"until {text}"):
        with suppress(Invalid):
            assert _read(said) > timedelta(0)


@given(st.integers(min_value=1, max_value=30 * 86400))
def test_a_spelled_length_is_read_back(seconds: int) -> None:
    """Forms propose `1 hour 30 minutes`, so that has to be understood."""
    length = timedelta(seconds=seconds)

    assert _read(spell(length)) == length
