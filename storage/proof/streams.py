"""Checks the streams: each a chain without a hole, and the rows what their entries tell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Row, select, text

from engine.audit.entry import GENESIS
from storage.audit_log import request_of
from storage.proof.entries import COLUMNS, Wrong, check_entry, named
from storage.proof.fold import Told
from storage.proof.reading import stream
from storage.proof.rows import check_rows
from storage.reports.entries import entry_from
from storage.tables import audit_entry, audit_leaf, audit_stream

REQUESTS_AT_ONCE = 500
"""Requests whose rows are compared in one query."""

_ENTRIES = (
    select(
        *COLUMNS,
        audit_leaf.c.seq,
        audit_stream.c.seq.label("head_seq"),
        audit_stream.c.hash.label("head_hash"),
    )
    .select_from(
        audit_entry.outerjoin(audit_leaf, audit_leaf.c.entry == audit_entry.c.id).outerjoin(
            audit_stream, audit_stream.c.name == audit_entry.c.stream
        )
    )
    .order_by(audit_entry.c.stream, audit_entry.c.stream_seq)
)

_EMPTY_STREAM = text("""
    SELECT s.name, s.seq FROM audit_stream AS s
    WHERE NOT EXISTS (SELECT FROM audit_entry AS e WHERE e.stream = s.name)
    ORDER BY s.name LIMIT 1
""")
_UNTOLD_REQUEST = text("""
    SELECT r.id FROM request AS r
    WHERE NOT EXISTS (SELECT FROM audit_entry AS e WHERE e.stream = 'JIT-' || r.id)
    ORDER BY r.id LIMIT 1
""")


def check_streams(connection: Connection) -> int:
    """Check every stream, and the rows of every request; says how many entries wait for a place.

    Raises `Wrong`.
    """
    walk = _Walk()
    told = walk.requests(stream(connection, _ENTRIES))
    while some := dict(islice(told, REQUESTS_AT_ONCE)):
        check_rows(connection, some)
    empty = connection.execute(_EMPTY_STREAM).first()
    if empty is not None:
        raise Wrong(f"All {empty.seq} entries of {empty.name} are gone.")
    untold = connection.execute(_UNTOLD_REQUEST).first()
    if untold is not None:
        raise Wrong(f"Request JIT-{untold.id} has no entries: nothing tells that it was made.")
    return walk.waiting


class _Walk:
    """Goes through all entries, stream by stream."""

    def __init__(self) -> None:
        self.waiting = 0

    def requests(self, rows: Iterator[Row[Any]]) -> Iterator[tuple[int, Told]]:
        """Check chains; give what each request's entries tell."""
        for name, of_stream in groupby(rows, key=lambda row: str(row.stream)):
            told = self._follow(of_stream)
            request = request_of(name)
            if request is not None:
                yield request, told

    def _follow(self, rows: Iterator[Row[Any]]) -> Told:
        told = Told()
        before: Row[Any] | None = None
        for row in rows:
            _check_link(before, row)
            if row.seq is None:
                self.waiting += 1
                check_entry(row)
            impossible = told.take_in(entry_from(row.body))
            if impossible:
                raise Wrong(f"{named(row)} tells what cannot be: {impossible}.")
            before = row
        assert before is not None, "a stream has entries"
        _check_end(before)
        return told


def _check_link(before: Row[Any] | None, row: Row[Any]) -> None:
    expected = 1 if before is None else before.stream_seq + 1
    if row.stream_seq != expected:
        raise Wrong(f"Entry {expected} of {row.stream} is missing: after it comes {named(row)}.")
    if row.prev_hash != (GENESIS if before is None else before.leaf_hash):
        raise Wrong(f"{named(row)} does not follow from the entry before it.")
    if before is not None and row.seq is not None and (before.seq is None or before.seq > row.seq):
        raise Wrong(f"{named(row)} has an earlier place in the log than the entry before it.")


def _check_end(last: Row[Any]) -> None:
    if (last.head_seq, last.head_hash) != (last.stream_seq, last.leaf_hash):
        raise Wrong(
            f"The end of {last.stream} is not as recorded: {last.head_seq or 0} entries were "
            f"written, the last one there is {last.stream_seq}."
        )
