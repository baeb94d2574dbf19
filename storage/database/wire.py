"""Several statements, one round trip.

Postgres runs statements that arrive in one message in order, each with its own view of what is
committed (READ COMMITTED), and answers with the last one's rows. So a unit of work opens its
transaction, waits for its locks and reads in one message, and later writes and commits in another:
two waits instead of ten, which is most of what a decision costs.

Statements are composed once, at import, by SQLAlchemy Core or by hand; what is sent is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import psycopg2
import psycopg2.errors
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, adapt, connection
from sqlalchemy import ClauseElement, Engine, Table, text
from sqlalchemy.dialects.postgresql.psycopg2 import dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler

from storage.database.errors import Unavailable, translate

Row = tuple[Any, ...]
"""What the driver reads; typed by whoever composed the statement."""

_DIALECT = dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves its dialects untyped
_BEGIN = b"BEGIN"
_COMMIT = b"COMMIT"
_VALUE = re.compile(r"%\((\w+)\)s")

HOT_ROWS = (1, 2)
"""A decision, a submission and an end write one or two rows each; batches write many more."""

_HOT: list[str] = []
"""Filled at import; prepared on each connection before its first use."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL in the driver's spelling, with the values that never change."""

    sql: str
    fixed: Mapping[str, object]
    execute: str = ""
    """What is sent instead on a connection where it was prepared; empty where it never is."""


@dataclass(frozen=True, slots=True)
class Many:
    """An INSERT of any number of rows: what comes before the rows, one row, what comes after."""

    before: str
    row: str
    after: str
    executes: Sequence[str]
    """What is sent instead for so few rows (1, 2, …) on a connection where they were prepared."""


def prepare(clause: ClauseElement | str, *columns: str) -> Statement:
    """Compose a statement; a text names its values as `:name`.

    With `columns`, an insert or update of just these, each value named as its column.
    """
    element = text(clause) if isinstance(clause, str) else clause
    compiled = cast(
        SQLCompiler, element.compile(dialect=_DIALECT, column_keys=list(columns) or None)
    )
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    return Statement(str(compiled), fixed)


def prepare_hot(clause: ClauseElement | str, *columns: str) -> Statement:
    """Compose a statement that every connection prepares once: planning costs more than running.

    For what is found by key, whatever the values: the same plan has to be right for all of them.
    """
    plain = prepare(clause, *columns)
    names = [name for name in dict.fromkeys(_VALUE.findall(plain.sql)) if name not in plain.fixed]
    spelled = {name: f"${place}" for place, name in enumerate(names, start=1)}
    spelled |= {name: adapt(value).getquoted().decode() for name, value in plain.fixed.items()}
    numbered = _VALUE.sub(lambda match: spelled[match[1]], plain.sql).replace("%%", "%")
    hot = f"jit_{len(_HOT)}"
    _HOT.append(f"PREPARE {hot} AS {numbered}")
    values = ", ".join(f"%({name})s" for name in names)
    execute = f"EXECUTE {hot} ({values})" if names else f"EXECUTE {hot}"
    return Statement(plain.sql, plain.fixed, execute)


def prepare_many(table: Table, columns: Sequence[str], after: str = "") -> Many:
    """Compose an insert of many rows, each value named as its column."""
    before = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES "  # noqa: S608 - our own names
    row = ", ".join(f"%({name})s" for name in columns)
    executes = [_prepare_rows(before, count, len(columns), after) for count in HOT_ROWS]
    return Many(before, row, after, executes)


def _prepare_rows(before: str, count: int, width: int, after: str) -> str:
    """Let an insert of just so many rows be prepared; gives the beginning of its EXECUTE."""
    rows = (
        ", ".join(f"${first + place}" for place in range(1, width + 1))
        for first in range(0, count * width, width)
    )
    hot = f"jit_{len(_HOT)}"
    _HOT.append(f"PREPARE {hot} AS {before}{', '.join(f'({row})' for row in rows)}{after}")
    return f"EXECUTE {hot}"


