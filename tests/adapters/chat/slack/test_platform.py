"""The bot speaks in Slack once, in the right place, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from adapters.chat.cards import Button, Card
from adapters.chat.platform import Gone, Place, PlatformError
from adapters.chat.slack import platform as module
from adapters.chat.slack.platform import SlackPlatform
from adapters.chat.slack.web_api.client import SlackClient
from tests.slack.fake_slack import (
    FakeSlack,
    Fault,
    Message,
    answer_lost,
    broken_afterwards,
    plain,
    rate_limited,
    refused,
    slow,
    unreached,
)
from tests.slack.sample_app import AUDIT, JAMES, PRIVATE, RIYA
from tests.waiting import until_async

CHANNEL = Place(channel=AUDIT)
CARD = Card("JIT-1: GL posting", buttons=(Button("Details", "status JIT-1"),))
READS = {"conversations.history", "conversations.replies"}
LOST = {
    "cut": answer_lost(),
    "500": broken_afterwards(),
    "late": slow(0.4),
}
"""Ways in which a post arrives and nobody is told."""


@pytest.fixture
async def platform(slack: FakeSlack) -> AsyncIterator[SlackPlatform]:
    """Give the platform under test."""
    made = _made(slack)
    yield made
    await made.close()
    assert not slack.violations


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a post take 0.3 s at most."""
    monkeypatch.setattr(module, "POST_MAX", 0.3)


def _made(slack: FakeSlack) -> SlackPlatform:
    return SlackPlatform(SlackClient(slack.api_url, slack.app.bot_token))


def _now() -> datetime:
    return datetime.now(UTC)


def _shown(slack: FakeSlack) -> list[Message]:
    return slack.person(RIYA).channel(AUDIT)


def _read(slack: FakeSlack) -> int:
    """Count how often a conversation was read back."""
    return sum(call.method in READS for call in slack.calls)


# ── posting ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_first_post_costs_one_call(slack: FakeSlack, platform: SlackPlatform) -> None:
    """Nothing is read back where nobody tried before."""
    reference = await platform.post(CHANNEL, CARD, "t1")

    assert [call.method for call in slack.calls] == ["chat.postMessage"]
    message = slack.message(reference)
    assert message is not None
    assert plain(message).splitlines()[0].endswith("JIT-1: GL posting")
    assert message.metadata == {"event_type": "jit_message", "event_payload": {"token": "t1"}}


