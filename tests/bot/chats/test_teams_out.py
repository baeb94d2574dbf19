"""What goes out to Teams, from a worker's threads to people's chats."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.chat.cards import Card
from adapters.chat.platform import Place
from adapters.chat.teams.address import TEAMS, Address
from bot.chats.addresses import Book
from bot.loop import LoopThread
from bot.settings import Settings
from bot.wiring import Parts
from tests.teams.fake_teams import FakeTeams
from tests.teams.sample_bot import AUDIT, RIYA


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    """Give an organisation with somebody, and a channel, in a thread of its own."""
    fake = FakeTeams()
    fake.add_person(RIYA, "Riya Patel", upn="riya@acme.example")
    fake.add_channel(AUDIT, "jit-audit", members={RIYA})
    loop = LoopThread()
    loop.run(fake.start())
    yield fake
    loop.run(fake.stop())
    loop.stop()


@pytest.fixture
def teams_environment(environment: dict[str, str], teams: FakeTeams) -> dict[str, str]:
    """Give the environment of an installation with Teams."""
    kept = {name: value for name, value in environment.items() if "PLAYGROUND" not in name}
    return kept | {
        "MICROSOFT_APP_ID": teams.app.id,
        "MICROSOFT_APP_PASSWORD": teams.app.secret,
        "MICROSOFT_APP_TENANT_ID": teams.app.tenant,
        "TEAMS_LOGIN_URL": teams.login_url,
        "TEAMS_SERVICE_HOSTS": teams.host,
        "TEAMS_SERVICE_URL": teams.service_url,
    }


@pytest.fixture
def worker(teams_environment: dict[str, str]) -> Iterator[Parts]:
    """Give a worker's parts."""
    made = Parts(Settings.load(teams_environment), "worker")
    yield made
    made.close()


def test_a_worker_speaks_in_teams_where_it_is_switched_on(worker: Parts, teams: FakeTeams) -> None:
    """Signed in with the settings, in a channel and to a person, whose chat is kept for all."""
    platform = worker.platforms[TEAMS]

    root = worker.loop.run(platform.post(Place(channel=AUDIT), Card("Hello all"), "t1"))
    told = worker.loop.run(platform.post(Place(account=RIYA), Card("Hello you"), "t2"))

    assert teams.message(root) is not None
    assert teams.message(told) is not None
    written = worker.loop.run(Book(worker.work, TEAMS).find(RIYA))
    assert Address.read(written).conversation == told.partition("/")[0]


def test_whoever_is_switched_off_is_not_there(environment: dict[str, str]) -> None:
    """Nothing of it is made."""
    parts = Parts(Settings.load(environment), "worker")

    assert TEAMS not in parts.platforms
    parts.close()


def test_a_managed_identity_needs_no_secret(
    teams_environment: dict[str, str], teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine itself says who the bot is."""
    for name, value in teams.login.machine.items():
        monkeypatch.setenv(name, value)
    del teams_environment["MICROSOFT_APP_PASSWORD"]
    teams_environment["MICROSOFT_APP_TYPE"] = "UserAssignedMSI"
    parts = Parts(Settings.load(teams_environment), "worker")

    parts.loop.run(parts.platforms[TEAMS].post(Place(channel=AUDIT), Card("Hello"), "t1"))

    parts.close()
    assert len(teams.calls_of("managed_token")) == 1
