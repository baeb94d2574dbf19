"""A web process that starts with Teams makes ready for it, and says at once what is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.settings import Settings
from bot.web import make_app
from bot.wiring import Parts
from tests.adapters.chat.teams.stage import until
from tests.teams.fake_teams import FakeTeams


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    """Give an organisation."""
    fake = FakeTeams()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def with_teams(teams: FakeTeams, environment: dict[str, str]) -> dict[str, str]:
    """Give the environment of an installation with Teams."""
    for name in [name for name in environment if name.startswith("JIT_PLAYGROUND")]:
        del environment[name]
    return environment | {
        "MICROSOFT_APP_ID": teams.app.id,
        "MICROSOFT_APP_PASSWORD": teams.app.secret,
        "MICROSOFT_APP_TENANT_ID": teams.app.tenant,
        "TEAMS_LOGIN_URL": teams.login_url,
        "TEAMS_OPENID_METADATA_URL": teams.openid_url,
        "TEAMS_SERVICE_HOSTS": teams.host,
        "TEAMS_SERVICE_URL": teams.service_url,
    }


async def _started(environment: dict[str, str]) -> web.AppRunner:
    runner = web.AppRunner(make_app(Parts(Settings.load(environment), "web")), shutdown_timeout=1)
    await runner.setup()
    return runner


async def test_it_signs_in_and_fetches_the_keys_before_anybody_waits(
    teams: FakeTeams, with_teams: dict[str, str]
) -> None:
    """So that the first press is answered as soon as any other."""
    with capture_logs() as logs:
        runner = await _started(with_teams)
        await until(lambda: teams.calls_of("token") and teams.calls_of("keys"))
        await runner.cleanup()

    assert not [line for line in logs if line["event"].startswith("teams.")]
    assert not teams.calls


async def test_what_is_wrong_is_in_the_log_at_once(
    teams: FakeTeams, with_teams: dict[str, str]
) -> None:
    """With the code and what to do, and without any secret; the process runs all the same."""
    teams.go_away("keys")
    wrong = with_teams | {"MICROSOFT_APP_PASSWORD": "of-yesterday-and-of-no-use"}

    with capture_logs() as logs:
        runner = await _started(wrong)
        await until(lambda: len([one for one in logs if one["event"].startswith("teams.")]) > 1)
        await runner.cleanup()

    told = {line["event"]: line for line in logs}
    assert "AADSTS7000215" in told["teams.not_signed_in"]["problem"]
    assert "doctor" in told["teams.not_signed_in"]["more"]
    assert "teams.keys_away" in told
    assert "yesterday" not in str(logs)


async def test_a_process_that_ends_at_once_leaves_nothing_behind(
    teams: FakeTeams, with_teams: dict[str, str]
) -> None:
    """Whatever it had begun."""
    teams.go_away()

    with capture_logs() as logs:
        await (await _started(with_teams)).cleanup()

    assert not [line for line in logs if line["log_level"] == "error"]
