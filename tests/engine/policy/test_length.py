"""For how long may be asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Invalid
from engine.policy.length import check_duration
from tests.simulation.company import GL, HOUR, MINUTE, company

SECOND = timedelta(seconds=1)
ENTITLEMENT = company().entitlement[GL]


@pytest.mark.parametrize("duration", [MINUTE, HOUR, 8 * HOUR], ids=str)
def test_a_length_within_the_limits_is_kept(duration: timedelta) -> None:
    """The shortest and the longest one are allowed."""
    assert check_duration(ENTITLEMENT, duration) == duration


def test_a_length_is_whole_seconds() -> None:
    """A fraction that nobody asked for is dropped, and lifts nothing above the limit."""
    assert check_duration(ENTITLEMENT, HOUR + SECOND / 2) == HOUR
    assert check_duration(ENTITLEMENT, 8 * HOUR + SECOND / 2) == 8 * HOUR


@pytest.mark.parametrize(
    ("duration", "code"),
    [
        (8 * HOUR + SECOND, "duration.too_long"),
        (MINUTE - SECOND / 2, "duration.too_short"),
        (timedelta(0), "duration.too_short"),
        (-HOUR, "duration.too_short"),
    ],
    ids=str,
)
def test_a_length_beyond_the_limits_is_refused(duration: timedelta, code: str) -> None:
    """With the limit, and what to ask for instead."""
    with pytest.raises(Invalid) as caught:
        check_duration(ENTITLEMENT, duration)

    assert caught.value.code == code
