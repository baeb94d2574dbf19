"""The keys that Teams signs with are known as soon as they are used, and nobody waits for them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.chat.teams.door import keys
from adapters.chat.teams.door.keys import BYTES_MAX, FAILED_AFTER, FRESH_FOR, UNKNOWN_AFTER, Keys
from tests.teams.fake_teams import FakeTeams, slow


@dataclass
class Clock:
    """A clock to turn."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Give seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give a clock."""
    return Clock()


@pytest.fixture
async def known(teams: FakeTeams, clock: Clock) -> AsyncIterator[Keys]:
    """Give what the bot knows of the keys."""
    made = Keys(teams.openid_url, clock)
    yield made
    await made.close()


def fetches(teams: FakeTeams) -> int:
    """Count the fetches."""
    return len(teams.calls_of("openid"))


async def test_a_key_is_found_by_its_name(known: Keys) -> None:
    """With what it may sign, and who signs with it."""
    key = await known.find("key-0")

    assert key is not None
    assert "msteams" in key.endorsements
    assert known.issuer == "https://api.botframework.com"


async def test_what_is_known_is_not_fetched_again(teams: FakeTeams, known: Keys) -> None:
    """Nor by many at once."""
    await asyncio.gather(*(known.find("key-0") for _ in range(20)))
    await known.find("key-0")

    assert fetches(teams) == 1


async def test_a_new_key_is_known_within_five_minutes(
    teams: FakeTeams, known: Keys, clock: Clock
) -> None:
    """As soon as it is used, if nobody has looked for one just before."""
    await known.find("key-0")
    teams.keys.rotate()
    clock.now += UNKNOWN_AFTER

    assert await known.find("key-1") is not None
    assert await known.find("key-0") is None


async def test_keys_that_nobody_has_are_not_looked_for_all_the_time(
    teams: FakeTeams, known: Keys, clock: Clock
) -> None:
    """Anybody can name one."""
    for number in range(50):
        assert await known.find(f"nobodys-{number}") is None
        clock.now += 1

    assert fetches(teams) == 1


async def test_what_is_known_is_used_while_the_server_is_away(
    teams: FakeTeams, known: Keys, clock: Clock
) -> None:
    """For as long as it takes."""
    await known.find("key-0")
    teams.go_away("keys")
    clock.now += FRESH_FOR + 1

    assert await known.find("key-0") is not None
    assert await known.find("key-1") is None


async def test_a_fetch_that_failed_is_tried_again_soon(
    teams: FakeTeams, known: Keys, clock: Clock
) -> None:
    """And not at once."""
    teams.go_away("keys")
    first = await known.find("key-0")
    teams.come_back()
    second = await known.find("key-0")
    clock.now += FAILED_AFTER

    third = await known.find("key-0")

    assert (first, second) == (None, None)
    assert third is not None


async def test_who_knows_the_key_does_not_wait_for_the_others(
    teams: FakeTeams, known: Keys, clock: Clock
) -> None:
    """They are fetched meanwhile."""
    await known.find("key-0")
    clock.now += FRESH_FOR + 1
    teams.order(slow(5), call="openid")

    async with asyncio.timeout(1):
        key = await known.find("key-0")

    assert key is not None


async def test_a_server_that_does_not_answer_is_given_up(
    teams: FakeTeams, known: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few seconds."""
    monkeypatch.setattr(keys, "FETCH_MAX", 0.1)
    teams.order(slow(5), call="openid")

    assert await known.find("key-0") is None


@pytest.mark.parametrize(("padding", "is_known"), [(50_000, True), (BYTES_MAX, False)])
async def test_what_comes_in_pieces_is_read_to_its_end(
    teams: FakeTeams, clock: Clock, *, padding: int, is_known: bool
) -> None:
    """Teams' keys are longer than what arrives at once; what is far too long is not taken."""

    async def keys_of(request: web.Request) -> web.StreamResponse:
        told = web.StreamResponse()
        await told.prepare(request)
        for piece in ('{"keys": [', *[" " * (padding // 50)] * 51, f"{published}]}}"):
            await told.write(piece.encode())
            await asyncio.sleep(0)
        return told

    async def metadata(request: web.Request) -> web.Response:
        return web.json_response({"issuer": "them", "jwks_uri": str(request.url / "keys")})

    real = teams.openid_url.replace("openidconfiguration", "keys")
    async with aiohttp.ClientSession() as session, session.get(real) as answer:
        published = json.dumps((await answer.json())["keys"])[1:-1]
    served = web.Application()
    served.add_routes([web.get("/meta", metadata), web.get("/meta/keys", keys_of)])
    async with TestServer(served) as server:
        known = Keys(str(server.make_url("/meta")), clock)
        found = await known.find("key-0")
        await known.close()

    assert (found is not None) == is_known
