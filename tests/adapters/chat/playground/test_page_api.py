"""What the page asks and says."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.chat.inbox import Inbound
from adapters.chat.playground import page_api
from adapters.chat.playground.app import add_playground
from adapters.chat.playground.identity import PLAYGROUND
from adapters.chat.playground.memory import Draft
from tests.adapters.chat.playground.conftest import PageClient, saying
from tests.adapters.chat.playground.stage import CSV, HASH, JAMES, NOON, RIYA, Stage

CHANNEL = "#access-audit"
DIRECT = f"@{RIYA}"


async def say(page: PageClient, text: str = "", **more: object) -> dict[str, dict[str, object]]:
    """Say something that is taken, and give what comes back."""
    answer = await page.post("/playground/api/say", json=saying(text, **more))
    assert answer.status == 200, await answer.text()
    body: dict[str, dict[str, object]] = await answer.json()
    return body


async def test_the_start_page_leads_to_the_playground(page: PageClient) -> None:
    """A newcomer opens the address and is there."""
    answer = await page.get("/", allow_redirects=False)

    assert answer.status == 302
    assert answer.headers["Location"] == "/playground"


async def test_a_person_starts_with_places_people_and_commands(page: PageClient) -> None:
    """Channels, and one's own direct messages; nobody else's."""
    start = await (await page.get("/playground/api/start", params={"as": RIYA})).json()

    assert start["me"] == RIYA
    assert [place["key"] for place in start["places"]] == [CHANNEL, "#jit-admin", DIRECT]
    assert {"account", "name", "title", "department"} == set(start["people"][0])
    assert start["commands"][0]["word"] == "request"
    assert start["prepared"][0]["entitlement"] == "netsuite-gl"


@pytest.mark.parametrize("who", ["", "nobody.known"])
async def test_nobody_sees_the_people_and_no_places(page: PageClient, who: str) -> None:
    """The page then asks who one is."""
    start = await (await page.get("/playground/api/start", params={"as": who})).json()

    assert start["me"] is None
    assert start["places"] == []
    assert len(start["people"]) == 10


# ── saying ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_text_is_a_message_for_all(page: PageClient, stage: Stage) -> None:
    """The bot does not hear it."""
    said = await say(page, "  Morning!  ")

    assert said["message"]["text"] == "Morning!"
    assert said["message"]["author"] == RIYA
    assert stage.bot.heard == []


async def test_the_same_delivery_is_one_message(page: PageClient) -> None:
    """The page repeats what it got no answer to."""
    first = await say(page, "Morning!")

    second = await say(page, "Morning!")

    assert second == first


async def test_another_persons_delivery_is_another_message(page: PageClient) -> None:
    """Nobody can take somebody else's words away by guessing."""
    first = await say(page, "Morning!")

    second = await say(page, "Morning!", **{"as": JAMES})

    assert second["message"]["id"] != first["message"]["id"]
    assert second["message"]["author"] == JAMES


@pytest.mark.parametrize("text", ["/jit mine", "/JIT  mine", " /jit\u00a0mine", "/jit\nmine"])
async def test_a_command_reaches_the_bot_and_nobody_else(
    page: PageClient, stage: Stage, text: str
) -> None:
    """Its answer is not kept: only the one who asked gets it."""
    said = await say(page, text)

    assert stage.bot.heard == [
        Inbound(
            platform=PLAYGROUND,
            account=RIYA,
            delivery="d" * 16,
            text="mine",
            fields=None,
            channel=CHANNEL,
            thread=None,
        )
    ]
    card = said["answer"]["card"]
    assert isinstance(card, dict)
    assert card["title"] == "What you hold"
    assert stage.memory.last_number() == 0


async def test_in_direct_messages_the_word_jit_is_not_needed(
    page: PageClient, stage: Stage
) -> None:
    """Everything there is for the bot; the channel is empty."""
    await say(page, "mine", place=DIRECT)
    await say(page, "/jit mine", place=DIRECT)

    assert [(heard.text, heard.channel) for heard in stage.bot.heard] == [("mine", "")] * 2


async def test_a_button_says_its_line(page: PageClient, stage: Stage) -> None:
    """As if it had been typed, in the thread where it was pressed."""
    root = stage.memory.post(Draft(place=CHANNEL, author=None, token="t", card="{}"))

    await say(page, says=f"approve JIT-42 {HASH}", thread=root.number)

    (heard,) = stage.bot.heard
    assert (heard.text, heard.fields) == (f"approve JIT-42 {HASH}", None)
    assert heard.thread == str(root.number)


async def test_a_form_brings_its_fields(page: PageClient, stage: Stage) -> None:
    """Empty ones, too."""
    await say(page, says=f"deny JIT-42 {HASH}", fields={"reason": "not now", "note": ""})

    (heard,) = stage.bot.heard
    assert heard.fields == {"reason": "not now", "note": ""}


