"""Lengths of time, spelled for people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.model.duration import spell


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(hours=4), "4 hours"),
        (timedelta(hours=1, minutes=30), "1 hour 30 minutes"),
        (timedelta(days=2, seconds=1), "2 days 1 second"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=59, milliseconds=999), "59 seconds"),
        (timedelta(milliseconds=999), "less than a second"),
        (timedelta(0), "less than a second"),
        (timedelta(hours=-1), "less than a second"),
    ],
    ids=str,
)
def test_a_length_is_spelled(duration: timedelta, words: str) -> None:
    """In whole units, one and many told apart, and nothing below a second."""
    assert spell(duration) == words
