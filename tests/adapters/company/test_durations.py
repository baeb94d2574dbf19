"""Mirrors adapters/company/durations.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.company.durations import parse, write


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("5s", timedelta(seconds=5)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_a_length_of_time_is_read(text: str, expected: timedelta) -> None:
    """Days, hours, minutes and seconds, from the longest to the shortest."""
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["", "4", "h", "4 h", "30m1h", "1.5h", "-1h", "4H", "٤h", "1h\n"])
def test_anything_else_is_refused_with_what_would_be_right(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="write 30m, 4h, 1h30m or 2d"):
        parse(text)


@given(st.integers(min_value=0, max_value=40 * 86400))
def test_what_is_written_can_be_read(seconds: int) -> None:
    """Writing and reading agree."""
    duration = timedelta(seconds=seconds)

    assert parse(write(duration)) == duration