async def test_a_form_being_filled_in_is_a_draft(page: PageClient, stage: Stage) -> None:
    """The bot is told so, and answers with the form as it is now."""
    fields = {"entitlement": "netsuite-ap", "justification": "why"}

    said = await say(page, says="request", fields=fields, draft=True)

    form = said["answer"]["form"]
    assert isinstance(form, dict)
    assert form["lines"] == [
        ["netsuite-ap: James Whitaker will be asked until ", {"at": NOON.isoformat()}, "."]
    ]
    assert [field["error"] for field in form["fields"]] == ["", "", "Say more.", ""]
    assert form["fields"][1]["proposals"][0] == {"value": "2h", "label": "2 hours (usual)"}
    assert [heard.is_draft for heard in stage.bot.heard] == [True]
    assert stage.memory.last_number() == 0


@pytest.mark.parametrize("in_thread", [False, True])
async def test_a_shared_answer_is_the_bots_message(
    page: PageClient, stage: Stage, *, in_thread: bool
) -> None:
    """Where it was asked for, once, and seen by all; the person's own answer is empty then."""
    root = stage.memory.post(Draft(place=CHANNEL, author=None, token="t", card="{}"))
    thread = root.number if in_thread else None

    first = await say(page, "/jit share", thread=thread)
    await say(page, "/jit share", thread=thread)

    assert (first["answer"]["card"], first["answer"]["form"]) == (None, None)
    shared = stage.memory.find(root.number + 1)
    assert shared is not None
    assert (shared.place, shared.root, shared.author) == (CHANNEL, thread, None)
    assert json.loads(shared.card or "")["title"] == "The record: 1 entry"
    assert stage.memory.last_number() == shared.number


async def test_nothing_is_shared_in_direct_messages(page: PageClient, stage: Stage) -> None:
    """There is nobody to share it with."""
    said = await say(page, "share", place=DIRECT)

    assert said["answer"]["card"] is not None
    assert stage.memory.last_number() == 0


async def test_a_file_comes_with_the_answer(page: PageClient) -> None:
    """With its name, its type, and every character."""
    said = await say(page, "/jit csv")

    assert said["answer"]["file"] == {"name": CSV.name, "media": CSV.media, "text": CSV.text}


async def test_a_missing_word_brings_a_form(page: PageClient) -> None:
    """The page opens it."""
    said = await say(page, "/jit request")

    assert said["answer"]["card"] is None
    assert said["answer"]["form"] is not None


async def test_both_clicks_of_a_double_click_reach_the_bot(page: PageClient, stage: Stage) -> None:
    """The inbox tells deliveries apart, not the page; both calls get an answer."""
    said = await asyncio.gather(*(say(page, says="approve JIT-42") for _ in range(2)))

    assert len(said) == 2
    assert {heard.delivery for heard in stage.bot.heard} == {"d" * 16}


async def test_another_command_is_told_from_ours(page: PageClient, stage: Stage) -> None:
    """It is neither shown to all nor given to the bot."""
    said = await say(page, "/jitter request")

    card = said["answer"]["card"]
    assert isinstance(card, dict)
    assert card["title"] == "There is no command /jitter here."
    assert stage.bot.heard == []
    assert stage.memory.last_number() == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"as": "nobody.known"}, 404),
        ({"place": "#no-such"}, 404),
        ({"place": f"@{JAMES}"}, 404),
        ({"place": "access-audit"}, 404),
        ({"thread": 99}, 404),
        ({"thread": 2**60}, 400),
        ({"thread": "1"}, 400),
        ({"text": " \n "}, 400),
        ({"text": "x" * 4001}, 400),
        ({"says": "x" * 4001}, 400),
        ({"text": None}, 400),
        ({"delivery": "short"}, 400),
        ({"delivery": "d" * 65}, 400),
        ({"delivery": "no spaces here"}, 400),
        ({"fields": {"reason": 7}}, 400),
        ({"fields": {str(n): "" for n in range(21)}}, 400),
        ({"unknown": 1}, 400),
        ({"draft": True}, 400),
        ({"draft": "yes", "says": "request"}, 400),
    ],
)
async def test_what_cannot_be_said_is_refused_with_a_sentence(
    page: PageClient, stage: Stage, *, changes: dict[str, object], status: int
) -> None:
    """And leaves no trace."""
    answer = await page.post("/playground/api/say", json={**saying("hello"), **changes})

    assert answer.status == status
    assert (await answer.json())["error"].endswith(".")
    assert stage.memory.last_number() == 0
    assert stage.bot.heard == []


