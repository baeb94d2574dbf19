"""How each item of a company's files must look, one at a time.

What an item refers to is not looked at here: see `references.py`. Nothing is converted silently:
`permission: 123` is refused with the advice to use quotes.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self, TypeAlias, TypeVar
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    model_validator,
)

from adapters.company.durations import parse
from adapters.company.patterns import check_pattern
from adapters.company.problems import closest
from engine.model.company import Role, Selector, SelectorKind
from engine.model.rules.limits import DELEGATION_MAX

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ISO 8601."""

ID_LENGTH_MAX = 63
"""The longest name of a role in Postgres; logins are often made from ids."""

TEXT_LENGTH_MAX = 200
"""A name must fit on one line of a card, beside others."""

_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_SETTING = re.compile(r"[A-Z][A-Z0-9_]*")
_NAMED = {
    SelectorKind.PERSON,
    SelectorKind.GROUP,
    SelectorKind.DEPARTMENT,
    SelectorKind.ROLE,
    SelectorKind.ON_CALL,
}


def check_id(text: str) -> str:
    """Return an id. Raises `ValueError` with what would be right."""
    if not _ID.fullmatch(text) or len(text) > ID_LENGTH_MAX:
        raise ValueError(
            f"`{text[:ID_LENGTH_MAX]}` cannot be an id; use small letters and digits, with single "
            f"dots or hyphens between them, {ID_LENGTH_MAX} at most, e.g. `riya.patel`."
        )
    return text


def _line(text: str) -> str:
    if not text.strip() or text != text.strip() or len(text) > TEXT_LENGTH_MAX:
        raise ValueError(f"this needs 1 to {TEXT_LENGTH_MAX} characters, without outer spaces.")
    if any(unicodedata.category(character).startswith("C") for character in text):
        raise ValueError("this holds an invisible character; type it again.")
    return text


def _duration(value: object) -> object:
    return parse(value) if isinstance(value, str) else value


def _zone(text: str) -> str:
    zones = available_timezones()
    if text not in zones:
        raise ValueError(f"`{text}` is not an IANA time zone{closest(text, zones)}")
    return text


def _account_pattern(text: str) -> str:
    if "{person}" not in text or re.search(r"[{}]", text.replace("{person}", "")):
        raise ValueError("a pattern of logins has `{person}` in it, and no other braces.")
    return text


def _selector(value: object) -> object:
    """Read `group:controllers`, `manager` and the like."""
    if not isinstance(value, str):
        return value
    kind, _, name = value.partition(":")
    known = kind in set(SelectorKind)
    levels = kind == SelectorKind.MANAGER and bool(name.strip())
    if levels and not re.fullmatch("[1-9]", name.strip()):
        raise ValueError(f"`{value}` does not say how far up; write manager, manager:2 or so.")
    if not known or (SelectorKind(kind) in _NAMED or levels) != bool(name.strip()):
        raise ValueError(
            f"`{value}` does not say who; write person:ID, group:ID, department:NAME, role:ROLE, "
            "on-call:SCHEDULE, everyone, manager, manager:2, system-owner, entitlement-owner or "
            "cost-centre-owner."
        )
    if kind == SelectorKind.ROLE and name not in set(Role):
        raise ValueError(f"there is no role `{name}`{closest(name, list(Role))}")
    return Selector(SelectorKind(kind), name.strip())


def _settings(settings: dict[str, str]) -> dict[str, str]:
    for key, value in settings.items():
        if key.endswith("_from") and not _SETTING.fullmatch(value):
            raise ValueError(
                f"`{key}` is the name of a setting, in capitals, e.g. `LEDGER_URL`; "
                "what it holds may be a secret and is never written here."
            )
    return settings


def _day(value: object) -> object:
    return _iso(date, value, "a day", "2026-12-31") if isinstance(value, str) else value


def _clock(value: object) -> object:
    return _iso(time, value, "a time of day", '"09:00"') if isinstance(value, str) else value


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    read = _iso(datetime, value, "an instant", "2026-11-23T09:00+01:00")
    if read.tzinfo is None:
        raise ValueError(f"`{value}` does not say in which zone; write e.g. {value}Z for UTC.")
    return read


def _iso(kind: type[Iso], text: str, noun: str, example: str) -> Iso:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not {noun}; write e.g. {example}.") from None


def _weekday(value: object) -> object:
    if value not in WEEKDAYS:
        raise ValueError(f"`{value}` is not a day of the week; write {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(str(value)) + 1


Iso = TypeVar("Iso", date, time, datetime)

Line: TypeAlias = Annotated[str, AfterValidator(_line)]
Id: TypeAlias = Annotated[str, AfterValidator(check_id)]
Duration: TypeAlias = Annotated[timedelta, BeforeValidator(_duration)]
Who: TypeAlias = Annotated[InstanceOf[Selector], BeforeValidator(_selector)]
Some: TypeAlias = Annotated[list[Who], Field(min_length=1)]
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
Clock: TypeAlias = Annotated[time, BeforeValidator(_clock)]
Instant: TypeAlias = Annotated[datetime, BeforeValidator(_instant)]
Weekday: TypeAlias = Annotated[int, BeforeValidator(_weekday)]
Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]


