"""The local chat knows the company as its files have it now."""

from __future__ import annotations

import psycopg2.extensions
import pytest

from adapters.chat.playground.identity import PLAYGROUND
from bot.chats.playground import SUGGESTIONS_MAX, _Company
from bot.wiring import Parts
from engine.workflow.look import company_now

RIYA = "riya.patel"


@pytest.fixture
def company(parts: Parts) -> _Company:
    """Give the example company as the chat sees it."""
    return _Company(parts)


async def test_everybody_with_an_account_is_there(parts: Parts, company: _Company) -> None:
    """People who left, or who have no account in this chat, cannot be chosen."""
    people = company_now(parts.work).company.people

    directory = await company.directory()

    expected = {person.platforms[PLAYGROUND] for person in people if person.active}
    assert {profile.account for profile in directory.people} == expected
    riya = directory.person(RIYA)
    assert riya is not None
    assert riya.name == "Riya Patel"


async def test_the_audit_channel_is_there(parts: Parts, company: _Company) -> None:
    """The channels that the configuration names are, beside a general one."""
    named = company_now(parts.work).company

    directory = await company.directory()

    keys = {channel.key for channel in directory.channels}
    assert keys >= {"#general"}
    for channels in (named.audit_channels, named.admin_channels):
        if name := channels.get(PLAYGROUND):
            assert directory.has_channel(f"#{name.removeprefix('#')}")


async def test_what_may_be_requested_is_completed(company: _Company) -> None:
    """Only what this person may ask for is offered, by any part of its name and in any case."""
    found = await company.suggest(RIYA, "request NetSuite")

    assert {suggestion.text for suggestion in found} >= {"netsuite-gl"}
    assert all("netsuite" in suggestion.text for suggestion in found)


async def test_what_may_not_be_requested_is_not_offered(company: _Company) -> None:
    """An accountant is not tempted by production."""
    everything = {s.text for s in await company.suggest(RIYA, "request ")}

    assert everything
    assert "aws-prod-read" not in everything
    assert len(everything) <= SUGGESTIONS_MAX


@pytest.mark.parametrize(
    ("account", "line"),
    [
        (RIYA, "request"),
        (RIYA, "request netsuite-gl 4"),
        (RIYA, "approve net"),
        (RIYA, ""),
        ("nobody.at.all", "request net"),
    ],
)
async def test_nothing_else_is_completed(company: _Company, account: str, line: str) -> None:
    """Another word, another place in the line, or a stranger: no suggestion, and no error."""
    assert not await company.suggest(account, line)


async def test_a_login_is_the_persons_own(company: _Company) -> None:
    """On the connector's server and database, and as nobody but the person."""
    address = await company.login(RIYA, "ledger")

    assert address is not None
    parts = psycopg2.extensions.parse_dsn(address)
    assert (parts["user"], parts["host"], parts["dbname"]) == ("riya_patel", "127.0.0.1", "ledger")


@pytest.mark.parametrize(
    ("account", "system"),
    [("nobody.at.all", "ledger"), (RIYA, "no-such-system"), (RIYA, "warehouse")],
)
async def test_there_is_no_login_elsewhere(company: _Company, account: str, system: str) -> None:
    """Strangers, unknown systems and systems without sessions have none."""
    assert await company.login(account, system) is None
