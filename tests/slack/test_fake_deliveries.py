"""What the fake delivers to an app is what Slack delivers, and answers have Slack's effects."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.fake_slack import Envelope, FakeSlack, Message
from tests.slack.fake_slack.world import Json
from tests.slack.sample_app import (
    AUDIT,
    JAMES,
    PRIVATE,
    RADIO,
    RIYA,
    SampleApp,
    asked,
    opened,
    option,
)
from tests.waiting import until_async

OK = web.Response


def button(label: str, value: str = "approve JIT-42") -> Json:
    """Make a button."""
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": "say:0", "text": text, "value": value}


async def posted(client: AsyncWebClient, *blocks: Json) -> str:
    """Post blocks in the channel and give the message's reference."""
    told = await client.chat_postMessage(channel=AUDIT, text="x", blocks=list(blocks))
    return f"{AUDIT}/{told['ts']}"


def found(slack: FakeSlack, reference: str) -> Message:
    """Find a message that is there."""
    message = slack.message(reference)
    assert message is not None
    return message


# ── signatures ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("envelope", "is_valid"),
    [
        (Envelope(), True),
        (Envelope(age=290), True),
        (Envelope(age=310), False),
        (Envelope(secret="another"), False),
        (Envelope(signature="v0=00"), False),
        (Envelope(signature=""), False),
    ],
    ids=["genuine", "late", "too-late", "forged", "wrong", "none"],
)
async def test_slacks_own_verifier_tells_genuine_from_forged(
    slack: FakeSlack, app: SampleApp, envelope: Envelope, is_valid: bool
) -> None:
    """Version 0: an HMAC over the time and the body, within five minutes."""
    slack.person(RIYA).envelope = envelope

    await slack.person(RIYA).types("/jit help", AUDIT)

    heard = app.heard[0]
    verifier = SignatureVerifier(slack.app.signing_secret)
    assert verifier.is_valid_request(heard.raw, heard.headers) is is_valid


async def test_a_replay_is_the_same_to_the_byte(slack: FakeSlack, app: SampleApp) -> None:
    """Its signature too."""
    first = await slack.person(RIYA).types("/jit help", AUDIT)
    assert first is not None

    await slack.deliver.again(first)

    assert app.heard[0].raw == app.heard[1].raw
    signatures = {one.headers["X-Slack-Signature"] for one in app.heard}
    assert len(signatures) == 1


# ── commands and words ──────────────────────────────────────────────────────────────────────────


async def test_a_command_is_escaped_as_slack_does(slack: FakeSlack, app: SampleApp) -> None:
    """People and channels become ids, addresses get brackets, three characters are entities."""
    await slack.person(RIYA).types(
        "/jit  request R&D <b> @james.whitaker, a@b.c @nobody #jit-audit #secrets https://x.example/?a&b",
        AUDIT,
    )

    assert app.last["command"] == "/jit"
    assert app.last["text"] == (
        " request R&amp;D &lt;b&gt; <@W0JAMES|james.whitaker>, a@b.c @nobody <#C0AUDIT|jit-audit>"
        " <#C0SECRET|> <https://x.example/?a&amp;b>"
    )
    assert (app.last["user_id"], app.last["channel_name"]) == (RIYA, "jit-audit")
    assert app.last["is_enterprise_install"] == "false"


async def test_an_answer_is_seen_by_who_asked_unless_it_is_said_to_be_for_all(
    slack: FakeSlack, app: SampleApp
) -> None:
    """Without a `response_type` it is ephemeral."""
    riya = slack.person(RIYA)
    app.says({"text": "for you"})
    await riya.types("/jit mine", AUDIT)
    app.says({"text": "for all", "response_type": "in_channel"})

    await riya.types("/jit audit share", AUDIT)

    assert [one.text for one in riya.ephemerals(AUDIT)] == ["for you"]
    assert [one.text for one in slack.person(JAMES).channel(AUDIT)] == ["for all"]


async def test_a_failing_app_is_told_to_the_person(slack: FakeSlack, app: SampleApp) -> None:
    """As Slack's own words."""
    app.says(status=500)

    await slack.person(RIYA).types("/jit mine", AUDIT)

    assert slack.person(RIYA).failures == ['/jit failed with the error "dispatch_failed"']


