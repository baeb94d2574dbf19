"""When is somebody reminded, and how loudly?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy.emergency.nudges import Nudge, is_escalated, next_nudge, nudge_due

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = AT + 8 * HOUR


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (3.9, None),
        (4, Nudge.REMIND),
        (5.9, Nudge.REMIND),
        (6, Nudge.ESCALATE),
        (7.9, Nudge.ESCALATE),
        (8, Nudge.OVERDUE),
        (1000, Nudge.OVERDUE),
    ],
)
def test_it_is_said_louder_the_nearer_the_limit(hours: float, expected: Nudge | None) -> None:
    """Half of the time: a reminder; three quarters: to others; all of it: overdue."""
    assert nudge_due(AT, DUE, AT + hours * HOUR) is expected
    assert is_escalated(AT, DUE, AT + hours * HOUR) is (expected not in {None, Nudge.REMIND})


def test_what_is_overdue_is_said_again_ever_more_seldom() -> None:
    """After a quarter of the time, then after twice as long, and so on, without end."""
    said, at = [], AT
    for _ in range(7):
        at = next_nudge(AT, DUE, at)
        said.append((at - AT) / HOUR)

    assert said == [4, 6, 8, 10, 12, 16, 24]


def test_the_pause_is_a_minute_at_least_and_a_day_at_most() -> None:
    """However short or long the time is."""
    short, long = AT + timedelta(seconds=20), AT + timedelta(days=30)

    assert next_nudge(AT, short, short) == short + timedelta(minutes=1)
    assert next_nudge(AT, long, long) == long + timedelta(days=1)


@given(
    within=st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    after=st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_something_is_always_to_be_said_later(within: timedelta, after: timedelta) -> None:
    """The clock never stops looking at what is not done, and never twice at one instant."""
    assert next_nudge(AT, AT + within, AT + after) > AT + after


def test_what_has_been_overdue_for_long_is_said_every_week() -> None:
    """What nobody hears of for a month is forgotten."""
    at = DUE + timedelta(days=400)

    assert next_nudge(AT, DUE, at) - at <= timedelta(days=7)
