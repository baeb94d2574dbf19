"""An installation where all is well: a Teams, two people who have the app, and two channels."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest

from adapters.chat.teams.address import TEAMS, Address
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.doctor import Patient
from engine.model.company import Company
from engine.model.identifiers import PersonId
from tests.adapters.chat.company import BEN, acme, with_people
from tests.adapters.chat.company import RIYA as RIYA_PATEL
from tests.teams.fake_teams import FakeTeams
from tests.teams.sample_bot import AUDIT, JAMES, RIYA

ADMIN = "19:admin@thread.tacv2"


class Known:
    """An address book that is a dictionary."""

    def __init__(self, addresses: Mapping[str, Address]) -> None:
        self.kept = {subject: address.write() for subject, address in addresses.items()}

    async def find(self, subject: str) -> str | None:
        """Give what was kept."""
        return self.kept.get(subject)

    async def keep(self, subject: str, written: str) -> None:
        """Refuse: who examines changes nothing."""
        raise AssertionError(subject)


def company(people: dict[PersonId, str] | None = None, **channels: str) -> Company:
    """Give a company that is in Teams: two people, two channels."""
    accounts = {RIYA_PATEL: RIYA, BEN: JAMES} if people is None else people
    named = with_people(
        acme(),
        tuple(
            replace(
                person,
                platforms={TEAMS: accounts[person.id]} if person.id in accounts else {},
                active=person.id in accounts,
            )
            for person in acme().people
        ),
    )
    return replace(
        named,
        audit_channels={TEAMS: channels.get("audit", AUDIT)},
        admin_channels={TEAMS: channels.get("admin", ADMIN)},
    )


def credentials(teams: FakeTeams) -> Credentials:
    """Give what the fake's own bot signs in with."""
    app = teams.app
    return Credentials(
        app_id=app.id, tenant=app.tenant, login_url=teams.login_url, password=app.secret
    )


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    """Give the organisation."""
    fake = FakeTeams()
    fake.add_person(RIYA, "Riya Patel", upn="riya@acme.example")
    fake.add_person(JAMES, "James Whitaker", upn="james@acme.example")
    fake.add_channel(AUDIT, "jit-audit", members={RIYA, JAMES})
    fake.add_channel(ADMIN, "jit-admin", members={RIYA})
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def patient(teams: FakeTeams) -> Patient:
    """Give the installation."""
    there = {
        account: Address(
            service_url=teams.service_url, conversation=teams.world.open_talk(account).id
        )
        for account in (RIYA, JAMES)
    }
    return Patient(
        credentials=credentials(teams),
        tenant=teams.app.tenant,
        openid_url=teams.openid_url,
        service_url=teams.service_url,
        service_hosts=[teams.host],
        book=Known(there),
        company=company(),
    )
