"""Numbered configurations in Postgres. Rows are added and never changed.

The one in force follows what platforms told of people's accounts. Both are read and put together
once per process: what a unit of work asks for is mostly there already.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

from sqlalchemy import bindparam, insert, select

from engine.errors import NotFound
from engine.model.company import Company
from engine.model.identifiers import ConfigVersion
from engine.policy.accounts import follow_up
from engine.ports import CompanyVersion
from storage import company_codec
from storage.accounts import read_accounts
from storage.database.wire import prepare
from storage.tables import config_version
from storage.transaction import LOOK_ROW, Transaction

_c = config_version.c
_READ = prepare(
    select(_c.number, _c.digest, _c.body, _c.applied_at).where(_c.number == bindparam("number"))
)
# Class 3: who adds a version first makes sure that nobody else does.
_LOCK = prepare("SELECT pg_advisory_xact_lock(3, 0)")
_ADD = prepare(
    insert(config_version).returning(_c.applied_at), "number", "digest", "body", "applied_by"
)

KEPT = 32
"""Parsed versions per process: the newest, and those that open requests began with."""


class CompanyCache:
    """Versions that were read and parsed before; they never change. For many threads."""

    def __init__(self) -> None:
        self.making = Lock()
        """Held by whoever reads and parses: a large company is many megabytes while it is parsed,
        and threads that need the same one wait for it instead of making their own."""

        self._lock = Lock()
        self._kept: OrderedDict[int, CompanyVersion] = OrderedDict()
        self._in_force: CompanyVersion | None = None

    def get(self, number: int) -> CompanyVersion | None:
        """Give a version as its files say, if it is kept."""
        with self._lock:
            found = self._kept.get(number)
            if found is not None:
                self._kept.move_to_end(number)
            return found

    def keep(self, version: CompanyVersion) -> None:
        """Keep a version; the one that was not asked for the longest makes room."""
        with self._lock:
            self._kept[version.number] = version
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def in_force(self, files: CompanyVersion, accounts_number: int) -> CompanyVersion | None:
        """Give a version as it follows accounts after so many changes, if it is kept."""
        kept = self._in_force
        wanted = (files.number, files.digest, accounts_number)
        is_it = kept and (kept.number, kept.digest, kept.accounts_number) == wanted
        return kept if is_it else None

    def put_in_force(self, version: CompanyVersion) -> None:
        """Keep a version that follows accounts: the last one, which nearly everybody needs."""
        self._in_force = version


class PostgresCompanies:
    """Numbered versions of the configuration, in one transaction."""

    def __init__(self, tx: Transaction, cache: CompanyCache) -> None:
        self._tx = tx
        self._cache = cache
        self._has_added = False

    def active(self) -> CompanyVersion:
        """Read the one in force, following accounts. Raises `NotFound` where there is none."""
        number, digest = self._newest()
        if number == 0:
            raise NotFound(
                "config.none",
                "No configuration has been applied yet; an admin can run `config apply`.",
            )
        files = self._files(number, digest)
        if self._tx.has_changed_accounts or self._has_added:
            return self._follow_up(files)  # what is not committed is nobody else's
        if self._tx.accounts_number == 0:
            return files
        kept = self._cache.in_force(files, self._tx.accounts_number)
        return kept or self._put_in_force(files)

    def version(self, number: ConfigVersion) -> CompanyVersion:
        """Read one, as its files say. Raises `NotFound`."""
        return self._files(number, None)

    def lock(self) -> None:
        """Let nobody else add a version until this transaction ends."""
        self._tx.look(self._tx.wire.rows((_LOCK, {}), (LOOK_ROW, {}))[0])

    def add(self, company: Company, *, applied_by: str) -> CompanyVersion:
        """Keep a new version, in force from the commit on."""
        self.lock()
        assert self._tx.newest is not None, "locking reads the newest"
        body = company_codec.write(company)
        values = {
            "number": self._tx.newest[0] + 1,
            "digest": company_codec.digest(body),
            "body": body,
            "applied_by": applied_by,
        }
        applied_at = self._tx.wire.rows((_ADD, values))[0][0]
        self._has_added = True
        number, digest = ConfigVersion(self._tx.newest[0] + 1), company_codec.digest(body)
        self._tx.newest = (number, digest)
        return CompanyVersion(number, digest, company, applied_at)

    def _newest(self) -> tuple[int, str]:
        if self._tx.newest is None:
            self._tx.look(self._tx.wire.rows((LOOK_ROW, {}))[0])
        assert self._tx.newest is not None, "looking reads the newest"
        return self._tx.newest

    def _files(self, number: int, digest: str | None) -> CompanyVersion:
        if kept := self._kept(number, digest):
            return kept
        # Looked first, so that nobody who waits in here has a connection that the one who reads
        # would have to wait for.
        self._newest()
        with self._cache.making:
            return self._kept(number, digest) or self._read(number)

    def _kept(self, number: int, digest: str | None) -> CompanyVersion | None:
        kept = self._cache.get(number)
        return kept if kept is not None and digest in {None, kept.digest} else None

    def _put_in_force(self, files: CompanyVersion) -> CompanyVersion:
        with self._cache.making:
            kept = self._cache.in_force(files, self._tx.accounts_number)
            if kept is None:
                kept = self._follow_up(files)
                self._cache.put_in_force(kept)
            return kept

    def _follow_up(self, files: CompanyVersion) -> CompanyVersion:
        # Read after they were counted: nothing older than the count says is ever kept under it.
        accounts = {account.key: account for account in read_accounts(self._tx)}
        return replace(
            files,
            company=follow_up(files.company, accounts.values()),
            accounts=accounts,
            accounts_number=self._tx.accounts_number,
            files=files.company,
        )

    def _read(self, number: int) -> CompanyVersion:
        rows = self._tx.wire.rows((_READ, {"number": number}))
        if not rows:
            raise NotFound("config.unknown", f"There is no configuration {number}.")
        found, digest, body, applied_at = rows[0]
        version = CompanyVersion(ConfigVersion(found), digest, company_codec.read(body), applied_at)
        # A version of our own that is not committed yet may still vanish, and its number be reused.
        if not self._has_added:
            self._cache.keep(version)
        return version
