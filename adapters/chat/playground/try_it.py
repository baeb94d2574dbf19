"""A person tries a real statement in a target system, with their own login.

Nothing here is the bot's right: the connection is the person's own, so what succeeds and what is
denied is what the person can really do. One session per person and system stays open between
statements, because ending access has to end such a session, too, and that should be seen.

This is for the example company's database on this machine, whose logins anybody here may use. No
address, which may hold their password, gets into a result.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import psycopg2
from psycopg2 import extensions

ROWS_MAX = 50
"""As many as a person reads in a panel."""

SESSIONS_MAX = 20
"""A fifth of Postgres's usual 100 connections."""

_CONNECT_SECONDS = 3
_STATEMENT_MS = 3000
_CELL_MAX = 200


class Session(StrEnum):
    """What became of the person's session in the system."""

    NONE = "none"
    """There is none."""

    NEW = "new"
    """It was opened for this statement."""

    KEPT = "kept"
    """It was open before, and still is."""

    ENDED = "ended"
    """The server has ended it. The next statement opens another one, if the person may."""


@dataclass(frozen=True, slots=True)
class TryResult:
    """What came of a statement."""

    ok: bool
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    message: str
    """A sentence, or the server's own words."""

    session: Session


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement that is worth trying."""

    system: str
    label: str
    statement: str
    entitlement: str = ""
    """What allows it."""


class TryIt(Protocol):
    """Runs people's statements in target systems."""

    async def run(self, account: str, system: str, statement: str) -> TryResult:
        """Run one statement as a person, at most 3 seconds. Every failure is a result."""

    async def sessions(self, account: str) -> Mapping[str, Session]:
        """Tell what became of the person's sessions, by system: KEPT or ENDED."""

    async def close(self) -> None:
        """End all sessions."""


FindLogin = Callable[[str, str], Awaitable[str | None]]
"""(account, system) → the address of the person's own login, e.g.
`postgresql://riya_patel@127.0.0.1:5433/ledger`, or None where there is no such system or person."""

_Key = tuple[str, str]


class PostgresSessions:
    """Tries statements in PostgreSQL databases."""

    def __init__(self, find_login: FindLogin) -> None:
        """No session is open yet."""
        self._find_login = find_login
        self._open: dict[_Key, extensions.connection] = {}
        self._turns: dict[_Key, asyncio.Lock] = {}
        self._ended: set[_Key] = set()
        # Statements of several people run in threads at once.
        self._lock = threading.Lock()

    async def run(self, account: str, system: str, statement: str) -> TryResult:
        """Run one statement as a person, in the session that is open or in a new one."""
        address = await self._find_login(account, system)
        if address is None:
            return _failed(f"There is no database {system} that you could try.", Session.NONE)
        # One session runs one statement at a time: a double click waits for its turn.
        async with self._turns.setdefault((account, system), asyncio.Lock()):
            return await asyncio.to_thread(self._run, (account, system), address, statement)

    async def sessions(self, account: str) -> Mapping[str, Session]:
        """Tell which of the person's sessions are still open, without waiting for a statement."""
        found = {key[1]: Session.ENDED for key in self._ended if key[0] == account}
        for key in [key for key in self._open if key[0] == account]:
            turn = self._turns.setdefault(key, asyncio.Lock())
            if not turn.locked():
                async with turn:
                    await asyncio.to_thread(self._glance, key)
            found[key[1]] = Session.KEPT if key in self._open else Session.ENDED
        return found

    async def close(self) -> None:
        """End all sessions. Calling it twice is fine."""
        for key in list(self._open):
            await asyncio.to_thread(self._forget, key)

    def _run(self, key: _Key, address: str, statement: str) -> TryResult:
        was_open = key in self._open
        try:
            session = self._open.get(key) or self._connect(key, address)
        except psycopg2.Error as refused:
            return _failed(_why_no_session(str(refused)), Session.NONE)
        state = Session.KEPT if was_open else Session.NEW
        try:
            return _execute(session, statement, state)
        except psycopg2.Error as failed:
            if session.closed:
                self._forget(key)
                return _failed(
                    f"Your session was ended by the server. {_say(failed)}", Session.ENDED
                )
            return _failed(_say(failed), state)

    def _connect(self, key: _Key, address: str) -> extensions.connection:
        session = psycopg2.connect(
            address,
            connect_timeout=_CONNECT_SECONDS,
            application_name="playground: try it",
            options=f"-c statement_timeout={_STATEMENT_MS}",
        )
        session.autocommit = True
        with self._lock:
            self._open[key] = session
            self._ended.discard(key)
            # The one that was opened first makes room.
            spare = list(self._open)[:-SESSIONS_MAX]
        for old in spare:
            self._forget(old)
        return session

    def _glance(self, key: _Key) -> None:
        """Read what the server has said meanwhile; it says so when it ends a session."""
        session = self._open.get(key)
        try:
            if session is not None:
                session.poll()
        except psycopg2.Error:
            self._forget(key)

    def _forget(self, key: _Key) -> None:
        with self._lock:
            self._ended.add(key)
            session = self._open.pop(key, None)
        if session is not None:
            session.close()


