"""The doctor tries everything, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.loop import LoopThread
from bot.settings import Settings
from bot.watch.doctor import examine
from bot.wiring import Parts
from tests.slack.fake_slack import FakeSlack
from tests.teams.fake_teams import FakeTeams


def test_a_database_that_is_away_is_told_first(environment: dict[str, str]) -> None:
    """Nothing else can be tried without it, so nothing else is said."""
    away = environment | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

    findings = list(examine(Parts(Settings.load(away), "doctor")))

    assert [(f.what, f.ok) for f in findings] == [("database", False)]
    assert "DATABASE_URL" in findings[0].advice


def test_a_missing_company_is_told_with_its_command(empty_parts: Parts) -> None:
    """A fresh database lacks a configuration; the queue is tried all the same."""
    findings = {f.what: f for f in examine(empty_parts)}

    assert findings["database"].ok
    assert "config apply" in findings["configuration"].advice
    assert findings["queue"].ok


def test_each_target_system_is_tried(parts: Parts) -> None:
    """A system that cannot be reached is named, without its address."""
    findings = {f.what: f for f in examine(parts)}

    assert findings["system warehouse"].ok
    assert not findings["system ledger"].ok
    assert "127.0.0.1" not in str(findings["system ledger"])


def test_a_queue_that_is_away_is_no_disaster(parts: Parts, environment: dict[str, str]) -> None:
    """The advice says that access still ends."""
    away = environment | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    without = Parts(Settings.load(away), "doctor")

    findings = {f.what: f for f in examine(without)}
    without.close()

    assert not findings["queue"].ok
    assert "access still ends" in findings["queue"].advice


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """Give a Slack that runs in a thread of its own."""
    fake, loop = FakeSlack(), LoopThread()
    loop.run(fake.start())
    yield fake
    loop.run(fake.stop())
    loop.stop()


def test_slack_is_examined_where_it_is_switched_on(
    empty_parts: Parts, environment: dict[str, str], slack: FakeSlack
) -> None:
    """With its settings, and before there is a company; nothing of a secret is told."""
    chat = {name: "" for name in environment if name.startswith("JIT_PLAYGROUND")}
    chat |= {
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_SIGNING_SECRET": "not-what-slack-gives",
        "SLACK_API_URL": slack.api_url,
    }
    with_slack = Parts(Settings.load(environment | chat), "doctor")

    findings = {f.what: f for f in examine(with_slack)}
    with_slack.close()

    assert findings["Slack token"].ok
    assert not findings["Slack signing secret"].ok
    assert "Slack audit channel" not in findings
    told = "\n".join(map(str, findings.values()))
    assert slack.app.bot_token not in told
    assert "not-what-slack-gives" not in told
    assert not [f for f in examine(empty_parts) if f.what.startswith("Slack")]


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    """Give a Teams that runs in a thread of its own."""
    fake, loop = FakeTeams(), LoopThread()
    loop.run(fake.start())
    yield fake
    loop.run(fake.stop())
    loop.stop()


def test_teams_is_examined_where_it_is_switched_on(
    parts: Parts, environment: dict[str, str], teams: FakeTeams
) -> None:
    """With its settings and its address book; nothing of a secret is told."""
    chat = {name: "" for name in environment if name.startswith("JIT_PLAYGROUND")}
    chat |= {
        "MICROSOFT_APP_ID": teams.app.id,
        "MICROSOFT_APP_TENANT_ID": teams.app.tenant,
        "MICROSOFT_APP_PASSWORD": teams.app.secret,
        "JIT_TEAMS_LINK": "managed-email",
        "TEAMS_LOGIN_URL": teams.login_url,
        "TEAMS_OPENID_METADATA_URL": teams.openid_url,
        "TEAMS_SERVICE_URL": teams.service_url,
        "TEAMS_SERVICE_HOSTS": teams.host,
    }
    right, wrong = (
        Parts(Settings.load(environment | chat | changed), "doctor")
        for changed in ({}, {"MICROSOFT_APP_PASSWORD": "of-yesterday-and-of-no-use"})
    )

    well = {f.what: f for f in examine(right)}
    broken = {f.what: f for f in examine(wrong)}
    right.close()
    wrong.close()

    assert well["Teams sign-in"].ok
    assert well["Teams keys"].ok
    assert "channels.audit.teams" in well["Teams audit channel"].advice
    assert "Teams accounts" not in well
    assert broken["Teams sign-in"].advice.startswith("AADSTS7000215: ")
    told = "\n".join(map(str, [*well.values(), *broken.values()]))
    assert teams.app.secret not in told
    assert "yesterday" not in told
    assert not [f for f in examine(parts) if f.what.startswith("Teams")]
