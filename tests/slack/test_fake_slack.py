"""The fake's Web API answers Slack's own client as Slack does."""

from __future__ import annotations

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.fake_slack import (
    FakeSlack,
    answer_lost,
    broken,
    plain,
    rate_limited,
    refused,
    unreached,
)
from tests.slack.sample_app import AUDIT, JAMES, PRIVATE, RIYA

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "R&amp;D <@U0RIYA>"}}
TOKEN = {"event_type": "jit_message", "event_payload": {"token": "t1"}}
ENCODED = {"blocks", "view", "metadata"}
NOWHERE = "1700000000.000001"
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Ask"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "why", "initial_value": "first"},
        }
    ],
}


def code(failed: pytest.ExceptionInfo[SlackApiError]) -> str:
    """Give the code that Slack refused with."""
    return str(failed.value.response["error"])


# ── messages ────────────────────────────────────────────────────────────────────────────────────


async def test_a_message_is_kept_as_it_was_sent(slack: FakeSlack, client: AsyncWebClient) -> None:
    """Entities and mentions too; a person reads them as they look."""
    told = await client.chat_postMessage(
        channel=AUDIT, text="hello", blocks=[SECTION], metadata=TOKEN
    )

    kept = slack.person(RIYA).channel(AUDIT)[0]
    assert (kept.ts, kept.text, kept.metadata) == (told["ts"], "hello", TOKEN)
    assert kept.blocks[0]["text"] == SECTION["text"]
    assert plain(kept) == "R&D @U0RIYA"
    assert not slack.violations


async def test_every_message_has_a_later_ts(slack: FakeSlack, client: AsyncWebClient) -> None:
    """It is the message's id, and its place."""
    told = [await client.chat_postMessage(channel=AUDIT, text=str(n)) for n in range(20)]

    stamps = [float(one["ts"]) for one in told]
    assert stamps == sorted(set(stamps))


async def test_a_thread_is_read_from_its_root(slack: FakeSlack, client: AsyncWebClient) -> None:
    """Replies stand there only; metadata is told to who asks for it."""
    root = (await client.chat_postMessage(channel=AUDIT, text="root"))["ts"]
    await client.chat_postMessage(channel=AUDIT, text="reply", thread_ts=root, metadata=TOKEN)

    replies = await client.conversations_replies(channel=AUDIT, ts=root, include_all_metadata=True)
    bare = await client.conversations_replies(channel=AUDIT, ts=root)
    history = await client.conversations_history(channel=AUDIT)

    assert [one["text"] for one in replies["messages"]] == ["root", "reply"]
    assert replies["messages"][1]["metadata"] == TOKEN
    assert "metadata" not in bare["messages"][1]
    assert [one["text"] for one in history["messages"]] == ["root"]


async def test_history_is_bounded_and_paged(slack: FakeSlack, client: AsyncWebClient) -> None:
    """The newest comes first; bounds are exclusive unless they are said to be inclusive."""
    stamps = [(await client.chat_postMessage(channel=AUDIT, text=str(n)))["ts"] for n in range(5)]

    later = await client.conversations_history(channel=AUDIT, oldest=stamps[2])
    first = await client.conversations_history(
        channel=AUDIT, oldest=stamps[2], inclusive=True, limit=2
    )
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(
        channel=AUDIT, oldest=stamps[2], inclusive=True, limit=2, cursor=cursor
    )

    assert [one["text"] for one in later["messages"]] == ["4", "3"]
    assert [one["text"] for one in first["messages"]] == ["4", "3"]
    assert [one["text"] for one in second["messages"]] == ["2"]


