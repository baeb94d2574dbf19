"""Freezes, and how much of an entitlement was asked for and is held, in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter

from sqlalchemy import bindparam, insert, select, update

from engine.model.halt import Halt
from engine.model.identifiers import EntitlementId, HaltId, PersonId, RequestId
from storage.database.wire import prepare
from storage.tables import halt as table
from storage.transaction import Transaction

_NAMES = tuple(field.name for field in fields(Halt))
_ADDED = tuple(name for name in _NAMES if name not in {"id", "lifted_at", "lifted_by"})
_LIFTED = ("lifted_at", "lifted_by")

_LOCK = prepare("SELECT pg_advisory_xact_lock(3, 0)")
_IN_FORCE = prepare(
    select(*(table.c[name] for name in _NAMES))
    .where(table.c.lifted_at.is_(None))
    .order_by(table.c.id)
)
_ADD = prepare(insert(table).returning(table.c.id), *_ADDED)
_LIFT = prepare(update(table).where(table.c.id == bindparam("number")), *_LIFTED)


class PostgresHalts:
    """Freezes, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def lock(self) -> None:
        """Let nobody else add or lift one until this transaction ends."""
        self._tx.wire.rows((_LOCK, {}))

    def in_force(self) -> Sequence[Halt]:
        """List those that are not lifted, oldest first."""
        return [Halt(*row) for row in self._tx.wire.rows((_IN_FORCE, {}))]

    def add(self, halt: Halt) -> Halt:
        """Keep a new one; gives it with its number."""
        values = dict(zip(_ADDED, attrgetter(*_ADDED)(halt), strict=True))
        return replace(halt, id=HaltId(self._tx.wire.rows((_ADD, values))[0][0]))

    def lift(self, halt: Halt) -> None:
        """Keep that one was lifted, when and by whom."""
        values = {"number": halt.id, **{name: getattr(halt, name) for name in _LIFTED}}
        self._tx.wire.later(_LIFT, values)


_LOCK_PLACES = prepare("SELECT pg_advisory_xact_lock(2, hashtext(:entitlement))")
_ASKED = prepare("""
    SELECT submitted_at FROM request
    WHERE holder = :holder AND entitlement = :entitlement AND submitted_at > :since
    ORDER BY submitted_at
""")
_DENIED_AT = prepare("""
    SELECT max(settled_at) FROM request
    WHERE holder = :holder AND entitlement = :entitlement AND state = 'denied'
""")
_HOLDERS = prepare("""
    SELECT DISTINCT holder FROM access_grant
    WHERE entitlement = :entitlement AND state <> 'ended' AND state <> 'scheduled'
""")
_TO_END = prepare("""
    SELECT id FROM access_grant
    WHERE state <> 'ended' AND state IN ('provisioning', 'active')
      AND entitlement LIKE ANY (CAST(:patterns AS text[]))
    ORDER BY id
    LIMIT :limit
""")


class PostgresUsage:
    """How much of an entitlement was asked for and is held, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def lock(self, entitlement: EntitlementId) -> None:
        """Let nobody else be given a place at it until this transaction ends."""
        self._tx.wire.rows((_LOCK_PLACES, {"entitlement": entitlement}))

    def asked(
        self, holder: PersonId, entitlement: EntitlementId, since: datetime
    ) -> Sequence[datetime]:
        """List when it was asked for, for somebody, since an instant, whatever came of it."""
        values = {"holder": holder, "entitlement": entitlement, "since": since}
        return [row[0] for row in self._tx.wire.rows((_ASKED, values))]

    def denied_at(self, holder: PersonId, entitlement: EntitlementId) -> datetime | None:
        """Say when it was last denied to somebody."""
        values = {"holder": holder, "entitlement": entitlement}
        at: datetime | None = self._tx.wire.rows((_DENIED_AT, values))[0][0]
        return at

    def holders(self, entitlement: EntitlementId) -> frozenset[PersonId]:
        """Name who has it or is about to; not those whose time is still to come."""
        rows = self._tx.wire.rows((_HOLDERS, {"entitlement": entitlement}))
        return frozenset(PersonId(row[0]) for row in rows)

    def to_end(self, halts: Collection[Halt], limit: int) -> Sequence[RequestId]:
        """List grants that some freezes cover and whose end is not ordered yet, by number."""
        # Neither of LIKE's own signs can stand in an id; a backslash cannot, either.
        patterns = [halt.pattern.replace("*", "%") for halt in halts]
        rows = self._tx.wire.rows((_TO_END, {"patterns": patterns, "limit": limit}))
        return [RequestId(row[0]) for row in rows]
