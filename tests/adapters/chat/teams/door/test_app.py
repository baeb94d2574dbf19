"""What Teams signed is heard; whoever is not Teams learns nothing else, whatever they send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web

from adapters.chat.teams.door.app import BODY_MAX, BROKEN, TeamsParts, add_teams
from adapters.chat.teams.turn import Reply, Turn
from tests.adapters.chat.teams.door.opened import BODY, Door
from tests.teams.fake_teams import FORGERIES, FakeTeams
from tests.teams.fake_teams.keys import GENUINE
from tests.teams.fake_teams.world import Json
from tests.teams.sample_bot import AUDIT, JAMES, RIYA

JSON = {"Content-Type": "application/json"}


def genuine(teams: FakeTeams) -> dict[str, str]:
    """Give the headers of a genuine delivery."""
    return {**JSON, "Authorization": teams.keys.header(GENUINE, teams.service_url)}


def message(teams: FakeTeams) -> Json:
    """Give something that Riya wrote."""
    where = {"id": "a:1", "conversationType": "personal", "tenantId": teams.app.tenant}
    return {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": teams.service_url,
        "from": {"id": "29:1", "aadObjectId": RIYA.upper()},
        "recipient": teams.app.json(),
        "conversation": where,
        "channelData": {"tenant": {"id": teams.app.tenant}},
        "text": "mine",
    }


def press(teams: FakeTeams) -> Json:
    """Give a press of Riya's."""
    card = teams.organisation.put(teams.world.open_talk(RIYA), {})
    action = {"type": "Action.Execute", "verb": "say"}
    return teams.person(RIYA).act(card, action, {"says": "approve JIT-1"})


async def test_what_somebody_writes_is_heard(teams: FakeTeams, door: Door) -> None:
    """With who wrote it and where."""
    done = await teams.person(RIYA).types('request netsuite-gl 4h "Q4  close"')

    assert done is not None
    assert (done.status, done.body) == (200, "")
    turn = door.turn
    assert (turn.kind, turn.scope, turn.channel) == ("message", "personal", "")
    assert turn.text == 'request netsuite-gl 4h "Q4  close"'
    assert (turn.account, turn.mri) == (RIYA, teams.person(RIYA).mri)
    assert (turn.tenant, turn.service_url) == (teams.app.tenant, teams.service_url)


@pytest.mark.parametrize("after", [" ", "", "&nbsp;"])
async def test_what_is_written_in_a_channel_is_heard_without_the_call(
    teams: FakeTeams, door: Door, after: str
) -> None:
    """Whom it mentions is named by the id that only this bot knows."""
    riya, james = teams.person(RIYA), teams.person(JAMES)
    riya.after_mention = after

    await riya.types("show JIT-7 for @James Whitaker", AUDIT, picks=[james])

    turn = door.turn
    assert (turn.scope, turn.channel) == ("channel", AUDIT)
    assert turn.conversation.startswith(f"{AUDIT};messageid=")
    assert turn.text == f"show JIT-7 for <@{james.mri}|James Whitaker>"


async def test_what_was_formatted_is_heard_as_it_was_meant(teams: FakeTeams, door: Door) -> None:
    """Teams escapes it."""
    teams.person(RIYA).is_rich = True

    await teams.person(RIYA).types("request x 4h R&D <draft>")

    assert door.turn.text == "request x 4h R&D <draft>"


async def test_a_press_is_answered_in_its_acknowledgement(teams: FakeTeams, door: Door) -> None:
    """With plain JSON."""
    done = await teams.deliver.activity(press(teams))

    assert (done.status, done.json()) == (200, dict(BODY))
    assert (door.turn.kind, door.turn.name) == ("invoke", "adaptiveCard/action")
    assert door.turn.value["action"]["verb"] == "say"
    assert door.turn.reply_to


@pytest.mark.parametrize("kind", FORGERIES)
async def test_what_teams_did_not_sign_is_refused(teams: FakeTeams, door: Door, kind: str) -> None:
    """Every wrong kind by itself: 401, and nothing is heard."""
    teams.person(RIYA).envelope = FORGERIES[kind]

    done = await teams.person(RIYA).types("mine")

    assert done is not None
    assert (done.status, done.json()) == (401, {"error": "invalid request"})
    assert not door.turns


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"{", JSON),
        (b"[" * 100_000, JSON),
        (b'{"type": 1}', JSON),
        (b"x", {"Content-Type": "text/plain; charset=nonsense"}),
        (b"{}", {"Authorization": "Bearer " + "x" * 7_000}),
        (b"{}", {"Authorization": "Bearer ..", **JSON}),
        (b"{}", {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.x", **JSON}),
        (b"{}", {"Authorization": "Bearer W1tb.W1tb.W1tb", **JSON}),
        (b"{}", {"Authorization": "Bearer " + "W1tb" * 1_500 + ".e30.x", **JSON}),
    ],
)
async def test_no_stranger_makes_it_fail(
    teams: FakeTeams, door: Door, body: bytes, headers: dict[str, str]
) -> None:
    """Nothing is read before it is known whose it is."""
    done = await teams.deliver.raw(body, headers)

    assert done.status == 401
    assert not door.turns


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'"message"',
        b"\xff\xfe",
        b"{}",
        json.dumps({"type": "message", "conversation": "a:1", "serviceUrl": "x"}).encode(),
        json.dumps({"type": "message", "conversation": {"id": 7}, "serviceUrl": "x"}).encode(),
        json.dumps({"type": "message", "conversation": {"id": "a:1"}}).encode(),
        json.dumps({"type": ["message"], "conversation": {"id": "a:1"}}).encode(),
    ],
)
async def test_what_nobody_can_read_is_said_to_be_that(
    teams: FakeTeams, door: Door, body: bytes
) -> None:
    """Although it is signed."""
    done = await teams.deliver.raw(body, genuine(teams))

    assert done.status == 400
    assert not door.turns