async def test_an_edit_takes_the_blocks_away_unless_it_gives_some(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """Metadata stays where none is given."""
    told = await client.chat_postMessage(
        channel=AUDIT, text="open", blocks=[SECTION], metadata=TOKEN
    )

    await client.chat_update(channel=AUDIT, ts=told["ts"], text="decided")

    message = slack.message(f"{AUDIT}/{told['ts']}")
    assert message is not None
    assert (message.text, message.blocks, message.metadata) == ("decided", [], TOKEN)


async def test_a_person_is_written_to_in_one_direct_conversation(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """Opening it twice, or posting to the person, is always the same one."""
    opened = await client.conversations_open(users=[JAMES])
    again = await client.conversations_open(users=JAMES)
    posted = await client.chat_postMessage(channel=JAMES, text="hello")

    assert opened["channel"]["id"] == again["channel"]["id"] == posted["channel"]
    assert [one.text for one in slack.person(JAMES).direct()] == ["hello"]


async def test_only_one_person_sees_an_ephemeral_message(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """And it is no message: it cannot be edited."""
    told = await client.chat_postEphemeral(channel=AUDIT, user=RIYA, text="for you")

    with pytest.raises(SlackApiError) as failed:
        await client.chat_update(channel=AUDIT, ts=told["message_ts"], text="other")

    assert code(failed) == "message_not_found"
    assert [one.text for one in slack.person(RIYA).ephemerals(AUDIT)] == ["for you"]
    assert slack.person(JAMES).ephemerals() == []
    assert slack.person(RIYA).channel(AUDIT) == []


# ── refusing ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": PRIVATE, "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": AUDIT}, "no_text"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        (
            "chat.postMessage",
            {"channel": AUDIT, "text": "x", "thread_ts": "1"},
            "invalid_thread_ts",
        ),
        (
            "chat.postMessage",
            {"channel": AUDIT, "text": "x", "thread_ts": NOWHERE},
            "thread_not_found",
        ),
        ("chat.postMessage", {"channel": AUDIT, "text": "x", "blocks": [{}]}, "invalid_blocks"),
        (
            "chat.postMessage",
            {"channel": AUDIT, "text": "x", "metadata": {"event_type": "x"}},
            "invalid_metadata_format",
        ),
        ("chat.update", {"channel": AUDIT, "ts": NOWHERE, "text": "x"}, "message_not_found"),
        (
            "chat.postEphemeral",
            {"channel": AUDIT, "user": "U9", "text": "x"},
            "user_not_in_channel",
        ),
        ("conversations.open", {"users": "U9"}, "user_not_found"),
        ("conversations.replies", {"channel": AUDIT, "ts": NOWHERE}, "thread_not_found"),
        ("users.info", {"user": "U9"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "nobody@acme.example"}, "users_not_found"),
        ("views.open", {"trigger_id": "none", "view": MODAL}, "invalid_trigger_id"),
        ("views.update", {"view_id": "V0", "view": MODAL}, "not_found"),
        ("no.such", {}, "unknown_method"),
    ],
)
async def test_what_slack_refuses_is_refused_in_its_words(
    client: AsyncWebClient, method: str, arguments: dict[str, object], error: str
) -> None:
    """The code is what a caller decides by."""
    form = {key: json.dumps(one) if key in ENCODED else one for key, one in arguments.items()}

    with pytest.raises(SlackApiError) as failed:
        await client.api_call(method, data=form)

    assert code(failed) == error


