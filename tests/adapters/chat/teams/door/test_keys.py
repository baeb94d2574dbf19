"""Keys are fetched when they are needed, while nobody waits, and not because strangers ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from adapters.chat.teams.door.keys import (
    FAILED_AFTER,
    FETCH_MAX,
    FRESH_FOR,
    ISSUERS,
    KEPT_FOR,
    UNKNOWN_AFTER,
    Keys,
)
from tests.adapters.chat.teams.door.listening import Listening
from tests.teams.fake_teams import FakeTeams, broken, slow
from tests.waiting import until_async

ISSUER = "https://api.botframework.com"


@dataclass
class Clock:
    """Time as a test has it."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """Tell it."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give the time."""
    return Clock()


@pytest.fixture
async def keys(teams: FakeTeams, clock: Clock) -> AsyncIterator[Keys]:
    """Give keys that were never fetched."""
    made = Keys(teams.openid_url, clock)
    yield made
    await made.close()


async def settled(keys: Keys) -> None:
    """Wait until nothing is being fetched."""

    async def is_idle() -> bool:
        return keys._fetching is None or keys._fetching.done()

    await until_async(is_idle)


def fetches(teams: FakeTeams) -> int:
    """Count the fetches, of both documents."""
    assert len(teams.calls_of("openid")) >= len(teams.calls_of("jwks"))
    return len(teams.calls_of("openid"))


async def test_a_key_is_known_with_what_it_may_sign(keys: Keys) -> None:
    """And with whose it is."""
    own, others = await keys.find("key-0"), await keys.find("key-for-others")

    assert own is not None
    assert others is not None
    assert own.issuer == ISSUER
    assert own.endorsements == {"msteams", "skype"}
    assert "msteams" not in others.endorsements


async def test_everybody_waits_for_one_fetch(teams: FakeTeams, keys: Keys) -> None:
    """At the beginning all come at once."""
    found = await asyncio.gather(*(keys.find("key-0") for _ in range(50)))

    assert None not in found
    assert fetches(teams) == 1


async def test_a_new_key_is_believed_within_minutes(
    teams: FakeTeams, keys: Keys, clock: Clock
) -> None:
    """The SDK does not look for a day. The one that is told no more is not believed any longer."""
    await keys.find("key-0")
    teams.keys.rotate()
    clock.now += UNKNOWN_AFTER

    found = await keys.find("key-1")

    assert UNKNOWN_AFTER <= 300
    assert found is not None
    assert await keys.find("key-0") is None


async def test_strangers_do_not_make_us_fetch(teams: FakeTeams, keys: Keys, clock: Clock) -> None:
    """Anybody can name a key: that is looked for once in a while, however many do."""
    await keys.find("key-0")
    for number in range(300):
        assert await keys.find(f"strangers-{number}") is None
        clock.now += 0.1

    assert fetches(teams) == 1
    clock.now += UNKNOWN_AFTER
    await asyncio.gather(*(keys.find(f"strangers-{number}") for number in range(300)))
    assert fetches(teams) == 2


async def test_what_is_known_is_looked_for_again_in_an_hour(
    teams: FakeTeams, keys: Keys, clock: Clock
) -> None:
    """A key that was withdrawn is believed no longer than that."""
    await keys.find("key-0")
    clock.now += FRESH_FOR - 1
    assert await keys.find("key-0") is not None
    await settled(keys)
    assert fetches(teams) == 1
    teams.keys.rotate()
    clock.now += 1

    await keys.find("key-0")
    await settled(keys)

    assert fetches(teams) == 2
    assert await keys.find("key-0") is None
    assert FRESH_FOR <= 3600


async def test_who_is_known_does_not_wait_for_a_fetch(
    teams: FakeTeams, keys: Keys, clock: Clock
) -> None:
    """It is time to look again, and the server is slow: that goes on beside."""
    await keys.find("key-0")
    clock.now += FRESH_FOR
    teams.order(slow(1.0), call="keys")
    began = time.monotonic()

    found = await keys.find("key-0")

    assert found is not None
    assert time.monotonic() - began < 0.5
    assert keys._fetching is not None
    assert not keys._fetching.done()
    await settled(keys)
    assert fetches(teams) == 2


async def test_what_is_known_goes_on_while_the_server_is_away(
    teams: FakeTeams, keys: Keys, clock: Clock
) -> None:
    """For a day, and not for ever: a key that was stolen is withdrawn there."""
    await keys.find("key-0")
    teams.go_away("keys")

    clock.now += KEPT_FOR - 1
    before = await keys.find("key-0")
    await settled(keys)
    clock.now += FAILED_AFTER
    after = await keys.find("key-0")

    assert before is not None
    assert after is None
    teams.come_back()
    clock.now += FAILED_AFTER
    assert await keys.find("key-0") is not None


async def test_what_failed_is_tried_again_soon_and_not_at_once(
    teams: FakeTeams, keys: Keys, clock: Clock
) -> None:
    """Whoever is away is not helped by everybody's asking."""
    teams.order(broken(503), call="openid", times=2)

    assert await keys.find("key-0") is None
    assert await keys.find("key-0") is None
    assert fetches(teams) == 1
    clock.now += FAILED_AFTER
    assert await keys.find("key-0") is None
    clock.now += FAILED_AFTER
    assert await keys.find("key-0") is not None
    assert fetches(teams) == 3


