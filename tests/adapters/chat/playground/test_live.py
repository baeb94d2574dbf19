"""Everybody sees what is new, at once, once, and in order."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiohttp import ClientWebSocketResponse

from adapters.chat.playground import live
from adapters.chat.playground.memory import Draft
from tests.adapters.chat.playground.conftest import PageClient, bearer, saying
from tests.adapters.chat.playground.stage import JAMES, RIYA, Stage

CHANNEL = "#access-audit"


async def follow(page: PageClient, who: str, since: int = 0) -> ClientWebSocketResponse:
    """Connect as a browser does."""
    return await page.ws_connect("/playground/api/live", params={"as": who, "since": str(since)})


async def hear(socket: ClientWebSocketResponse) -> dict[str, Any]:
    """Wait for what is told next."""
    told: dict[str, Any] = await socket.receive_json(timeout=5)
    return told


def post(stage: Stage, token: str, place: str = CHANNEL) -> int:
    """Let the bot post, without ringing."""
    draft = Draft(place=place, author=None, token=token, card="{}")
    return stage.memory.post(draft).number


async def test_a_message_is_told_to_all_who_are_there(page: PageClient) -> None:
    """In every tab of everybody."""
    tabs = [await follow(page, who) for who in (RIYA, RIYA, JAMES)]

    await page.post("/playground/api/say", json=saying("Morning!"))

    for tab in tabs:
        (message,) = (await hear(tab))["messages"]
        assert message["text"] == "Morning!"


async def test_the_bots_post_and_edit_are_told(page: PageClient, outsider: PageClient) -> None:
    """The same message, in its new state."""
    tab = await follow(page, JAMES)
    card = {"title": "a", "tone": "waiting", "lines": [], "facts": [], "buttons": []}
    body = {"account": JAMES, "token": "t1", "card": card}

    posted = await outsider.post("/playground/api/bot/post", json=body, headers=bearer())
    reference = (await posted.json())["reference"]
    (first,) = (await hear(tab))["messages"]
    edit = {"reference": reference, "card": {**card, "title": "b"}}
    await outsider.post("/playground/api/bot/edit", json=edit, headers=bearer())
    (second,) = (await hear(tab))["messages"]

    assert (first["card"]["title"], second["card"]["title"]) == ("a", "b")
    assert first["id"] == second["id"]
    assert second["edited_at"] is not None


async def test_direct_messages_are_told_to_their_person_only(
    page: PageClient, stage: Stage
) -> None:
    """The next thing that somebody else hears is the next public one."""
    tab = await follow(page, RIYA)
    post(stage, "t1", place=f"@{JAMES}")

    await page.post("/playground/api/say", json=saying("Morning!"))

    (message,) = (await hear(tab))["messages"]
    assert message["place"] == CHANNEL


async def test_what_was_missed_comes_first_and_nothing_twice(
    page: PageClient, stage: Stage
) -> None:
    """A browser that was away names the last change that it saw."""
    post(stage, "t1")
    seen = stage.memory.last_change()
    missed = post(stage, "t2")

    tab = await follow(page, RIYA, seen)

    news = await hear(tab)
    assert [message["id"] for message in news["messages"]] == [missed]
    assert news["change"] == stage.memory.last_change()


async def test_a_long_absence_is_caught_up_with(page: PageClient, stage: Stage) -> None:
    """In pages, in order, without a gap."""
    numbers = [post(stage, f"t{n}") for n in range(230)]

    tab = await follow(page, RIYA)

    heard: list[int] = []
    while len(heard) < len(numbers):
        heard += [message["id"] for message in (await hear(tab))["messages"]]
    assert heard == numbers


async def test_reading_in_one_tab_is_told_to_the_persons_others(
    page: PageClient, stage: Stage
) -> None:
    """The badge goes away there, too; nobody else is told what one reads."""
    number = post(stage, "t1")
    tab = await follow(page, RIYA, stage.memory.last_change())

    await page.post("/playground/api/seen", json={"as": RIYA, "place": CHANNEL, "number": number})

    assert (await hear(tab))["readings"] == [{"place": CHANNEL, "number": number}]


async def test_what_another_process_wrote_is_seen_soon(
    page: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot ring our bell: the memory is looked at now and then."""
    monkeypatch.setattr(live, "_GLANCE_SECONDS", 0.02)
    tab = await follow(page, RIYA)

    number = post(stage, "t1")

    assert (await hear(tab))["messages"][0]["id"] == number


async def test_a_server_that_stops_says_goodbye(stage: Stage) -> None:
    """Browsers notice at once, and come back when there is one again."""
    await stage.start()
    origin = {"Origin": stage.address}
    async with aiohttp.ClientSession(headers=origin) as session:
        address = f"{stage.address}/playground/api/live?as={RIYA}&since=0"
        tab = await session.ws_connect(address)

        await stage.stop()

        goodbye = await tab.receive(timeout=5)
        assert goodbye.type is aiohttp.WSMsgType.CLOSE
        assert goodbye.data == aiohttp.WSCloseCode.GOING_AWAY


async def test_too_many_tabs_are_refused(page: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is far above what a workshop needs."""
    monkeypatch.setattr(live, "CONNECTIONS_MAX", 1)
    await follow(page, RIYA)

    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await follow(page, JAMES)

    assert refused.value.status == 503


async def test_nobody_in_particular_hears_nothing(page: PageClient) -> None:
    """A person who is not (any more) in the company has no connection."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await follow(page, "nobody.known")

    assert refused.value.status == 404
