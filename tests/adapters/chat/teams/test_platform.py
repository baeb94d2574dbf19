"""The bot speaks in Teams in the right place, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.chat.cards import Button, Card
from adapters.chat.platform import Gone, Place, PlatformError
from adapters.chat.teams import platform as module
from adapters.chat.teams.address import Address
from adapters.chat.teams.connector import client
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.connector.credentials import Credentials
from adapters.chat.teams.connector.tokens import Tokens
from adapters.chat.teams.platform import TeamsPlatform
from tests.adapters.chat.teams.connector.conftest import wire
from tests.adapters.chat.teams.connector.wire import APP, SECRET, TENANT, Said, Wire
from tests.teams.reaching import Pocket

__all__ = ["wire"]

AUDIT = "19:audit@thread.tacv2"
GROUP = "19:owners@thread.v2"
RIYA = "11111111-2222-4333-8444-555555555555"
CHAT = "a:chat-with-riya"
MRI = "29:riya"
CARD = Card("JIT-1: GL posting", buttons=(Button("Details", "status JIT-1"),))
DECIDED = Card("JIT-1 was approved")


@pytest.fixture
def book() -> Pocket:
    """Give an empty book."""
    return Pocket()


@pytest.fixture
async def platform(wire: Wire, book: Pocket) -> AsyncIterator[TeamsPlatform]:
    """Give the platform under test."""
    made = _made(wire, book)
    yield made
    await made.close()


def _made(wire: Wire, book: Pocket) -> TeamsPlatform:
    credentials = Credentials(app_id=APP, tenant=TENANT, login_url=wire.entra, password=SECRET)
    connector = BotConnector(Tokens(credentials), ["127.0.0.1"])
    url = f"{wire.url}teams/"
    return TeamsPlatform(connector, book, app_id=APP, tenant=TENANT, service_url=url)


def _known(wire: Wire) -> Address:
    return Address(service_url=wire.teams, conversation=CHAT, mri=MRI)


def _calls(wire: Wire) -> list[str]:
    return [f"{call.method} {call.path}" for call in wire.calls]


def _refresh(wire: Wire) -> list[str]:
    """Say who sees to the card of the last call by looking at it."""
    (attachment,) = wire.calls[-1].json["attachments"]
    users: list[str] = attachment["content"].get("refresh", {}).get("userIds", [])
    return users


# ── channels ────────────────────────────────────────────────────────────────────────────────────


async def test_a_post_in_a_channel_begins_a_thread(wire: Wire, platform: TeamsPlatform) -> None:
    """A conversation of its own, with the card in it, in one call."""
    wire.say(201, {"id": f"{AUDIT};messageid=17", "activityId": "17"})

    reference = await platform.post(Place(channel=AUDIT), CARD, "t1")

    assert reference == f"{AUDIT};messageid=17/17"
    assert _calls(wire) == ["POST /teams/v3/conversations"]
    body = wire.calls[0].json
    assert body["isGroup"] is True
    assert body["bot"] == {"id": f"28:{APP}"}
    assert body["channelData"] == {"channel": {"id": AUDIT}, "tenant": {"id": TENANT}}
    assert body["activity"]["type"] == "message"
    assert "refresh" not in body["activity"]["attachments"][0]["content"]


@pytest.mark.parametrize(
    "told",
    [
        {"id": f"{AUDIT};messageid=17"},
        {"id": AUDIT, "activityId": "17"},
    ],
)
async def test_half_an_answer_is_enough(
    wire: Wire, platform: TeamsPlatform, told: dict[str, str]
) -> None:
    """The thread's id is the channel's with the root's."""
    wire.say(201, told)

    assert await platform.post(Place(channel=AUDIT), CARD, "t1") == f"{AUDIT};messageid=17/17"


@pytest.mark.parametrize("root", [f"{AUDIT};messageid=17/17", f"{AUDIT}/17"])
async def test_a_reply_stands_where_its_root_is(
    wire: Wire, platform: TeamsPlatform, root: str
) -> None:
    """Whatever channel is configured meanwhile."""
    place = Place(channel="19:other@thread.tacv2", thread=root)

    reference = await platform.post(place, CARD, "t1")

    thread = "19%3Aaudit%40thread.tacv2%3Bmessageid%3D17"
    assert _calls(wire) == [f"POST /teams/v3/conversations/{thread}/activities"]
    assert reference == f"{AUDIT};messageid=17/m1"
    assert "replyToId" not in wire.calls[0].json


async def test_a_group_chat_is_written_to_and_names_what_it_replies_to(
    wire: Wire, platform: TeamsPlatform
) -> None:
    """There are no threads in chats."""
    root = await platform.post(Place(channel=GROUP), CARD, "t1")

    reply = await platform.post(Place(channel=GROUP, thread=root), DECIDED, "t2")

    assert (root, reply) == (f"{GROUP}/m1", f"{GROUP}/m2")
    chat = "/teams/v3/conversations/19%3Aowners%40thread.v2/activities"
    assert _calls(wire) == [f"POST {chat}"] * 2
    assert "replyToId" not in wire.calls[0].json
    assert wire.calls[1].json["replyToId"] == "m1"