def _execute(session: extensions.connection, statement: str, state: Session) -> TryResult:
    with session.cursor() as cursor:
        if re.match(r"\s*(select|values|table)\b", statement, re.IGNORECASE) is None:
            cursor.execute(statement)
            tag = cursor.statusmessage or ""
            rows = [] if cursor.description is None else cursor.fetchmany(ROWS_MAX + 1)
        else:
            # A cursor on the server: nobody has to hold the rows that nobody will see.
            cursor.execute("BEGIN")
            try:
                cursor.execute(f"DECLARE tried NO SCROLL CURSOR FOR {statement}")
                cursor.execute(f"FETCH {ROWS_MAX + 1} FROM tried")
                rows = cursor.fetchall()
                tag = f"SELECT {len(rows)}"
            except psycopg2.Error:
                with contextlib.suppress(psycopg2.Error):
                    session.cursor().execute("ROLLBACK")
                raise
        columns = tuple(column.name for column in cursor.description or ())
        if tag.startswith("SELECT"):
            cursor.execute("COMMIT")
    shown = tuple(tuple(_cell(cell) for cell in row) for row in rows[:ROWS_MAX])
    message = _what_happened(tag, len(rows))
    return TryResult(ok=True, columns=columns, rows=shown, message=message, session=state)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _CELL_MAX else text[: _CELL_MAX - 1] + "…"


def _what_happened(tag: str, rows: int) -> str:
    if rows > ROWS_MAX:
        return f"The first {ROWS_MAX} rows."
    verbs = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted", "SELECT": "read"}
    verb, _, rest = tag.partition(" ")
    count = rest.rpartition(" ")[2]
    if verb not in verbs or not count.isdecimal():
        return f"{tag}."
    return f"{count} {'row' if count == '1' else 'rows'} {verbs[verb]}."


def _say(failed: psycopg2.Error) -> str:
    """The server's own words; they are about the person's own statement."""
    primary = failed.diag.message_primary or str(failed).strip().splitlines()[0]
    more = [failed.diag.message_detail, failed.diag.message_hint]
    said = [primary[:1].upper() + primary[1:], *(part for part in more if part)]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in said)


def _why_no_session(text: str) -> str:
    missing = re.search(r'role "(?P<login>[^"]*)" does not exist', text)
    if missing is not None:
        return f"You have no login in this system: there is no {missing['login']} in it."
    barred = re.search(r'role "(?P<login>[^"]*)" is not permitted to log in', text)
    if barred is not None:
        return f"Your login {barred['login']} may not open a session in this system."
    words = re.search(r"FATAL: +(?P<words>[^\n]*)", text)
    if words is not None:
        return f"The system did not let you in: {words['words']}."
    return "The system could not be reached. Try again when it is back."


def _failed(message: str, session: Session) -> TryResult:
    return TryResult(ok=False, columns=(), rows=(), message=message, session=session)
