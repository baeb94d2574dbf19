"""A target system that is a file: for examples, for tests, and to be copied.

It behaves like a real one in what matters: what it holds is seen by every process and survives
them, and it fails when it is told to. To write a connector, copy this file and keep its shape:

1. `KIND` says which settings it knows. A key that ends in `_from` names a setting of the bot's own,
   so that no secret is ever written into a company's files.
2. Making one never connects. Each call opens what it needs and closes it again.
3. Each call ends within `TIME_LIMIT`, whatever the target does.
4. Whatever is asked for may be so already: that is an outcome. An account or a permission that does
   not exist is an error only when something has to be given; it holds nothing, and there is
   nothing to take from it.
5. Errors are `Temporary` or `Permanent`, in our own words: what a target answers may hold a secret.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from adapters.connectors import ConnectorKind, Secret
from engine.errors import ConnectorError, Permanent, Temporary
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Outcome, Page

TIME_LIMIT = timedelta(seconds=5)
"""No call takes longer."""

BUSY_WAIT = 2.0
"""Seconds to wait while another process writes: its writes take milliseconds."""

PAGE_SIZE = 500
"""Holders a page: small enough to read at once, large enough that most lists are one page."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS holding (
    resource TEXT, permission TEXT, account TEXT, PRIMARY KEY (resource, permission, account)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault (
    kind TEXT, subject TEXT, remaining INTEGER, PRIMARY KEY (kind, subject)
) WITHOUT ROWID;
"""


class Fault(StrEnum):
    """What can be ordered to go wrong."""

    DOWN = "down"
    """The next calls fail before anything happens."""

    THROTTLED = "throttled"
    """The next calls are refused with a time to wait."""

    RESPONSE_LOST = "response lost"
    """The next changes happen, and then seem to have failed."""

    ACCOUNT_MISSING = "account missing"
    """The account that is named does not exist, until faults are lifted."""

    ENTITLEMENT_GONE = "entitlement gone"
    """The permission that is named does not exist, until faults are lifted."""


PASSING = (Fault.DOWN, Fault.THROTTLED)
"""Faults that stop any call, and are used up by it."""

RETRY_AFTER = timedelta(seconds=2)
"""What a throttled call is told to wait."""


class Sandbox:
    """Grants in a SQLite file. Any number of processes and threads may share the file."""

    def __init__(self, path: Path, *, page_size: int = PAGE_SIZE) -> None:
        """The file is made by the first call; its folder must be there."""
        self._path = path
        self._page_size = page_size

    def observe(self, target: Target) -> bool:
        """Say whether the account has exactly this permission now."""
        with self._call() as db:
            return _exists(db, target) is None and _holds(db, target)

    def ensure_present(self, target: Target) -> Outcome:
        """Give exactly this permission."""
        with self._call() as db:
            problem = _exists(db, target)
            if problem is not None:
                raise problem
            changed = not _holds(db, target)
            db.execute("INSERT OR IGNORE INTO holding VALUES (?, ?, ?)", _key(target))
            lost = _use_up(db, Fault.RESPONSE_LOST)
        return _answer(changed=changed, lost=lost)

    def ensure_absent(self, target: Target) -> Outcome:
        """Take exactly this permission. A sandbox has no sessions to end."""
        with self._call() as db:
            changed = _holds(db, target)
            db.execute(
                "DELETE FROM holding WHERE (resource, permission, account) = (?, ?, ?)",
                _key(target),
            )
            lost = _use_up(db, Fault.RESPONSE_LOST)
        return _answer(changed=changed, lost=lost)

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """List the accounts that have a permission, a page at a time, by name."""
        with self._call() as db:
            if _ordered(db, Fault.ENTITLEMENT_GONE, permission):
                raise _gone(permission)
            # One more than is shown says whether there is another page.
            rows = db.execute(
                "SELECT account FROM holding WHERE resource = ? AND permission = ? AND account > ? "
                "AND account NOT IN (SELECT subject FROM fault WHERE kind = ?) "
                "ORDER BY account LIMIT ?",
                (resource, permission, after or "", Fault.ACCOUNT_MISSING, self._page_size + 1),
            ).fetchall()
        accounts = tuple(AccountName(account) for (account,) in rows[: self._page_size])
        return Page(accounts, accounts[-1] if len(rows) > self._page_size else None)

    def validate(self) -> None:
        """Check that the file can be used."""
        with self._call():
            pass

    def order(self, fault: Fault, *, subject: str = "", times: int = 1) -> None:
        """Let something go wrong for `times` calls; a missing `subject` stays so until `lift`."""
        with self._transaction() as db:
            db.execute("REPLACE INTO fault VALUES (?, ?, ?)", (fault, subject, times))

    def lift(self) -> None:
        """Let everything go right again."""
        with self._transaction() as db:
            db.execute("DELETE FROM fault")

    @contextmanager
    def _call(self) -> Iterator[sqlite3.Connection]:
        """Begin a call, unless a fault was ordered for it: using that up is kept, too."""
        with self._transaction() as db:
            passing = next((fault for fault in PASSING if _use_up(db, fault)), None)
            if passing is None:
                yield db
        if passing is Fault.THROTTLED:
            raise Temporary(
                "the sandbox asks to wait; it will be tried again.", retry_after=RETRY_AFTER
            )
        if passing is Fault.DOWN:
            raise Temporary("the sandbox cannot be reached; it will be tried again.")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            # Autocommit, so that BEGIN is ours: IMMEDIATE waits for its turn instead of failing.
            connection = sqlite3.connect(self._path, timeout=BUSY_WAIT, isolation_level=None)
            with closing(connection) as db:
                # A sandbox need not survive a power cut, and a test makes thousands of changes.
                db.execute("PRAGMA synchronous = OFF")
                db.executescript(_SCHEMA)
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                finally:
                    db.execute("COMMIT")
        except sqlite3.Error:
            problem = Temporary("the sandbox's file is busy or cannot be used; check its folder.")
        else:
            return
        # Outside the handler, so that the error does not carry the library's own along.
        raise problem


def _key(target: Target) -> tuple[str, str, str]:
    return target.resource, target.permission, target.account


def _holds(db: sqlite3.Connection, target: Target) -> bool:
    row = db.execute(
        "SELECT 1 FROM holding WHERE (resource, permission, account) = (?, ?, ?)", _key(target)
    ).fetchone()
    return row is not None


def _exists(db: sqlite3.Connection, target: Target) -> ConnectorError | None:
    if _ordered(db, Fault.ACCOUNT_MISSING, target.account):
        return Permanent(f"the sandbox has no account {target.account}; it must be made first.")
    if _ordered(db, Fault.ENTITLEMENT_GONE, target.permission):
        return _gone(target.permission)
    return None


def _gone(permission: str) -> ConnectorError:
    return Permanent(f"the sandbox has no permission {permission}; correct the catalog.")


def _ordered(db: sqlite3.Connection, fault: Fault, subject: str) -> bool:
    row = db.execute("SELECT 1 FROM fault WHERE (kind, subject) = (?, ?)", (fault, subject))
    return row.fetchone() is not None


def _use_up(db: sqlite3.Connection, fault: Fault) -> bool:
    used = db.execute(
        "UPDATE fault SET remaining = remaining - 1 WHERE kind = ? AND remaining > 0", (fault,)
    )
    return used.rowcount > 0


def _answer(*, changed: bool, lost: bool) -> Outcome:
    if lost:
        raise Temporary("the sandbox did not answer in time; it will be tried again.")
    return Outcome.CHANGED if changed else Outcome.ALREADY


def _make(settings: Mapping[str, str], secret: Secret) -> Sandbox:
    return Sandbox(Path(secret(settings["file_from"])))


KIND = ConnectorKind(name="sandbox", settings={"file_from": True}, make=_make)
