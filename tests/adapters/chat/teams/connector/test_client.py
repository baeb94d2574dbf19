"""The Bot Connector's calls, as they are on the wire: what goes out, and what is tried again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.connector import client as module
from adapters.chat.teams.connector.client import BotConnector, takes_files
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.tokens import Tokens
from tests.adapters.chat.teams.connector.wire import APP, SECRET, TENANT, Said, Wire

THREAD = "19:audit@thread.tacv2;messageid=1700"
IN_PATH = "19%3Aaudit%40thread.tacv2%3Bmessageid%3D1700"
HELLO = {"type": "message", "text": "a reason that nobody should read – жюри 🙂"}


@pytest.fixture
async def client(wire: Wire) -> AsyncIterator[BotConnector]:
    """Give the client under test."""
    credentials = Credentials(app_id=APP, tenant=TENANT, login_url=wire.entra, password=SECRET)
    made = BotConnector(Tokens(credentials), ["127.0.0.1"])
    yield made
    await made.close()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second try come soon."""
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)


# ── calls ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_message_goes_where_its_conversation_is(wire: Wire, client: BotConnector) -> None:
    """Its id is one piece of the path, whatever is in it; the activity is its whole body."""
    message = await client.send(wire.teams, THREAD, HELLO)

    (call,) = wire.calls
    assert message == "m1"
    assert (call.method, call.path) == ("POST", f"/emea/v3/conversations/{IN_PATH}/activities")
    assert call.json == HELLO
    assert call.headers["Content-Type"] == "application/json; charset=utf-8"
    assert call.token == "token-1"


async def test_the_other_calls_are_those_of_the_connector(wire: Wire, client: BotConnector) -> None:
    """Methods and paths of its REST API, version 3."""
    wire.say(201, {"id": "19:new;messageid=7", "activityId": "7"})
    created = await client.create(wire.teams, {"isGroup": True})
    await client.update(wire.teams, THREAD, "1:2/3", HELLO)
    await client.delete(wire.teams.rstrip("/"), "a:riya", "1:2")
    wire.say(200, {"id": "29:riya", "aadObjectId": "0f"})
    member = await client.member(wire.teams, "a:riya", "riya@acme.example")

    assert created == ("19:new;messageid=7", "7")
    assert member["id"] == "29:riya"
    assert [f"{call.method} {call.path}" for call in wire.calls] == [
        "POST /emea/v3/conversations",
        f"PUT /emea/v3/conversations/{IN_PATH}/activities/1%3A2%2F3",
        "DELETE /emea/v3/conversations/a%3Ariya/activities/1%3A2",
        "GET /emea/v3/conversations/a%3Ariya/members/riya%40acme.example",
    ]
    assert wire.calls[1].json == {**HELLO, "id": "1:2/3"}


async def test_members_are_read_page_by_page(wire: Wire, client: BotConnector) -> None:
    """As long as Teams says that there is more."""
    wire.say(200, {"members": [{"id": "1"}, {"id": "2"}], "continuationToken": "a&b"})
    wire.say(200, {"members": [{"id": "3"}]})

    found = [one["id"] async for one in client.members(wire.teams, "19:x@thread.tacv2")]

    assert found == ["1", "2", "3"]
    assert wire.calls[0].path.endswith("/pagedmembers?pageSize=200")
    assert wire.calls[1].path.endswith("?pageSize=200&continuationToken=a%26b")


@pytest.mark.parametrize("name", ["", ".", "..", "..."])
async def test_what_is_no_id_makes_no_path(wire: Wire, client: BotConnector, name: str) -> None:
    """Nothing is called that way."""
    with pytest.raises(Gone):
        await client.send(wire.teams, name, HELLO)
    with pytest.raises(Gone):
        await client.update(wire.teams, THREAD, name, HELLO)

    assert not wire.calls


# ── whom the token is for ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://smba.trafficmanager.net/",
        "https://127.0.0.1@evil.example/",
        "",
    ],
)
async def test_nothing_is_sent_to_strangers(wire: Wire, client: BotConnector, url: str) -> None:
    """Not even a token is fetched for it."""
    with pytest.raises(PlatformError, match="TEAMS_SERVICE_HOSTS") as failed:
        await client.send(url, THREAD, HELLO)

    assert not failed.value.may_have_arrived
    assert not wire.logins


async def test_no_redirect_is_followed(wire: Wire, client: BotConnector) -> None:
    """Nor is it an answer."""
    wire.say(307, None, Location=f"{wire.url}elsewhere")

    with pytest.raises(PlatformError, match="HTTP 307"):
        await client.send(wire.teams, THREAD, HELLO)

    assert len(wire.calls) == 1


