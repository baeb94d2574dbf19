"""Time that a test can move: the database's own clock, put forward.

Postgres looks for a function in the first schema of the search path that has it, so a schema
before `pg_catalog` can answer `clock_timestamp()`. The product knows no other clock, so hours pass
at once.
"""

from __future__ import annotations

from datetime import timedelta

from psycopg2.extensions import connection
from sqlalchemy import Engine, event, text

_CLOCKS = ("clock_timestamp", "statement_timestamp")

_SCHEMA = """
CREATE SCHEMA clockwork;
CREATE TABLE clockwork.ahead (by interval NOT NULL);
INSERT INTO clockwork.ahead VALUES ('0');
GRANT USAGE ON SCHEMA clockwork TO PUBLIC;
GRANT SELECT ON clockwork.ahead TO PUBLIC;
"""

_CLOCK = """
CREATE FUNCTION clockwork.{name}() RETURNS timestamptz LANGUAGE sql VOLATILE AS
'SELECT pg_catalog.{name}() + by FROM clockwork.ahead'
"""


class Clockwork:
    """The clock of one database."""

    def __init__(self, owner: Engine) -> None:
        """Put the clock in; `owner` may create a schema. It goes right."""
        self._owner = owner
        with owner.begin() as connection:
            connection.execute(text(_SCHEMA))
            for name in _CLOCKS:
                connection.execute(text(_CLOCK.format(name=name)))

    def rule(self, engine: Engine) -> None:
        """Let an engine's connections, from the next one on, ask this clock."""

        @event.listens_for(engine, "connect")
        def ask_it(opened: connection, _record: object) -> None:
            with opened.cursor() as cursor:
                cursor.execute("SET search_path = clockwork, pg_catalog, public")
            opened.commit()

    def forward(self, by: timedelta) -> None:
        """Let time pass."""
        with self._owner.begin() as connection:
            connection.execute(text("UPDATE clockwork.ahead SET by = by + :by"), {"by": by})