@pytest.mark.parametrize("where", [AUDIT, GROUP])
async def test_a_channel_is_reached_where_it_is(
    wire: Wire, platform: TeamsPlatform, book: Pocket, where: str
) -> None:
    """Its region is kept from what it told us: for posts, replies and edits."""
    book.has(where, Address(service_url=wire.teams, conversation=where))
    wire.say(201, {"id": where, "activityId": "17"})
    root = await platform.post(Place(channel=where), CARD, "t1")

    await platform.post(Place(channel=where, thread=root), CARD, "t2")
    await platform.edit(root, DECIDED)

    assert all(call.path.startswith("/emea/v3/") for call in wire.calls)
    assert len(wire.calls) == 3


@pytest.mark.parametrize(
    "place",
    [
        Place(channel="general"),
        Place(channel=f"{AUDIT};messageid=17"),
        Place(account="riya.patel"),
        Place(channel=AUDIT, thread="no reference"),
        Place(channel=AUDIT, thread="17"),
        Place(channel=AUDIT, thread="a/b/c"),
    ],
)
async def test_what_is_no_id_is_gone(wire: Wire, platform: TeamsPlatform, place: Place) -> None:
    """Teams is not asked."""
    with pytest.raises(Gone, match="That is no"):
        await platform.post(place, CARD, "t1")

    assert not wire.calls


# ── people ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_person_is_written_to_in_the_chat_that_is_known(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """Where they are, with a card that looks after itself when they look at it."""
    book.has(RIYA, _known(wire))

    reference = await platform.post(Place(account=RIYA), CARD, "t1")

    assert reference == f"{CHAT}/m1"
    assert _calls(wire) == ["POST /emea/v3/conversations/a%3Achat-with-riya/activities"]
    assert _refresh(wire) == [MRI]