class Shape(BaseModel):
    """Strict and closed: a misspelt key is a problem, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PersonShape(Shape):
    """An item of `people`."""

    name: Line
    title: Line
    email: Annotated[str, Field(pattern=r"^(?:[^@\s]+@[^@\s]+)?$", max_length=254)] = ""
    department: Line | None = None
    employment: Line | None = None
    manager: Id | None = None
    cost_centre: Id | None = None
    active: bool = True
    zone: Zone = "UTC"
    platforms: dict[str, Line] = {}
    accounts: dict[str, Line] = {}


class CostCentreShape(Shape):
    """An item of `cost_centres`."""

    name: Line
    owner: Id


class GroupShape(Shape):
    """An item of `groups`."""

    name: Line
    people: Annotated[list[Id], Field(min_length=1)]


class SystemShape(Shape):
    """An item of `systems`."""

    name: Line
    connector: Line
    owner: Id
    account_pattern: Annotated[Line, AfterValidator(_account_pattern)] = "{person}"
    environment: Line | None = None
    settings: Annotated[dict[str, Line], AfterValidator(_settings)] = {}


class ConditionShape(Shape):
    """When a part of a policy counts, for the bot and for people."""

    if_: Annotated[Line, Field(alias="if")]
    because: Line


class RouteShape(Shape):
    """Another chain, where a condition holds."""

    when: ConditionShape
    chain: Id


class DurationShape(Shape):
    """How long an entitlement may be held at a time."""

    min: Duration = timedelta(minutes=15)
    default: Duration
    max: Duration


class ReasonShape(Shape):
    """What a justification must name, and an example that does."""

    pattern: Annotated[str, AfterValidator(check_pattern)]
    example: Line

    @model_validator(mode="after")
    def _example_fits(self) -> Self:
        if not re.search(self.pattern, self.example):
            raise ValueError(f"the example `{self.example}` does not fit the pattern.")
        return self


class TicketShape(ReasonShape):
    """Which ticket a justification must name, and what must be true of it."""

    source: Id
    own: bool = True
    fits: bool = True


class TicketSourceShape(Shape):
    """An item of `tickets`."""

    name: Line
    kind: Line
    settings: Annotated[dict[str, Line], AfterValidator(_settings)] = {}


class RateShape(Shape):
    """So many times within a length of time."""

    times: Annotated[int, Field(ge=1)]
    within: Duration


class LimitsShape(Shape):
    """How much of an entitlement one person, and how many people, may have."""

    requests: RateShape | None = None
    holders: Annotated[int, Field(ge=1)] | None = None
    after_denial: Duration | None = None


class CompanyLimitsShape(Shape):
    """How much one person may have of everything together, and how long one may stand in."""

    pending: Annotated[int, Field(ge=1)] | None = None
    delegation: Duration = DELEGATION_MAX


class ExtendShape(Shape):
    """How access may go on: which stages decide that, and how often."""

    stages: Literal["all", "last"] = "all"
    times: Annotated[int, Field(ge=0, le=100)] = 1


class EntitlementShape(Shape):
    """An item of `entitlements`."""

    name: Line
    description: Annotated[str, Field(max_length=1000)] = ""
    system: Id
    resource: Line
    permission: Line
    owner: Id
    tier: Annotated[int, Field(ge=1, le=3)]
    chain: Id
    duration: DurationShape
    requestable_by: Some
    functions: list[Id] = []
    routes: list[RouteShape] = []
    data: list[Line] = []
    reason: ReasonShape | None = None
    ticket: TicketShape | None = None
    breakglass: Id | None = None
    limits: LimitsShape = LimitsShape()
    extend: ExtendShape = ExtendShape()


class ClosingShape(Shape):
    """Who looks at a use of break-glass once it is over."""

    by: Some
    within: Duration
    escalate: list[Who] = []


class BreakglassShape(Shape):
    """An item of `breakglass`: access that is given first and decided afterwards."""

    name: Line
    by: Some
    max: Duration
    incident: Annotated[str, AfterValidator(check_pattern)]
    example: Line
    chain: Id
    closing: ClosingShape
    open_max: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _example_fits(self) -> Self:
        if not re.search(self.incident, self.example):
            raise ValueError(f"the example `{self.example}` does not fit the pattern.")
        return self


class RuleShape(Shape):
    """An item of `rules`."""

    name: Line
    functions: list[Id]
    against: list[Id] = []
    mode: Literal["block", "alert"] = "block"


class HoursShape(Shape):
    """When people work."""

    days: Annotated[list[Weekday], Field(min_length=1)]
    from_: Annotated[Clock, Field(alias="from")]
    until: Clock


class FreezeShape(Shape):
    """An item of `freezes`; both days included."""

    name: Line
    from_: Annotated[Day, Field(alias="from")]
    until: Day


class ShiftShape(Shape):
    """One time on call."""

    person: Id
    from_: Annotated[Instant, Field(alias="from")]
    until: Instant


class RotationShape(Shape):
    """One person after the other, each for as long."""

    people: Annotated[list[Id], Field(min_length=1)]
    from_: Annotated[Instant, Field(alias="from")]
    each: Duration


class ScheduleShape(Shape):
    """An item of `schedules`: who is on call."""

    name: Line
    zone: Zone | None = None
    shifts: list[ShiftShape] = []
    rotation: RotationShape | None = None


class ChannelsShape(Shape):
    """Where each request gets its thread, and where alarms go, per platform."""

    audit: Annotated[dict[str, Line], Field(min_length=1)]
    admin: Annotated[dict[str, Line], Field(min_length=1)]


class RolesShape(Shape):
    """Who may do what with the bot itself."""

    admin: Some
    compliance: Some
    approver: Some
