"""Databases are brought up, down and up again, with data in them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, make_url, text

from storage.database import roles
from storage.database.connect import connect
from storage.migrate import CannotMigrate, _require_version, downgrade, is_current, upgrade
from storage.tables import METADATA, Xid8
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import company, draft, entry
from tests.contracts.test_unit_of_work import activate, add, now


@pytest.fixture
def bare(database_url: str) -> Iterator[Engine]:
    """Give the owner's connections to an empty database."""
    engine = connect(database_url, role=None)
    yield engine
    engine.dispose()


def live(url: str) -> None:
    """Let something of everything happen in a database."""
    engine = connect(url)
    work = PostgresWork(engine)
    with work() as uow:
        uow.companies.add(company(), applied_by="operator")
        uow.commit()
    at = now(work)
    request = add(work, draft(at))
    with work() as uow:
        uow.audit.append(entry(request, "request.submitted", at))
        uow.commit()
    activate(work, draft(at, holder=company().people[1].id), at=at)
    engine.dispose()


def is_only_names(difference: Any) -> bool:  # noqa: ANN401 - Alembic's own tuples
    """Say whether a difference is about keys and indexes, which live in the migrations alone."""
    kind = difference[0][0] if isinstance(difference, list) else difference[0]
    return str(kind).endswith(("_index", "_constraint", "_fk", "_comment", "_default"))


def test_the_columns_are_those_that_the_code_knows(database_url: str, bare: Engine) -> None:
    """`storage/tables.py` and a migrated database agree on every column."""
    upgrade(database_url)

    with bare.connect() as connection:
        connection.dialect.ischema_names["xid8"] = Xid8  # type: ignore[attr-defined] # Postgres's
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [one for one in compare_metadata(context, METADATA) if not is_only_names(one)]

    assert found == []


def test_down_and_up_again_on_data(database_url: str, bare: Engine) -> None:
    """Each step back leaves what the earlier revisions hold, and up again works."""
    upgrade(database_url)
    live(database_url)

    for revision, table in (
        ("0008", "access_grant"),
        ("0007", "address"),
        ("0006", "home"),
        ("0005", "account"),
        ("0004", "effect"),
        ("0003", "effect"),
        ("0002", "audit_entry"),
        ("0001", "request"),
    ):
        downgrade(database_url, revision)
        with bare.connect() as connection:
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) is not None
            assert connection.scalar(text("SELECT count(*) FROM request")) == 2
    upgrade(database_url)
    with bare.connect() as connection:
        assert is_current(connection)
        assert connection.scalar(text("SELECT count(*) FROM access_grant")) == 1

    downgrade(database_url, "base")
    with bare.connect() as connection:
        left = text("SELECT count(*) FROM pg_class WHERE relname IN ('request', 'audit_entry')")
        assert connection.scalar(left) == 0
    upgrade(database_url)
    live(database_url)


def test_what_newer_revisions_hold_goes_and_comes_back_empty(
    database_url: str, bare: Engine
) -> None:
    """Accounts are told anew; access that ended because somebody left stays ended, as revoked."""
    upgrade(database_url)
    live(database_url)
    with bare.begin() as connection:
        connection.execute(
            text("""INSERT INTO account VALUES
                    ('slack', 'U1', 'riya.patel', 'managed-email', true, '', now())""")
        )
        connection.execute(text("UPDATE account_change SET number = 1"))
        connection.execute(
            text("""UPDATE access_grant SET state = 'deprovisioning', cause = 'left',
                    end_ordered_at = now(), version = version + 1""")
        )

    downgrade(database_url, "0004")

    with bare.connect() as connection:
        assert connection.scalar(text("SELECT cause FROM access_grant")) == "revoked"
        assert connection.scalar(text("SELECT to_regclass('account')")) is None
    upgrade(database_url)
    with bare.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM account")) == 0
        assert connection.scalar(text("SELECT number FROM account_change")) == 0
        assert connection.scalar(text("SELECT cause FROM access_grant")) == "revoked"


def test_two_releases_at_once_are_one(database_url: str, bare: Engine) -> None:
    """Processes that start at the same time migrate one after the other."""
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(upgrade, [database_url] * 4))

    assert done == [True] * 4
    with bare.connect() as connection:
        assert is_current(connection)


def test_an_empty_database_is_not_current(bare: Engine) -> None:
    """Readiness can tell that a migration is due."""
    with bare.connect() as connection:
        assert not is_current(connection)


def test_an_old_postgres_is_refused(bare: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sentence that says which version is needed."""
    monkeypatch.setattr("storage.migrate.OLDEST", 9_990_000)

    with bare.connect() as connection, pytest.raises(CannotMigrate, match="needs 14 or later"):
        _require_version(connection)


def test_answers_to_what_is_not_asked_any_more_go_with_their_revision(
    database_url: str, bare: Engine
) -> None:
    """An earlier program would count them: one step back leaves those that count."""
    upgrade(database_url)
    live(database_url)
    decide = """INSERT INTO decision (request, requester, holder, stage, approver, approver_name,
                    approver_title, basis, verdict, reason, content_hash, decided_at, revision)
                SELECT id, requester, holder, 1, 'mara.lind', '', '', '', 'approve', '',
                    content_hash, now(), revision FROM request WHERE state = 'pending'"""
    with bare.begin() as connection:
        connection.execute(text(decide))
        connection.execute(
            text("""UPDATE request SET version = version + 1, revision = 2, content_hash = 'x'
                    WHERE state = 'pending'""")
        )
        connection.execute(text(decide))

    downgrade(database_url, "0008")

    with bare.connect() as connection:
        assert connection.scalars(text("SELECT content_hash FROM decision")).all() == ["x"]
    upgrade(database_url)
    with bare.connect() as connection:
        assert connection.scalars(text("SELECT revision FROM decision")).all() == [1]


@pytest.fixture
def plain_login(database_url: str, bare: Engine) -> Iterator[str]:
    """Give the URL of a login that owns the database and may create no roles: a managed one."""
    url = make_url(database_url)
    name = f"{url.database}_plain"
    with bare.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'x'"))
        connection.execute(text(f"ALTER DATABASE {url.database} OWNER TO {name}"))
        connection.execute(text(f"ALTER SCHEMA public OWNER TO {name}"))
    yield url.set(username=name, password="x").render_as_string(hide_password=False)
    with bare.begin() as connection:
        connection.execute(text(f"REASSIGN OWNED BY {name} TO CURRENT_USER"))
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))


def forget(url: str) -> None:
    """Try to delete the log."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry")


def test_a_login_that_may_create_no_roles_works(plain_login: str) -> None:
    """It keeps its own rights, the guards stand, and it is told what would be better."""
    upgrade(plain_login)
    live(plain_login)

    engine = connect(plain_login)
    with engine.connect() as connection:
        sentence = roles.describe(connection)
    engine.dispose()

    assert str(make_url(plain_login).username) in sentence
    assert "administrator" in sentence
    with pytest.raises(psycopg2.Error, match="append-only"):
        forget(plain_login)


def test_roles_can_be_made_by_an_administrator_later(plain_login: str, bare: Engine) -> None:
    """Once the login belongs to them, the next migration gives them their rights."""
    upgrade(plain_login)
    login = make_url(plain_login).username
    with bare.begin() as connection:
        connection.execute(text(f"GRANT {', '.join(roles.ROLES)} TO {login}"))

    assert upgrade(plain_login)

    engine = connect(plain_login)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == roles.APP
        assert connection.scalar(text("SELECT session_user")) == login
        assert "no more than it needs" in roles.describe(connection)
    engine.dispose()
