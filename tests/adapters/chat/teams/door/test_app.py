"""Only Teams is heard, and whatever arrives is answered as it should be."""

from __future__ import annotations

import asyncio
import gzip
import json

import aiohttp
import pytest
from aiohttp import web

from adapters.chat.teams.door.app import BODY_MAX, BROKEN, TeamsParts, add_teams
from tests.adapters.chat.teams.door.listening import Listening
from tests.teams.fake_teams import FORGERIES, Envelope, FakeTeams
from tests.teams.sample_bot import AUDIT, JAMES, RIYA
from tests.waiting import until_async

DEEP = b'{"type": "message", "value": ' + b"[" * 100_000

HOSTILE: dict[str, bytes] = {
    "no JSON": b"{not json",
    "nothing": b"",
    "no object": b'["message"]',
    "no text": b"\xff\xfe\xfd",
    "nested too deeply": DEEP,
}
"""Bodies that nobody can read."""

NUMBERS = ["NaN", "Infinity", "-Infinity", "1" * 10_000, "0x10", "01"]
"""What is no number in JSON, or none that anybody needs."""

WRONG: dict[str, dict[str, object]] = {
    "a conversation that is a text": {"conversation": "19:x"},
    "a conversation without an id": {"conversation": {}},
    "an id that is a number": {"id": 7},
    "entities that are an object": {"entities": {"type": "mention"}},
    "a text that is a list": {"text": ["home"]},
    "a sender that is a list": {"from": []},
    "an account that is an object": {"from": {"aadObjectId": {}}},
    "channel data that are a text": {"channelData": "x"},
    "a tenant that is a text": {"channelData": {"tenant": "x"}},
    "no kind": {"type": None},
    "no address": {"serviceUrl": None},
    "an empty address": {"serviceUrl": ""},
    "an address that is a number": {"serviceUrl": 1},
    "half a character in an id": {"id": "f:\ud800"},
    "a control character in an id": {"id": "f:\x00"},
    "an id without an end": {"replyToId": "f" * 2_000},
}
"""What an activity never has, and the SDK stumbles over."""

UNUSED: dict[str, dict[str, object]] = {
    "a bad timestamp": {"timestamp": "yesterday", "localTimestamp": 5},
    "strange attachments": {"attachments": {"x": 1}},
    "a mention of nobody": {"entities": [{"type": "mention", "text": "<at>JIT</at>"}, 3, None]},
    "a value that is a text": {"value": "approve JIT-1"},
    "a name with half a character": {"from": {"id": "29:x", "name": "R\ud800\x00iya"}},
    "a locale that is not there": {"locale": None},
}
"""What is strange as well, and not needed for anything."""


async def test_what_teams_delivers_is_heard(bot: Listening, teams: FakeTeams) -> None:
    """Who, where and what; the status is that of whoever heard it."""
    done = await teams.person(RIYA).types("request netsuite-gl 4h")

    assert done is not None
    assert (done.status, done.body) == (202, "")
    turn = bot.turn
    assert (turn.kind, turn.text, turn.scope) == ("message", "request netsuite-gl 4h", "personal")
    assert (turn.account, turn.name_of, turn.tenant) == (RIYA, "Riya Patel", teams.app.tenant)
    assert turn.mri == teams.person(RIYA).mri
    assert turn.service_url == teams.service_url
    assert turn.activity_id == done.activity["id"]


async def test_an_invoke_is_answered_with_what_was_said(bot: Listening) -> None:
    """The SDK's own server breaks here."""
    told = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Ok"}
    bot.reply = (200, told)
    value = {"action": {"type": "Action.Execute", "verb": "say", "data": {"says": "home"}}}

    done = await bot.tell(bot.activity("invoke", name="adaptiveCard/action", value=value))

    assert (done.status, done.json()) == (200, told)
    assert done.answer_headers["content-type"].startswith("application/json")
    assert (bot.turn.name, bot.turn.value) == ("adaptiveCard/action", value)


