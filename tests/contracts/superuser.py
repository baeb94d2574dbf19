"""A Postgres where a test may set up a target the way an admin would."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest


def superusers_url(request: pytest.FixtureRequest) -> str:
    """Name a database as a superuser: only one may set up a target the way an admin would.

    A server that DATABASE_URL names may give us less; then one of our own is started.
    """
    url: str = request.getfixturevalue("database_url")
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            return url
    return str(request.getfixturevalue("own_servers").urls.database_url)
