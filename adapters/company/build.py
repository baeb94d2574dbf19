"""Items as they are written become the engine's nouns; those that do not fit become problems.

Each item is looked at alone, so that one bad line never hides another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from adapters.company.approving import StageShape, stage_rule
from adapters.company.files import Plain, Where, Written
from adapters.company.problems import closest
from adapters.company.shapes import (
    BreakglassShape,
    ChannelsShape,
    CompanyLimitsShape,
    ConditionShape,
    CostCentreShape,
    EntitlementShape,
    FreezeShape,
    GroupShape,
    HoursShape,
    LimitsShape,
    Line,
    PersonShape,
    RolesShape,
    RuleShape,
    ScheduleShape,
    Shape,
    SystemShape,
    TicketShape,
    TicketSourceShape,
    Zone,
    check_id,
)
from engine.model.calendar import Calendar, Freeze, Hours, Rotation, Schedule, Shift
from engine.model.company import (
    Breakglass,
    Chain,
    ClosingRule,
    Company,
    Condition,
    CostCentre,
    Entitlement,
    Group,
    Person,
    Role,
    Route,
    SodRule,
    System,
)
from engine.model.identifiers import (
    AccountName,
    BreakglassId,
    ChainId,
    CostCentreId,
    EntitlementId,
    FreezeId,
    FunctionId,
    GroupId,
    PersonId,
    PlatformName,
    ScheduleId,
    SodRuleId,
    SystemId,
    TicketSourceId,
)
from engine.model.rules.extending import ExtendRule, ExtendStages
from engine.model.rules.limits import DELEGATION_MAX, Limits, Rate
from engine.model.rules.sod import SodMode
from engine.model.rules.ticket import TicketRule, TicketSource

T = TypeVar("T")

_PEOPLE = TypeAdapter(PersonShape)
_GROUPS = TypeAdapter(GroupShape)
_CENTRES = TypeAdapter(CostCentreShape)
_SYSTEMS = TypeAdapter(SystemShape)
_ENTITLEMENTS = TypeAdapter(EntitlementShape)
_CHAINS = TypeAdapter[list[StageShape]](Annotated[list[StageShape], Field(min_length=1)])
_RULES = TypeAdapter(RuleShape)
_FUNCTIONS = TypeAdapter[str](Line)
_NAME = TypeAdapter[str](Line)
_CHANNELS = TypeAdapter(ChannelsShape)
_ROLES = TypeAdapter(RolesShape)
_LIMITS = TypeAdapter(CompanyLimitsShape)
_ZONE = TypeAdapter[str](Zone)
_HOURS = TypeAdapter(HoursShape)
_FREEZES = TypeAdapter(FreezeShape)
_SCHEDULES = TypeAdapter(ScheduleShape)
_BREAKGLASS = TypeAdapter(BreakglassShape)
_TICKETS = TypeAdapter(TicketSourceShape)

NEEDED = ("people", "systems", "entitlements", "chains")
"""Sections without which there is nothing to ask for."""


def build(written: Written) -> Company:
    """Make a company of every item that fits. Adds problems for those that do not."""
    for section in NEEDED:
        if written.sections.get(section) in (None, {}) and section not in written.unread:
            written.say((section,), f"`{section}` is missing or empty.")
            written.unread.add(section)
    channels = _one(written, "channels", _CHANNELS)
    roles = _one(written, "roles", _ROLES)
    limits = _one(written, "limits", _LIMITS) if "limits" in written.sections else None
    return Company(
        name=_one(written, "name", _NAME) or "",
        people=tuple(_person(i, s) for i, s in _items(written, "people", _PEOPLE)),
        groups=tuple(_group(i, s) for i, s in _items(written, "groups", _GROUPS)),
        roles={role: tuple(getattr(roles, role)) for role in Role} if roles else {},
        systems=tuple(_system(i, s) for i, s in _items(written, "systems", _SYSTEMS)),
        entitlements=tuple(
            _entitlement(i, s) for i, s in _items(written, "entitlements", _ENTITLEMENTS)
        ),
        chains=tuple(_chain(i, s) for i, s in _items(written, "chains", _CHAINS)),
        sod_rules=tuple(_rule(i, s) for i, s in _items(written, "rules", _RULES)),
        audit_channels=_platforms(channels.audit) if channels else {},
        admin_channels=_platforms(channels.admin) if channels else {},
        calendar=_calendar(written),
        breakglass=tuple(_breakglass(i, s) for i, s in _items(written, "breakglass", _BREAKGLASS)),
        cost_centres=tuple(
            _cost_centre(i, s) for i, s in _items(written, "cost_centres", _CENTRES)
        ),
        ticket_sources=tuple(_tickets(i, s) for i, s in _items(written, "tickets", _TICKETS)),
        functions={FunctionId(i): name for i, name in _items(written, "functions", _FUNCTIONS)},
        pending_max=limits.pending if limits else None,
        delegation_max=limits.delegation if limits else DELEGATION_MAX,
    )


def _calendar(written: Written) -> Calendar:
    sections = written.sections
    hours = _one(written, "hours", _HOURS) if "hours" in sections else None
    schedules = (_schedule(i, s) for i, s in _items(written, "schedules", _SCHEDULES))
    return Calendar(
        zone=(_one(written, "zone", _ZONE) if "zone" in sections else None) or "UTC",
        freezes=tuple(_freeze(i, s) for i, s in _items(written, "freezes", _FREEZES)),
        hours=Hours(tuple(hours.days), hours.from_, hours.until) if hours else None,
        schedules={schedule.id: schedule for schedule in schedules},
    )


def _items(written: Written, section: str, adapter: TypeAdapter[T]) -> list[tuple[str, T]]:
    items = written.sections.get(section)
    if items is None:
        return []
    if not isinstance(items, dict):
        written.say((section,), f"`{section}` must be a map from ids, like `some-id:`.")
        written.unread.add(section)
        return []
    found = []
    for name, item in items.items():
        try:
            check_id(name)
        except ValueError as error:
            written.say((section, name), str(error))
        shape = _fit(written, adapter, item, where=(section, name))
        if shape is not None:
            found.append((name, shape))
    return found


def _one(written: Written, section: str, adapter: TypeAdapter[T]) -> T | None:
    if section not in written.sections:
        if section not in written.unread:
            written.say((section,), f"`{section}` is missing.")
        return None
    return _fit(written, adapter, written.sections[section], where=(section,))


def _fit(written: Written, adapter: TypeAdapter[T], item: Plain, *, where: Where) -> T | None:
    try:
        return adapter.validate_python(item)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            inside = tuple(part for part in detail["loc"] if part != "[key]")
            written.say((*where, *inside), _sentence(detail, str(where[0])))
        return None


# ── what pydantic found, in our words ───────────────────────────────────────────────────────────

_DURATION = "must be a length of time: 30m, 4h, 1h30m or 2d."

_SENTENCES: Mapping[str, str] = {
    "string_type": "must be text; put it in quotes if it looks like a number.",
    "int_type": "must be a whole number without quotes.",
    "bool_type": "must be true or false.",
    "list_type": "must be a list: one `- …` per line, or `[…, …]`.",
    "dict_type": "must be a map: `key: value` lines under it.",
    "model_type": "must be a map: `key: value` lines under it.",
    "too_short": "must not be empty.",
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "is_instance_of": "must be text such as `group:controllers` or `manager`.",
    "string_pattern_mismatch": "is not an e-mail address.",
}


def _sentence(detail: ErrorDetails, section: str) -> str:
    name = f"`{detail['loc'][-1] if detail['loc'] else section}`"
    match detail["type"]:
        case "missing":
            return f"{name} is missing."
        case "extra_forbidden":
            return f"{name} is not known here{_meant(detail['loc'], section)}"
        case "value_error":
            return str(detail["ctx"]["error"])
        case kind if kind in _SENTENCES:
            return f"{name} {_SENTENCES[kind]}"
        case _:
            return f"{name}: {detail['msg']}."


_SHAPES: Mapping[str, type[Shape]] = {
    "people": PersonShape,
    "groups": GroupShape,
    "cost_centres": CostCentreShape,
    "systems": SystemShape,
    "entitlements": EntitlementShape,
    "chains": StageShape,
    "rules": RuleShape,
    "channels": ChannelsShape,
    "limits": CompanyLimitsShape,
    "roles": RolesShape,
    "hours": HoursShape,
    "freezes": FreezeShape,
    "schedules": ScheduleShape,
    "breakglass": BreakglassShape,
    "tickets": TicketSourceShape,
}


def _meant(loc: Sequence[int | str], section: str) -> str:
    """Suggest a key of the shape in which an unknown one was found."""
    shape = _SHAPES[section]
    for part in loc[:-1]:
        inner = shape.model_fields[part].annotation if isinstance(part, str) else None
        shape = inner if isinstance(inner, type) and issubclass(inner, Shape) else shape
    return closest(str(loc[-1]), shape.model_fields)


# ── shapes to nouns ─────────────────────────────────────────────────────────────────────────────


def _person(name: str, shape: PersonShape) -> Person:
    return Person(
        id=PersonId(name),
        name=shape.name,
        title=shape.title,
        email=shape.email,
        department=shape.department or "",
        employment=shape.employment or "",
        manager=PersonId(shape.manager) if shape.manager else None,
        cost_centre=CostCentreId(shape.cost_centre) if shape.cost_centre else None,
        active=shape.active,
        zone=shape.zone,
        platforms=_platforms(shape.platforms),
        accounts={SystemId(s): AccountName(a) for s, a in shape.accounts.items()},
    )


def _cost_centre(name: str, shape: CostCentreShape) -> CostCentre:
    return CostCentre(CostCentreId(name), shape.name, PersonId(shape.owner))


def _group(name: str, shape: GroupShape) -> Group:
    return Group(GroupId(name), shape.name, tuple(PersonId(p) for p in shape.people))


def _system(name: str, shape: SystemShape) -> System:
    return System(
        id=SystemId(name),
        name=shape.name,
        connector=shape.connector,
        owner=PersonId(shape.owner),
        account_pattern=shape.account_pattern,
        environment=shape.environment or "",
        settings=dict(shape.settings),
    )


def _entitlement(name: str, shape: EntitlementShape) -> Entitlement:
    return Entitlement(
        id=EntitlementId(name),
        name=shape.name,
        description=shape.description,
        system=SystemId(shape.system),
        resource=shape.resource,
        permission=shape.permission,
        owner=PersonId(shape.owner),
        tier=shape.tier,
        chain=ChainId(shape.chain),
        duration_default=shape.duration.default,
        duration_max=shape.duration.max,
        duration_min=shape.duration.min,
        requestable_by=tuple(shape.requestable_by),
        functions=tuple(FunctionId(f) for f in shape.functions),
        routes=tuple(Route(_condition(r.when), ChainId(r.chain)) for r in shape.routes),
        data=tuple(shape.data),
        reason_pattern=shape.reason.pattern if shape.reason else "",
        reason_example=shape.reason.example if shape.reason else "",
        breakglass=BreakglassId(shape.breakglass) if shape.breakglass else None,
        limits=_limits(shape.limits),
        ticket=_ticket(shape.ticket) if shape.ticket else None,
        extend=ExtendRule(ExtendStages(shape.extend.stages), shape.extend.times),
    )


def _ticket(shape: TicketShape) -> TicketRule:
    source = TicketSourceId(shape.source)
    return TicketRule(source, shape.pattern, shape.example, is_own=shape.own, fits=shape.fits)


def _tickets(name: str, shape: TicketSourceShape) -> TicketSource:
    return TicketSource(TicketSourceId(name), shape.name, shape.kind, dict(shape.settings))


def _limits(shape: LimitsShape) -> Limits:
    rate = shape.requests
    asked = Rate(rate.times, rate.within) if rate else None
    return Limits(asked, shape.holders, shape.after_denial)


def _chain(name: str, stages: Sequence[StageShape]) -> Chain:
    return Chain(ChainId(name), tuple(stage_rule(stage) for stage in stages))


def _breakglass(name: str, shape: BreakglassShape) -> Breakglass:
    closing = shape.closing
    return Breakglass(
        id=BreakglassId(name),
        name=shape.name,
        by=tuple(shape.by),
        duration_max=shape.max,
        incident_pattern=shape.incident,
        incident_example=shape.example,
        chain=ChainId(shape.chain),
        closing=ClosingRule(tuple(closing.by), closing.within, tuple(closing.escalate)),
        open_max=shape.open_max,
    )


def _condition(shape: ConditionShape) -> Condition:
    return Condition(shape.if_, shape.because)


def _freeze(name: str, shape: FreezeShape) -> Freeze:
    return Freeze(FreezeId(name), shape.name, shape.from_, shape.until)


def _schedule(name: str, shape: ScheduleShape) -> Schedule:
    shifts = (Shift(PersonId(s.person), s.from_, s.until) for s in shape.shifts)
    turn = shape.rotation
    rotation = None
    if turn is not None:
        rotation = Rotation(tuple(PersonId(p) for p in turn.people), turn.from_, turn.each)
    return Schedule(ScheduleId(name), shape.name, tuple(shifts), rotation, shape.zone or "")


def _rule(name: str, shape: RuleShape) -> SodRule:
    return SodRule(
        SodRuleId(name),
        shape.name,
        tuple(FunctionId(f) for f in shape.functions),
        tuple(FunctionId(f) for f in shape.against),
        SodMode(shape.mode),
    )


def _platforms(written: Mapping[str, str]) -> Mapping[PlatformName, str]:
    return {PlatformName(platform): account for platform, account in written.items()}
