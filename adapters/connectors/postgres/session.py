"""One connection for one call, and all of it within one deadline.

psycopg2 is used in its asynchronous mode, without any asynchrony: that alone lets us wait no longer
than we want. A synchronous call cannot be interrupted when a network swallows the answer: neither
the server's own limits nor TCP's end it while the other side's machine still acknowledges.

What is not covered is the look-up of a host's name, which libpq leaves to the system's resolver.
"""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from typing import Any, Self, TypeAlias

import psycopg2
from psycopg2 import extensions, sql

from adapters.connectors.postgres.failures import TIMED_OUT, failure
from engine.errors import ConnectorError, Temporary

STATEMENT_LIMIT_MS = 3000
"""A grant takes a millisecond. On the server, so that what we gave up on does not happen later."""

LOCK_LIMIT_MS = 2000
"""Below the statement's, so that a lock is named as the reason."""

IDLE_LIMIT_MS = 5000
"""If we vanish within a transaction, its locks go with it."""

TCP_LIMIT_MS = 3000
"""A peer that does not acknowledge for so long is gone (`tcp_user_timeout`; Linux only)."""

Row: TypeAlias = "tuple[Any, ...]"

_CONNECTION: Mapping[str, Any] = {
    "application_name": "jitbot connector",
    "client_encoding": "utf8",
    "keepalives": 1,
    "keepalives_idle": 1,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": TCP_LIMIT_MS,
}

_BEGIN = f"""
    ROLLBACK; BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SET LOCAL search_path = pg_catalog;
    SET LOCAL statement_timeout = {STATEMENT_LIMIT_MS};
    SET LOCAL lock_timeout = {LOCK_LIMIT_MS};
    SET LOCAL idle_in_transaction_session_timeout = {IDLE_LIMIT_MS};
"""
# SET LOCAL, because a pooler between us and the server may hand the connection to somebody else.


class Session:
    """A connection that raises only `Temporary` and `Permanent`, before its deadline."""

    def __init__(self, url: str, *, seconds: float) -> None:
        """Connect; from now on there are so many seconds for everything."""
        self._deadline = time.monotonic() + seconds
        self._connection = self._connect(url)
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def _connect(self, url: str) -> extensions.connection:
        try:
            made: extensions.connection = psycopg2.connect(url, async_=True, **_CONNECTION)
        except psycopg2.Error as error:
            problem = failure(error)
        else:
            return made
        # Outside the handler, so that the error does not carry the target's own along.
        raise problem

    def begin(self, then: str = "", values: Mapping[str, object] | None = None) -> None:
        """Begin a transaction, after giving up any that is open, with its limits set."""
        self.ask(_BEGIN + then, values)

    def ask(
        self, statement: str | sql.Composable, values: Mapping[str, object] | None = None
    ) -> list[Row]:
        """Run statements and return the last one's rows; too late, nothing is sent any more."""
        if self._left() <= 0:
            # What the server began now could happen after somebody else has taken over.
            raise Temporary(TIMED_OUT)
        cursor = self._connection.cursor()
        try:
            cursor.execute(statement, values)
        except psycopg2.Error as error:
            problem = failure(error)
        else:
            self._wait()
            return cursor.fetchall() if cursor.description else []
        raise problem

    def commit(self) -> None:
        """End the transaction. If the answer is lost, it may have happened or not."""
        self.ask("COMMIT")

    def pause(self, seconds: float) -> None:
        """Wait a moment, but not beyond the deadline: then `Temporary`."""
        if self._left() <= seconds:
            raise Temporary(TIMED_OUT)
        time.sleep(seconds)

    def close(self) -> None:
        """Let go of the connection; an open transaction is undone. Never waits."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def _left(self) -> float:
        return self._deadline - time.monotonic()

    def _wait(self) -> None:
        """Wait until the connection is done with what it is doing."""
        while (problem := self._step()) is None:
            if self._left() <= 0:
                raise Temporary(TIMED_OUT)
        if isinstance(problem, ConnectorError):
            raise problem

    def _step(self) -> ConnectorError | bool | None:
        """Go on as far as possible: True where done, None where there is more to wait for."""
        try:
            state = self._connection.poll()
            if state == extensions.POLL_OK:
                return True
            interest = select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
            # Made anew each time: while connecting, libpq may go on to another address's socket.
            poller = select.poll()
            poller.register(self._connection.fileno(), interest)
            poller.poll(max(0.0, self._left()) * 1000)
        except psycopg2.Error as error:
            return failure(error)
        return None