async def test_who_is_not_in_a_channel_does_not_post_there(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """A public channel can be known of and not be joined."""
    slack.kick_out(AUDIT)

    with pytest.raises(SlackApiError) as failed:
        await client.chat_postMessage(channel=AUDIT, text="x")

    assert code(failed) == "not_in_channel"
    assert (await client.conversations_info(channel=AUDIT))["channel"]["is_member"] is False


async def test_a_missing_scope_is_named(slack: FakeSlack, client: AsyncWebClient) -> None:
    """Together with those that are there, also in a header of every answer."""
    slack.app.scopes -= {"users:read"}

    with pytest.raises(SlackApiError) as failed:
        await client.users_info(user=RIYA)

    assert code(failed) == "missing_scope"
    assert failed.value.response["needed"] == "users:read"
    told = await client.auth_test()
    assert set(told.headers["x-oauth-scopes"].split(",")) == slack.app.scopes


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-other", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_wrong_token_opens_nothing(slack: FakeSlack, token: str | None, error: str) -> None:
    """Nor does the one for Socket Mode."""
    given = slack.app.app_token if token == "app" else token
    client = AsyncWebClient(token=given, base_url=slack.api_url)

    with pytest.raises(SlackApiError) as failed:
        await client.auth_test()

    assert code(failed) == error


async def test_json_is_read_where_slack_reads_it(slack: FakeSlack) -> None:
    """Methods that only read ignore it; a token in the address is no token."""
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        body = {"channel": AUDIT, "text": "hello", "blocks": [SECTION]}
        posted = await (await session.post(f"{slack.api_url}chat.postMessage", json=body)).json()
        read = await session.post(f"{slack.api_url}users.info", json={"user": RIYA})
        odd = await session.post(f"{slack.api_url}chat.postMessage", data=b"x")

        assert posted["ok"]
        assert (await read.json())["error"] == "invalid_arguments"
        assert (await odd.json())["error"] == "invalid_post_type"
    async with aiohttp.ClientSession() as session:
        asked = await session.get(f"{slack.api_url}auth.test?token={slack.app.bot_token}")

        assert (await asked.json())["error"] == "not_authed"


async def test_what_breaks_block_kit_is_noted_even_where_slack_takes_it(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """A message without top-level text arrives, and is read out to nobody."""
    await client.api_call("chat.postMessage", json={"channel": AUDIT, "blocks": [SECTION]})

    assert len(slack.violations) == 1
    assert "/text" in slack.violations[0]


@pytest.mark.parametrize(("text", "calls"), [("<!channel> look", 1), ("&lt;!channel&gt; look", 0)])
async def test_a_message_that_calls_a_whole_channel_is_noted(
    slack: FakeSlack, client: AsyncWebClient, text: str, calls: int
) -> None:
    """Nobody's words may do that; escaped, they do not."""
    await client.chat_postMessage(channel=AUDIT, text=text)

    assert len(slack.violations) == calls


async def test_what_is_private_of_people_needs_its_scope(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """Without `users:read.email`, nobody has an address."""
    before = (await client.users_info(user=RIYA))["user"]["profile"]
    slack.app.scopes -= {"users:read.email"}

    after = (await client.users_info(user=RIYA))["user"]["profile"]

    assert before["email"] == "riya@acme.example"
    assert "email" not in after


# ── views ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_trigger_opens_one_modal_at_once(slack: FakeSlack, client: AsyncWebClient) -> None:
    """Within three seconds, once."""
    first, second = slack.workspace.new_trigger(RIYA), slack.workspace.new_trigger(RIYA)

    await client.views_open(trigger_id=first, view=MODAL)

    with pytest.raises(SlackApiError) as used:
        await client.views_open(trigger_id=first, view=MODAL)
    slack.wait(3.1)
    with pytest.raises(SlackApiError) as late:
        await client.views_open(trigger_id=second, view=MODAL)
    assert (code(used), code(late)) == ("exchanged_trigger_id", "expired_trigger_id")
    modal = slack.person(RIYA).modal
    assert modal is not None
    assert plain(modal) == "Ask\nWhy = first\n[Ask]"


async def test_an_update_of_a_view_that_moved_on_is_a_conflict(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """What was typed stays where the ids are the same."""
    opened = await client.views_open(trigger_id=slack.workspace.new_trigger(RIYA), view=MODAL)
    view = slack.person(RIYA).modal
    assert view is not None
    await slack.person(RIYA).fills_in(view, {"Why": "typed"})
    await client.views_update(view_id=view.id, view=MODAL, hash=opened["view"]["hash"])

    with pytest.raises(SlackApiError) as failed:
        await client.views_update(view_id=view.id, view=MODAL, hash=opened["view"]["hash"])

    assert code(failed) == "hash_conflict"
    assert view.state["why"]["why"] == {"type": "plain_text_input", "value": "typed"}


async def test_a_home_is_published_over_the_one_before(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """It is the same view with another content."""
    home = {"type": "home", "blocks": [SECTION]}

    first = await client.views_publish(user_id=JAMES, view=home)
    second = await client.views_publish(user_id=JAMES, view=home)

    assert first["view"]["id"] == second["view"]["id"]
    assert first["view"]["hash"] != second["view"]["hash"]
    assert slack.person(JAMES).home is not None


# ── files ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_file_is_uploaded_in_three_steps(slack: FakeSlack, client: AsyncWebClient) -> None:
    """It is private until it is shared in a channel."""
    direct = (await client.conversations_open(users=RIYA))["channel"]["id"]

    await client.files_upload_v2(
        channel=direct, filename="audit.csv", content="a,b\n", initial_comment="Here it is"
    )

    file = next(iter(slack.world.files.values()))
    assert (file.name, file.content, file.channel) == ("audit.csv", b"a,b\n", direct)
    assert slack.person(RIYA).direct()[0].files[0]["id"] == file.id


# ── faults ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_busy_slack_says_how_long_to_wait(slack: FakeSlack, client: AsyncWebClient) -> None:
    """Only for the method and the channel that it was ordered for, and only so often."""
    slack.order(rate_limited(7), method="chat.postMessage", channel=AUDIT)

    await client.auth_test()
    await client.chat_postMessage(channel=RIYA, text="x")
    with pytest.raises(SlackApiError) as failed:
        await client.chat_postMessage(channel=AUDIT, text="x")

    assert failed.value.response.status_code == 429
    assert failed.value.response.headers["Retry-After"] == "7"
    await client.chat_postMessage(channel=AUDIT, text="x")


async def test_faults_come_in_the_order_they_were_ordered(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    """One after the other, each as often as it was said."""
    slack.order(broken(502))
    slack.order(refused("edit_window_closed"), times=2)

    seen = []
    for _ in range(3):
        with pytest.raises(SlackApiError) as failed:
            await client.auth_test()
        seen.append(failed.value.response.status_code)

    assert seen == [502, 200, 200]
    assert (await client.auth_test())["ok"]


@pytest.mark.parametrize("arrives", [False, True])
async def test_a_cut_connection_tells_nothing(
    slack: FakeSlack, client: AsyncWebClient, arrives: bool
) -> None:
    """Whether the message is there cannot be known from the failure."""
    client.retry_handlers.clear()
    slack.order(answer_lost() if arrives else unreached(), method="chat.postMessage")

    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=AUDIT, text="x")

    assert len(slack.person(RIYA).channel(AUDIT)) == int(arrives)


async def test_a_slack_that_went_away_comes_back(slack: FakeSlack, client: AsyncWebClient) -> None:
    """Until then, no call arrives."""
    client.retry_handlers.clear()
    slack.go_away()
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=AUDIT, text="x")
    assert slack.person(RIYA).channel(AUDIT) == []

    slack.come_back()

    assert (await client.chat_postMessage(channel=AUDIT, text="x"))["ok"]
