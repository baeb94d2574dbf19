"""Each item of a company as plain data, in the words of its files; what is usual is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from adapters.company.durations import write
from adapters.company.files import Plain
from adapters.company.shapes import WEEKDAYS, DurationShape
from engine.model.calendar import Freeze, Hours, Rotation, Schedule, Shift
from engine.model.company import (
    ALL,
    Chain,
    Condition,
    CostCentre,
    Entitlement,
    Group,
    PartRule,
    Person,
    StageRule,
    System,
)
from engine.model.rules.emergency import Breakglass, ClosingRule
from engine.model.rules.extending import WHOLE_CHAIN_ONCE, ExtendRule
from engine.model.rules.limits import UNLIMITED, Limits, Rate
from engine.model.rules.selector import Selector
from engine.model.rules.sod import SodMode, SodRule
from engine.model.rules.ticket import TicketRule, TicketSource

Item = dict[str, Plain]

Key = TypeVar("Key", bound=str)

_SHORTEST = DurationShape.model_fields["min"].default


def who(selectors: Iterable[Selector]) -> list[Plain]:
    """Write how a policy points at people."""
    return [f"{one.kind}:{one.name}" if one.name else str(one.kind) for one in selectors]


def some(**written: Plain) -> Item:
    """Leave out what is not said: None, empty texts, lists and maps."""
    return {
        key.rstrip("_"): value for key, value in written.items() if value not in (None, "", [], {})
    }


def words(texts: Iterable[str]) -> list[Plain]:
    """Write a list of texts."""
    return [str(text) for text in texts]


def names(texts: Mapping[Key, str]) -> Item:
    """Write a map of texts."""
    return {str(key): str(value) for key, value in texts.items()}


# ── people ──────────────────────────────────────────────────────────────────────────────────────


def person(one: Person) -> Item:
    """Write a person."""
    return some(
        name=one.name,
        title=one.title,
        department=one.department,
        employment=one.employment,
        manager=one.manager,
        cost_centre=one.cost_centre,
        email=one.email,
        zone=one.zone if one.zone != "UTC" else None,
        active=None if one.active else False,
        platforms=names(one.platforms),
        accounts=names(one.accounts),
    )


def group(one: Group) -> Item:
    """Write a group."""
    return {"name": one.name, "people": words(one.people)}


def cost_centre(one: CostCentre) -> Item:
    """Write a cost centre."""
    return {"name": one.name, "owner": one.owner}


# ── what may be requested ───────────────────────────────────────────────────────────────────────


def system(one: System) -> Item:
    """Write a system; a secret is named by its setting, as it was written."""
    return some(
        name=one.name,
        connector=one.connector,
        owner=one.owner,
        account_pattern=one.account_pattern if one.account_pattern != "{person}" else None,
        environment=one.environment,
        settings=names(one.settings),
    )


def entitlement(one: Entitlement) -> Item:
    """Write an entitlement."""
    shortest = write(one.duration_min) if one.duration_min != _SHORTEST else None
    longest, usual = write(one.duration_max), write(one.duration_default)
    reason = some(pattern=one.reason_pattern, example=one.reason_example)
    return some(
        name=one.name,
        description=one.description,
        system=one.system,
        resource=one.resource,
        permission=one.permission,
        owner=one.owner,
        tier=one.tier,
        chain=one.chain,
        routes=[{"when": condition(route.when), "chain": route.chain} for route in one.routes],
        duration=some(min=shortest, default=usual, max=longest),
        requestable_by=who(one.requestable_by),
        functions=words(one.functions),
        data=words(one.data),
        reason=reason,
        ticket=_ticket(one.ticket) if one.ticket else None,
        breakglass=one.breakglass,
        limits=_limits(one.limits) if one.limits != UNLIMITED else None,
        extend=_extend(one.extend) if one.extend != WHOLE_CHAIN_ONCE else None,
    )


def condition(one: Condition) -> Item:
    """Write when something counts."""
    return {"if": one.expression, "because": one.because}


def _ticket(rule: TicketRule) -> Item:
    return some(
        source=rule.source,
        pattern=rule.pattern,
        example=rule.example,
        own=None if rule.is_own else False,
        fits=None if rule.fits else False,
    )


def _limits(limits: Limits) -> Item:
    return some(
        requests=_rate(limits.requests) if limits.requests else None,
        holders=limits.holders,
        after_denial=write(limits.after_denial) if limits.after_denial is not None else None,
    )


def _rate(rate: Rate) -> Item:
    return {"times": rate.count, "within": write(rate.within)}


def _extend(rule: ExtendRule) -> Item:
    return {"stages": str(rule.stages), "times": rule.times}


# ── who decides, and what goes together ─────────────────────────────────────────────────────────


def chain(one: Chain) -> list[Plain]:
    """Write a chain."""
    return [_stage(stage) for stage in one.stages]


def _stage(stage: StageRule) -> Item:
    parts: list[Plain] = [{"name": part.name, **_group(part)} for part in stage.parts]
    alone = {} if parts else _group(stage.groups[0])
    when = condition(stage.when) if stage.when else None
    return some(name=stage.name, parts=parts, **alone, limit=write(stage.limit), when=when)


def _group(part: PartRule) -> Item:
    written = some(approvers=who(part.approvers), except_=who(part.barred))
    if part.quorum != 1:
        written["quorum"] = "all" if part.quorum == ALL else part.quorum
    return written


def rule(one: SodRule) -> Item:
    """Write a rule of segregation of duties."""
    return some(
        name=one.name,
        functions=words(one.functions),
        against=words(one.against),
        mode=str(one.mode) if one.mode is not SodMode.BLOCK else None,
    )


def emergency(one: Breakglass) -> Item:
    """Write a rule of emergencies."""
    return some(
        name=one.name,
        by=who(one.by),
        max=write(one.duration_max),
        incident=one.incident_pattern,
        example=one.incident_example,
        chain=one.chain,
        closing=_closing(one.closing),
        open_max=one.open_max if one.open_max != 1 else None,
    )


def _closing(closing: ClosingRule) -> Item:
    return some(by=who(closing.by), within=write(closing.within), escalate=who(closing.escalate))


def tickets(one: TicketSource) -> Item:
    """Write a ticket system."""
    return some(name=one.name, kind=one.kind, settings=names(one.settings))


# ── time ────────────────────────────────────────────────────────────────────────────────────────


def hours(one: Hours) -> Item:
    """Write the business hours."""
    return {
        "days": [WEEKDAYS[day - 1] for day in one.days],
        "from": one.begin.isoformat(),
        "until": one.end.isoformat(),
    }


def freeze(one: Freeze) -> Item:
    """Write the days of a freeze."""
    return {"name": one.name, "from": one.first.isoformat(), "until": one.last.isoformat()}


def schedule(one: Schedule) -> Item:
    """Write who is on call."""
    return some(
        name=one.name,
        zone=one.zone,
        shifts=[_shift(shift) for shift in one.shifts],
        rotation=_rotation(one.rotation) if one.rotation else None,
    )


def _shift(shift: Shift) -> Item:
    return {"person": shift.person, "from": _at(shift.begin), "until": _at(shift.end)}


def _rotation(turn: Rotation) -> Item:
    people, each = words(turn.people), write(turn.length)
    return {"people": people, "from": _at(turn.begin), "each": each}


def _at(instant: datetime) -> str:
    return instant.isoformat()