async def test_words_in_the_direct_conversation_reach_the_app(
    slack: FakeSlack, app: SampleApp
) -> None:
    """As something that happened, and people in it as bare ids."""
    await slack.person(RIYA).types("request netsuite-gl 4h for @james.whitaker")

    what = app.last["event"]
    assert (app.last["type"], what["type"], what["channel_type"]) == (
        "event_callback",
        "message",
        "im",
    )
    assert what["text"] == "request netsuite-gl 4h for <@W0JAMES>"
    assert what["channel"] == slack.direct(RIYA).id


async def test_a_command_in_a_thread_is_only_a_message(
    slack: FakeSlack, app: SampleApp, client: AsyncWebClient
) -> None:
    """Slack has no commands there; in the direct conversation, the app is told of the words."""
    await client.chat_postMessage(channel=RIYA, text="root")
    root = slack.person(RIYA).direct()[0]

    await slack.person(RIYA).types("/jit mine", thread=root)

    assert app.last["event"]["text"] == "/jit mine"
    assert app.last["event"]["thread_ts"] == root.ts


# ── pressing ────────────────────────────────────────────────────────────────────────────────────


async def test_a_press_tells_where_and_what(
    slack: FakeSlack, app: SampleApp, client: AsyncWebClient
) -> None:
    """The message with its state, and the button with its value."""
    actions = {"type": "actions", "elements": [button("Approve")]}
    message = found(slack, await posted(client, actions))

    await slack.person(JAMES).presses(message, "Approve")

    told = app.last
    assert told["type"] == "block_actions"
    assert told["actions"][0]["value"] == "approve JIT-42"
    assert told["actions"][0]["block_id"] == message.blocks[0]["block_id"]
    assert told["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": AUDIT,
        "is_ephemeral": False,
    }
    assert (told["user"]["id"], told["message"]["ts"]) == (JAMES, message.ts)


async def test_a_pressed_message_comes_back_with_entities(
    slack: FakeSlack, app: SampleApp, client: AsyncWebClient
) -> None:
    """Also where they were not sent; what a button says comes back as it is."""
    actions = {"type": "actions", "elements": [button("R&D &amp; <x>", "R&D")]}
    message = found(slack, await posted(client, actions))

    await slack.person(JAMES).presses(message, "R&D &amp; <x>")

    label = {"type": "plain_text", "text": "R&amp;D &amp; &lt;x&gt;"}
    assert app.last["actions"][0]["text"] == label
    assert app.last["message"]["blocks"][0]["elements"][0]["text"] == label
    assert app.last["actions"][0]["value"] == "R&D"


async def test_a_response_url_works_five_times_for_half_an_hour(
    slack: FakeSlack, app: SampleApp
) -> None:
    """Then it says so."""
    riya = slack.person(RIYA)
    await riya.types("/jit mine", AUDIT)
    url = app.last["response_url"]
    await riya.types("/jit mine", AUDIT)
    other = app.last["response_url"]

    async with ClientSession() as session:
        used = [await (await session.post(url, json={"text": "x"})).json() for _ in range(6)]
        slack.wait(1801)
        late = await session.post(other, json={"text": "x"})

        assert [one["ok"] for one in used] == [True] * 5 + [False]
        assert used[5]["error"] == "used_url"
        assert (late.status, (await late.json())["error"]) == (404, "expired_url")
    assert len(riya.ephemerals(AUDIT)) == 5


async def test_a_response_url_replaces_what_only_one_person_sees(
    slack: FakeSlack, app: SampleApp
) -> None:
    """Nothing else can."""
    riya = slack.person(RIYA)
    app.says({"text": "x", "blocks": [{"type": "actions", "elements": [button("Share")]}]})
    await riya.types("/jit audit", AUDIT)
    await riya.presses(riya.ephemerals()[0], "Share")

    async with ClientSession() as session:
        body = {"text": "shared", "replace_original": True}
        await session.post(app.last["response_url"], json=body)

    assert "message" not in app.last
    assert [one.text for one in riya.ephemerals()] == ["shared"]


# ── shortcuts, home, what happens ───────────────────────────────────────────────────────────────