@pytest.mark.parametrize("what", FORGERIES)
async def test_what_is_not_genuine_is_refused(bot: Listening, what: str) -> None:
    """Each with 401, and with nothing else; and nobody hears it."""
    done = await bot.teams.deliver.activity(bot.activity(), FORGERIES[what])

    assert (done.status, done.json()) == (401, {"error": "invalid request"})
    assert not bot.heard


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ..",
        "Bearer eyJhbGciOiJSUzI1NiJ9.e30.x",
        "Bearer W1tb.W1tb.W1tb",
        "Bearer " + "W1tb" * 1_500 + ".e30.x",
        "Bearer " + "x" * 7_500,
        "Bearer \u00e9.\u00e9.\u00e9",
        "bearer eyJhbGciOiJSUzI1NiIsImtpZCI6WyJrZXktMCJdfQ.e30.x",
        "Bearer eyJhbGciOlsiUlMyNTYiXSwia2lkIjoia2V5LTAifQ.e30.x",
    ],
)
async def test_no_stranger_makes_it_fail(bot: Listening, header: str) -> None:
    """A token is read before anybody is known: it may be anything."""
    done = await bot.tell(bot.activity(), Envelope(header=header))

    assert (done.status, done.json()) == (401, {"error": "invalid request"})
    assert not bot.heard


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Bearer:", "MSBearer"])
async def test_a_token_is_a_bearers(bot: Listening, scheme: str) -> None:
    """In no other scheme is it looked at."""
    genuine = bot.teams.keys.header(Envelope(), bot.teams.service_url)

    done = await bot.tell(bot.activity(), Envelope(header=genuine.replace("Bearer", scheme)))

    assert done.status == 401


@pytest.mark.parametrize(
    "issuer",
    [
        "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/",
        "https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0",
        "https://api.botframework.us",
        "https://api.botframework.com/",
        "",
    ],
)
async def test_no_emulator_and_no_other_cloud_is_believed(bot: Listening, issuer: str) -> None:
    """Even where the keys are right: their metadata say who makes what they sign."""
    done = await bot.tell(bot.activity(), Envelope(issuer=issuer))

    assert done.status == 401


async def test_a_clock_may_differ_by_five_minutes(bot: Listening) -> None:
    """And not by more, in either direction."""
    statuses = [
        (await bot.tell(bot.activity(), one)).status
        for one in (
            Envelope(age=3600 + 290),
            Envelope(age=-290),
            Envelope(age=3600 + 310),
            Envelope(age=-310),
        )
    ]

    assert statuses == [202, 202, 401, 401]


@pytest.mark.parametrize("body", [*HOSTILE.values()], ids=[*HOSTILE])
async def test_nothing_of_a_body_is_read_before_it_is_known_who_sent_it(
    bot: Listening, body: bytes
) -> None:
    """A stranger is told the same for every body; for Teams itself, it is one that is no good."""
    stranger = await bot.tell_raw(body, FORGERIES["with an unknown key"])
    signed = await bot.tell_raw(body)

    assert (stranger.status, stranger.json()) == (401, {"error": "invalid request"})
    assert (signed.status, signed.json()) == (400, {"error": "unreadable"})
    assert not bot.heard


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:9])
async def test_what_is_no_number_is_unreadable(bot: Listening, number: str) -> None:
    """Python alone takes some of them for JSON."""
    whole = json.dumps(bot.activity(value={"x": "NUMBER"}))

    done = await bot.tell_raw(whole.replace('"NUMBER"', number).encode())

    assert done.status == 400


@pytest.mark.parametrize("wrong", [*WRONG.values()], ids=[*WRONG])
async def test_what_is_no_activity_is_refused(bot: Listening, wrong: dict[str, object]) -> None:
    """With 400 to whoever signed for it; with 401 to strangers."""
    stranger = await bot.tell(bot.activity() | wrong, FORGERIES["no header"])
    done = await bot.tell(bot.activity() | wrong)

    assert (stranger.status, done.status) == (401, 400)
    assert not bot.heard


