"""Recomputes the whole audit log, and names the first thing that is wrong.

::

    1  by place      each entry alone ─ its place, gap-free ─ the tree ─ every signed checkpoint
    2  by stream     each chain, without a hole ─ its recorded end ─ requests, decisions, grants

One read-only transaction sees one moment, so it may run while the log grows. Memory is bounded:
rows are streamed, and of the tree only the edge is kept. What it cannot see is what a signed
checkpoint would show to somebody who kept one: a log rewritten whole, signatures and all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, text

from engine.audit import checkpoint
from engine.audit.checkpoint import BadCheckpoint, Check, VerifierKey
from engine.audit.merkle import Frontier
from storage.proof.entries import COLUMNS, Wrong, check_entry, named
from storage.proof.reading import stream
from storage.proof.streams import check_streams
from storage.tables import audit_checkpoint, audit_entry, audit_head, audit_leaf


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verification came to."""

    ok: bool
    sentence: str
    """For the operator: what was verified, or the first thing that is wrong."""

    size: int
    """Entries in the sequence."""

    root: bytes
    """The root over them, recomputed."""


def verify(engine: Engine, keys: Sequence[VerifierKey], check: Check) -> Verdict:
    """Recompute everything; checkpoints must be signed by one of `keys`, as `check` says.

    `engine` may connect as any role that reads. Takes about two minutes for a million entries.
    """
    tree = Frontier()
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(text("SET TRANSACTION READ ONLY"))
        # It reads for as long as it takes, and holds nobody up: a reader has no transaction number.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        try:
            signed = _Signed(connection, keys, check)
            _check_places(connection, tree, signed)
            waiting = check_streams(connection)
        except Wrong as wrong:
            return Verdict(ok=False, sentence=str(wrong), size=tree.size, root=tree.root())
    return Verdict(
        ok=True,
        sentence=_praise(tree.size, waiting, signed),
        size=tree.size,
        root=tree.root(),
    )


def _praise(size: int, waiting: int, signed: _Signed) -> str:
    later = f", and {waiting} more that wait for their place" if waiting else ""
    if signed.count == 0:
        return (
            f"All {size} entries{later} fit together, but no checkpoint was signed yet, so nothing "
            "shows that they were not rewritten as a whole."
        )
    return (
        f"All {size} entries{later} fit together; {signed.count} signed checkpoints agree, "
        f"the last one over {signed.last_size} entries."
    )


class _Signed:
    """The signed checkpoints, in the order of the sizes that they speak of."""

    def __init__(self, connection: Connection, keys: Sequence[VerifierKey], check: Check) -> None:
        self._rows = iter(
            stream(
                connection,
                select(audit_checkpoint).order_by(audit_checkpoint.c.size, audit_checkpoint.c.id),
            )
        )
        self._keys = keys
        self._check = check
        self._next = next(self._rows, None)
        self.count = 0
        self.last_size = 0

    def compare(self, tree: Frontier) -> None:
        """Compare what was signed over so many entries with the tree. Raises `Wrong`."""
        while self._next is not None and self._next.size == tree.size:
            self._compare_one(self._next, tree.root())
            self.count += 1
            self.last_size = tree.size
            self._next = next(self._rows, None)

    def expect_none_left(self, size: int) -> None:
        """Make sure that nothing was signed over more than there is. Raises `Wrong`."""
        if self._next is not None:
            raise Wrong(
                f"Entries are missing at the end: a checkpoint over {self._next.size} was signed "
                f"{_when(self._next)}, and the sequence has {size}."
            )

    def _compare_one(self, row: Row[Any], root: bytes) -> None:
        try:
            told = checkpoint.verify(row.note, self._keys, self._check)
        except BadCheckpoint as problem:
            raise Wrong(
                f"The checkpoint over {row.size} entries, kept {_when(row)}, is no good: {problem}."
            ) from None
        if (told.size, told.root) != (row.size, row.root):
            raise Wrong(
                f"The checkpoint over {row.size} entries, kept {_when(row)}, was changed: its "
                "columns are not what its signed text says."
            )
        if told.root != root:
            raise Wrong(
                f"The checkpoint over {row.size} entries, signed {_when(row)}, has another root "
                "than they have now: something among them was rewritten after it was signed."
            )


def _when(row: Row[Any]) -> str:
    return f"{row.signed_at:%Y-%m-%d %H:%M:%S} UTC"


def _check_places(connection: Connection, tree: Frontier, signed: _Signed) -> None:
    signed.compare(tree)
    for row in stream(connection, _PLACES):
        if row.seq != tree.size:
            raise Wrong(f"Place {tree.size} of the log is missing: after it comes {row.seq}.")
        if row.id is None:
            raise Wrong(
                f"Place {row.seq} of the log is empty: its entry (row {row.entry}) is gone."
            )
        check_entry(row)
        if row.placed_hash != row.leaf_hash:
            raise Wrong(f"{named(row)} is not what was put in place {row.seq} of the log.")
        tree.append(row.leaf_hash)
        signed.compare(tree)
    signed.expect_none_left(tree.size)
    _check_head(connection, tree)


_PLACES = (
    select(
        *COLUMNS,
        audit_leaf.c.seq,
        audit_leaf.c.entry,
        audit_leaf.c.leaf_hash.label("placed_hash"),
    )
    .select_from(audit_leaf.outerjoin(audit_entry, audit_entry.c.id == audit_leaf.c.entry))
    .order_by(audit_leaf.c.seq)
)


def _check_head(connection: Connection, tree: Frontier) -> None:
    head = connection.execute(select(audit_head)).one_or_none()
    if head is None:
        raise Wrong("The head of the tree is gone: the table audit_head is empty.")
    if (head.size, head.root, list(head.frontier)) != (tree.size, tree.root(), tree.hashes):
        raise Wrong(
            f"The head of the tree was changed: it tells of {head.size} entries, the sequence has "
            f"{tree.size}, and size, root and edge do not all agree."
        )
    behind = connection.execute(_BEHIND).first()
    if behind is not None:
        raise Wrong(
            f"Entry {behind.stream_seq} of {behind.stream} (row {behind.id}) was put in behind the "
            "sequencer: it has no place, and later entries have one."
        )


_BEHIND = text("""
    SELECT e.id, e.stream, e.stream_seq FROM audit_entry AS e, audit_head AS h
    WHERE (e.xid, e.id) <= (h.xid, h.entry)
      AND NOT EXISTS (SELECT FROM audit_leaf AS l WHERE l.entry = e.id)
    ORDER BY e.xid, e.id LIMIT 1
""")
