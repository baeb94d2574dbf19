"""What a new configuration changes, in sentences that an admin reads before saying yes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias, TypeVar

from adapters.company.durations import write
from adapters.company.spelling import spell
from engine.model.calendar import Calendar
from engine.model.company import (
    Breakglass,
    Chain,
    Company,
    CostCentre,
    Entitlement,
    Group,
    Person,
    SodRule,
    System,
)
from engine.model.rules.limits import UNLIMITED
from engine.model.rules.sod import SodMode
from engine.model.rules.ticket import TicketSource

Key = TypeVar("Key", bound=str)
Item: TypeAlias = (
    Person | Group | CostCentre | System | Entitlement | Chain | SodRule | Breakglass | TicketSource
)

_LABELS = {
    "account_pattern": "pattern of logins",
    "accounts": "logins",
    "breakglass": "break-glass",
    "by": "who may break the glass",
    "duration_default": "default duration",
    "duration_max": "longest duration",
    "duration_min": "shortest duration",
    "extend": "how it may be extended",
    "functions": "functions",
    "incident_example": "example of an incident",
    "incident_pattern": "pattern of an incident",
    "open_max": "break-glass not closed, at most",
    "platforms": "chat accounts",
    "reason_pattern": "pattern of the justification",
    "reason_example": "example of a reference",
    "requestable_by": "who may request",
    "zone": "time zone",
}
"""Fields that are not called by their own name."""


@dataclass(frozen=True, slots=True)
class _Section:
    """The items of one kind, before and after."""

    noun: str
    old: Sequence[Item]
    new: Sequence[Item]


def difference(old: Company | None, new: Company) -> list[str]:
    """Say what changes from `old` to `new`, one sentence each; empty where nothing does.

    The order is fixed: name, channels, roles, calendar, then people, groups, cost centres, systems,
    entitlements, chains, rules, break-glass and ticket systems, each by id. `old` is None where
    there is none.
    """
    before = old or _NOTHING
    said = list(_top(before, new))
    for section in _sections(before, new):
        said.extend(_items(section))
    return said


_NOTHING = Company("", (), (), {}, (), (), (), (), {}, {})


def _top(old: Company, new: Company) -> Iterator[str]:
    if old.name != new.name:
        yield f"The company's name {_change(old.name, new.name)}."
    yield from _keys("audit channel", old.audit_channels, new.audit_channels)
    yield from _keys("admin channel", old.admin_channels, new.admin_channels)
    yield from _keys("role", old.roles, new.roles)
    if old.pending_max != new.pending_max:
        change = _change(old.pending_max, new.pending_max)
        yield f"The most requests that wait for one person {change}."
    if old.delegation_max != new.delegation_max:
        change = _change(old.delegation_max, new.delegation_max)
        yield f"The longest delegation {change}."
    yield from _time(old.calendar, new.calendar)


def _time(old: Calendar, new: Calendar) -> Iterator[str]:
    if old.zone != new.zone:
        yield f"The calendar's time zone {_change(old.zone, new.zone)}."
    if old.hours != new.hours:
        yield f"The business hours {_change(old.hours, new.hours)}."
    before, after = ({f.id: f for f in calendar.freezes} for calendar in (old, new))
    yield from _keys("freeze", before, after)
    yield from _keys("schedule", old.schedules, new.schedules)


def _keys(noun: str, old: Mapping[Key, object], new: Mapping[Key, object]) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield f"The {noun} {key} {_change(old.get(key), new.get(key))}."


def _sections(old: Company, new: Company) -> tuple[_Section, ...]:
    return (
        _Section("Person", old.people, new.people),
        _Section("Group", old.groups, new.groups),
        _Section("Cost centre", old.cost_centres, new.cost_centres),
        _Section("System", old.systems, new.systems),
        _Section("Entitlement", old.entitlements, new.entitlements),
        _Section("Chain", old.chains, new.chains),
        _Section("Rule", old.sod_rules, new.sod_rules),
        _Section("Break-glass", old.breakglass, new.breakglass),
        _Section("Ticket system", old.ticket_sources, new.ticket_sources),
    )


def _items(section: _Section) -> Iterator[str]:
    old: dict[str, Item] = {item.id: item for item in section.old}
    new: dict[str, Item] = {item.id: item for item in section.new}
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            yield f"{section.noun} {name} is added: {_summary(after)}."
        elif after is None:
            yield f"{section.noun} {name} is removed."
        elif before is not None and before != after:
            yield from (f"{section.noun} {name}: {change}." for change in _fields(before, after))


def _fields(before: Item, after: Item) -> Iterator[str]:
    for field in fields(before):
        old: object = getattr(before, field.name)
        new: object = getattr(after, field.name)
        if old != new:
            label = _LABELS.get(field.name, field.name.replace("_", " "))
            yield f"{label} {_change(old, new)}"


def _summary(item: Item) -> str:  # noqa: PLR0911 - one line for each kind of item
    match item:
        case Person():
            return f"{item.name}, {item.title}"
        case Group():
            return f"{item.name}, with {spell(item.people)}"
        case CostCentre():
            return f"{item.name}, for which {item.owner} answers"
        case System():
            return f"{item.name}, by the connector {item.connector}"
        case Entitlement():
            return (
                f"{item.name}, {item.permission} on {item.resource} in {item.system}, "
                f"for {write(item.duration_max)} at most, approved by {item.chain}"
            )
        case Chain():
            return " → ".join(stage.name for stage in item.stages)
        case SodRule():
            return _apart(item)
        case Breakglass():
            return _emergency(item)
        case TicketSource():
            return f"{item.name}, of the kind {item.kind}"


def _apart(rule: SodRule) -> str:
    sides = f"{spell(rule.functions)} from {spell(rule.against)}" if rule.against else None
    alone = " (only reported)" if rule.mode is SodMode.ALERT else ""
    return f"{rule.name}, keeps apart {sides or spell(rule.functions)}{alone}"


def _emergency(rule: Breakglass) -> str:
    return (
        f"{rule.name}, by {spell(rule.by)}, for {write(rule.duration_max)} at most, approved "
        f"afterwards by {rule.chain}, closed by {spell(rule.closing)}"
    )


def _change(old: object, new: object) -> str:
    if old in _EMPTY:
        return f"is set to {spell(new)}"
    if new in _EMPTY:
        return f"is no longer {spell(old)}"
    return f"changes from {spell(old)} to {spell(new)}"


_EMPTY: tuple[object, ...] = (None, "", (), {}, UNLIMITED)