@pytest.mark.parametrize("strange", [*UNUSED.values()], ids=[*UNUSED])
async def test_what_is_not_needed_may_be_anything(
    bot: Listening, strange: dict[str, object]
) -> None:
    """Teams has been known to change it."""
    done = await bot.tell(bot.activity() | strange)

    assert done.status == 202
    assert "\ud800" not in bot.turn.name_of


@pytest.mark.parametrize(
    ("change", "signed_for"),
    [
        ({"serviceUrl": "https://evil.example/"}, None),
        ({"serviceUrl": "https://evil.example/"}, "https://evil.example/"),
        ({"serviceUrl": "http://smba.trafficmanager.net/teams/"}, "http://smba.trafficmanager.net"),
        ({"serviceUrl": "not an address"}, "not an address"),
        ({"channelId": "directline"}, None),
        ({"channelId": None}, None),
        ({"channelId": ["msteams"]}, None),
    ],
)
async def test_our_token_is_not_lured_anywhere_else(
    bot: Listening, change: dict[str, object], signed_for: str | None
) -> None:
    """Answers go where an activity says: only where the token says too, and only to Teams' own."""
    done = await bot.tell(bot.activity() | change, Envelope(service_url=signed_for))

    assert done.status == 401
    assert not bot.heard


async def test_an_address_may_end_with_a_slash_or_without(bot: Listening) -> None:
    """It is handed on with one."""
    bare = bot.teams.service_url.rstrip("/")

    done = await bot.tell(bot.activity(serviceUrl=bare))

    assert done.status == 202
    assert bot.turn.service_url == f"{bare}/"


@pytest.mark.parametrize("media", ["", "text/plain", "application/x-www-form-urlencoded"])
async def test_only_json_is_taken(bot: Listening, media: str) -> None:
    """Whoever sends something else is told so, once they are known."""
    done = await bot.tell_raw(json.dumps(bot.activity()).encode(), media=media)

    assert done.status == 415


async def test_a_body_without_an_end_is_not_read(bot: Listening) -> None:
    """Whether it says how long it is, or not, or is larger than it looks."""
    large = json.dumps(bot.activity(text="x" * (BODY_MAX + 1))).encode()

    told = await bot.tell_raw(large)
    packed = await bot.tell_raw(gzip.compress(large), more={"Content-Encoding": "gzip"})
    stranger = await bot.tell_raw(large, FORGERIES["expired"])
    untold = await _in_pieces(bot, large)

    assert (told.status, packed.status, untold, stranger.status) == (413, 413, 413, 401)
    assert not bot.heard


async def _in_pieces(bot: Listening, body: bytes) -> int:
    async def pieces() -> object:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    headers = {"Content-Type": "application/json"}
    headers["Authorization"] = bot.teams.keys.header(Envelope(), bot.teams.service_url)
    async with (
        aiohttp.ClientSession() as session,
        session.post(bot.teams.bot_url, data=pieces(), headers=headers) as answer,
    ):
        return answer.status


async def test_a_broken_body_is_unreadable(bot: Listening) -> None:
    """Its headers promise what it is not."""
    done = await bot.tell_raw(b"this is not gzip", more={"Content-Encoding": "gzip"})

    assert done.status == 400