async def test_a_server_that_hangs_is_given_up(
    teams: FakeTeams, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Teams itself waits fifteen seconds at most."""
    monkeypatch.setattr("adapters.chat.teams.door.keys.FETCH_MAX", 0.2)
    teams.order(slow(5.0), call="jwks")
    began = time.monotonic()

    found = await keys.find("key-0")

    assert found is None
    assert time.monotonic() - began < 2
    assert FETCH_MAX <= 5


async def test_fetching_never_stops_the_loop(
    teams: FakeTeams, bot: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are answered on it meanwhile: Slack's have three seconds."""
    await settled_door(bot)
    monkeypatch.setattr("adapters.chat.teams.door.keys.UNKNOWN_AFTER", 0.0)
    teams.keys.rotate()
    teams.order(slow(0.5), call="openid")
    pulse = Pulse()

    done = await bot.tell(bot.activity())

    pulse.stop()
    assert done.status == 202
    assert done.seconds > 0.4
    # Far above what this takes on a busy machine, below what a call that blocks would.
    assert max(after - before for before, after in pairwise(pulse.seen)) < 0.3


class Pulse:
    """When the event loop had time for us."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.seen: list[float] = []
        self._beat()

    def _beat(self) -> None:
        self.seen.append(time.perf_counter())
        self._next = self._loop.call_later(0.005, self._beat)

    def stop(self) -> None:
        """Look for the last time."""
        self._next.cancel()
        self.seen.append(time.perf_counter())


async def settled_door(bot: Listening) -> None:
    """Let the door have its keys."""
    assert (await bot.tell(bot.activity())).status == 202


@pytest.mark.parametrize(
    "metadata",
    [
        [],
        {},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": 5},
        {"issuer": ISSUER, "jwks_uri": "http://keys.example/"},
        {"issuer": "https://sts.windows.net/x/", "jwks_uri": "{url}/keys"},
        {"issuer": ["https://api.botframework.com"], "jwks_uri": "{url}/keys"},
    ],
)
async def test_metadata_that_are_no_bot_connectors_are_not_believed(metadata: Any) -> None:  # noqa: ANN401 - any JSON
    """Nor is Entra's own, which others' tokens are signed with too."""
    assert await _found(metadata, {"keys": [GOOD]}) is None


GOOD = {"kty": "RSA", "kid": "a", "n": "AQAB" * 100, "e": "AQAB", "endorsements": ["msteams"]}


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        {"keys": {}},
        {"keys": [None, 3, {"kty": "EC", "kid": "a"}, {"kty": "oct", "kid": "a", "k": "eA"}]},
        {"keys": [{**GOOD, "n": 5}]},
        {"keys": [{**GOOD, "n": "!"}]},
        {"keys": [{**GOOD, "endorsements": None}]},
        {"keys": [{**GOOD, "kid": None}]},
        {"keys": [GOOD], "padding": "x" * 1_100_000},
    ],
)
async def test_keys_that_are_none_are_none(told: Any) -> None:  # noqa: ANN401 - any JSON
    """What is wrong with one does not matter to others."""
    metadata = {"issuer": ISSUER, "jwks_uri": "{url}/keys"}
    assert await _found(metadata, told) is None
    mixed = {"keys": [*(told.get("keys") or []), GOOD]} if isinstance(told, dict) else None
    if mixed:
        assert await _found(metadata, mixed) is not None


async def test_keys_do_not_come_over_an_open_line() -> None:
    """Whoever could change them on the way would be believed everything: nobody even asks."""
    metadata = {"issuer": ISSUER, "jwks_uri": "http://keys.example/"}

    with capture_logs() as logs:
        found = await _found(metadata, {"keys": [GOOD]})

    assert found is None
    assert [one["problem"] for one in logs] == [
        "the metadata does not say where the keys are, or not over TLS"
    ]


async def test_the_governments_cloud_has_an_issuer_of_its_own() -> None:
    """Its tokens are believed where its metadata are named, and only there."""
    metadata = {"issuer": "https://api.botframework.us", "jwks_uri": "{url}/keys"}

    found = await _found(metadata, {"keys": [GOOD]})

    assert found == "https://api.botframework.us"
    assert {ISSUER, found} == ISSUERS


async def test_what_comes_in_pieces_is_read_to_its_end() -> None:
    """Teams' keys are longer than what arrives at once."""
    many = [{**GOOD, "kid": f"older-{number}", "x5c": ["x" * 2_000]} for number in range(200)]

    found = await _found({"issuer": ISSUER, "jwks_uri": "{url}/keys"}, {"keys": [*many, GOOD]})

    assert found == ISSUER


async def _found(metadata: Any, told: Any) -> str | None:  # noqa: ANN401 - any JSON
    """Serve documents, and say whose the key is then."""

    async def answer_metadata(request: web.Request) -> web.Response:
        url = f"http://{request.host}"
        said = metadata
        if isinstance(metadata, dict) and isinstance(metadata.get("jwks_uri"), str):
            said = metadata | {"jwks_uri": metadata["jwks_uri"].replace("{url}", url)}
        return web.json_response(said)

    async def answer_keys(_request: web.Request) -> web.Response:
        return web.json_response(told)

    served = web.Application()
    served.router.add_get("/metadata", answer_metadata)
    served.router.add_get("/keys", answer_keys)
    runner = web.AppRunner(served)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    keys = Keys(f"http://127.0.0.1:{runner.addresses[0][1]}/metadata")
    found = await keys.find("a")
    await keys.close()
    await runner.cleanup()
    return found.issuer if found else None