async def test_a_chat_is_begun_with_whom_none_is_known(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """Once: it is kept for all processes."""
    wire.say(201, {"id": CHAT})

    await platform.post(Place(account=RIYA), CARD, "t1")
    other = _made(wire, book)
    await other.post(Place(account=RIYA), CARD, "t2")
    await other.close()

    assert [call.path.count("/activities") for call in wire.calls] == [0, 1, 1]
    assert wire.calls[0].json == {
        "isGroup": False,
        "bot": {"id": f"28:{APP}"},
        "members": [{"id": RIYA}],
        "tenantId": TENANT,
        "channelData": {"tenant": {"id": TENANT}},
    }
    assert book.read(RIYA).conversation == CHAT
    assert not _refresh(wire)


async def test_a_chat_that_is_gone_is_begun_again_once(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """By the id that the person has for the bot."""
    book.has(RIYA, replace(_known(wire), conversation="a:old"))
    wire.refuse(404, "ConversationNotFound")
    wire.say(201, {"id": CHAT})

    reference = await platform.post(Place(account=RIYA), CARD, "t1")

    assert reference == f"{CHAT}/m3"
    assert wire.calls[1].json["members"] == [{"id": MRI}]
    assert book.read(RIYA) == _known(wire)
    wire.refuse(403, "BotNotInConversationRoster")
    wire.say(201, {"id": CHAT})
    wire.refuse(403, "BotNotInConversationRoster")
    with pytest.raises(Gone, match="let that person"):
        await platform.post(Place(account=RIYA), CARD, "t2")
    assert len(wire.calls) == 6


async def test_who_blocked_the_bot_is_not_pestered(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """Nothing is begun anew: an admin is told instead."""
    book.has(RIYA, _known(wire))
    wire.refuse(403, "MessageWritesBlocked")

    with pytest.raises(Gone, match="blocked or removed me"):
        await platform.post(Place(account=RIYA), CARD, "t1")

    assert len(wire.calls) == 1


async def test_who_never_installed_is_gone_and_it_is_said_how_to_mend_it(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """Nothing is kept of them."""
    wire.refuse(403, "ForbiddenOperationException")

    with pytest.raises(Gone, match="setup policy"):
        await platform.post(Place(account=RIYA), CARD, "t1")

    assert RIYA not in book.pages


async def test_a_chat_that_may_have_been_begun_holds_no_message_yet(
    wire: Wire, platform: TeamsPlatform
) -> None:
    """Nobody has to look for one."""
    wire.next.append(Said(is_cut=True))

    with pytest.raises(PlatformError) as failed:
        await platform.post(Place(account=RIYA), CARD, "t1")

    assert failed.value.retry_after is not None
    assert not failed.value.may_have_arrived


async def test_a_direct_reply_says_what_it_belongs_to(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """In the same chat; it stands for itself, so nobody asks anew what it shows."""
    book.has(RIYA, _known(wire))
    root = await platform.post(Place(account=RIYA), CARD, "t1")

    reply = await platform.post(Place(account=RIYA, thread=root), DECIDED, "t2")

    assert reply == f"{CHAT}/m2"
    assert wire.calls[1].path == wire.calls[0].path
    assert wire.calls[1].json["replyToId"] == "m1"
    assert not _refresh(wire)


# ── edits ───────────────────────────────────────────────────────────────────────────────────────


async def test_another_process_edits_a_direct_message_where_it_is(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """It knows the chat's id only; a card looks after itself while there is something to press."""
    book.has(RIYA, _known(wire))
    reference = await platform.post(Place(account=RIYA), CARD, "t1")
    other = _made(wire, book)

    await other.edit(reference, CARD)
    with_buttons = _refresh(wire)
    await other.edit(reference, DECIDED)
    await other.close()

    chat = "/emea/v3/conversations/a%3Achat-with-riya/activities"
    assert _calls(wire) == [f"POST {chat}", f"PUT {chat}/m1", f"PUT {chat}/m1"]
    assert with_buttons == [MRI]
    assert not _refresh(wire)


async def test_a_chats_address_is_kept_once(
    wire: Wire, platform: TeamsPlatform, book: Pocket
) -> None:
    """By each process, and again where it has changed."""
    book.has(RIYA, _known(wire))
    for number in range(3):
        await platform.post(Place(account=RIYA), CARD, f"t{number}")
    assert book.written == 1

    book.has(RIYA, replace(_known(wire), service_url=f"{wire.url}amer/"))
    reference = await platform.post(Place(account=RIYA), CARD, "t4")
    await platform.edit(reference, DECIDED)

    assert book.written == 2
    assert wire.calls[-1].path.startswith("/amer/")


async def test_only_the_latest_chats_are_remembered(
    wire: Wire, platform: TeamsPlatform, book: Pocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory has an end; the book knows the others."""
    monkeypatch.setattr(module, "CHATS_MAX", 2)
    for number in range(4):
        book.has(f"person-{number}", replace(_known(wire), conversation=f"a:{number}"))
        await platform.post(Place(account=f"person-{number}"), CARD, f"t{number}")

    assert list(platform._kept) == ["a:2", "a:3"]
    assert book.read("a:0").mri == MRI


@pytest.mark.parametrize("status", [403, 404])
async def test_what_cannot_be_edited_any_more_is_gone(
    wire: Wire, platform: TeamsPlatform, status: int
) -> None:
    """The caller says it elsewhere."""
    wire.say(status, {})

    with pytest.raises(Gone):
        await platform.edit(f"{CHAT}/m1", DECIDED)


# ── once, or twice ──────────────────────────────────────────────────────────────────────────────


async def test_the_same_token_at_once_is_posted_once(wire: Wire, platform: TeamsPlatform) -> None:
    """Two threads of one worker wait for each other."""
    found = await asyncio.gather(
        *(platform.post(Place(channel=GROUP), CARD, "t1") for _ in range(8))
    )

    assert len(set(found)) == len(wire.calls) == 1


@pytest.mark.parametrize(
    "said",
    [Said(is_cut=True), Said(502, {}), Said(201, {"id": "m"}, after=0.5)],
    ids=["cut", "502", "late"],
)
async def test_a_post_that_may_have_arrived_is_posted_again(
    wire: Wire, platform: TeamsPlatform, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the next try, and by no other after that: never lost, and at most doubled."""
    monkeypatch.setattr(module, "POST_MAX", 0.3)
    wire.next.append(said)
    with pytest.raises(PlatformError) as failed:
        await platform.post(Place(channel=GROUP), CARD, "t1")

    again = await platform.post(Place(channel=GROUP), CARD, "t1", tried_since=datetime.now(UTC))

    assert failed.value.may_have_arrived
    assert failed.value.retry_after is not None
    assert await platform.post(Place(channel=GROUP), CARD, "t1") == again == f"{GROUP}/m2"
    assert len(wire.calls) == 2


async def test_what_teams_refused_for_now_is_posted_once(
    wire: Wire, platform: TeamsPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside one post: it was sure that nothing had arrived."""
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.01)
    wire.say(412, {}, Retry_After="0")

    reference = await platform.post(Place(channel=GROUP), CARD, "t1")

    assert reference == f"{GROUP}/m2"


async def test_an_edit_has_a_time_limit(
    wire: Wire, platform: TeamsPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all that belongs to it."""
    monkeypatch.setattr(module, "POST_MAX", 0.1)
    wire.next.append(Said(after=0.5))

    with pytest.raises(PlatformError, match="too long") as failed:
        await platform.edit(f"{CHAT}/m1", DECIDED)

    assert failed.value.retry_after is not None


async def test_only_the_latest_tokens_are_remembered(
    platform: TeamsPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory has an end."""
    monkeypatch.setattr(module, "ATTEMPTS_MAX", 2)
    for number in range(4):
        await platform.post(Place(channel=GROUP), CARD, f"t{number}")

    assert list(platform._attempts) == ["t2", "t3"]


# ── home ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_dashboard_has_no_place_of_its_own(wire: Wire, platform: TeamsPlatform) -> None:
    """Nothing is sent, and nobody is disturbed."""
    await platform.show_home(RIYA, CARD)

    assert not wire.calls
    assert not wire.logins