@pytest.mark.parametrize("expected", ["100-continue", "100-Continue", "the impossible"])
async def test_what_somebody_expects_is_no_matter(bot: Listening, expected: str) -> None:
    """Neither of Teams nor of strangers."""
    body = json.dumps(bot.activity()).encode()

    signed = await bot.tell_raw(body, more={"Expect": expected})
    stranger = await bot.tell_raw(body, FORGERIES["expired"], more={"Expect": expected})

    assert (signed.status, stranger.status) == (202, 401)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_there_is_nothing_to_look_at(bot: Listening, method: str) -> None:
    """Only deliveries come here."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, bot.teams.bot_url) as answer,
    ):
        assert answer.status == 405


async def test_what_breaks_behind_the_door_is_not_sent_again(bot: Listening) -> None:
    """A message is taken all the same; who pressed something reads that it did not work."""
    bot.breaks = True

    said = await bot.tell(bot.activity())
    pressed = await bot.tell(bot.activity("invoke", name="adaptiveCard/action"))

    assert (said.status, said.body) == (200, "")
    assert (pressed.status, pressed.json()) == (200, BROKEN)
    assert "defect" not in pressed.body


@pytest.mark.parametrize("value", [object(), float("inf")])
async def test_an_answer_that_cannot_be_written_breaks_nothing(
    bot: Listening, value: object
) -> None:
    """It is a defect like any other."""
    bot.reply = (200, {"value": value})

    pressed = await bot.tell(bot.activity("invoke", name="adaptiveCard/action"))

    assert (pressed.status, pressed.json()) == (200, BROKEN)


async def test_what_is_delivered_again_is_the_same(bot: Listening, teams: FakeTeams) -> None:
    """By its id whoever hears it knows; a token may be seen twice, and not when it has ended."""
    first = await bot.tell(bot.activity())

    again = await teams.deliver.again(first)

    assert again.status == 202
    assert bot.heard[0] == bot.heard[1]
    late = await bot.tell_raw(first.sent, Envelope(age=7_200))
    assert late.status == 401
    assert len(bot.heard) == 2


async def test_a_press_that_was_changed_on_its_way_is_where_it_was_signed_for(
    bot: Listening, teams: FakeTeams
) -> None:
    """A token signs no body: TLS does that. But no body gets further than its token's address."""
    signed = await bot.tell(bot.activity("invoke", name="adaptiveCard/action"))
    changed = json.loads(signed.sent) | {"serviceUrl": "http://127.0.0.1:1/"}

    done = await teams.deliver.raw(json.dumps(changed).encode(), signed.headers)

    assert done.status == 401


async def test_the_bot_hears_out_what_it_is_told_while_it_stops(bot: Listening) -> None:
    """Its answer is on somebody's screen."""
    bot.gate.clear()
    bot.reply = (200, {"statusCode": 200})
    pressed = asyncio.ensure_future(bot.tell(bot.activity("invoke", name="adaptiveCard/action")))

    async def is_heard() -> bool:
        return bool(bot.heard)

    await until_async(is_heard)

    stopping = asyncio.ensure_future(bot.runner.cleanup())
    asyncio.get_running_loop().call_later(0.1, bot.gate.set)
    await stopping

    assert (await pressed).json() == {"statusCode": 200}


@pytest.mark.parametrize("app_id", ["", "  "])
def test_there_is_no_door_for_a_bot_without_an_id(app_id: str) -> None:
    """The SDK would let everybody in."""

    async def hear(_turn: object) -> tuple[int, None]:
        return 200, None

    with pytest.raises(ValueError, match="MICROSOFT_APP_ID is empty"):
        add_teams(
            web.Application(),
            TeamsParts(hear=hear, app_id=app_id, openid_url="https://x/", service_hosts=["x"]),
        )


@pytest.mark.parametrize("after", [" ", "", "&nbsp;"])
@pytest.mark.parametrize("is_rich", [False, True])
async def test_a_channel_is_told_with_its_thread(
    bot: Listening, teams: FakeTeams, after: str, is_rich: bool
) -> None:
    """The conversation as it came, and the channel alone; without the call, and with who is meant.

    What was formatted comes escaped, and is no other saying for that.
    """
    riya, james = teams.person(RIYA), teams.person(JAMES)
    riya.after_mention, riya.is_rich = after, is_rich
    team = teams.world.conversations[AUDIT].team
    assert team is not None

    await riya.types("show JIT-7 for R&D and @James Whitaker", AUDIT, picks=[james])

    turn = bot.turn
    assert (turn.scope, turn.channel, turn.team) == ("channel", AUDIT, team.id)
    assert turn.text == f"show JIT-7 for R&amp;D and <@{james.mri}|James Whitaker>"
    assert turn.conversation.startswith(f"{AUDIT};messageid=")
