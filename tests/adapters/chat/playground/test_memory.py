"""The chat's memory forgets nothing, doubles nothing and tells changes in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from adapters.chat.playground.memory import PAGE_MAX, Draft, Memory, NoThread

CHANNEL = "#audit"
RIYA = "riya.patel"
CARD = '{"title": "first"}'
OTHER = '{"title": "second"}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a path for the memory's file."""
    return tmp_path / "playground.sqlite3"


@pytest.fixture
def memory(path: Path) -> Iterator[Memory]:
    """Give an empty memory."""
    with closing(Memory(path)) as opened:
        yield opened


def said(token: str, text: str = "hello", *, author: str | None = RIYA) -> Draft:
    """Give a message in the channel."""
    return Draft(place=CHANNEL, author=author, token=token, text=text)


def from_bot(token: str, *, root: int | None = None) -> Draft:
    """Give a card of the bot's in the channel."""
    return Draft(place=CHANNEL, author=None, token=token, card=CARD, root=root)


def test_a_message_is_kept_with_its_time(path: Path) -> None:
    """The time is the chat's own, in UTC."""
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    with closing(Memory(path, clock=lambda: noon)) as memory:
        message = memory.post(said("t1"))

    assert (message.text, message.author, message.place) == ("hello", RIYA, CHANNEL)
    assert message.posted_at == "2026-11-22T12:00:00.000+00:00"
    assert message.edited_at is None


def test_the_same_token_is_the_same_message(memory: Memory) -> None:
    """The second post keeps nothing, whatever it says."""
    first = memory.post(said("t1", "one"))

    second = memory.post(said("t1", "two"))

    assert second == first
    assert len(memory.page(CHANNEL, before=None, limit=10)) == 1


def test_the_same_token_from_many_threads_is_one_message(memory: Memory) -> None:
    """All of them get the same number."""
    start = Barrier(8)

    def post(_: int) -> int:
        start.wait()
        return memory.post(said("t1")).number

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(post, range(8)))

    assert len(numbers) == 1
    assert len(memory.page(CHANNEL, before=None, limit=10)) == 1


def test_two_processes_share_one_file(memory: Memory, path: Path) -> None:
    """The file arbitrates, not the process."""
    with closing(Memory(path)) as other:
        first = memory.post(said("t1"))

        second = other.post(said("t1"))

        assert second == first
        assert other.name == memory.name


def test_a_restart_forgets_nothing(path: Path) -> None:
    """Messages, tokens, readings and the count of changes are all there again."""
    with closing(Memory(path)) as memory:
        first = memory.post(said("t1"))
        memory.mark_read(RIYA, CHANNEL, first.number)
        name, change = memory.name, memory.last_change()

    with closing(Memory(path)) as again:
        assert again.post(said("t1", "other")) == first
        assert again.readings(RIYA) == {CHANNEL: first.number}
        assert (again.name, again.last_change()) == (name, change)


def test_another_layout_is_refused_with_its_path(path: Path) -> None:
    """A later version's file is neither read wrongly nor written to."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")

    with pytest.raises(ValueError, match=r"playground\.sqlite3 was written by another version"):
        Memory(path)


# ── threads ─────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_counts_at_its_root_and_changes_it(memory: Memory) -> None:
    """Who sees only the root sees that there is something new."""
    root = memory.post(from_bot("t1"))

    reply = memory.post(
        Draft(place=CHANNEL, author=RIYA, token="t2", text="why?", root=root.number)
    )

    after = memory.find(root.number)
    assert after is not None
    assert (after.replies, after.repliers, after.last_reply) == (1, (RIYA,), reply.number)
    assert after.replied_at == reply.posted_at
    assert after.change > root.change
    assert after.edited_at is None


def test_a_thread_is_its_root_and_its_replies_in_order(memory: Memory) -> None:
    """Replies are not in the place's own page."""
    root = memory.post(from_bot("t0"))
    replies = [memory.post(from_bot(f"r{n}", root=root.number)) for n in range(3)]

    thread = memory.thread(root.number)

    assert [message.number for message in thread[1:]] == [reply.number for reply in replies]
    assert [m.number for m in memory.page(CHANNEL, before=None, limit=9)] == [root.number]