async def test_a_token_that_is_not_accepted_is_renewed_once(
    wire: Wire, client: BotConnector
) -> None:
    """It was refused before anything was done, so even a post is tried again."""
    await client.send(wire.teams, THREAD, HELLO)
    wire.accepted = {"token-2"}

    await client.send(wire.teams, THREAD, HELLO)

    assert [call.token for call in wire.calls] == ["token-1", "token-1", "token-2"]


async def test_a_bot_that_is_not_accepted_says_what_to_compare(
    wire: Wire, client: BotConnector
) -> None:
    """And stops there: two calls, two tokens."""
    wire.accepted = {"none"}

    with pytest.raises(PlatformError, match="MICROSOFT_APP_ID") as failed:
        await client.send(wire.teams, THREAD, HELLO)

    assert (len(wire.calls), wire.tokens_given()) == (2, 2)
    assert not failed.value.may_have_arrived


# ── failing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [412, 429])
async def test_what_was_refused_for_now_is_tried_again(
    wire: Wire, client: BotConnector, status: int
) -> None:
    """Up to three times; each says when."""
    for _ in range(2):
        wire.say(status, {}, Retry_After="0")

    message = await client.send(wire.teams, THREAD, HELLO)

    assert message == "m3"
    assert len(wire.calls) == module.TRIES


async def test_it_is_not_tried_for_ever(wire: Wire, client: BotConnector) -> None:
    """The fourth time is the caller's."""
    for _ in range(4):
        wire.say(412, {}, Retry_After="0")

    with pytest.raises(PlatformError) as failed:
        await client.send(wire.teams, THREAD, HELLO)

    assert len(wire.calls) == module.TRIES
    assert not failed.value.may_have_arrived


async def test_a_thread_waits_as_long_as_it_was_told(wire: Wire, client: BotConnector) -> None:
    """For longer than a moment it is not even called; other threads go on."""
    wire.say(429, {}, Retry_After="30")
    with pytest.raises(PlatformError):
        await client.send(wire.teams, THREAD, HELLO)

    with pytest.raises(PlatformError) as failed:
        await client.send(wire.teams, "19:audit@thread.tacv2;messageid=2", HELLO)
    await client.send(wire.teams, "a:riya", HELLO)

    assert failed.value.retry_after is not None
    assert timedelta(seconds=25) < failed.value.retry_after <= timedelta(seconds=30)
    assert len(wire.calls) == 2


LOST = {
    "cut": Said(is_cut=True),
    "late": Said(201, {"id": "m"}, after=0.5),
    **{str(status): Said(status, {}, {"Retry-After": "0"}) for status in (500, 502, 503, 504)},
}
"""Ways in which a call may have been done, and nobody is told."""


