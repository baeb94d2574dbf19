"""Mirrors bot/ledger.py and examples/acme/ledger.sql: what the example's roles really open."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors, extensions

from adapters.company.read import read_company
from adapters.connectors.postgres import PostgresConnector
from bot.embedded import EmbeddedServers
from bot.ledger import ledger_url, load_ledger
from bot.wiring import known
from engine.model.company import Company
from engine.model.identifiers import AccountName, EntitlementId
from engine.model.target import Target

ACME = Path(__file__).parents[2] / "examples" / "acme"
PASSWORD = "example-pass-word"

STATEMENTS = {
    "read journals": "SELECT * FROM journals",
    "post": "INSERT INTO journals (debit_account, credit_account, amount, memo) "
    "VALUES ('6100 Rent', '1000 Cash', 10, 'test') RETURNING id",
    "post as another": "INSERT INTO journals (debit_account, credit_account, amount, posted_by) "
    "VALUES ('6100 Rent', '1000 Cash', 10, 'ben_okafor')",
    "correct a journal": "UPDATE journals SET amount = 1",
    "delete journals": "DELETE FROM journals",
    "read bills": "SELECT * FROM bills",
    "enter a bill": "INSERT INTO bills (vendor, number, amount, due_on) "
    "VALUES ('Lumen Energy', gen_random_uuid()::text, 10, '2026-01-31')",
    "approve a bill": "UPDATE bills SET status = 'approved'",
    "read vendors": "SELECT name, country FROM vendors",
    "read bank accounts": "SELECT bank_account FROM vendors",
    "change a bank account": "UPDATE vendors SET bank_account = bank_account",
    "read payments": "SELECT * FROM payments",
    "prepare a payment": "INSERT INTO payments (reference, amount) "
    "VALUES (gen_random_uuid()::text, 10)",
    "correct a payment": "UPDATE payments SET status = status",
    "delete payments": "DELETE FROM payments",
    "make a table": "CREATE TABLE mine ()",
}

ALLOWED: dict[str, set[str]] = {
    "netsuite-gl": {"read journals", "post"},
    "netsuite-ap": {"read bills", "enter a bill", "read vendors"},
    "netsuite-reports": {"read journals", "read bills", "read vendors", "read payments"},
    "netsuite-vendors": {"read vendors", "read bank accounts", "change a bank account"},
    "netsuite-pay": {
        "read bills",
        "read vendors",
        "read bank accounts",
        "read payments",
        "prepare a payment",
    },
    "payments-db": {"read payments", "prepare a payment", "correct a payment"},
    "payments-read": {"read payments"},
}


@dataclass(frozen=True, slots=True)
class _Ledger:
    """A loaded ledger, reached as anybody."""

    admin_url: str
    connector_url: str

    def may(self, account: str, statement: str) -> bool:
        """Say whether a login may run a statement; nothing of it is kept."""
        url = ledger_url(self.admin_url, account=account, password=PASSWORD)
        with closing(psycopg2.connect(url)) as session, session.cursor() as cursor:
            try:
                cursor.execute(statement)
            except errors.InsufficientPrivilege:
                return False
            return True

    def count(self, table: str) -> int:
        """Count a table's rows."""
        url = extensions.make_dsn(self.admin_url, dbname="ledger")
        with closing(psycopg2.connect(url)) as session, session.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            row = cursor.fetchone()
            return int(row[0]) if row else 0


@pytest.fixture(scope="module")
def company() -> Company:
    """Give the example company."""
    return read_company(ACME, known())


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Ledger]:
    """Give the example's ledger on a server of its own, because its name is fixed."""
    with EmbeddedServers(tmp_path_factory.mktemp("l"), fast=True) as servers:
        admin_url = servers.urls.database_url
        yield _Ledger(admin_url, load_ledger(admin_url, password=PASSWORD))


