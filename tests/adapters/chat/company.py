"""The example company, as the chat's tests use it: with accounts on a chat of their own."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from adapters.company.read import read_company
from bot.wiring import known
from engine.model.company import Company, Person
from engine.model.identifiers import PersonId, PlatformName

ACME = Path(__file__).resolve().parents[3] / "examples" / "acme"
CHAT = PlatformName("playground")
RIYA, LIAM, BEN, MARTA = (
    PersonId(name) for name in ("riya.patel", "liam.murphy", "ben.okafor", "marta.kowalska")
)
AISHA, HELEN, INGRID = (
    PersonId(name) for name in ("aisha.farouk", "helen.moreau", "ingrid.solberg")
)
CARLOS, EMILY, HANNAH = (
    PersonId(name) for name in ("carlos.mendez", "emily.clarke", "hannah.schmidt")
)


@cache
def acme() -> Company:
    """Read the example company."""
    return read_company(ACME, replace(known(), platforms=frozenset({CHAT})))


AUDIT_CHANNEL = acme().audit_channels[CHAT]
ADMIN_CHANNEL = acme().admin_channels[CHAT]


def with_person(company: Company, person: PersonId, **changes: object) -> Company:
    """Give the company with one person changed."""
    changed = replace(company.person[person], **changes)  # type: ignore[arg-type] # by name
    return with_people(
        company, tuple(changed if known.id == person else known for known in company.people)
    )


def with_people(company: Company, people: tuple[Person, ...]) -> Company:
    """Give the company with other people."""
    return replace(company, people=people)
