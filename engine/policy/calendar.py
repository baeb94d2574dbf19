"""What day is it in the company?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from engine.model.calendar import Calendar, Freeze, Schedule
from engine.model.identifiers import PersonId, ScheduleId


def freeze_at(calendar: Calendar, at: datetime) -> Freeze | None:
    """Find the freeze that is on; of several, the first in the file."""
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    return next((f for f in calendar.freezes if f.first <= today <= f.last), None)


def is_business_hour(calendar: Calendar, at: datetime) -> bool:
    """Say whether people work, by the clock on their wall."""
    hours = calendar.hours
    if hours is None:
        return True
    local = at.astimezone(ZoneInfo(calendar.zone))
    return local.isoweekday() in hours.days and hours.begin <= local.time() < hours.end


def on_call(calendar: Calendar, schedule: Schedule, at: datetime) -> PersonId | None:
    """Say who is on call; nobody before the rotation begins, where no shift says otherwise."""
    for shift in schedule.shifts:
        if shift.begin <= at < shift.end:
            return shift.person
    rotation = schedule.rotation
    if rotation is None or at < rotation.begin:
        return None
    zone = ZoneInfo(schedule.zone or calendar.zone)
    turns = (_wall(at, zone) - _wall(rotation.begin, zone)) // rotation.length
    return rotation.people[max(turns, 0) % len(rotation.people)]


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    """Give what the clock shows: people take turns at nine, in winter as in summer."""
    return at.astimezone(zone).replace(tzinfo=None)


def ever_on_call(schedule: Schedule) -> tuple[PersonId, ...]:
    """List whoever is on call by a schedule at some time."""
    turns = schedule.rotation.people if schedule.rotation else ()
    return tuple(dict.fromkeys((*(shift.person for shift in schedule.shifts), *turns)))


def on_call_now(calendar: Calendar, at: datetime) -> tuple[PersonId | None, ...]:
    """Say who is on call by each schedule, in order."""
    return tuple(on_call(calendar, one, at) for one in calendar.schedules.values())


def on_call_for(calendar: Calendar, person: PersonId, at: datetime) -> tuple[ScheduleId, ...]:
    """List the schedules by which somebody is on call."""
    return tuple(s.id for s in calendar.schedules.values() if on_call(calendar, s, at) == person)
