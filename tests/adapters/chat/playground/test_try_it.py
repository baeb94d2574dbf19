"""A statement is tried in a real Postgres, with the person's own login."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2 import extensions

from adapters.chat.playground import try_it
from adapters.chat.playground.try_it import PostgresSessions, Session
from tests.contracts.superuser import superusers_url
from tests.waiting import until_async

RIYA = "riya.patel"
LEDGER = "ledger"
INSERT = "insert into journals (memo) values ('Q4')"
# The process's number tells suites apart that run on the same server at once.
LOGIN = f"try_{os.getpid()}_riya"
PASSWORD = "try-pass-word"


class Server:
    """The database, as its owner sees it."""

    def __init__(self, url: str) -> None:
        """Take a superuser's address."""
        self.url = url

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement, and give its rows."""
        with closing(psycopg2.connect(self.url)) as owner, owner, owner.cursor() as cursor:
            cursor.execute(statement)
            return [] if cursor.description is None else cursor.fetchall()

    def end_sessions(self) -> None:
        """Do what ending access does."""
        self.run(
            f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{LOGIN}'"
        )

    def sessions(self) -> int:
        """Count the person's sessions."""
        return len(self.run(f"select 1 from pg_stat_activity where usename = '{LOGIN}'"))


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Give a database with a table, and a login that may nothing."""
    made = Server(superusers_url(request))
    made.run("create table journals (id serial, memo text)")
    made.run(f"create role {LOGIN} login password '{PASSWORD}'")
    made.run("grant usage on sequence journals_id_seq to public")
    yield made
    made.end_sessions()
    made.run(f"drop owned by {LOGIN}; drop role {LOGIN}")


@pytest.fixture
async def sessions(server: Server) -> AsyncIterator[PostgresSessions]:
    """Give sessions in that database, and in a system that is not there."""

    async def login(account: str, system: str) -> str | None:
        address = extensions.make_dsn(server.url, user=LOGIN, password=PASSWORD)
        return {
            (RIYA, LEDGER): address,
            (RIYA, "elsewhere"): extensions.make_dsn(address, host="127.0.0.1", port=1),
            ("nobody.known", LEDGER): extensions.make_dsn(address, user="try_nobody"),
        }.get((account, system))

    made = PostgresSessions(login)
    yield made
    await made.close()


async def test_what_one_may_not_do_is_denied_in_the_servers_words(
    sessions: PostgresSessions, server: Server
) -> None:
    """And nothing was done."""
    result = await sessions.run(RIYA, LEDGER, INSERT)

    assert (result.ok, result.message) == (False, "Permission denied for table journals.")
    assert result.session is Session.NEW
    assert server.run("select * from journals") == []


async def test_what_one_may_do_is_done(sessions: PostgresSessions, server: Server) -> None:
    """Before, during and after, in the one session that stays open."""
    denied = await sessions.run(RIYA, LEDGER, INSERT)
    server.run(f"grant insert on journals to {LOGIN}")
    done = await sessions.run(RIYA, LEDGER, INSERT)
    server.run(f"revoke insert on journals from {LOGIN}")
    after = await sessions.run(RIYA, LEDGER, INSERT)

    assert (denied.ok, done.ok, after.ok) == (False, True, False)
    assert done.message == "1 row inserted."
    assert done.session is Session.KEPT
    assert server.run("select memo from journals") == [("Q4",)]
    assert server.sessions() == 1


async def test_rows_come_as_text_and_not_too_many(sessions: PostgresSessions) -> None:
    """Fifty of them; the server holds the rest back."""
    result = await sessions.run(
        RIYA, LEDGER, "select n as number, null as nothing from generate_series(1, 1000000) as n;"
    )

    assert result.columns == ("number", "nothing")
    assert result.rows[0] == ("1", "")
    assert len(result.rows) == try_it.ROWS_MAX
    assert result.message == "The first 50 rows."


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("select 1", "1 row read."),
        ("values (1), (2)", "2 rows read."),
        ("with x as (select 1) select * from x", "1 row read."),
        ("select 1 where false", "0 rows read."),
        ("update journals set memo = ''", "0 rows updated."),
        ("delete from journals", "0 rows deleted."),
        ("insert into journals (memo) select 'x' from generate_series(1, 3)", "3 rows inserted."),
        ("begin", "BEGIN."),
    ],
)
async def test_what_happened_is_said_in_a_sentence(
    sessions: PostgresSessions, server: Server, *, statement: str, message: str
) -> None:
    """Whatever kind of statement it was."""
    server.run(f"grant all on journals to {LOGIN}")

    result = await sessions.run(RIYA, LEDGER, statement)

    assert (result.ok, result.message) == (True, message)


async def test_a_failed_reading_leaves_the_session_usable(sessions: PostgresSessions) -> None:
    """No transaction stays open behind it."""
    failed = await sessions.run(RIYA, LEDGER, "select 1 / 0")
    again = await sessions.run(RIYA, LEDGER, "select 1")

    assert (failed.ok, failed.message) == (False, "Division by zero.")
    assert (again.ok, again.session) == (True, Session.KEPT)


async def test_the_servers_hint_is_told(sessions: PostgresSessions) -> None:
    """It helps who mistyped."""
    result = await sessions.run(RIYA, LEDGER, "select id, memmo from journals")

    assert result.message.startswith('Column "memmo" does not exist.')
    assert 'Perhaps you meant to reference the column "journals.memo".' in result.message


async def test_a_statement_that_takes_too_long_is_cut(
    sessions: PostgresSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session stays."""
    monkeypatch.setattr(try_it, "_STATEMENT_MS", 50)

    result = await sessions.run(RIYA, LEDGER, "select pg_sleep(60)")

    assert result.message == "Canceling statement due to statement timeout."
    assert await sessions.sessions(RIYA) == {LEDGER: Session.KEPT}


