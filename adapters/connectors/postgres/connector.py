"""What is asked of the target, and what its answers mean.

Who may have given a membership? Before PostgreSQL 16 a role has one membership per account, with
the name of who gave it; from 16 on, each grantor's counts by itself. We take only what we gave;
what others gave stays, and `observe` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from psycopg2 import sql

from adapters.connectors import ConnectorKind, Secret
from adapters.connectors.postgres.session import Session
from engine.errors import Permanent
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Outcome, Page

TIME_LIMIT = timedelta(seconds=5)
"""No call takes longer: the worker's lease on an effect is longer than that."""

PAGE_SIZE = 500
"""Holders a page: small enough to read at once, large enough that most lists are one page."""

MANY_GRANTORS = 160000
"""From PostgreSQL 16 on, a membership belongs to its grantor."""

ENDING_PAUSE = 0.02
"""Seconds between looks at sessions that were told to end; it takes them a few milliseconds."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('jitbot ' || %(account)s, 0))"
# Two changes of one account's memberships would otherwise fail with `tuple concurrently updated`.

_USABLE = sql.SQL("""(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
    OR coalesce((to_jsonb(m) ->> 'set_option')::boolean, true))""")
# The two options exist from 16 on; a membership with neither gives no right, only ADMIN. By way of
# JSON, because naming a column that is not there is an error before 16.

_FACTS = sql.SQL("""
    SELECT current_database()::text, current_setting('server_version_num')::int,
           account.oid::bigint, coalesce(account.rolcanlogin, false),
           coalesce(account.rolname = current_user, false), role.oid::bigint,
           count(m.member), coalesce(bool_or({usable}) FILTER (WHERE m.member IS NOT NULL), false),
           coalesce(bool_or(m.grantor = me.oid), false)
    FROM pg_roles AS me
    LEFT JOIN pg_roles AS account ON account.rolname::text = %(account)s
    LEFT JOIN pg_roles AS role ON role.rolname::text = %(permission)s
    LEFT JOIN pg_auth_members AS m ON m.roleid = role.oid AND m.member = account.oid
    WHERE me.rolname = current_user
    GROUP BY account.oid, account.rolcanlogin, account.rolname, role.oid
""").format(usable=_USABLE)
# `::text`, because a name is silently cut to 63 bytes, and would then be another role's.

_HOLDERS = sql.SQL("""
    SELECT DISTINCT account.rolname::text COLLATE "C" AS name
    FROM pg_auth_members AS m
    JOIN pg_roles AS role ON role.oid = m.roleid
    JOIN pg_roles AS account ON account.oid = m.member
    WHERE role.rolname::text = %(permission)s AND account.rolname <> current_user AND {usable}
      AND account.rolname::text COLLATE "C" > %(after)s
    ORDER BY name LIMIT %(limit)s
""").format(usable=_USABLE)
# Without the connector itself, which before 16 is a member of every role that it may give.

_MYSELF = """
    SELECT rolsuper, pg_has_role(current_user, 'pg_signal_backend', 'MEMBER')
    FROM pg_roles WHERE rolname = current_user
"""

_END = """
    SELECT pg_stat_clear_snapshot();
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid()
      AND (usesysid = %(account)s OR %(account)s IS NULL
           AND usesysid NOT IN (SELECT oid FROM pg_roles))
"""
# Where the account was dropped, its sessions live on, and belong to nobody that exists. What kind a
# session is cannot be asked: that is shown to its own account only, and null to us.

_MAY_END = "SET LOCAL ROLE pg_signal_backend"
# Before 16 the connector's login inherits nothing, so this right has to be put on.


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the target says about an account and a role, in one answer."""

    database: str
    version: int
    account: int | None
    can_log_in: bool
    is_connector: bool
    role: int | None
    memberships: int
    usable: bool
    """Whether one of them gives the role's rights."""

    ours: bool
    """Whether one of them was given by the connector's own login."""


