"""Brings a database to a revision, or back; then sets who may do what in it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import roles
from storage.database.connect import connect

OLDEST = 140_000
"""PostgreSQL 14: the oldest that its makers still mend."""

_HERE = str(Path(__file__).parent / "migrations")
_LOCK = 0x6A697431
"""Two releases that start at once migrate one after the other."""


class CannotMigrate(Exception):
    """The database is not one that jitbot can live in."""


def upgrade(url: str, revision: str = "head") -> bool:
    """Bring a database up to a revision; harmless to repeat, and at once from several processes.

    False where the roles of `storage.database.roles` could not be made: it works, with the login's
    own rights. Raises `CannotMigrate` on a server older than PostgreSQL 14.
    """
    return _migrate(url, revision, up=True)


def downgrade(url: str, revision: str) -> None:
    """Bring a database back to a revision (`base` for none), losing what came with later ones."""
    _migrate(url, revision, up=False)


def is_current(connection: Connection) -> bool:
    """Say whether a database is at the revision that this program was written for."""
    here = MigrationContext.configure(connection).get_current_revision()
    return here == ScriptDirectory.from_config(_config()).get_current_head()


def _migrate(url: str, revision: str, *, up: bool) -> bool:
    engine = connect(url, role=None, pool_size=1, name="jitbot migrate")
    try:
        with engine.begin() as connection:
            _require_version(connection)
            # A migration may honestly wait and work for longer than a click.
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SET LOCAL statement_timeout = '1h'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            (command.upgrade if up else command.downgrade)(_config(connection), revision)
            at_head = up and is_current(connection)
            return roles.grant_rights(connection) if at_head else False
    finally:
        engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", _HERE.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _require_version(connection: Connection) -> None:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if version < OLDEST:
        raise CannotMigrate(
            f"This PostgreSQL is version {version // 10_000}; jitbot needs 14 or later."
        )