@pytest.mark.parametrize("said", LOST.values(), ids=LOST)
async def test_a_post_that_may_have_arrived_is_left_to_the_caller(
    wire: Wire, client: BotConnector, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second one would double it."""
    monkeypatch.setattr(module, "CALL_MAX", 0.2)
    wire.next.append(said)

    with pytest.raises(PlatformError) as failed:
        await client.send(wire.teams, THREAD, HELLO)

    assert len(wire.calls) == 1
    assert failed.value.may_have_arrived
    assert failed.value.retry_after is not None
    _check_discreet(wire, failed.value)


@pytest.mark.parametrize("said", LOST.values(), ids=LOST)
async def test_an_edit_is_tried_again(
    wire: Wire, client: BotConnector, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice is as good as once."""
    monkeypatch.setattr(module, "CALL_MAX", 0.2)
    wire.next.append(said)

    await client.update(wire.teams, THREAD, "1", HELLO)

    assert len(wire.calls) == 2


async def test_a_slow_teams_is_not_tried_again_and_again(
    wire: Wire, client: BotConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that took its time was the last one."""
    monkeypatch.setattr(module, "CALL_MAX", 0.2)
    monkeypatch.setattr(module, "REPEAT_WITHIN", 0.1)
    wire.next += [Said(after=1.0)] * 3

    with pytest.raises(PlatformError):
        await client.update(wire.teams, THREAD, "1", HELLO)

    assert len(wire.calls) == 1


async def test_who_never_connected_did_nothing(wire: Wire, client: BotConnector) -> None:
    """Which is known for sure."""
    await client._tokens.token()
    await wire.stop()

    with pytest.raises(PlatformError) as failed:
        await client.send(wire.teams, THREAD, HELLO)

    assert failed.value.retry_after is not None
    assert not failed.value.may_have_arrived


@pytest.mark.parametrize(
    "body",
    ["<html>a proxy says: reason</html>", "[]", '"text"', "null", ""],
)
async def test_an_answer_that_is_no_object_is_no_message(
    wire: Wire, client: BotConnector, body: str
) -> None:
    """It was refused all the same, and nothing of it is quoted."""
    wire.say(403, body)

    with pytest.raises(Gone) as failed:
        await client.send(wire.teams, THREAD, HELLO)

    assert "reason" not in str(failed.value)
    _check_discreet(wire, failed.value)


async def test_what_was_taken_without_a_word_is_not_known_to_be_there(
    wire: Wire, client: BotConnector
) -> None:
    """Nobody could change it afterwards."""
    for _ in range(2):
        wire.say(202, {})

    for call in (client.send(wire.teams, THREAD, HELLO), client.create(wire.teams, {})):
        with pytest.raises(PlatformError) as failed:
            await call
        assert failed.value.may_have_arrived
        assert failed.value.retry_after is not None


async def test_typing_is_seen_and_has_no_id(wire: Wire, client: BotConnector) -> None:
    """It is no message."""
    wire.say(202, {})

    assert not await client.send(wire.teams, "a:riya", {"type": "typing"})


async def test_a_refusal_is_said_in_our_words(wire: Wire, client: BotConnector) -> None:
    """By its code, and by nothing else that Teams wrote."""
    wire.refuse(403, "MessageWritesBlocked")

    with pytest.raises(Gone, match="MessageWritesBlocked") as failed:
        await client.send(wire.teams, THREAD, HELLO)

    assert "Q4" not in str(failed.value)
    assert len(wire.calls) == 1
    _check_discreet(wire, failed.value)


def _check_discreet(wire: Wire, failed: PlatformError) -> None:
    for secret in ("token-1", SECRET, HELLO["text"], "19:audit", wire.url, "127.0.0.1"):
        assert secret not in str(failed) + repr(failed)
    assert failed.__cause__ is None


# ── files ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_file_is_put_where_its_receiver_agreed_to(wire: Wire, client: BotConnector) -> None:
    """The address is the secret: no token goes with it."""
    content = "who,why\nRiya,“Q4”\n".encode()

    await client.upload(f"{wire.url}drive/upload?key=a%2Fb", content)

    (call,) = wire.calls
    assert (call.method, call.path) == ("PUT", "/drive/upload?key=a%2Fb")
    assert call.body == content
    assert call.headers["Content-Range"] == f"bytes 0-{len(content) - 1}/{len(content)}"
    assert not call.token
    assert not wire.logins


async def test_a_file_that_is_not_taken_is_noticed(wire: Wire, client: BotConnector) -> None:
    """Refused, or failed; the address is not told."""
    wire.say(404)
    wire.say(503)

    with pytest.raises(Gone):
        await client.upload(f"{wire.url}drive/s3cret", b"x")
    with pytest.raises(PlatformError) as failed:
        await client.upload(f"{wire.url}drive/s3cret", b"x")

    assert "s3cret" not in str(failed.value)


@pytest.mark.parametrize(
    ("url", "takes"),
    [
        ("https://acme-my.sharepoint.com/personal/riya/upload?x=1", True),
        ("https://acme.sharepoint.us/upload", True),
        ("http://acme.sharepoint.com/upload", False),
        ("https://sharepoint.com.evil.example/upload", False),
        ("https://evilsharepoint.com/upload", False),
        ("https://acme.sharepoint.com@evil.example/", False),
        ("https://riya@acme.sharepoint.com/", False),
        ("https://acme.sharepoint.com:8443/", False),
        ("https://[acme.sharepoint.com/", False),
        ("", False),
    ],
)
def test_files_go_where_teams_keeps_files(url: str, takes: bool) -> None:
    """Whoever presses could name another address."""
    assert takes_files(url) is takes


async def test_a_strangers_address_takes_no_file(wire: Wire, client: BotConnector) -> None:
    """Nothing is sent."""
    with pytest.raises(PlatformError, match="none where Teams keeps files"):
        await client.upload("https://evil.example/upload", b"x")


async def test_closing_twice_is_fine(wire: Wire, client: BotConnector) -> None:
    """With calls before it, or without."""
    await asyncio.gather(*(client.send(wire.teams, f"a:{n}", HELLO) for n in range(3)))

    await client.close()
    await client.close()

    assert json.loads(wire.calls[0].body) == HELLO
