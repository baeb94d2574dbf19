"""What a chat platform is: run against every implementation of `adapters.chat.platform.Platform`.

An implementation joins by a *chat*: see `chats`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.chat.cards import Card, Tone
from adapters.chat.platform import Gone, Place, PlatformError
from tests.adapters.chat.playground.stage import CHANNEL
from tests.adapters.chat.playground.stage import sample_card as card_with_form
from tests.contracts.chats import CHATS, Chat

REASON_MAX = 3000
MARKUP = "<b>*bold* <@U123> <!channel> [x](https://e.example) &amp; `code`"


@pytest.fixture(params=CHATS)
async def chat(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Chat]:
    """Give each platform in turn."""
    async with CHATS[request.param](tmp_path) as made:
        yield made


def sample_card() -> Card:
    """Give a card with one of everything that is posted: forms are only ever answered."""
    return replace(card_with_form(), form=None)


def read(*cards: Card) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """Give what a person reads in cards, line by line, and what their buttons are and say."""
    return [
        (
            card.plain().splitlines(),
            [(button.label, button.says) for button in card.buttons],
        )
        for card in cards
    ]


async def seen(chat: Chat, place: Place) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """Give what a person reads in a place."""
    return read(*await chat.shown(place))


# ── posting ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_card_arrives_in_a_channel_as_it_was_given(chat: Chat) -> None:
    """Title, lines, facts, table, buttons and instants: nothing is lost."""
    card = sample_card()

    await chat.platform.post(Place(channel=chat.channel), card, "t1")

    assert await seen(chat, Place(channel=chat.channel)) == read(card)


async def test_a_card_reaches_a_person(chat: Chat) -> None:
    """A place with an account is a direct message, and nothing goes to the channel."""
    await chat.platform.post(Place(account=chat.account), sample_card(), "t1")

    assert await seen(chat, Place(account=chat.account)) == read(sample_card())
    assert not await chat.shown(Place(channel=chat.channel))


async def test_replies_stand_in_their_thread_in_the_order_of_posting(chat: Chat) -> None:
    """A thread is read from top to bottom, and its replies are not beside their root."""
    root = await chat.platform.post(Place(channel=chat.channel), Card("root"), "t0")
    thread = Place(channel=chat.channel, thread=root)

    for number in range(5):
        await chat.platform.post(thread, Card(f"reply {number}"), f"r{number}")

    assert [card.title for card in await chat.shown(thread)] == [f"reply {n}" for n in range(5)]
    assert await seen(chat, Place(channel=chat.channel)) == read(Card("root"))


async def test_the_same_token_again_posts_nothing_and_gives_the_first_reference(chat: Chat) -> None:
    """Even with another card: the first one was shown."""
    first = await chat.platform.post(Place(channel=chat.channel), Card("first"), "t1")

    second = await chat.platform.post(Place(channel=chat.channel), Card("second"), "t1")

    assert second == first
    assert await seen(chat, Place(channel=chat.channel)) == read(Card("first"))


async def test_the_same_token_at_the_same_time_posts_once(chat: Chat) -> None:
    """Two workers may think that it is theirs to post."""
    place = Place(channel=chat.channel)

    references = await asyncio.gather(
        *(chat.platform.post(place, sample_card(), "t1") for _ in range(8))
    )

    assert len(set(references)) == 1
    assert len(await chat.shown(place)) == 1


async def test_what_people_wrote_stays_text(chat: Chat) -> None:
    """No markup, mention or entity is interpreted on the way."""
    card = Card(MARKUP, lines=((MARKUP,),))

    await chat.platform.post(Place(channel=chat.channel), card, "t1")

    assert await seen(chat, Place(channel=chat.channel)) == read(card)


async def test_the_longest_reason_fits(chat: Chat) -> None:
    """A reason may have 3,000 characters, of any script; a chat may break it over lines."""
    card = Card("A reason", lines=(("ж" * REASON_MAX,), ("🙂" * REASON_MAX,)))

    await chat.platform.post(Place(channel=chat.channel), card, "t1")

    [(lines, _)] = await seen(chat, Place(channel=chat.channel))
    assert "".join(lines) == "".join(card.plain().splitlines())


@pytest.mark.parametrize(
    "place",
    [
        Place(channel="no-such-channel"),
        Place(account="nobody.known"),
        Place(channel=CHANNEL, thread="987654321"),
        Place(channel=CHANNEL, thread="no reference"),
    ],
    ids=["channel", "person", "thread", "nonsense"],
)
async def test_posting_where_nothing_is_says_gone(chat: Chat, place: Place) -> None:
    """Trying again would be useless, and the caller has to know that."""
    if place.channel == CHANNEL:
        place = replace(place, channel=chat.channel)

    with pytest.raises(Gone):
        await chat.platform.post(place, sample_card(), "t1")


# ── editing ─────────────────────────────────────────────────────────────────────────────────────


async def test_an_edit_shows_another_card_in_the_same_place(chat: Chat) -> None:
    """The buttons of a decided request go away by an edit."""
    reference = await chat.platform.post(Place(account=chat.account), sample_card(), "t1")
    decided = Card("Approved", Tone.GOOD)

    await chat.platform.edit(reference, decided)

    assert await seen(chat, Place(account=chat.account)) == read(decided)


async def test_the_same_edit_twice_is_no_error(chat: Chat) -> None:
    """Announcing is level-triggered: it may not know that it was done."""
    reference = await chat.platform.post(Place(channel=chat.channel), sample_card(), "t1")
    await chat.platform.edit(reference, Card("Approved"))

    await chat.platform.edit(reference, Card("Approved"))

    assert await seen(chat, Place(channel=chat.channel)) == read(Card("Approved"))


async def test_posting_an_edited_message_again_leaves_it_as_it_is(chat: Chat) -> None:
    """A late repetition of the first post cannot bring the buttons back."""
    reference = await chat.platform.post(Place(channel=chat.channel), sample_card(), "t1")
    await chat.platform.edit(reference, Card("Approved"))

    await chat.platform.post(Place(channel=chat.channel), sample_card(), "t1")

    assert await seen(chat, Place(channel=chat.channel)) == read(Card("Approved"))


@pytest.mark.parametrize("reference", ["987654321", "no reference", ""])
async def test_editing_what_is_not_there_says_gone(chat: Chat, reference: str) -> None:
    """A message that somebody deleted is posted anew by the caller, or forgotten."""
    with pytest.raises(Gone):
        await chat.platform.edit(reference, sample_card())


# ── failing ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_chat_out_of_reach_is_worth_another_try(chat: Chat) -> None:
    """It is an error with a time to wait, and not `Gone`; nothing secret is in it."""
    chat.refuse()

    with pytest.raises(PlatformError) as failed:
        await chat.platform.post(Place(channel=chat.channel), sample_card(), "t1")

    assert not isinstance(failed.value, Gone)
    assert failed.value.retry_after is not None
    assert chat.secret not in repr(failed.value) + str(failed.value)


async def test_an_outage_delays_a_post_and_neither_loses_nor_doubles_it(chat: Chat) -> None:
    """The caller says the same again when the chat is back."""
    place = Place(channel=chat.channel)
    chat.refuse()
    with pytest.raises(PlatformError):
        await chat.platform.post(place, sample_card(), "t1")
    chat.heal()

    await chat.platform.post(place, sample_card(), "t1")

    assert await seen(chat, place) == read(sample_card())


async def test_a_lost_answer_never_loses_the_post(chat: Chat) -> None:
    """It was posted and nobody was told: the same token finds it, or posts it once more.

    Whichever it is, the reference is that of a message that stands there.
    """
    place = Place(channel=chat.channel)
    chat.lose_next_answer()
    with pytest.raises(PlatformError):
        await chat.platform.post(place, Card("once"), "t1")

    reference = await chat.platform.post(place, Card("once"), "t1")

    assert await chat.platform.post(place, Card("once"), "t1") == reference
    copies = [Card("once")] * chat.copies_at_most
    assert await seen(chat, place) == read(*copies)
    await chat.platform.edit(reference, Card("edited"))
    assert await seen(chat, place) == read(*copies[1:], Card("edited"))


@pytest.mark.parametrize("kind", ["channel", "person", "thread"])
async def test_another_process_finds_what_one_has_posted(chat: Chat, kind: str) -> None:
    """It is told since when somebody may have tried, and finds what was lost, and nothing else.

    Where a chat cannot be asked for it, it is posted once more.
    """
    root = await chat.platform.post(Place(channel=chat.channel), Card("root"), "t0")
    place = {
        "channel": Place(channel=chat.channel),
        "person": Place(account=chat.account),
        "thread": Place(channel=chat.channel, thread=root),
    }[kind]
    began = datetime.now(UTC)
    chat.lose_next_answer()
    with pytest.raises(PlatformError) as lost:
        await chat.platform.post(place, Card("once"), "t1")
    before = len(await chat.shown(place))
    other = chat.another()

    reference = await other.post(place, Card("once"), "t1", tried_since=began)
    await other.post(place, Card("never tried"), "t2", tried_since=began)

    await other.edit(reference, Card("edited"))
    await other.close()
    assert lost.value.may_have_arrived
    copies = ["once"] * (chat.copies_at_most - 1)
    titles = [card.title for card in await chat.shown(place)]
    assert titles[before - 1 :] == [*copies, "edited", "never tried"]


# ── home ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_home_is_no_message(chat: Chat) -> None:
    """It is shown where the chat keeps a place for it, again and again, and tells nobody."""
    await chat.platform.show_home(chat.account, sample_card())

    await chat.platform.show_home(chat.account, Card("Nothing waits for you"))

    assert not await chat.shown(Place(account=chat.account))
    assert not await chat.shown(Place(channel=chat.channel))


async def test_closing_twice_is_fine(chat: Chat) -> None:
    """Shutting down may come from two sides."""
    await chat.platform.post(Place(channel=chat.channel), sample_card(), "t1")

    await chat.platform.close()
    await chat.platform.close()
