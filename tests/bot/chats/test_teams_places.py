"""Where people are in Teams when they speak: in channels, in groups, beside those in Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from adapters.chat.teams.address import TEAMS
from adapters.company.difference import difference
from bot.settings import Settings
from bot.web import make_app
from bot.wiring import Parts
from engine.model.identifiers import PersonId, PlatformName
from engine.workflow.apply_config import apply_config
from engine.workflow.look import company_now
from tests.adapters.chat.teams.stage import until
from tests.slack.fake_slack import FakeSlack
from tests.slack.fake_slack import plain as slack_plain
from tests.teams.fake_teams import FakeTeams, Message, Person
from tests.teams.looking import card_of

SLACK = PlatformName("slack")
RIYA = "0a4c1f5e-5b1c-4c39-9a4f-1d3c5e7a9b01"
BEN = "1b5d2a6f-6c2d-4d40-8b5a-2e4d6f8b0c12"
INGRID = "1b5d2a6f-6c2d-4d40-8b5a-2e4d6f8b0c14"
GUEST = "2c6e3b70-7d3e-4e51-9c6b-3f5e7a9c1d23"
AUDIT, SHARED = "19:audit@thread.tacv2", "19:with-a-bank@thread.tacv2"
TROIKA = "19:troika@thread.v2"
SLACK_RIYA, SLACK_CHANNEL = "U0RIYA", "C0AUDIT"

ACCOUNTS = {
    PersonId("riya.patel"): {TEAMS: RIYA, SLACK: SLACK_RIYA},
    PersonId("ben.okafor"): {TEAMS: BEN},
    PersonId("ingrid.solberg"): {TEAMS: INGRID},
}
ASKS = 'request netsuite-gl 4h "Q4 close, posting accruals"'


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    """Give an organisation with channels, one of them with a guest, and a group's chat."""
    fake = FakeTeams()
    for account, name in ((RIYA, "Riya Patel"), (BEN, "Ben Okafor"), (INGRID, "Ingrid Solberg")):
        fake.add_person(account, name)
    fake.add_person(GUEST, "A Guest", role="guest")
    fake.add_channel(AUDIT, "access-audit", members={RIYA, BEN, INGRID})
    fake.add_channel(SHARED, "with-a-bank", members={RIYA, INGRID, GUEST})
    fake.add_group_chat(TROIKA, "Troika", members={RIYA, BEN, INGRID})
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.violations


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """Give a workspace beside it."""
    fake = FakeSlack()
    fake.add_person(SLACK_RIYA, "riya.patel")
    fake.add_channel(SLACK_CHANNEL, "access-audit", members={SLACK_RIYA, fake.app.bot_user})
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.violations


@pytest.fixture
async def installed(
    teams: FakeTeams, slack: FakeSlack, parts: Parts, environment: dict[str, str]
) -> AsyncIterator[Parts]:
    """Give the web process of an installation with both, on one server."""
    company = company_now(parts.work).company
    people = tuple(
        replace(one, platforms=ACCOUNTS.get(one.id, one.platforms)) for one in company.people
    )
    channels = {TEAMS: AUDIT, SLACK: SLACK_CHANNEL}
    company = replace(company, people=people, audit_channels=channels, admin_channels={})
    apply_config(parts.work, company, applied_by="operator:test", difference=difference)
    secret = slack.app.signing_secret + "-of-enough-letters"
    slack.deliver.secret = secret
    kept = {name: one for name, one in environment.items() if "PLAYGROUND" not in name}
    kept |= {
        "MICROSOFT_APP_ID": teams.app.id,
        "MICROSOFT_APP_PASSWORD": teams.app.secret,
        "MICROSOFT_APP_TENANT_ID": teams.app.tenant,
        "TEAMS_LOGIN_URL": teams.login_url,
        "TEAMS_OPENID_METADATA_URL": teams.openid_url,
        "TEAMS_SERVICE_HOSTS": teams.host,
        "TEAMS_SERVICE_URL": teams.service_url,
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_SIGNING_SECRET": secret,
        "SLACK_API_URL": slack.api_url,
    }
    with_both = Parts(Settings.load(kept), "web")
    runner = web.AppRunner(make_app(with_both), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    teams.bot_url, slack.bot_url = f"{base}/api/messages", f"{base}/slack/events"
    yield with_both
    await runner.cleanup()


def plain(person: Person, message: Message) -> str:
    """Read a message as this person sees it."""
    card = person.card(message)
    return card_of(card).plain() if card else message.text


def bots(person: Person, where: str) -> list[Message]:
    """Give what the bot wrote in a channel or a group's chat, in threads, too."""
    there = person._seen(where).messages
    return [one for one in there if not one.author]


@pytest.mark.usefixtures("installed")
async def test_one_person_speaks_in_both_chats(teams: FakeTeams, slack: FakeSlack) -> None:
    """What was asked for in one is known in the other."""
    riya = teams.person(RIYA)

    await slack.person(SLACK_RIYA).types(f"/jit {ASKS}", SLACK_CHANNEL)
    await until(slack.person(SLACK_RIYA).ephemerals)
    await riya.types("mine")
    await until(riya.told)

    assert "JIT-1" in slack_plain(slack.person(SLACK_RIYA).ephemerals()[0])
    assert "JIT-1" in plain(riya, riya.told()[0])


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("where", [AUDIT, TROIKA])
async def test_what_is_said_among_others_is_answered_directly(teams: FakeTeams, where: str) -> None:
    """The others read that there is an answer, and not what it is."""
    riya = teams.person(RIYA)

    await riya.types("mine", where)
    await until(lambda: bots(riya, where))

    assert "You have asked for nothing yet" in plain(riya, riya.told()[0])
    [line] = bots(riya, where)
    assert line.text == "Riya, I answered in our chat."
    assert line.card is None


@pytest.mark.usefixtures("installed")
async def test_who_did_not_install_the_bot_reads_in_the_channel_how_to(teams: FakeTeams) -> None:
    """There is no way to write to them."""
    riya = teams.person(RIYA)
    riya.me.has_app = False

    await riya.types("mine", AUDIT)
    await until(lambda: bots(riya, AUDIT))

    [line] = bots(riya, AUDIT)
    assert "please add me in Teams" in line.text


@pytest.mark.usefixtures("installed")
async def test_the_record_is_not_shown_where_a_guest_reads_along(teams: FakeTeams) -> None:
    """Elsewhere it can be shared with everybody in the channel."""
    ingrid = teams.person(INGRID)

    await ingrid.types("audit who had netsuite-gl share", SHARED)
    await until(lambda: bots(ingrid, SHARED))
    await ingrid.types("audit who had netsuite-gl share", AUDIT)
    await until(lambda: bots(ingrid, AUDIT))

    assert "other organisations read this channel along" in plain(ingrid, ingrid.told()[0])
    [line] = bots(ingrid, SHARED)
    assert line.card is None
    [shown] = bots(ingrid, AUDIT)
    assert "Shared by Ingrid Solberg" in plain(ingrid, shown)


@pytest.mark.usefixtures("installed")
async def test_a_dashboard_that_is_looked_at_again_is_as_it_is_now(teams: FakeTeams) -> None:
    """It asks for itself."""
    riya = teams.person(RIYA)
    await riya.types("home")
    await until(riya.told)
    [home] = riya.told()
    before = plain(riya, home)

    await riya.types(ASKS)
    await until(lambda: len(riya.told()) == 2)
    await riya.looks_at(home)

    assert "JIT-1" not in before
    assert "JIT-1" in plain(riya, home)
    assert not riya.failures
