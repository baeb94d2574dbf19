"""Acme, grown: as many people as a benchmark wants, and things for each of them to hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters.company.read import read_company
from bot.wiring import known
from engine.model.company import Company, Entitlement, Person, Selector, SelectorKind
from engine.model.identifiers import ChainId, EntitlementId, PersonId, PlatformName, SystemId

ACME = Path(__file__).resolve().parent.parent.parent / "examples" / "acme"
PLAYGROUND = PlatformName("playground")

SYSTEM = SystemId("aws")
"""One of Acme's that the sandbox stands in for."""

THREE_STAGES = ChainId("finance-posting")
ONE_STAGE = ChainId("owner-only")

OWNER = PersonId("tomas.silva")
"""The owner of the system, who decides the only stage."""

STAGED = tuple(EntitlementId(f"staged-{number}") for number in (1, 2))
QUICK = tuple(EntitlementId(f"quick-{number}") for number in range(1, 6))
"""Decided by three people, and by one."""

REASON = "closing the quarter: the accruals of November are still to be posted"


def holder(number: int) -> PersonId:
    """Name one of the many."""
    return PersonId(f"holder-{number}")


def company(people: int) -> Company:
    """Give Acme with this many people more. Its own policies stay as they are."""
    acme = read_company(ACME, known())
    many = tuple(
        Person(
            id=holder(number),
            name=f"Holder {number}",
            title="Engineer",
            department="Engineering",
            platforms={PLAYGROUND: holder(number)},
        )
        for number in range(people)
    )
    things = (
        *(_entitlement(one, THREE_STAGES) for one in STAGED),
        *(_entitlement(one, ONE_STAGE) for one in QUICK),
    )
    return replace(acme, people=(*acme.people, *many), entitlements=(*acme.entitlements, *things))


def _entitlement(named: EntitlementId, chain: ChainId) -> Entitlement:
    return Entitlement(
        id=named,
        name=f"The {named} permission",
        system=SYSTEM,
        resource="aws/production",
        permission=named,
        owner=OWNER,
        tier=2,
        chain=chain,
        duration_default=timedelta(hours=4),
        duration_max=timedelta(hours=8),
        duration_min=timedelta(minutes=1),
        requestable_by=(Selector(SelectorKind.DEPARTMENT, "Engineering"),),
    )