async def test_a_text_of_the_greatest_length_is_taken(page: PageClient) -> None:
    """4,000 characters of any script."""
    said = await say(page, "ж" * 4000)

    assert said["message"]["text"] == "ж" * 4000


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"null"])
async def test_what_is_no_json_is_refused(page: PageClient, body: bytes) -> None:
    """With a sentence, not with a failure."""
    answer = await page.post(
        "/playground/api/say", data=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status == 400
    assert (await answer.json())["error"]


async def test_a_bot_that_does_not_answer_is_told_about(
    page: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may still be at it: one is told where to look before saying it again."""
    monkeypatch.setattr(page_api, "ANSWER_SECONDS", 0.05)
    stage.bot.pause = 30

    answer = await page.post("/playground/api/say", json=saying("/jit mine"))

    assert answer.status == 504
    assert "/jit mine" in (await answer.json())["error"]


async def test_a_bot_that_fails_fails_alone(page: PageClient) -> None:
    """The page gets an error, and the next command an answer."""
    failed = await page.post("/playground/api/say", json=saying("/jit crash"))

    assert failed.status == 500
    assert (await say(page, "/jit mine"))["answer"]["card"]


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


async def test_history_comes_in_pages(page: PageClient, stage: Stage) -> None:
    """The last fifty, and whether there is more."""
    for number in range(60):
        stage.memory.post(Draft(place=CHANNEL, author=RIYA, token=f"t{number}", text="x"))
    query = {"as": RIYA, "place": CHANNEL}

    last = await (await page.get("/playground/api/history", params=query)).json()
    before = {**query, "before": last["messages"][0]["id"]}
    rest = await (await page.get("/playground/api/history", params=before)).json()

    assert (len(last["messages"]), last["more"]) == (50, True)
    assert (len(rest["messages"]), rest["more"]) == (10, False)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("history", {"as": JAMES, "place": DIRECT}),
        ("history", {"as": "", "place": CHANNEL}),
        ("thread", {"as": JAMES, "root": "1"}),
        ("thread", {"as": RIYA, "root": "99"}),
        ("thread", {"as": RIYA, "root": "x"}),
        ("suggest", {"as": "nobody", "line": "request "}),
        ("sessions", {"as": "nobody"}),
    ],
)
async def test_what_is_not_there_for_a_person_is_not_found(
    page: PageClient, stage: Stage, *, path: str, query: dict[str, str]
) -> None:
    """Somebody else's direct messages are not there, either."""
    stage.memory.post(Draft(place=DIRECT, author=None, token="t", card="{}"))

    answer = await page.get(f"/playground/api/{path}", params=query)

    assert answer.status == 404


async def test_reading_is_remembered(page: PageClient, stage: Stage) -> None:
    """After a reload nothing is unread that was read."""
    posted = stage.memory.post(Draft(place=CHANNEL, author=None, token="t", card="{}"))

    await page.post(
        "/playground/api/seen", json={"as": RIYA, "place": CHANNEL, "number": posted.number}
    )

    for who, unread in ((RIYA, 0), (JAMES, 1)):
        start = await (await page.get("/playground/api/start", params={"as": who})).json()
        assert start["places"][0]["unread"] == unread


async def test_suggestions_come_from_the_company(page: PageClient) -> None:
    """For the word that is being typed."""
    query = {"as": RIYA, "line": "request netsuite-g"}

    found = await (await page.get("/playground/api/suggest", params=query)).json()

    assert [one["text"] for one in found["suggestions"]] == ["netsuite-gl"]


# ── trying ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_statement_runs_as_the_person(page: PageClient) -> None:
    """Its outcome is shown as it is, and the session's state with it."""
    body = {"as": RIYA, "system": "ledger", "statement": "insert into journals"}

    denied = await (await page.post("/playground/api/try", json=body)).json()
    sessions = await (await page.get("/playground/api/sessions", params={"as": RIYA})).json()

    assert denied["ok"] is False
    assert denied["message"] == "Permission denied for table journals."
    assert denied["session"] == "new"
    assert sessions == {"sessions": {"ledger": "kept"}}


async def test_an_empty_statement_is_refused(page: PageClient) -> None:
    """There is nothing to run."""
    body = {"as": RIYA, "system": "ledger", "statement": "  "}

    answer = await page.post("/playground/api/try", json=body)

    assert answer.status == 400


async def test_sessions_end_with_the_server(stage: Stage, tmp_path: Path) -> None:
    """None stays open in the target system."""
    app = web.Application()
    add_playground(app, stage.parts())
    async with TestClient(TestServer(app)) as client:
        await stage.try_it.run(RIYA, "ledger", "select 1")
        await client.get("/playground")

    assert stage.try_it.state == "none"