@pytest.mark.parametrize("kind", ["missing", "reply", "elsewhere"])
def test_only_a_root_in_the_same_place_can_be_replied_to(memory: Memory, kind: str) -> None:
    """And a refused reply leaves no trace: its token is still free."""
    root = memory.post(from_bot("t1"))
    reply = memory.post(from_bot("t2", root=root.number))
    targets = {"missing": 99, "reply": reply.number, "elsewhere": root.number}
    place = "@riya.patel" if kind == "elsewhere" else CHANNEL

    with pytest.raises(NoThread):
        memory.post(Draft(place=place, author=None, token="t3", card=CARD, root=targets[kind]))

    assert memory.post(from_bot("t3")).root is None


# ── edits ───────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_shows_another_card(memory: Memory) -> None:
    """It is a change with a time."""
    before = memory.post(from_bot("t1"))

    assert memory.edit(before.number, OTHER)

    after = memory.find(before.number)
    assert after is not None
    assert after.card == OTHER
    assert after.edited_at is not None
    assert after.change > before.change


def test_the_same_card_again_is_no_edit(memory: Memory) -> None:
    """Nobody is told of a change that is none."""
    before = memory.post(from_bot("t1"))

    assert memory.edit(before.number, CARD)

    assert memory.find(before.number) == before


def test_the_bot_edits_its_own_messages_only(memory: Memory) -> None:
    """Neither a person's message nor one that is not there."""
    message = memory.post(said("t1"))

    assert not memory.edit(message.number, CARD)
    assert not memory.edit(message.number + 1, CARD)
    assert memory.find(message.number) == message


# ── changes ─────────────────────────────────────────────────────────────────────────────────────


def test_changes_come_in_order_and_once(memory: Memory) -> None:
    """Whoever goes on from `last` sees all, and nothing twice."""
    first, second = memory.post(from_bot("t1")), memory.post(from_bot("t2"))
    memory.edit(first.number, OTHER)

    seen = memory.changes(RIYA, [CHANNEL], 0)

    assert [message.number for message in seen.messages] == [second.number, first.number]
    assert memory.changes(RIYA, [CHANNEL], seen.last).messages == ()


def test_changes_of_other_places_and_people_are_not_told(memory: Memory) -> None:
    """Direct messages are between the bot and one person."""
    memory.post(Draft(place="@james.whitaker", author=None, token="t1", card=CARD))
    memory.mark_read("james.whitaker", CHANNEL, 1)

    seen = memory.changes(RIYA, [CHANNEL, "@riya.patel"], 0)

    assert seen.messages == ()
    assert seen.readings == ()
    assert seen.last == memory.last_change()


def test_many_changes_come_in_pages(memory: Memory) -> None:
    """A long absence is caught up with without a gap."""
    total = PAGE_MAX + 7
    for number in range(total):
        memory.post(said(f"t{number}"))

    first = memory.changes(RIYA, [CHANNEL], 0)
    second = memory.changes(RIYA, [CHANNEL], first.last)

    assert (len(first.messages), len(second.messages)) == (PAGE_MAX, 7)
    assert len({m.number for m in (*first.messages, *second.messages)}) == total


def test_pages_go_back_in_time(memory: Memory) -> None:
    """Each is in order, oldest first."""
    numbers = [memory.post(said(f"t{n}")).number for n in range(5)]

    last = memory.page(CHANNEL, before=None, limit=2)
    earlier = memory.page(CHANNEL, before=last[0].number, limit=2)

    assert [message.number for message in (*earlier, *last)] == numbers[1:]


# ── readings ────────────────────────────────────────────────────────────────────────────────────


def test_unread_is_what_others_wrote_after_what_was_read(memory: Memory) -> None:
    """One's own messages are never unread; replies count, too."""
    first = memory.post(from_bot("t1"))
    memory.mark_read(RIYA, CHANNEL, first.number)
    memory.post(said("t2"))
    memory.post(from_bot("t3", root=first.number))

    assert memory.unread(RIYA, CHANNEL) == 1
    assert memory.unread("james.whitaker", CHANNEL) == 3


def test_reading_only_goes_forward(memory: Memory) -> None:
    """A tab that lags behind does not make things unread again."""
    memory.mark_read(RIYA, CHANNEL, 7)

    memory.mark_read(RIYA, CHANNEL, 3)

    assert memory.readings(RIYA) == {CHANNEL: 7}
