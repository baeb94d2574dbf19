"""A whole company as plain data, section by section, in the words and the order of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeVar

from adapters.company.durations import write
from adapters.company.files import ALL_SECTIONS, Plain
from adapters.company.writing import items
from engine.model.company import Company
from engine.model.rules.limits import DELEGATION_MAX


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Thing = TypeVar("Thing", bound=_Named)


def sections(company: Company) -> Mapping[str, Plain]:
    """Write every section that says anything, so that reading them gives the same company."""
    calendar = company.calendar
    written: dict[str, Plain] = {
        "name": company.name,
        "channels": {
            "audit": items.names(company.audit_channels),
            "admin": items.names(company.admin_channels),
        },
        "roles": {str(role): items.who(by) for role, by in company.roles.items()},
        "limits": items.some(
            pending=company.pending_max,
            delegation=(
                write(company.delegation_max) if company.delegation_max != DELEGATION_MAX else None
            ),
        ),
        "people": _each(items.person, company.people),
        "groups": _each(items.group, company.groups),
        "cost_centres": _each(items.cost_centre, company.cost_centres),
        "systems": _each(items.system, company.systems),
        "entitlements": _each(items.entitlement, company.entitlements),
        "chains": _each(items.chain, company.chains),
        "functions": items.names(company.functions),
        "rules": _each(items.rule, company.sod_rules),
        "zone": calendar.zone if calendar.zone != "UTC" else None,
        "hours": items.hours(calendar.hours) if calendar.hours else None,
        "freezes": _each(items.freeze, calendar.freezes),
        "schedules": _each(items.schedule, calendar.schedules.values()),
        "breakglass": _each(items.emergency, company.breakglass),
        "tickets": _each(items.tickets, company.ticket_sources),
    }
    return {
        section: written[section] for section in ALL_SECTIONS if written[section] not in (None, {})
    }


def _each(
    writing: Callable[[Thing], dict[str, Plain] | list[Plain]], things: Iterable[Thing]
) -> dict[str, Plain]:
    return {thing.id: writing(thing) for thing in things}
