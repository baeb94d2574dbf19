"""A real Postgres with roles of the lab's own, behind a proxy that can be broken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg2
from psycopg2 import extensions

from adapters.connectors.postgres import PostgresConnector
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Connector
from tests.contracts.labs import Made, Site
from tests.faults import Proxy, Upstream

PASSWORD = "lab-pass-word"

_numbers = count(1)


class PostgresLab:
    """Roles live on the whole server, so each lab's carry its own prefix and go with it."""

    def __init__(self, admin_url: str, proxy: Proxy) -> None:
        """Make a connector's login, eight people's logins and two roles."""
        self.proxy = proxy
        self.admin_url = admin_url
        self.database = str(extensions.parse_dsn(admin_url)["dbname"])
        # The process's number tells suites apart that run on the same server at once.
        self.prefix = f"lab_{os.getpid()}_{next(_numbers)}"
        self.connector_login = f"{self.prefix}_connector"
        self.role, self.other_role = f"{self.prefix}_reader", f"{self.prefix}_writer"
        self.accounts = [AccountName(f"{self.prefix}_account_{n}") for n in range(8)]
        self._make_roles()
        self.targets = tuple(Target(a, self.database, self.role) for a in self.accounts)
        self.other = Target(self.accounts[0], self.database, self.other_role)
        self.made = Made(
            {"url_from": "LAB_URL"}, {"LAB_URL": self.url()}, (PASSWORD, self.connector_login)
        )

    def url(self, login: str | None = None) -> str:
        """Name the proxy's address for a login; the connector's if none is named."""
        return extensions.make_dsn(
            self.admin_url,
            host="127.0.0.1",
            port=self.proxy.port,
            user=login or self.connector_login,
            password=PASSWORD,
        )

    def direct_url(self, login: str) -> str:
        """Name the server's own address for a login."""
        return extensions.make_dsn(self.admin_url, user=login, password=PASSWORD)

    def paging(self, size: int) -> Connector:
        """Make a connector that lists so many holders a page."""
        return PostgresConnector(self.url(), page_size=size)

    def has(self, target: Target) -> bool:
        """Look into the catalog."""
        return self.grantors(target) != []

    def grantors(self, target: Target) -> list[str]:
        """List who gave a membership."""
        rows = self.run(
            "SELECT pg_get_userbyid(grantor)::text FROM pg_auth_members "
            "WHERE pg_get_userbyid(roleid) = %s AND pg_get_userbyid(member) = %s ORDER BY 1",
            target.permission,
            target.account,
        )
        return [str(grantor) for (grantor,) in rows]

    def lose_next_answer(self) -> None:
        """Lose the answer to the commit: it has happened."""
        # With the byte that ends a statement, because BEGIN says READ COMMITTED.
        self.proxy.lose_answer_to(b"COMMIT\0")

    def throttle(self) -> None:
        """Leave the connector no connection."""
        self.run(f"ALTER ROLE {self.connector_login} CONNECTION LIMIT 0")

    def silence(self) -> None:
        """Let the network swallow everything, with every connection still open."""
        self.proxy.stall()

    def drop_account(self) -> None:
        """Drop the first login."""
        self.run(f"DROP ROLE {self.accounts[0]}")

    def drop_permission(self) -> None:
        """Drop the role."""
        self.run(f"DROP ROLE {self.role}")

    def heal(self) -> None:
        """Let everything through again."""
        self.proxy.heal()
        self.run(f"ALTER ROLE {self.connector_login} CONNECTION LIMIT -1")

    def run(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """Run a statement as the superuser."""
        with closing(psycopg2.connect(self.admin_url)) as admin:
            admin.autocommit = True
            with admin.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []

    def version(self) -> int:
        """Say which Postgres this is, e.g. 16."""
        [(number,)] = self.run("SELECT current_setting('server_version_num')::int / 10000")
        assert isinstance(number, int)
        return number

    def admin_option(self, role: str, login: str) -> str:
        """Write the statement that lets a login give a role, and use it as little as possible."""
        options = "ADMIN TRUE, INHERIT FALSE, SET FALSE" if self.version() >= 16 else "ADMIN OPTION"
        return f"GRANT {role} TO {login} WITH {options};"

    def drop_roles(self) -> None:
        """Drop everything that is left; grantors last, because others' memberships name them."""
        rows = self.run("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", f"{self.prefix}\\_%")
        grantors = {self.connector_login, f"{self.prefix}_dba"}
        for name in sorted((str(name) for (name,) in rows), key=lambda name: name in grantors):
            self.run(f"DROP ROLE {name}")

    def _make_roles(self) -> None:
        people = "".join(f"CREATE ROLE {a} LOGIN PASSWORD '{PASSWORD}';" for a in self.accounts)
        self.run(
            f"""
            CREATE ROLE {self.role}; CREATE ROLE {self.other_role}; {people}
            CREATE ROLE {self.connector_login} LOGIN NOINHERIT PASSWORD '{PASSWORD}';
            GRANT pg_signal_backend TO {self.connector_login};
            {self.admin_option(self.role, self.connector_login)}
            {self.admin_option(self.other_role, self.connector_login)}
            """
        )


@contextmanager
def open_lab(site: Site) -> Iterator[PostgresLab]:
    """Build roles on the server, and a proxy in front of it."""
    with ExitStack() as stack:
        proxy = stack.enter_context(Proxy(_upstream(site.database_url)))
        lab = PostgresLab(_plain(site.database_url), proxy)
        stack.callback(lab.drop_roles)
        yield lab


def _plain(url: str) -> str:
    """Name the address as libpq knows it, without the driver that SQLAlchemy is told."""
    return url.replace("postgresql+psycopg2://", "postgresql://", 1)


def _upstream(url: str) -> Upstream:
    parts = extensions.parse_dsn(_plain(url))
    host, port = str(parts.get("host", "127.0.0.1")), int(parts.get("port", 5432))
    return Path(host) / f".s.PGSQL.{port}" if host.startswith("/") else (host, port)
