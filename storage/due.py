"""Finds what is due and locks it, without waiting for what others hold.

Two messages: the first locks requests with SKIP LOCKED, the second reads them again and drops what
stopped being due in between. Postgres looks again only at the row that it locks, never at a joined
one: without the second look, a grant that somebody else has just ended would come back as active.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, any_, bindparam, literal_column
from sqlalchemy.dialects.postgresql import ARRAY

from engine.model.dossier import Dossier
from storage.database.wire import Statement, prepare
from storage.dossiers import dossier_from, dossiers, with_head
from storage.tables import METADATA, request
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Due:
    """The question which rows in one state have come to their instant."""

    find: Statement
    read: Statement


def due(table: str, state: str, instant: str, *, only: str = "true") -> Due:
    """Compose the question; all words are ours, never a person's.

    `only` narrows it further, about the request `r`, by what of it never changes.

    The instant is compared with the transaction's own time: the engine knows no other, and nothing
    may count as due that it would call early.
    """
    find = f"""
        SELECT r.id, statement_timestamp()
        FROM {table} AS d JOIN request AS r ON r.id = d.id
        WHERE d.state = '{state}' AND {only}
          AND d.{instant} <= coalesce(CAST(:now AS timestamptz), statement_timestamp())
        ORDER BY d.{instant}
        LIMIT :limit
        FOR NO KEY UPDATE OF r SKIP LOCKED
    """  # noqa: S608 - composed once, at import, of our own words
    held = METADATA.tables[table].c
    read = (
        with_head(dossiers())
        .where(request.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
        .where(held.state == literal_column(f"'{state}'"))
        .where(held[instant] <= bindparam("now"))
        .order_by(held[instant], request.c.id)
    )
    return Due(prepare(find), prepare(read))


def lock_due(tx: Transaction, question: Due, limit: int) -> Sequence[Dossier]:
    """Lock at most `limit` due rows, the longest due first, and read them whole."""
    found = tx.wire.rows((question.find, {"now": tx.now_if_told, "limit": limit}))
    if not found:
        return ()
    tx.take_time(found[0][1])
    ids = [row[0] for row in found]
    rows = tx.wire.rows((question.read, {"ids": ids, "now": tx.now}))
    for row in rows:
        tx.note_locked(row)
    return [dossier_from(row) for row in rows]