async def test_a_session_that_the_server_ends_is_seen_without_a_statement(
    sessions: PostgresSessions, server: Server
) -> None:
    """The end of access looks like that to its holder."""
    await sessions.run(RIYA, LEDGER, "select 1")
    assert await sessions.sessions(RIYA) == {LEDGER: Session.KEPT}

    server.end_sessions()

    async def is_seen() -> bool:
        return await sessions.sessions(RIYA) == {LEDGER: Session.ENDED}

    await until_async(is_seen, what="the session's end")


async def test_the_statement_that_meets_the_end_says_so(
    sessions: PostgresSessions, server: Server
) -> None:
    """The next one opens a session again, if the person may."""
    await sessions.run(RIYA, LEDGER, "select 1")
    server.end_sessions()

    ended = await sessions.run(RIYA, LEDGER, "select 1")
    again = await sessions.run(RIYA, LEDGER, "select 1")

    assert (ended.ok, ended.session) == (False, Session.ENDED)
    assert ended.message.startswith("Your session was ended by the server.")
    assert (again.ok, again.session) == (True, Session.NEW)
    assert await sessions.sessions(RIYA) == {LEDGER: Session.KEPT}


async def test_two_statements_at_once_take_turns_in_one_session(
    sessions: PostgresSessions, server: Server
) -> None:
    """A double click opens no second session."""
    results = await asyncio.gather(
        *(sessions.run(RIYA, LEDGER, "select pg_backend_pid()") for _ in range(5))
    )

    assert len({result.rows for result in results}) == 1
    assert server.sessions() == 1


async def test_there_are_not_too_many_sessions(
    sessions: PostgresSessions, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was opened first makes room."""
    monkeypatch.setattr(try_it, "SESSIONS_MAX", 1)
    await sessions.run(RIYA, LEDGER, "select 1")
    sessions._open["somebody.else", LEDGER] = sessions._open.pop((RIYA, LEDGER))

    await sessions.run(RIYA, LEDGER, "select 1")

    assert len(sessions._open) == 1


async def test_who_has_no_login_is_told(sessions: PostgresSessions) -> None:
    """Not in the words of a connection's failure."""
    result = await sessions.run("nobody.known", LEDGER, "select 1")

    assert result.session is Session.NONE
    # A server that asks for passwords does not tell whether there is such a login.
    assert result.message in (
        "You have no login in this system: there is no try_nobody in it.",
        'The system did not let you in: password authentication failed for user "try_nobody".',
    )


async def test_a_login_that_is_closed_says_so(sessions: PostgresSessions, server: Server) -> None:
    """Somebody who left, for instance."""
    server.run(f"alter role {LOGIN} nologin")

    result = await sessions.run(RIYA, LEDGER, "select 1")

    assert result.message == f"Your login {LOGIN} may not open a session in this system."


async def test_a_system_out_of_reach_gives_no_address_away(sessions: PostgresSessions) -> None:
    """The address may hold a password."""
    result = await sessions.run(RIYA, "elsewhere", "select 1")

    assert result.message == "The system could not be reached. Try again when it is back."


async def test_a_system_that_cannot_be_tried_says_so(sessions: PostgresSessions) -> None:
    """Or a person without one."""
    result = await sessions.run(RIYA, "warehouse", "select 1")

    assert (result.ok, result.session) == (False, Session.NONE)
    assert result.message == "There is no database warehouse that you could try."


async def test_closing_ends_all_sessions(sessions: PostgresSessions, server: Server) -> None:
    """Calling it twice is fine."""
    await sessions.run(RIYA, LEDGER, "select 1")

    await sessions.close()
    await sessions.close()

    async def are_gone() -> bool:
        return server.sessions() == 0

    await until_async(are_gone, what="the end of the sessions")