async def test_nothing_that_people_wrote_is_unfolded(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """A link in a reason shows no preview, and names are not looked for."""
    await platform.post(CHANNEL, Card("See https://e.example"), "t1")

    arguments = slack.calls_of("chat.postMessage")[0].arguments
    assert (arguments["unfurl_links"], arguments["unfurl_media"]) == ("false", "false")
    assert "link_names" not in arguments


async def test_a_person_is_written_to_in_the_conversation_that_is_opened_once(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """Posting to a person's id may land elsewhere; editing needs the conversation anyway."""
    first = await platform.post(Place(account=JAMES), CARD, "t1")
    await platform.post(Place(account=JAMES), CARD, "t2")

    assert first.startswith(slack.direct(JAMES).id + "/")
    assert len(slack.calls_of("conversations.open")) == 1
    assert len(slack.person(JAMES).direct()) == 2


async def test_a_reply_stands_where_its_root_is(slack: FakeSlack, platform: SlackPlatform) -> None:
    """In a direct message too, and where another channel is configured meanwhile."""
    root = await platform.post(Place(account=RIYA), CARD, "t1")

    await platform.post(Place(channel=AUDIT, thread=root), Card("Too late"), "t2")
    await platform.post(Place(account=RIYA, thread=root), Card("Later"), "t3")

    (message,) = slack.person(RIYA).direct()
    assert len(slack.person(RIYA).thread(message)) == 2
    assert not _shown(slack)


# ── once ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
@pytest.mark.parametrize("where", ["channel", "person", "thread"])
async def test_a_post_that_arrived_unheard_is_found_again(
    slack: FakeSlack,
    platform: SlackPlatform,
    where: str,
    fault: Fault,
) -> None:
    """By the same process and by another one: its token stands in it, wherever it is."""
    root = await platform.post(CHANNEL, CARD, "t0")
    place = {
        "channel": CHANNEL,
        "person": Place(account=JAMES),
        "thread": Place(channel=AUDIT, thread=root),
    }[where]
    before = _now()
    slack.order(fault, method="chat.postMessage")
    with pytest.raises(PlatformError) as failed:
        await platform.post(place, CARD, "t1")
    assert failed.value.may_have_arrived
    await until_async(partial(_are_there, slack))

    other = _made(slack)
    try:
        found = await other.post(place, CARD, "t1", tried_since=before)
    finally:
        await other.close()

    assert await platform.post(place, CARD, "t1") == found
    assert slack.message(found) is not None
    assert await _are_there(slack)


async def _are_there(slack: FakeSlack) -> bool:
    return sum(len(one.messages) for one in slack.world.channels.values()) == 2


async def test_a_post_that_did_not_arrive_is_posted(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """It was looked for first, since nobody could know."""
    slack.order(unreached(), method="chat.postMessage")
    with pytest.raises(PlatformError):
        await platform.post(CHANNEL, CARD, "t1")

    await platform.post(CHANNEL, CARD, "t1")

    assert (_read(slack), len(_shown(slack))) == (1, 1)


async def test_what_slack_refused_is_not_looked_for(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """A refusal is an answer: nothing was posted."""
    slack.order(rate_limited(0), method="chat.postMessage")
    with pytest.raises(PlatformError) as failed:
        await platform.post(CHANNEL, CARD, "t1")
    assert not failed.value.may_have_arrived

    await platform.post(CHANNEL, CARD, "t1")

    assert (_read(slack), len(_shown(slack))) == (0, 1)


async def test_the_same_token_at_once_is_posted_once(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """Two threads of one worker wait for each other."""
    found = await asyncio.gather(*(platform.post(CHANNEL, CARD, "t1") for _ in range(8)))

    assert len(set(found)) == len(_shown(slack)) == 1


async def test_another_ones_copy_of_our_metadata_is_not_ours(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """Whoever reads a channel reads its metadata."""
    before = _now()
    reference = await platform.post(CHANNEL, CARD, "t0")
    message = slack.message(reference)
    assert message is not None
    message.metadata = {"event_type": "jit_message", "event_payload": {"token": "t1"}}
    message.attributes["bot_id"] = "B0OTHER"

    found = await platform.post(CHANNEL, CARD, "t1", tried_since=before)

    assert found != reference


async def test_the_search_begins_at_the_first_try_and_ends_somewhere(
    slack: FakeSlack, platform: SlackPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some minutes earlier, as clocks differ; a busy channel is not read from end to end."""
    monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setattr(module, "PAGES_MAX", 3)
    for number in range(4):
        await platform.post(Place(account=RIYA), Card(f"{number}"), f"n{number}")
    since = _now()

    await platform.post(Place(account=RIYA), CARD, "t1", tried_since=since)

    reads = slack.calls_of("conversations.history")
    assert len(reads) == 3
    oldest = float(reads[0].arguments["oldest"])
    assert oldest == pytest.approx((since - timedelta(minutes=5)).timestamp(), abs=0.001)
    assert len(slack.person(RIYA).direct()) == 5


async def test_who_may_not_search_posts_all_the_same(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """The scope for it can be left out: twice is better than not at all."""
    slack.app.scopes -= {"channels:history"}
    slack.order(answer_lost(), method="chat.postMessage")
    with pytest.raises(PlatformError):
        await platform.post(CHANNEL, CARD, "t1")

    await platform.post(CHANNEL, CARD, "t1")

    assert len(_shown(slack)) == 2


# ── gone ────────────────────────────────────────────────────────────────────────────────────────


async def test_where_the_bot_may_not_write_is_gone_and_says_what_to_do(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """Nothing of whom or what it was about is in the sentence."""
    slack.kick_out(AUDIT)
    slack.change_person(JAMES, deleted=True)
    places = [
        (CHANNEL, "/invite"),
        (Place(channel=PRIVATE), "/invite"),
        (Place(account=JAMES), "deactivated"),
        (Place(account="U9"), "no such account"),
        (Place(account=slack.app.bot_user), "is a bot"),
    ]

    for place, advice in places:
        with pytest.raises(Gone, match=advice) as gone:
            await platform.post(place, CARD, "t1")

        assert place.channel not in str(gone.value) or not place.channel
        assert place.account not in str(gone.value) or not place.account


@pytest.mark.parametrize("code", ["edit_window_closed", "message_not_found", "cant_update_message"])
async def test_what_cannot_be_edited_any_more_is_gone(
    slack: FakeSlack, platform: SlackPlatform, code: str
) -> None:
    """The caller says it elsewhere."""
    reference = await platform.post(CHANNEL, CARD, "t1")
    slack.order(refused(code), method="chat.update")

    with pytest.raises(Gone):
        await platform.edit(reference, Card("Approved"))


async def test_an_edit_keeps_the_token(slack: FakeSlack, platform: SlackPlatform) -> None:
    """A message that is edited before it is found again is found all the same."""
    before = _now()
    slack.order(answer_lost(), method="chat.postMessage")
    with pytest.raises(PlatformError):
        await platform.post(CHANNEL, CARD, "t1")
    found = await platform.post(CHANNEL, CARD, "t1")

    await platform.edit(found, Card("Approved"))

    other = _made(slack)
    assert await other.post(CHANNEL, CARD, "t1", tried_since=before) == found
    await other.close()
    assert plain(_shown(slack)[0]).endswith("Approved")


# ── home ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_dashboard_is_published_over_the_one_before(
    slack: FakeSlack, platform: SlackPlatform
) -> None:
    """Whatever is there: it is computed anew each time."""
    await platform.show_home(RIYA, Card("First"))

    await platform.show_home(RIYA, Card("Second"))

    home = slack.person(RIYA).home
    assert home is not None
    assert "Second" in plain(home)
    assert "hash" not in slack.calls_of("views.publish")[1].arguments


async def test_nobody_has_no_dashboard(platform: SlackPlatform) -> None:
    """Slack calls it a wrong argument."""
    with pytest.raises(Gone):
        await platform.show_home("U9", CARD)