def test_it_can_be_loaded_again_by_several_at_once(ledger: _Ledger) -> None:
    """Loading again changes nothing, takes nobody's access, and does not collide with itself."""
    connector = PostgresConnector(ledger.connector_url)
    target = Target(AccountName("riya_patel"), "ledger", "netsuite_gl")
    connector.ensure_present(target)
    before = [ledger.count(table) for table in ("vendors", "bills", "payments", "journals")]

    with ThreadPoolExecutor(3) as pool:
        urls = set(pool.map(lambda _: load_ledger(ledger.admin_url, password=PASSWORD), range(3)))
    after = [ledger.count(table) for table in ("vendors", "bills", "payments", "journals")]
    kept = connector.observe(target)
    connector.ensure_absent(target)

    assert urls == {ledger.connector_url}
    assert after == before
    assert min(after) > 0
    assert kept


def test_the_connectors_login_passes_its_check(ledger: _Ledger) -> None:
    """The address that loading names is a good one for the connector."""
    PostgresConnector(ledger.connector_url).validate()


def test_every_person_has_a_login_that_may_do_nothing(ledger: _Ledger, company: Company) -> None:
    """Before anything is granted, nobody of the example company can read or change a row."""
    accounts = [company.account_of(person, company.systems[0].id) for person in company.people]

    allowed = [
        (account, name)
        for account in accounts
        for name, statement in STATEMENTS.items()
        if ledger.may(account, statement)
    ]

    assert allowed == []


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_an_entitlement_opens_exactly_its_statements(
    name: str, ledger: _Ledger, company: Company
) -> None:
    """Each role opens what the catalog says, nothing more, and only while it is held."""
    entitlement = company.entitlement[EntitlementId(name)]
    connector = PostgresConnector(ledger.connector_url)
    account = AccountName("emily_clarke")
    target = Target(account, entitlement.resource, entitlement.permission)

    connector.ensure_present(target)
    during = {what for what, statement in STATEMENTS.items() if ledger.may(account, statement)}
    connector.ensure_absent(target)
    after = {what for what, statement in STATEMENTS.items() if ledger.may(account, statement)}

    assert during == ALLOWED[name]
    assert after == set()


def test_every_entitlement_on_postgres_has_its_role(company: Company) -> None:
    """The catalog names no role that the table above does not know, and the other way round."""
    named = {
        entitlement.id
        for entitlement in company.entitlements
        if company.system[entitlement.system].connector == "postgres"
    }

    assert named == set(ALLOWED)


def test_the_connectors_login_can_do_nothing_but_give_the_roles(ledger: _Ledger) -> None:
    """What the bot logs in as reads no row, makes nothing, and gives no other role."""
    powers = [
        *STATEMENTS.values(),
        "CREATE ROLE somebody",
        "GRANT pg_read_all_data TO riya_patel",
        "GRANT pg_signal_backend TO riya_patel",
        "ALTER ROLE riya_patel CREATEROLE",
        "ALTER ROLE jit_connector SUPERUSER",
        "DROP ROLE riya_patel",
    ]

    allowed = [power for power in powers if ledger.may("jit_connector", power)]
    url = extensions.make_dsn(ledger.admin_url, dbname="ledger")
    with closing(psycopg2.connect(url)) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls "
            "FROM pg_roles WHERE rolname = 'jit_connector'"
        )
        [row] = cursor.fetchall()

    assert allowed == []
    assert row == (False,)


def test_who_posts_is_written_by_the_database(ledger: _Ledger) -> None:
    """A journal entry names the login that posted it."""
    connector = PostgresConnector(ledger.connector_url)
    target = Target(AccountName("riya_patel"), "ledger", "netsuite_gl")
    connector.ensure_present(target)
    url = ledger_url(ledger.admin_url, account="riya_patel", password=PASSWORD)

    with closing(psycopg2.connect(url)) as session, session.cursor() as cursor:
        cursor.execute(STATEMENTS["post"].replace("RETURNING id", "RETURNING posted_by"))
        row = cursor.fetchone()
    connector.ensure_absent(target)

    assert row == ("riya_patel",)
