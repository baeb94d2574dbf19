"""What the chat product remembers: messages, and how far each person has read.

One SQLite file, so that a restart forgets nothing. Every post, edit and reading takes the next
number of one count, the *change*. A browser keeps the last change that it has seen and asks for
what came after: the same question serves live updates, a reconnection and a restart, and nothing is
shown twice.

Writers take turns (one lock, one connection), so changes become visible in the order of their
numbers: whoever has seen change 7 will never be shown a 6 that was still being written.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE_MAX = 100
"""Messages in one answer: a few screens of them, and a small part of a second to draw."""

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE memory (name TEXT NOT NULL, change INTEGER NOT NULL);
CREATE TABLE message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL,
    root INTEGER REFERENCES message (number),
    author TEXT,
    text TEXT NOT NULL,
    card TEXT,
    posted_at TEXT NOT NULL,
    edited_at TEXT,
    token TEXT NOT NULL UNIQUE,
    change INTEGER NOT NULL
);
CREATE INDEX message_place ON message (place, number) WHERE root IS NULL;
CREATE INDEX message_root ON message (root, number) WHERE root IS NOT NULL;
CREATE INDEX message_change ON message (change);
CREATE TABLE reading (
    account TEXT NOT NULL,
    place TEXT NOT NULL,
    number INTEGER NOT NULL,
    change INTEGER NOT NULL,
    PRIMARY KEY (account, place)
);
"""
_SHOWN = """
SELECT number, place, root, author, text, card, posted_at, edited_at, token, change,
       (SELECT json_array(count(*), max(posted_at), max(number), json_group_array(DISTINCT author))
          FROM message AS reply WHERE reply.root = message.number)
  FROM message
"""