class PostgresConnector:
    """Gives and takes memberships in roles. Has no state; threads may share it."""

    def __init__(
        self, url: str, *, limit: timedelta = TIME_LIMIT, page_size: int = PAGE_SIZE
    ) -> None:
        """`url` is a libpq address with the connector's login; it holds a password."""
        self._url = url
        self._seconds = limit.total_seconds()
        self._page_size = page_size

    def observe(self, target: Target) -> bool:
        """Say whether the account is a direct member of exactly this role, whoever gave it."""
        with self._session() as session:
            session.begin()
            return _facts(session, target).usable

    def ensure_present(self, target: Target) -> Outcome:
        """Make the account a member. Raises `Permanent` where account or role are missing."""
        with self._changing(target) as session:
            facts = _facts(session, target)
            _check_givable(facts, target)
            if facts.usable:
                return Outcome.ALREADY
            session.ask(_membership("GRANT {} TO {}", target))
            session.commit()
        return Outcome.CHANGED

    def ensure_absent(self, target: Target) -> Outcome:
        """Take the membership that this connector gave, and end every session of the account.

        A session that said SET ROLE keeps the role's rights without the membership, and nobody can
        see from outside which one did. They are ended also where nothing had to be taken: an
        earlier attempt may have come so far and no farther. Where the account keeps the role by
        somebody else's grant, its sessions are left alone.
        """
        with self._changing(target) as session:
            before = _facts(session, target)
            if before.memberships and (before.version >= MANY_GRANTORS or before.ours):
                # From 16 on this takes exactly the grant that our own GRANT would have made.
                session.ask(_membership("REVOKE {} FROM {}", target))
            after = _facts(session, target)
            session.commit()
            if not after.usable:
                _end_sessions(session, after.account)
        changed = after.memberships < before.memberships
        return Outcome.CHANGED if changed else Outcome.ALREADY

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """List the direct members of a role, groups included, by name in byte order."""
        with self._session() as session:
            session.begin()
            facts = _facts(session, Target(AccountName(""), resource, permission))
            if facts.role is None:
                raise _no_role(permission)
            values = {
                "permission": permission,
                "after": after or "",
                # One more than is shown says whether there is another page.
                "limit": self._page_size + 1,
            }
            names = [AccountName(str(name)) for (name,) in session.ask(_HOLDERS, values)]
        accounts = tuple(names[: self._page_size])
        return Page(accounts, accounts[-1] if len(names) > self._page_size else None)

    def validate(self) -> None:
        """Check that the login works, may end sessions, and is no superuser."""
        with self._session() as session:
            session.begin()
            [(superuser, may_end)] = session.ask(_MYSELF)
        if superuser:
            raise Permanent(
                "the connector's login is a superuser and could do anything; "
                "give it a login that may only give the roles of the catalog."
            )
        if not may_end:
            raise Permanent(
                "the connector's login may not end sessions; grant it pg_signal_backend."
            )

    def _session(self) -> Session:
        return Session(self._url, seconds=self._seconds)

    @contextmanager
    def _changing(self, target: Target) -> Iterator[Session]:
        """Begin a transaction in which nobody else of ours changes the same account."""
        with self._session() as session:
            session.begin(_LOCK, {"account": target.account})
            yield session


def _facts(session: Session, target: Target) -> _Facts:
    """Read everything at once. Raises `Permanent` in the wrong database."""
    values = {"account": target.account, "permission": target.permission}
    [row] = session.ask(_FACTS, values)
    facts = _Facts(*row)
    if facts.database != target.resource:
        raise Permanent(
            f"the connector's address does not lead to the database {target.resource}; "
            "correct the address or the catalog."
        )
    return facts


def _check_givable(facts: _Facts, target: Target) -> None:
    if facts.role is None:
        raise _no_role(target.permission)
    if facts.account is None:
        raise Permanent(f"the database has no account {target.account}; it must be made first.")
    if not facts.can_log_in or facts.is_connector:
        raise Permanent(
            f"{target.account} is not a person's login in the database; "
            "correct the person's account."
        )


def _no_role(permission: str) -> Permanent:
    return Permanent(f"the database has no role {permission}; correct the catalog.")


def _membership(statement: str, target: Target) -> sql.Composed:
    role, account = sql.Identifier(target.permission), sql.Identifier(target.account)
    return sql.SQL(statement).format(role, account)


def _end_sessions(session: Session, account: int | None) -> None:
    """End the account's sessions and wait until they are gone; too long is `Temporary`."""
    session.begin(_MAY_END)
    while session.ask(_END, {"account": account}) != [(0,)]:
        session.pause(ENDING_PAUSE)


def _make(settings: Mapping[str, str], secret: Secret) -> PostgresConnector:
    return PostgresConnector(secret(settings["url_from"]))


KIND = ConnectorKind(name="postgres", settings={"url_from": True}, make=_make)
