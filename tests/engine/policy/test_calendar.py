"""What day it is in the company."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from engine.model.calendar import Calendar, Freeze, Hours, Rotation, Schedule, Shift
from engine.model.identifiers import FreezeId, PersonId, ScheduleId
from engine.policy.calendar import freeze_at, is_business_hour, on_call, on_call_for

ANA, BEN = PersonId("ana"), PersonId("ben")
CLOSE = Freeze(FreezeId("close"), "Close", date(2026, 10, 24), date(2026, 10, 25))
WORK = Hours((1, 2, 3, 4, 5), time(8), time(18))
BERLIN = Calendar("Europe/Berlin", (CLOSE,), WORK)


def at(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("instant", "is_on"),
    [
        ("2026-10-23T21:59:59Z", False),
        ("2026-10-23T22:00:00Z", True),
        # The night in which the clocks go back: the day has 25 hours.
        ("2026-10-25T22:59:59Z", True),
        ("2026-10-25T23:00:00Z", False),
    ],
)
def test_a_freeze_has_both_of_its_days_whole(instant: str, *, is_on: bool) -> None:
    """From midnight to midnight, by the company's clock."""
    assert freeze_at(BERLIN, at(instant)) == (CLOSE if is_on else None)


@pytest.mark.parametrize(
    ("instant", "is_at_work"),
    [
        ("2026-11-23T06:59:59Z", False),
        ("2026-11-23T07:00:00Z", True),
        ("2026-11-23T16:59:59Z", True),
        ("2026-11-23T17:00:00Z", False),
        ("2026-11-22T10:00:00Z", False),
        ("2026-07-01T06:00:00Z", True),
    ],
)
def test_people_work_by_the_clock_on_their_wall(instant: str, *, is_at_work: bool) -> None:
    """Summer and winter, and not on Sundays."""
    assert is_business_hour(BERLIN, at(instant)) is is_at_work


def test_without_hours_people_always_work() -> None:
    """No rule is stricter because nothing was said."""
    assert is_business_hour(Calendar(), datetime(2026, 11, 22, 3, tzinfo=UTC))


TURNS = Schedule(
    ScheduleId("payments"),
    "Payments",
    shifts=(Shift(BEN, at("2026-11-24T09:00Z"), at("2026-11-24T21:00Z")),),
    rotation=Rotation((ANA, BEN), at("2026-11-23T09:00Z"), timedelta(days=7)),
)


@pytest.mark.parametrize(
    ("instant", "who"),
    [
        ("2026-11-23T08:59:59Z", None),
        ("2026-11-23T09:00:00Z", ANA),
        ("2026-11-24T08:59:59Z", ANA),
        ("2026-11-24T09:00:00Z", BEN),
        ("2026-11-24T21:00:00Z", ANA),
        ("2026-11-30T08:59:59Z", ANA),
        ("2026-11-30T09:00:00Z", BEN),
        ("2026-12-07T09:00:00Z", ANA),
    ],
)
def test_people_are_on_call_by_turns_and_swap_by_shifts(instant: str, who: PersonId | None) -> None:
    """Nobody before the first turn; a shift goes before the turn."""
    calendar = Calendar(schedules={TURNS.id: TURNS})

    assert on_call(calendar, TURNS, at(instant)) == who
    assert on_call_for(calendar, ANA, at(instant)) == ((TURNS.id,) if who == ANA else ())


def test_a_schedule_of_shifts_alone_has_gaps() -> None:
    """Then nobody is on call."""
    alone = Schedule(ScheduleId("x"), "X", TURNS.shifts)

    assert on_call(Calendar(), alone, at("2026-11-24T10:00Z")) == BEN
    assert on_call(Calendar(), alone, at("2026-11-25T10:00Z")) is None