@pytest.mark.parametrize(
    "odd",
    [
        {"timestamp": "yesterday"},
        {"entities": {}},
        {"entities": [7, {"type": "mention"}, {"type": "mention", "mentioned": 7, "text": "x"}]},
        {"entities": [{"type": "mention", "mentioned": {"id": 7}, "text": 7}]},
        {"value": "approve JIT-1"},
        {"text": {"text": "mine"}},
        {"attachments": "x"},
        {"type": "messageReaction"},
        {"deliveryMode": "expectReplies"},
    ],
)
async def test_odd_parts_of_what_is_signed_are_overlooked(
    teams: FakeTeams, door: Door, odd: Json
) -> None:
    """What is not needed cannot break anything."""
    done = await teams.deliver.activity(message(teams) | odd)

    assert done.status == 200
    assert door.turn.value == {}
    assert door.turn.account == RIYA


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"serviceUrl": "https://smba.evil.example/"}, 401),
        ({"serviceUrl": "http://169.254.169.254/"}, 401),
        ({"serviceUrl": ""}, 401),
        ({"serviceUrl": None}, 401),
        ({"channelId": "webchat"}, 401),
        ({"channelId": None}, 401),
    ],
)
async def test_an_address_that_is_not_teams_own_is_not_answered(
    teams: FakeTeams, door: Door, change: Json, status: int
) -> None:
    """Even where the token itself names it: our own would be sent there."""
    done = await teams.deliver.activity(message(teams) | change)

    assert done.status == status
    assert not door.turns


async def test_only_json_is_posted(teams: FakeTeams, door: Door) -> None:
    """In no other way, and as nothing else."""
    headers = genuine(teams)
    as_text = await teams.deliver.raw(b"{}", headers | {"Content-Type": "text/plain"})
    async with aiohttp.ClientSession() as session, session.get(teams.bot_url) as answer:
        got = answer.status

    assert (as_text.status, got) == (415, 405)


@pytest.mark.parametrize("says_how_long", [True, False])
async def test_a_body_of_a_megabyte_is_not_read(
    teams: FakeTeams, door: Door, says_how_long: bool
) -> None:
    """Whether or not it says beforehand how long it is."""
    whole = b"x" * (BODY_MAX + 100_000)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 50_000):
            yield whole[start : start + 50_000]

    sent = BytesIO(whole) if says_how_long else pieces()
    async with (
        aiohttp.ClientSession() as session,
        session.post(teams.bot_url, data=sent, headers=genuine(teams)) as answer,
    ):
        status = answer.status

    assert status == 413


async def test_whatever_breaks_behind_it_is_no_failure_of_its_own(
    teams: FakeTeams, door: Door
) -> None:
    """A press is answered with a sentence."""
    door.breaks = True

    said = await teams.person(RIYA).types("mine")
    pressed = await teams.deliver.activity(press(teams))

    assert said is not None
    assert (said.status, pressed.status) == (200, 200)
    assert pressed.json() == BROKEN


def test_a_bot_without_an_id_does_not_start() -> None:
    """Every token would be for it."""

    async def hear(_turn: Turn) -> Reply:
        return 200, None

    parts = TeamsParts(hear=hear, app_id="", openid_url="https://x.example/", service_hosts=())

    with pytest.raises(ValueError, match="MICROSOFT_APP_ID"):
        add_teams(web.Application(), parts)


async def test_many_at_once_are_let_in_with_one_fetch_of_the_keys(
    teams: FakeTeams, door: Door
) -> None:
    """Nobody fetches what somebody is fetching already."""
    riya = teams.person(RIYA)

    await asyncio.gather(*(riya.types(f"status JIT-{n}") for n in range(20)))

    assert len(door.turns) == 20
    assert len(teams.calls_of("keys")) <= 2  # the metadata and the keys


async def test_a_new_key_is_taken_as_soon_as_it_is_used(teams: FakeTeams, door: Door) -> None:
    """Where nobody looked for one a moment ago; the old one is let go of."""
    teams.keys.rotate()

    done = await teams.person(RIYA).types("mine")

    assert done is not None
    assert done.status == 200
