"""A chat that outlives the process that posts to it: a notice board in a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from adapters.chat.cards import Card
from adapters.chat.platform import Gone, Place
from engine.model.identifiers import PlatformName

CHAT = PlatformName("playground")

Step = Callable[[str], None]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY, token TEXT UNIQUE, place TEXT, title TEXT, digest TEXT
)
"""


class Board:
    """Messages in a SQLite file. A token that was posted before gives the first message again."""

    name = CHAT

    def __init__(self, path: Path, step: Step = lambda _: None) -> None:
        """Call `step` before and after each thing that is pinned to the board."""
        self._path = path
        self._step = step

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post once per token."""
        self._step(f"before posting {card.title}")
        with self._open() as db:
            db.execute(
                "INSERT OR IGNORE INTO message (token, place, title, digest) VALUES (?, ?, ?, ?)",
                (token, repr(place), card.title, card.digest()),
            )
            [(number,)] = db.execute("SELECT number FROM message WHERE token = ?", (token,))
        self._step(f"after posting {card.title}")
        return str(number)

    async def edit(self, reference: str, card: Card) -> None:
        """Show another card in a message's place."""
        self._step(f"before editing {card.title}")
        with self._open() as db:
            changed = db.execute(
                "UPDATE message SET title = ?, digest = ? WHERE number = ?",
                (card.title, card.digest(), int(reference)),
            )
            if not changed.rowcount:
                raise Gone("There is no such message.")
        self._step(f"after editing {card.title}")

    async def show_home(self, account: str, card: Card) -> None:
        """Keep nothing: no home is looked at here."""

    async def close(self) -> None:
        """Nothing is open."""

    def shown(self) -> list[tuple[str, str]]:
        """Read the board: place and the digest of what is shown there, in the order of posting."""
        with self._open() as db:
            return db.execute("SELECT place, digest FROM message ORDER BY number").fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = OFF")
            db.execute(_SCHEMA)
            yield db
