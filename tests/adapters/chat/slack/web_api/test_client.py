"""Slack's Web API with our errors: what went wrong, what would mend it, and nothing secret."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.chat.cards import File
from adapters.chat.platform import Gone, PlatformError
from adapters.chat.slack.web_api import client as module
from adapters.chat.slack.web_api.client import SlackClient
from tests.slack.fake_slack import (
    FakeSlack,
    Fault,
    answer_lost,
    broken,
    rate_limited,
    refused,
    slow,
    unreached,
)
from tests.slack.sample_app import AUDIT, JAMES, RIYA

SECTION = {"type": "section", "text": {"type": "plain_text", "text": "hello"}}
HOME = {"type": "home", "blocks": [SECTION]}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Ask"}, "blocks": [SECTION]}
HELLO = {"channel": AUDIT, "text": "a reason that nobody should read"}


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[SlackClient]:
    """Give the client under test."""
    made = SlackClient(slack.api_url, slack.app.bot_token)
    yield made
    await made.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a call take 0.3 s at most."""
    monkeypatch.setattr(module, "CALL_MAX", 0.3)


# ── failing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (rate_limited(7), (7, False)),
        (broken(), (5, True)),
        (broken(502), (5, True)),
        (refused("fatal_error"), (5, True)),
        (answer_lost(), (5, True)),
        (unreached(), (5, True)),
        (slow(2.0), (5, True)),
    ],
    ids=["429", "503", "502", "fatal", "lost", "cut", "late"],
)
async def test_what_is_worth_another_try_says_when(
    slack: FakeSlack,
    client: SlackClient,
    fault: Fault,
    expected: tuple[int, bool],
) -> None:
    """And whether it has to be looked for first. It is called once: a library's retry doubles."""
    after, may_have_arrived = expected
    slack.order(fault, method="chat.postMessage")

    with pytest.raises(PlatformError) as failed:
        await client.call("chat.postMessage", HELLO)

    assert not isinstance(failed.value, Gone)
    assert failed.value.retry_after == timedelta(seconds=after)
    assert failed.value.may_have_arrived is may_have_arrived
    assert len(slack.calls) == 1
    _check_discreet(slack, failed.value)


def _check_discreet(slack: FakeSlack, failed: PlatformError) -> None:
    for secret in (slack.app.bot_token, HELLO["text"], AUDIT, slack.workspace.url):
        assert secret not in str(failed) + repr(failed)
    assert failed.__cause__ is None
    assert failed.__suppress_context__


async def test_who_never_connected_did_nothing(slack: FakeSlack, client: SlackClient) -> None:
    """Nothing has to be looked for afterwards."""
    await slack.stop()

    with pytest.raises(PlatformError) as failed:
        await client.call("chat.postMessage", HELLO)

    assert failed.value.retry_after is not None
    assert not failed.value.may_have_arrived


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("invalid_auth", "install the app again"),
        ("token_revoked", "set SLACK_BOT_TOKEN"),
        ("account_inactive", "the token is of an app or workspace that was removed"),
        ("invalid_blocks", "invalid_blocks"),
        ("Not a code: riya@acme.example", "HTTP 200"),
    ],
)
async def test_what_an_operator_has_to_mend_says_so(
    slack: FakeSlack, client: SlackClient, code: str, said: str
) -> None:
    """It is neither gone nor a matter of waiting; only Slack's own codes are quoted."""
    slack.order(refused(code))

    with pytest.raises(PlatformError, match=said) as failed:
        await client.call("chat.postMessage", HELLO)

    assert not isinstance(failed.value, Gone)
    assert failed.value.retry_after is None
    assert "riya" not in str(failed.value)
    _check_discreet(slack, failed.value)


async def test_a_missing_scope_is_named(slack: FakeSlack, client: SlackClient) -> None:
    """Adding it is the whole repair."""
    slack.app.scopes -= {"users:read"}

    with pytest.raises(PlatformError, match="lacks the scope users:read; add it"):
        await client.call("users.info", {"user": RIYA})


