"""When rules are stricter, when people work, and who is on call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from engine.model.identifiers import FreezeId, PersonId, ScheduleId


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days on which less is allowed, e.g. while the books are closed; both days included."""

    id: FreezeId
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work: from `begin` until `end` on these days, in the calendar's time zone."""

    days: tuple[int, ...]
    """As ISO 8601 counts them: 1 is Monday."""

    begin: time
    end: time


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody is on call: begin ≤ at < end."""

    person: PersonId
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who are on call one after the other, for as long each, for ever.

    As clocks show it: a turn of seven days that begins at nine ends at nine, whatever the season.
    """

    people: tuple[PersonId, ...]
    begin: datetime
    """When the first one begins, for the first time."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who is on call. A shift goes before the rotation: that is how people swap."""

    id: ScheduleId
    name: str
    shifts: tuple[Shift, ...] = ()
    rotation: Rotation | None = None
    zone: str = ""
    """IANA time zone in which turns begin, at the same time of day all year; empty: the
    calendar's."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A company's time."""

    zone: str = "UTC"
    """IANA time zone: in which days begin, and hours are meant."""

    freezes: tuple[Freeze, ...] = ()
    hours: Hours | None = None
    """None: every hour is a business hour."""

    schedules: Mapping[ScheduleId, Schedule] = field(default_factory=dict)
