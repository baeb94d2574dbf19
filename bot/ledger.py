"""The example company's finance database, beside the bot's own in the demo and in tests.

It is a target, not a part of the bot: nothing but `python -m bot demo` and tests makes it.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2 import extensions, sql

DATABASE = "ledger"
CONNECTOR = "jit_connector"
"""The login that the bot gives and takes roles with."""

_SQL = Path(__file__).parent.parent / "examples" / "acme" / "ledger.sql"

_LOCK = 20260107
"""Any number, as long as it is the same in every run: two runs must not overlap."""

_PEOPLE = """
    SELECT rolname FROM pg_roles
    WHERE rolcanlogin AND NOT rolsuper
      AND has_database_privilege(rolname, current_database(), 'CONNECT')
"""


def load_ledger(admin_url: str, *, password: str) -> str:
    """Make the database `ledger` if it is missing, bring it to what the SQL says, and name its URL.

    `admin_url` is a superuser's, into any database of the server. Every login of the ledger gets
    `password`, which opens nothing but the example. May be run again, and by several at once.
    Returns the connector's URL, for LEDGER_CONNECTOR_URL.
    """
    with closing(psycopg2.connect(admin_url)) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            # Held until this connection closes, while the other one works.
            cursor.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        _apply(extensions.make_dsn(admin_url, dbname=DATABASE), password)
    return ledger_url(admin_url, account=CONNECTOR, password=password)


def ledger_url(admin_url: str, *, account: str, password: str) -> str:
    """Name the ledger's address for one login, e.g. `riya_patel`."""
    return extensions.make_dsn(admin_url, dbname=DATABASE, user=account, password=password)


def _apply(url: str, password: str) -> None:
    with closing(psycopg2.connect(url)) as ledger, ledger, ledger.cursor() as cursor:
        cursor.execute(_SQL.read_text(encoding="utf-8"))
        cursor.execute(_PEOPLE)
        for (account,) in cursor.fetchall():
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            cursor.execute(statement.format(sql.Identifier(account), sql.Literal(password)))
