"""The connector's client and the Teams that it is made for: signing in, limits, what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.tokens import Tokens
from tests.teams.conftest import teams
from tests.teams.fake_teams import FakeTeams, writes_blocked
from tests.teams.sample_bot import AUDIT, JAMES, RIYA

__all__ = ["teams"]

HELLO = {"type": "message", "text": "hello"}


def _credentials(teams: FakeTeams) -> Credentials:
    app = teams.app
    return Credentials(
        app_id=app.id, tenant=app.tenant, login_url=teams.login_url, password=app.secret
    )


def _connector(teams: FakeTeams, credentials: Credentials) -> BotConnector:
    return BotConnector(Tokens(credentials), [teams.host])


@pytest.fixture
async def connector(teams: FakeTeams) -> AsyncIterator[BotConnector]:
    """Give the connector under test."""
    made = _connector(teams, _credentials(teams))
    yield made
    await made.close()


def _direct(teams: FakeTeams, account: str) -> str:
    return teams.world.open_talk(account).id


@pytest.mark.parametrize("where", ["app_service", "machine"])
async def test_a_managed_identity_speaks(
    teams: FakeTeams, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in Azure it runs."""
    for name, value in getattr(teams.login, where).items():
        monkeypatch.setenv(name, value)
    managed = replace(_credentials(teams), password="", is_managed=True)
    connector = _connector(teams, managed)

    sent = await connector.send(teams.service_url, _direct(teams, RIYA), HELLO)

    await connector.close()
    assert sent == teams.person(RIYA).chat()[-1].id


async def test_a_wrong_password_is_told_by_its_code(teams: FakeTeams) -> None:
    """With what to compare; and it is tried again later, since nothing was sent."""
    connector = _connector(teams, replace(_credentials(teams), password="outdated"))

    with pytest.raises(PlatformError, match=r"AADSTS7000215.*MICROSOFT_APP_ID") as failed:
        await connector.send(teams.service_url, _direct(teams, RIYA), HELLO)

    await connector.close()
    assert failed.value.retry_after is not None
    assert "outdated" not in str(failed.value)


async def test_a_token_that_was_taken_back_is_replaced(
    teams: FakeTeams, connector: BotConnector
) -> None:
    """One call was refused, and nobody noticed."""
    chat = _direct(teams, RIYA)
    await connector.send(teams.service_url, chat, HELLO)
    teams.login.revoke()

    await connector.send(teams.service_url, chat, HELLO)

    assert [call.status for call in teams.calls] == [201, 401, 201]
    assert len(teams.calls_of("token")) == 2


async def test_nothing_is_sent_faster_than_teams_allows(
    teams: FakeTeams, connector: BotConnector
) -> None:
    """Twenty at once, to two places: those that are too many wait for their turn."""
    teams.limits.is_on = True
    chats = [_direct(teams, account) for account in (RIYA, JAMES)]

    sent = await asyncio.gather(
        *(connector.send(teams.service_url, chat, HELLO) for chat in chats for _ in range(10))
    )

    assert len(set(sent)) == 20
    assert {call.status for call in teams.calls} == {201}


async def test_who_blocked_the_bot_is_gone_wherever_teams_hides_it(
    teams: FakeTeams, connector: BotConnector
) -> None:
    """The code stands in the text of a message that is JSON itself."""
    teams.order(writes_blocked(), call="send")

    with pytest.raises(Gone, match="MessageWritesBlocked"):
        await connector.send(teams.service_url, _direct(teams, RIYA), HELLO)


async def test_members_come_page_by_page(teams: FakeTeams, connector: BotConnector) -> None:
    """Everybody, once."""
    teams.connector.page = 1

    found = [one["aadObjectId"] async for one in connector.members(teams.service_url, AUDIT)]

    assert sorted(found) == sorted([RIYA, JAMES])
    assert len(teams.calls_of("members")) == 2
