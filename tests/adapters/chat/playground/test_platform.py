"""The playground's platform tells failures apart. The rest is in tests/contracts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.chat.cards import Card
from adapters.chat.platform import Gone, Place, PlatformError
from adapters.chat.playground.platform import PlaygroundPlatform
from tests.adapters.chat.playground.stage import CHANNEL, TOKEN, Stage

PLACE = Place(channel=CHANNEL)


@pytest.fixture
async def answers() -> list[web.Response]:
    """Give the answers that the next calls get."""
    return []


@pytest.fixture
async def platform(answers: list[web.Response]) -> AsyncIterator[PlaygroundPlatform]:
    """Give the platform before a server that answers as told."""

    async def answer(_request: web.Request) -> web.Response:
        return answers.pop(0)

    app = web.Application()
    app.router.add_post("/playground/api/bot/{word}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        made = PlaygroundPlatform(f"http://127.0.0.1:{server.port}/", TOKEN)
        yield made
        await made.close()


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_failing_server_is_worth_another_try(
    platform: PlaygroundPlatform, answers: list[web.Response], status: int
) -> None:
    """It says after how long."""
    answers.append(web.Response(status=status))

    with pytest.raises(PlatformError) as failed:
        await platform.post(PLACE, Card("t"), "t1")

    assert failed.value.retry_after is not None


@pytest.mark.parametrize("status", [301, 400, 401, 403, 413])
async def test_a_refusal_is_told_with_its_number(
    platform: PlaygroundPlatform, answers: list[web.Response], status: int
) -> None:
    """It names neither the token nor the card, and is not `Gone`."""
    answers.append(web.Response(status=status, text=TOKEN, headers={"Location": "/"}))

    with pytest.raises(PlatformError) as failed:
        await platform.edit("1", Card("a secret reason"))

    assert not isinstance(failed.value, Gone)
    assert failed.value.retry_after is None
    assert TOKEN not in str(failed.value)
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"reference": 7}'])
async def test_an_answer_without_a_reference_is_an_error(
    platform: PlaygroundPlatform, answers: list[web.Response], body: str
) -> None:
    """Another server answers at that address: nothing is taken for posted."""
    answers.append(web.Response(text=body, content_type="application/json"))

    with pytest.raises(PlatformError):
        await platform.post(PLACE, Card("t"), "t1")


async def test_a_wrong_token_says_so(stage: Stage) -> None:
    """Which setting to look at, without its value."""
    await stage.start()
    platform = PlaygroundPlatform(stage.address, "another")

    with pytest.raises(PlatformError, match="refused the bot's token"):
        await platform.post(PLACE, Card("t"), "t1")

    await platform.close()


async def test_it_works_again_after_it_was_closed(stage: Stage) -> None:
    """A connection is made when one is needed."""
    await stage.start()
    platform = PlaygroundPlatform(stage.address, TOKEN)
    await platform.post(PLACE, Card("t"), "t1")
    await platform.close()

    reference = await platform.post(PLACE, Card("t"), "t2")

    assert reference == "2"
    await platform.close()
