"""Numbered configurations in Postgres. Rows are added and never changed."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from sqlalchemy import bindparam, insert, select

from engine.errors import NotFound
from engine.model.company import Company
from engine.model.identifiers import ConfigVersion
from engine.ports import CompanyVersion
from storage import company_codec
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
        self._lock = Lock()
        self._kept: OrderedDict[int, CompanyVersion] = OrderedDict()

    def get(self, number: int) -> CompanyVersion | None:
        """Give a version, if it is kept."""
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


class PostgresCompanies:
    """Numbered versions of the configuration, in one transaction."""

    def __init__(self, tx: Transaction, cache: CompanyCache) -> None:
        self._tx = tx
        self._cache = cache
        self._has_added = False

    def active(self) -> CompanyVersion:
        """Read the one in force. Raises `NotFound` where none was ever applied."""
        if self._tx.newest is None:
            self._look()
        assert self._tx.newest is not None, "looking reads the newest"
        number, digest = self._tx.newest
        if number == 0:
            raise NotFound(
                "config.none",
                "No configuration has been applied yet; an admin can run `config apply`.",
            )
        kept = self._cache.get(number)
        return kept if kept is not None and kept.digest == digest else self._read(number)

    def version(self, number: ConfigVersion) -> CompanyVersion:
        """Read one. Raises `NotFound`."""
        return self._cache.get(number) or self._read(number)

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

    def _look(self) -> None:
        self._tx.look(self._tx.wire.rows((LOOK_ROW, {}))[0])

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