class Wire:
    """One transaction on one connection, in as few messages as possible. For one thread.

    Statements given to `later` travel with the next message, before it; at the latest with the
    commit. A connection that turns out to be dead at the first message is replaced once: nothing
    was done on it.
    """

    def __init__(self, engine: Engine, *, is_hot: bool = False) -> None:
        self._engine = engine
        self._is_hot = is_hot
        self._is_prepared = False
        self._pooled: PoolProxiedConnection | None = None
        self._driver: connection | None = None
        self._waiting: list[bytes] = []
        self._begun = False
        self._is_over = False
        self.messages = 0
        """How many round trips were made; tests and the benchmark read it."""

    def later(self, statement: Statement, values: Mapping[str, object]) -> None:
        """Send a statement along with the next message."""
        self._waiting.append(self._spell(statement, values))

    def later_many(self, many: Many, rows: Sequence[Mapping[str, object]]) -> None:
        """Send an insert of many rows along with the next message."""
        if not rows:
            return
        with self._connect().cursor() as cursor:
            spelled = [cursor.mogrify(many.row, row) for row in rows]
        if self._is_prepared and len(rows) <= len(many.executes):
            message = f"{many.executes[len(rows) - 1]} (".encode() + b", ".join(spelled) + b")"
        else:
            message = f"{many.before}(".encode() + b"), (".join(spelled) + f"){many.after}".encode()
        self._waiting.append(message)

    def rows(self, *asked: tuple[Statement, Mapping[str, object]]) -> list[Row]:
        """Send statements now, in order, and give the last one's rows."""
        return self._send([self._spell(*one) for one in asked], reads=True)

    def commit(self) -> None:
        """Make durable what was sent and what waits. Nothing to do means no message at all."""
        if self._begun or self._waiting:
            self._send([_COMMIT], reads=False)
            self._begun = False
        self._is_over = True

    def close(self) -> None:
        """Undo what was not committed and give the connection back."""
        self._waiting.clear()
        pooled, driver = self._pooled, self._driver
        self._pooled = self._driver = None
        if pooled is None or driver is None:
            return
        if self._begun:
            _roll_back(driver)
        if driver.closed or driver.info.transaction_status != TRANSACTION_STATUS_IDLE:
            pooled.invalidate()
        else:
            driver.autocommit = False
            pooled.close()

    def _spell(self, statement: Statement, values: Mapping[str, object]) -> bytes:
        with self._connect().cursor() as cursor:
            sql = statement.execute if self._is_prepared and statement.execute else statement.sql
            return cursor.mogrify(sql, {**statement.fixed, **values})

    def _send(self, spelled: Sequence[bytes], *, reads: bool) -> list[Row]:
        assert not self._is_over, "one transaction per unit of work: begin another one"
        opening = [] if self._begun else [_BEGIN]
        message = b";\n".join([*opening, *self._waiting, *spelled])
        self._waiting.clear()
        self.messages += 1
        # Nothing can have happened yet on a connection whose first message, without a commit,
        # found it dead: Postgres was restarted since, or something between us forgot it.
        may_replace = not self._begun and reads
        self._begun = True
        try:
            return self._execute(message, reads=reads)
        except psycopg2.Error as error:
            if not (may_replace and self._connect().closed):
                raise translate(error) from None
        self._forget()
        try:
            return self._execute(message, reads=reads)
        except psycopg2.Error as error:
            raise translate(error) from None

    def _execute(self, message: bytes, *, reads: bool) -> list[Row]:
        with self._connect().cursor() as cursor:
            cursor.execute(message)
            return cursor.fetchall() if reads else []

    def _connect(self) -> connection:
        if self._driver is None:
            try:
                self._pooled = self._engine.raw_connection()
            except (SQLAlchemyError, psycopg2.Error):
                raise Unavailable from None
            self._driver = cast(connection, self._pooled.driver_connection)
            # BEGIN travels in our own messages; the driver would send it on its own.
            self._driver.autocommit = True
            if self._is_hot:
                self._is_prepared = _are_prepared(self._pooled, self._driver)
        return self._driver

    def _forget(self) -> None:
        """Let go of a dead connection, and of the pool's idle ones, which are no younger."""
        if self._pooled is not None:
            self._pooled.invalidate()
        self._pooled = self._driver = None
        self._engine.dispose()


def _are_prepared(pooled: PoolProxiedConnection, driver: connection) -> bool:
    """Prepare the hot statements, once per connection; False before the tables are there."""
    if "prepared" not in pooled.info:
        try:
            with driver.cursor() as cursor:
                cursor.execute(";\n".join(_HOT))
            pooled.info["prepared"] = True
        except psycopg2.errors.UndefinedTable:
            pooled.info["prepared"] = False
        except psycopg2.Error as error:
            raise translate(error) from None
    return bool(pooled.info["prepared"])


def _roll_back(driver: connection) -> None:
    with suppress(psycopg2.Error), driver.cursor() as cursor:
        cursor.execute("ROLLBACK")
