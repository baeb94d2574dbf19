"""The audit log in Postgres: entries in, in their streams' order; entries out, for people.

Entries are kept back until the transaction commits or reads the log, and then written in one
statement. A request's stream is guarded by the lock of its request, so decisions on different
requests never wait for each other here; the few shared streams have a lock of their own, taken last
and in order of name. A stream's hash is that of its last leaf, the same as in the tree (RFC 6962).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from engine.audit.entry import SALT_LENGTH, Entry, Recorded, leaf, salted_digest
from engine.audit.merkle import leaf_hash
from engine.model.identifiers import EntitlementId, RequestId, read
from engine.ports import EntryFilter, Holding
from storage.database.wire import prepare, prepare_hot, prepare_many
from storage.dossiers import Head
from storage.reports.entries import STREAM, entry_search, recorded_from
from storage.reports.holdings import HOLDINGS_AT, holding_from
from storage.tables import audit_entry, audit_stream
from storage.transaction import Transaction

FACT_COLUMNS = ("requester", "holder", "entitlement", "system")
"""Facts that are copied out of the body, for searching."""

_COLUMNS = (
    "stream",
    "stream_seq",
    "prev_hash",
    "salt",
    "body",
    "digest",
    "leaf_hash",
    "action",
    "actor",
    "at",
    "request",
    *FACT_COLUMNS,
)
_INSERT = prepare_many(audit_entry, _COLUMNS)
_HEADS = prepare_many(
    audit_stream,
    ("name", "seq", "hash"),
    " ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
)
# Class 4. One statement, one lock: in the order in which they are sent.
_LOCK_STREAM = prepare_hot("SELECT pg_advisory_xact_lock(4, hashtext(:name))")
_READ_HEADS = prepare_hot(
    select(audit_stream.c.name, audit_stream.c.seq, audit_stream.c.hash).where(
        audit_stream.c.name == any_(bindparam("names", type_=ARRAY(Text)))
    )
)

# A tree of n entries holds the places from 0 to n - 1.
_IS_SIGNED = prepare("""
    SELECT coalesce((
        SELECT l.seq FROM audit_entry AS e JOIN audit_leaf AS l ON l.entry = e.id
        WHERE e.stream = :stream AND e.action = :action ORDER BY e.stream_seq LIMIT 1
    ) < (SELECT size FROM audit_checkpoint ORDER BY id DESC LIMIT 1), false)
""")


def searchable(entry: Entry) -> Mapping[str, object]:
    """Copy out of an entry what its searchable columns hold; `audit verify` compares them."""
    facts = {name: entry.facts.get(name) for name in FACT_COLUMNS}
    return {
        "action": str(entry.action),
        "actor": entry.actor,
        "at": entry.at,
        "request": request_of(entry.stream),
        **{name: fact if isinstance(fact, str) else None for name, fact in facts.items()},
    }


def request_of(stream: str) -> RequestId | None:
    """Say which request a stream is about; None for the shared ones."""
    return read(stream) if stream.startswith("JIT-") else None


class PostgresAuditLog:
    """The append-only sequence of entries, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._kept_back: list[Entry] = []

    def append(self, entry: Entry) -> None:
        """Record a fact in this transaction, chained to its stream's last one."""
        self._kept_back.append(entry)

    def stream(self, name: str) -> Sequence[Recorded]:
        """Read a stream whole, in order."""
        self.write()
        return [recorded_from(row) for row in self._tx.wire.rows((STREAM, {"stream": name}))]

    def search(self, wanted: EntryFilter) -> Sequence[Recorded]:
        """Read entries, newest first."""
        self.write()
        statement, values = entry_search(wanted)
        return [recorded_from(row) for row in self._tx.wire.rows((statement, values))]

    def is_signed(self, stream: str, action: str) -> bool:
        """Say whether a signed checkpoint holds a stream's first entry of an action."""
        values = {"stream": stream, "action": str(action)}
        return bool(self._tx.wire.rows((_IS_SIGNED, values))[0][0])

    def holdings_at(self, entitlement: EntitlementId | None, at: datetime) -> Sequence[Holding]:
        """Say who had an entitlement (or any) at an instant."""
        values = {"entitlement": entitlement, "at": at}
        return [holding_from(row) for row in self._tx.wire.rows((HOLDINGS_AT, values))]

    def write(self) -> None:
        """Chain what was kept back and send it along with the next message."""
        entries, self._kept_back = self._kept_back, []
        if not entries:
            return
        self._lock_shared(sorted({entry.stream for entry in entries} - self._tx.heads.keys()))
        self._tx.wire.later_many(_INSERT, [self._chain(entry) for entry in entries])
        self._tx.wire.later_many(
            _HEADS,
            [
                {"name": name, "seq": self._tx.heads[name].seq, "hash": self._tx.heads[name].hash}
                for name in sorted({entry.stream for entry in entries})
            ],
        )

    def _lock_shared(self, names: Sequence[str]) -> None:
        if not names:
            return
        locks = [(_LOCK_STREAM, {"name": name}) for name in names]
        rows = self._tx.wire.rows(*locks, (_READ_HEADS, {"names": names}))
        known = {name: Head(seq, bytes(digest)) for name, seq, digest in rows}
        self._tx.heads.update({name: known.get(name, Head()) for name in names})

    def _chain(self, entry: Entry) -> Mapping[str, object]:
        head = self._tx.heads[entry.stream]
        body, salt = entry.body(), os.urandom(SALT_LENGTH)
        digest = salted_digest(salt, body)
        hashed = leaf_hash(
            leaf(
                stream=entry.stream,
                stream_seq=head.seq + 1,
                previous=head.hash,
                action=entry.action,
                salted_digest=digest,
            )
        )
        self._tx.heads[entry.stream] = Head(head.seq + 1, hashed)
        return {
            "stream": entry.stream,
            "stream_seq": head.seq + 1,
            "prev_hash": head.hash,
            "salt": salt,
            "body": body,
            "digest": digest,
            "leaf_hash": hashed,
            **searchable(entry),
        }
