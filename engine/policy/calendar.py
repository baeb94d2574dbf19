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


def on_call(schedule: Schedule, at: datetime) -> PersonId | None:
    """Say who is on call; nobody before the rotation begins, where no shift says otherwise."""
    for shift in schedule.shifts:
        if shift.begin <= at < shift.end:
            return shift.person
    rotation = schedule.rotation
    if rotation is None or at < rotation.begin:
        return None
    return rotation.people[(at - rotation.begin) // rotation.length % len(rotation.people)]


def on_call_for(calendar: Calendar, person: PersonId, at: datetime) -> tuple[ScheduleId, ...]:
    """List the schedules by which somebody is on call."""
    return tuple(s.id for s in calendar.schedules.values() if on_call(s, at) == person)
