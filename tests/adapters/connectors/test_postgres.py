"""Mirrors adapters/connectors/postgres: what is particular to PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest
from psycopg2 import extensions

from adapters.connectors.postgres import PostgresConnector
from adapters.connectors.postgres.session import Session
from engine.errors import Permanent, Temporary
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Outcome
from tests.contracts.labs.postgres import PASSWORD, PostgresLab


def test_sessions_of_the_account_end_with_its_permission(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """A session that put the role on does not outlive the membership."""
    connector.ensure_present(lab.targets[0])
    with _session(lab, lab.accounts[0], role=lab.role) as session:
        connector.ensure_absent(lab.targets[0])

        assert not _is_alive(session)


def test_sessions_end_although_an_earlier_try_took_the_membership(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """A worker that died between taking the role and ending sessions leaves none alive for good."""
    connector.ensure_present(lab.targets[0])
    with _session(lab, lab.accounts[0], role=lab.role) as session:
        lab.run(f"REVOKE {lab.role} FROM {lab.accounts[0]} GRANTED BY {lab.connector_login}")

        outcome = connector.ensure_absent(lab.targets[0])

        assert outcome is Outcome.ALREADY
        assert not _is_alive(session)


def test_sessions_of_an_account_that_was_dropped_end(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """Dropping a login ends none of its sessions, and one that put the role on still has it."""
    connector.ensure_present(lab.targets[0])
    with _session(lab, lab.accounts[0], role=lab.role) as session:
        lab.drop_account()
        alive_before = _is_alive(session)

        connector.ensure_absent(lab.targets[0])

        assert alive_before
        assert not _is_alive(session)


def test_sessions_of_others_go_on(connector: PostgresConnector, lab: PostgresLab) -> None:
    """Only the account that loses the permission loses its sessions."""
    connector.ensure_present(lab.targets[0])
    with _session(lab, lab.accounts[1]) as session:
        connector.ensure_absent(lab.targets[0])

        assert _is_alive(session)


def test_what_somebody_else_gave_is_seen_and_stays(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """Standing access is observed, is not given again, and is never taken; sessions go on."""
    lab.run(f"GRANT {lab.role} TO {lab.accounts[0]}")
    with _session(lab, lab.accounts[0]) as session:
        given = connector.ensure_present(lab.targets[0])
        taken = connector.ensure_absent(lab.targets[0])

        assert (given, taken) == (Outcome.ALREADY, Outcome.ALREADY)
        assert connector.observe(lab.targets[0])
        assert _is_alive(session)


def test_of_two_memberships_only_ours_is_taken(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """From PostgreSQL 16 on, each grantor's membership counts by itself: the other's remains."""
    if lab.version() < 16:
        pytest.skip("before PostgreSQL 16 there is one membership per account")
    dba = f"{lab.prefix}_dba"
    lab.run(f"CREATE ROLE {dba} CREATEROLE; GRANT {lab.role} TO {dba} WITH ADMIN TRUE")
    connector.ensure_present(lab.targets[0])
    lab.run(f"GRANT {lab.role} TO {lab.accounts[0]} GRANTED BY {dba}")

    outcome = connector.ensure_absent(lab.targets[0])

    assert outcome is Outcome.CHANGED
    assert lab.grantors(lab.targets[0]) == [dba]
    assert connector.observe(lab.targets[0])


def test_a_right_to_give_is_no_holding(connector: PostgresConnector, lab: PostgresLab) -> None:
    """From PostgreSQL 16 on, ADMIN alone gives no right; before, it always comes with the role."""
    lab.run(lab.admin_option(lab.role, lab.accounts[0]))

    observed = connector.observe(lab.targets[0])
    listed = connector.holders(lab.database, lab.role, None).accounts

    assert observed is (lab.version() < 16)
    assert listed == ((lab.accounts[0],) if lab.version() < 16 else ())


def test_a_role_through_another_role_is_not_observed(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """Only a direct membership is the entitlement; the group through which it comes is a holder."""
    lab.run(f"GRANT {lab.role} TO {lab.other_role}; GRANT {lab.other_role} TO {lab.accounts[0]}")

    observed = connector.observe(lab.targets[0])
    listed = connector.holders(lab.database, lab.role, None).accounts

    assert not observed
    assert listed == (lab.other_role,)


def test_strange_names_are_names(connector: PostgresConnector, lab: PostgresLab) -> None:
    """A login may be called anything; it is never read as a statement."""
    name = f"{lab.prefix}_o'Brien\"; DROP ROLE {lab.role}; --"
    quoted = name.replace('"', '""')
    lab.run(f'CREATE ROLE "{quoted}" LOGIN')
    target = Target(AccountName(name), lab.database, lab.role)

    try:
        given = connector.ensure_present(target)
        listed = connector.holders(lab.database, lab.role, None).accounts
        taken = connector.ensure_absent(target)
    finally:
        lab.run(f'DROP ROLE "{quoted}"')

    assert (given, taken) == (Outcome.CHANGED, Outcome.CHANGED)
    assert listed == (name,)


def test_a_name_that_is_too_long_is_not_cut(connector: PostgresConnector, lab: PostgresLab) -> None:
    """Postgres cuts a name to 63 bytes without a word; the cut one would be somebody else's."""
    longest = f"{lab.prefix}_".ljust(63, "x")
    lab.run(f"CREATE ROLE {longest} LOGIN")
    target = Target(AccountName(longest + "y"), lab.database, lab.role)

    with pytest.raises(Permanent, match="no account"):
        connector.ensure_present(target)

    assert not lab.has(Target(AccountName(longest), lab.database, lab.role))