async def test_shortcuts_tell_where_they_were_used(
    slack: FakeSlack, app: SampleApp, client: AsyncWebClient
) -> None:
    """Globally, or upon a message."""
    message = found(slack, await posted(client, {"type": "divider"}))

    await slack.person(RIYA).uses_shortcut("ask")
    await slack.person(RIYA).uses_shortcut("ask-for-this", message)

    first, second = app.heard[0].body, app.heard[1].body
    assert (first["type"], first["callback_id"]) == ("shortcut", "ask")
    assert (second["type"], second["message_ts"]) == ("message_action", message.ts)
    assert second["channel"]["id"] == AUDIT


async def test_what_nobody_takes_is_delivered_again(slack: FakeSlack, app: SampleApp) -> None:
    """Three times more, with the number and the reason; the id stays."""
    app.says(status=500)

    tries = await slack.happens({"type": "app_uninstalled"})

    assert [one.status for one in tries] == [500] * 4
    retries = [one.headers.get("X-Slack-Retry-Num") for one in app.heard]
    assert retries == [None, "1", "2", "3"]
    assert app.heard[1].headers["X-Slack-Retry-Reason"] == "http_error"
    assert len({one.body["event_id"] for one in app.heard}) == 1


async def test_a_home_is_opened_with_what_is_shown(
    slack: FakeSlack, app: SampleApp, client: AsyncWebClient
) -> None:
    """And a press in it comes from a view."""
    actions = {"type": "actions", "elements": [button("Details")]}
    await client.views_publish(user_id=RIYA, view={"type": "home", "blocks": [actions]})
    riya = slack.person(RIYA)

    await riya.opens_home()
    assert riya.home is not None
    await riya.presses(riya.home, "Details")

    assert app.heard[0].body["event"]["view"]["id"] == riya.home.id
    assert app.last["container"] == {"type": "view", "view_id": riya.home.id}
    assert "response_url" not in app.last


async def test_facts_of_people_follow(slack: FakeSlack, app: SampleApp) -> None:
    """A change is told with the whole person."""
    slack.change_person(RIYA, deleted=True)

    await slack.tell_of_person(RIYA)

    assert app.last["event"]["user"]["deleted"] is True


async def test_slacks_own_questions_are_asked(slack: FakeSlack, app: SampleApp) -> None:
    """The certificate's, without a signature; the address's, with one."""
    await slack.deliver.ssl_check()
    await slack.deliver.url_verification("abc")

    assert app.heard[0].body["ssl_check"] == "1"
    assert "X-Slack-Signature" not in app.heard[0].headers
    assert app.last["challenge"] == "abc"


async def test_an_org_wide_install_says_so(slack: FakeSlack, app: SampleApp) -> None:
    """There is an enterprise, and maybe no team."""
    slack.app.enterprise_id, slack.app.is_enterprise_install = "E0ACME", True
    view = await opened(slack, asked("why", RADIO | {"initial_option": option("a")}))

    await slack.person(RIYA).submits(view)

    assert app.last["team"] is None
    assert app.last["enterprise"]["id"] == "E0ACME"
    assert app.last["is_enterprise_install"] is True


async def test_a_connected_app_hears_everything_over_its_socket(slack: FakeSlack) -> None:
    """Slack's own client takes it, and what it acknowledges with is the answer."""
    heard: list[str] = []

    async def take(client: SocketModeClient, request: SocketModeRequest) -> None:
        heard.append(request.type)
        told = {"text": "for you"} if request.type == "slash_commands" else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, told))

    web_client = AsyncWebClient(base_url=slack.api_url)
    client = SocketModeClient(slack.app.app_token, web_client=web_client)
    client.socket_mode_request_listeners.append(take)  # type: ignore[arg-type] # it takes both
    await client.connect()  # type: ignore[no-untyped-call] # Slack's own
    await until_async(lambda: _is_connected(slack), what="connected")

    await slack.person(RIYA).types("/jit mine", AUDIT)
    await slack.person(RIYA).uses_shortcut("ask")
    tries = await slack.happens({"type": "app_uninstalled"})
    await client.close()  # type: ignore[no-untyped-call] # as above

    assert heard == ["slash_commands", "interactive", "events_api"]
    assert [one.text for one in slack.person(RIYA).ephemerals()] == ["for you"]
    assert [one.status for one in tries] == [200]


async def _is_connected(slack: FakeSlack) -> bool:
    return bool(slack.deliver.sockets)


def test_private_names_stay_private(slack: FakeSlack) -> None:
    """The fixture's private channel is not for Riya."""
    with pytest.raises(AssertionError):
        slack.person(RIYA).channel(PRIVATE)