async def test_an_answer_that_is_no_json_is_an_error(slack: FakeSlack) -> None:
    """A proxy in between says something of its own."""
    lost = SlackClient(f"{slack.workspace.url}/nowhere/", slack.app.bot_token)

    with pytest.raises(PlatformError):
        await lost.call("chat.postMessage", HELLO)

    await lost.close()


async def test_who_was_told_to_wait_waits(slack: FakeSlack, client: SlackClient) -> None:
    """A short while in the call itself; for longer, the method is not even called."""
    slack.order(rate_limited(1), method="chat.postMessage")
    with pytest.raises(PlatformError):
        await client.call("chat.postMessage", HELLO)
    began = time.monotonic()

    await client.call("chat.postMessage", {"channel": AUDIT, "text": "again"})

    assert time.monotonic() - began > 0.9
    slack.order(rate_limited(30), method="chat.postMessage")
    with pytest.raises(PlatformError):
        await client.call("chat.postMessage", HELLO)
    calls = len(slack.calls)
    with pytest.raises(PlatformError) as failed:
        await client.call("chat.postMessage", HELLO)
    assert failed.value.retry_after is not None
    assert failed.value.retry_after > timedelta(seconds=25)
    assert len(slack.calls) == calls
    await client.call("users.info", {"user": RIYA})


# ── views ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_press_that_is_too_old_and_a_window_that_is_closed_are_gone(
    slack: FakeSlack, client: SlackClient
) -> None:
    """Trying again is useless: the person presses again."""
    trigger = slack.workspace.new_trigger(RIYA)
    await client.call("views.open", {"trigger_id": trigger, "view": MODAL})

    with pytest.raises(Gone, match="press again"):
        await client.call("views.open", {"trigger_id": trigger, "view": MODAL})
    with pytest.raises(Gone, match="closed"):
        await client.call("views.update", {"view_id": "V0NONE", "view": MODAL})


async def test_a_wrong_home_is_no_missing_person(slack: FakeSlack, client: SlackClient) -> None:
    """Slack calls both a wrong argument."""
    with pytest.raises(Gone):
        await client.publish("U9", HOME)

    with pytest.raises(PlatformError) as failed:
        await client.publish(RIYA, {"type": "home", "blocks": [{}]})

    assert not isinstance(failed.value, Gone)


# ── answers and files ───────────────────────────────────────────────────────────────────────────


async def test_an_answer_is_posted_five_times(slack: FakeSlack, client: SlackClient) -> None:
    """And it is noticed when it is not taken any more; the token is not sent there."""
    url = slack.workspace.new_response_url(RIYA, AUDIT)
    for _ in range(5):
        await client.respond(url, {"text": "hello"})

    with pytest.raises(Gone, match="as often as it can be"):
        await client.respond(url, {"text": "hello"})

    late = slack.workspace.new_response_url(RIYA, AUDIT)
    slack.wait(1801)
    with pytest.raises(Gone, match="too old"):
        await client.respond(late, {"text": "hello"})
    assert len(slack.person(RIYA).ephemerals(AUDIT)) == 5
    assert not any(call.token for call in slack.calls_of("response_url"))


async def test_an_answer_that_fails_is_noticed(slack: FakeSlack, client: SlackClient) -> None:
    """Slack away, and Slack refusing what is in it."""
    url = slack.workspace.new_response_url(RIYA, AUDIT)
    slack.order(broken(), method="response_url")
    slack.order(unreached(), method="response_url")

    for _ in range(2):
        with pytest.raises(PlatformError) as failed:
            await client.respond(url, {"text": "hello"})
        assert failed.value.retry_after is not None
        assert url not in str(failed.value)
    with pytest.raises(PlatformError, match="no_text"):
        await client.respond(url, {})


async def test_a_file_is_handed_over_in_direct_messages(
    slack: FakeSlack, client: SlackClient
) -> None:
    """Whole, in UTF-8, under its name."""
    await client.upload(JAMES, File("audit.csv", "text/csv", "who,why\nRiya,“Q4”\n"))

    (file,) = slack.world.files.values()
    assert file.content == "who,why\nRiya,“Q4”\n".encode()
    assert (file.name, file.title) == ("audit.csv", "audit.csv")
    assert slack.person(JAMES).direct()[0].files[0]["id"] == file.id