@pytest.mark.parametrize("login", ["role", "connector_login"])
def test_only_a_persons_login_is_given_anything(
    login: str, connector: PostgresConnector, lab: PostgresLab
) -> None:
    """A group or the connector itself is never made a member, whatever the configuration says."""
    target = Target(AccountName(getattr(lab, login)), lab.database, lab.other_role)

    with pytest.raises(Permanent, match="not a person's login"):
        connector.ensure_present(target)


def test_another_database_than_the_catalog_says_is_refused(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """An address that leads elsewhere changes and observes nothing there."""
    target = Target(lab.accounts[0], "elsewhere", lab.role)

    for call in (connector.observe, connector.ensure_present, connector.ensure_absent):
        with pytest.raises(Permanent, match="database elsewhere"):
            call(target)


def test_a_role_that_the_connector_may_not_give_is_refused(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """Without ADMIN on a role the connector cannot give it, and says what it would need."""
    target = Target(lab.accounts[0], lab.database, "pg_read_all_data")

    with pytest.raises(Permanent, match="needs ADMIN"):
        connector.ensure_present(target)


def test_a_lock_on_the_account_is_waited_for_only_so_long(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """Another process that hangs while it changes the same account delays us and stops nothing."""
    with closing(psycopg2.connect(lab.direct_url(lab.connector_login))) as other:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('jitbot ' || %s, 0))",
                (lab.accounts[0],),
            )
        began = time.monotonic()
        with pytest.raises(Temporary, match="lock"):
            connector.ensure_present(lab.targets[0])
        waited = time.monotonic() - began

    assert waited < 4
    assert connector.ensure_present(lab.targets[1]) is Outcome.CHANGED


def test_a_superuser_is_not_accepted(lab: PostgresLab) -> None:
    """A connector that could do anything in the target fails its check."""
    with pytest.raises(Permanent, match="superuser"):
        PostgresConnector(lab.admin_url).validate()


def test_a_login_that_cannot_end_sessions_is_not_accepted(
    connector: PostgresConnector, lab: PostgresLab
) -> None:
    """What could give and not fully take fails its check, and says for good why it cannot take."""
    connector.ensure_present(lab.targets[0])
    lab.run(f"REVOKE pg_signal_backend FROM {lab.connector_login}")

    with pytest.raises(Permanent, match="pg_signal_backend"):
        connector.validate()
    with pytest.raises(Permanent, match="pg_signal_backend"):
        connector.ensure_absent(lab.targets[0])


def test_a_login_that_is_refused_is_permanent(lab: PostgresLab) -> None:
    """Credentials that are not good do not become good by trying again."""
    with pytest.raises(Permanent, match="does not accept the connector's login"):
        PostgresConnector(lab.url(f"{lab.prefix}_nobody")).validate()


@pytest.mark.parametrize(
    "url", ["postgresql://u:secret-word@h/d?nonsense=1", "nonsense", "host=h port=secret-word"]
)
def test_an_address_that_is_none_is_permanent_and_not_shown(url: str) -> None:
    """A setting that is not an address is told of without its value."""
    with pytest.raises((Permanent, Temporary)) as caught:
        PostgresConnector(url).validate()

    assert "secret-word" not in repr(caught.value)


def test_a_server_that_is_away_is_temporary(connector: PostgresConnector, lab: PostgresLab) -> None:
    """A server that refuses connections may be back soon."""
    lab.proxy.refuse()

    with pytest.raises(Temporary, match="lost"):
        connector.observe(lab.targets[0])


def test_a_call_ends_by_its_own_limit(lab: PostgresLab) -> None:
    """The limit holds for the call as a whole, with a server that answers and one that does not."""
    connector = PostgresConnector(lab.url(), limit=timedelta(seconds=0.3))
    lab.proxy.stall()

    began = time.monotonic()
    with pytest.raises(Temporary, match="in time"):
        connector.observe(lab.targets[0])

    assert 0.2 < time.monotonic() - began < 1.3


def test_waiting_for_sessions_to_end_ends(lab: PostgresLab) -> None:
    """A session that does not end is left to the next try, not waited for."""
    with Session(lab.url(), seconds=0.5) as session, pytest.raises(Temporary, match="in time"):
        session.pause(0.6)


def test_nothing_is_sent_too_late(lab: PostgresLab) -> None:
    """What is begun after the deadline could still happen, and nobody would wait for it."""
    with Session(lab.url(), seconds=5) as session:
        session.ask("CREATE TEMPORARY TABLE sent (n int)")
        session._deadline = time.monotonic()
        with pytest.raises(Temporary, match="in time"):
            session.ask("INSERT INTO sent VALUES (1)")
        session._deadline += 5

        assert session.ask("SELECT n FROM sent") == []


@contextmanager
def _session(
    lab: PostgresLab, account: str, *, role: str | None = None
) -> Iterator[extensions.connection]:
    """Open a session as a person, as psql would, and put a role on."""
    url = extensions.make_dsn(lab.admin_url, user=account, password=PASSWORD)
    with closing(psycopg2.connect(url)) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}" if role else "SELECT 1")
        yield session


def _is_alive(session: extensions.connection) -> bool:
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True