class NoThread(Exception):
    """The thread's root is not in that place (any more)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is about to be posted."""

    place: str
    """`#channel`, or `@account` for the direct messages between that person and the bot."""

    author: str | None
    """An account, or None for the bot."""

    token: str
    """Who posts names the post: the same token again is the same message."""

    text: str = ""
    card: str | None = None
    """A card as JSON."""

    root: int | None = None
    """The message that is replied to."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is now."""

    number: int
    place: str
    root: int | None
    author: str | None
    text: str
    card: str | None
    posted_at: str
    """ISO 8601, UTC."""

    edited_at: str | None
    token: str
    change: int
    replies: int
    replied_at: str | None
    last_reply: int | None
    repliers: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a person has read in a place."""

    place: str
    number: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since a change; `last` is where to go on from."""

    last: int
    messages: tuple[Message, ...]
    readings: tuple[Reading, ...]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Memory:
    """The chat's memory. Any thread may call it; what it promises is done when it returns."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = _utc_now) -> None:
        """Open the file, or make it. Raises `ValueError` for a file of a later version of us."""
        self._clock = clock
        self._lock = threading.RLock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # Readers and the writer do not wait for each other; a killed process leaves no half post.
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute("PRAGMA foreign_keys = ON")
        self._prepare(path)

    def _prepare(self, path: Path) -> None:
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._file.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;"
            )
            # The name tells a browser that the file behind the address is another one.
            self._file.execute("INSERT INTO memory VALUES (?, 0)", (secrets.token_hex(8),))
        elif version != _SCHEMA_VERSION:
            self._file.close()
            raise ValueError(
                f"{path} was written by another version of the playground (its layout is "
                f"{version}, ours is {_SCHEMA_VERSION}); move it away to start an empty chat."
            )
        (self.name,) = self._file.execute("SELECT name FROM memory").fetchone()

    def post(self, draft: Draft) -> Message:
        """Keep a message. The same token again gives the first message and keeps nothing.

        Raises `NoThread` if the root is not a root message of the same place.
        """
        with self._writing() as file:
            known = file.execute("SELECT number FROM message WHERE token = ?", (draft.token,))
            row = known.fetchone()
            number = self._add(draft) if row is None else int(row[0])
        message = self.find(number)
        assert message is not None, "messages are never deleted"
        return message

    def _add(self, draft: Draft) -> int:
        self._touch_root(draft)
        written = self._file.execute(
            "INSERT INTO message (place, root, author, text, card, posted_at, token, change)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                draft.place,
                draft.root,
                draft.author,
                draft.text,
                draft.card,
                self._now(),
                draft.token,
                self._next_change(),
            ),
        )
        assert written.lastrowid is not None, "an insert has a row"
        return written.lastrowid

    def _touch_root(self, draft: Draft) -> None:
        """The root shows how many replies it has: a reply changes it, too."""
        if draft.root is None:
            return
        touched = self._file.execute(
            "UPDATE message SET change = ? WHERE number = ? AND place = ? AND root IS NULL",
            (self._next_change(), draft.root, draft.place),
        )
        if touched.rowcount != 1:
            raise NoThread

    def edit(self, number: int, card: str) -> bool:
        """Show another card in a message's place. False where the bot has no such message."""
        with self._writing() as file:
            edited = file.execute(
                "UPDATE message SET card = ?, edited_at = ?, change = ?"
                " WHERE number = ? AND author IS NULL AND card IS NOT ?",
                (card, self._now(), self._next_change(), number, card),
            )
        found = self.find(number)
        return edited.rowcount == 1 or (found is not None and found.author is None)

    def mark_read(self, account: str, place: str, number: int) -> None:
        """Remember how far a person has read. It only ever goes forward."""
        with self._writing() as file:
            file.execute(
                "INSERT INTO reading VALUES (?, ?, ?, ?) ON CONFLICT (account, place) DO UPDATE"
                " SET number = excluded.number, change = excluded.change"
                " WHERE excluded.number > reading.number",
                (account, place, number, self._next_change()),
            )

    def find(self, number: int) -> Message | None:
        """Find one message."""
        return next(iter(self._messages("WHERE number = ?", (number,))), None)

    def page(self, place: str, *, before: int | None, limit: int) -> tuple[Message, ...]:
        """Read the last messages of a place that are no replies, oldest first."""
        newest_first = self._messages(
            "WHERE place = ? AND root IS NULL AND number < ? ORDER BY number DESC LIMIT ?",
            (place, before or 2**62, min(limit, PAGE_MAX)),
        )
        return tuple(reversed(newest_first))

    def thread(self, root: int) -> tuple[Message, ...]:
        """Read a root message and its replies, in order; the last 500 of them."""
        replies = self._messages("WHERE root = ? ORDER BY number DESC LIMIT 500", (root,))
        return (*self._messages("WHERE number = ?", (root,)), *reversed(replies))

    def changes(self, account: str, places: Sequence[str], since: int) -> Changes:
        """Read what changed in some places, and in the person's own readings, in order."""
        with self._lock:
            messages = self._messages(
                "WHERE change > ? AND place IN (SELECT value FROM json_each(?))"
                " ORDER BY change LIMIT ?",
                (since, json.dumps(list(places)), PAGE_MAX),
            )
            # Where messages were left for the next time, so are the changes after them.
            last = messages[-1].change if len(messages) == PAGE_MAX else self.last_change()
            readings = self._file.execute(
                "SELECT place, number FROM reading"
                " WHERE account = ? AND change > ? AND change <= ?",
                (account, since, last),
            ).fetchall()
        return Changes(last, messages, tuple(Reading(*row) for row in readings))

    def last_change(self) -> int:
        """Give the number of the last change."""
        with self._lock:
            (change,) = self._file.execute("SELECT change FROM memory").fetchone()
        return int(change)

    def last_number(self) -> int:
        """Give the number of the last message, or 0."""
        with self._lock:
            (number,) = self._file.execute("SELECT max(number) FROM message").fetchone()
        return int(number or 0)

    def readings(self, account: str) -> dict[str, int]:
        """Read how far a person has read, by place."""
        with self._lock:
            return dict(
                self._file.execute(
                    "SELECT place, number FROM reading WHERE account = ?", (account,)
                ).fetchall()
            )

    def unread(self, account: str, place: str) -> int:
        """Count what others wrote in a place after what the person has read."""
        with self._lock:
            (count,) = self._file.execute(
                "SELECT count(*) FROM message WHERE place = ? AND author IS NOT ? AND number >"
                " coalesce((SELECT number FROM reading WHERE account = ? AND place = ?), 0)",
                (place, account, account, place),
            ).fetchone()
        return int(count)

    def close(self) -> None:
        """Close the file. Calling it twice is fine."""
        with self._lock:
            self._file.close()

    def _messages(self, where: str, values: Sequence[object]) -> tuple[Message, ...]:
        with self._lock:
            rows = self._file.execute(f"{_SHOWN} {where}", tuple(values)).fetchall()
        return tuple(_message(row) for row in rows)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield self._file
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def _next_change(self) -> int:
        row = self._file.execute("UPDATE memory SET change = change + 1 RETURNING change")
        return int(row.fetchone()[0])

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")


def _message(row: tuple[Any, ...]) -> Message:
    """SQLite's columns are untyped; `_SHOWN` lists them in this order."""
    number, place, root, author, text, card, posted_at, edited_at, token, change, replies = row
    count, replied_at, last_reply, repliers = json.loads(replies)
    return Message(
        number=number,
        place=place,
        root=root,
        author=author,
        text=text,
        card=card,
        posted_at=posted_at,
        edited_at=edited_at,
        token=token,
        change=change,
        replies=count,
        replied_at=replied_at,
        last_reply=last_reply,
        repliers=tuple(repliers),
    )
