"""Gives every committed entry its place in the whole log, and grows the tree over it.

Entries commit in parallel; nobody waits for a common lock. Afterwards one sequencer at a time gives
out places, gap-free, in the order of (transaction, entry). It stops short of the oldest transaction
that is still under way: an entry that commits later never belongs before one that has a place. So a
long writing transaction anywhere in the cluster delays places; the time limits of
`database/connect.py` bound that, and `/metrics` tells the lag.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from engine.audit.merkle import Frontier
from storage.database.wire import Row, Wire, prepare

BATCH_MAX = 5000
"""33,000 entries a second were measured with batches of this size: 0.2 s each."""

# Class 5. It only saves work: what keeps two sequencers apart is the primary key on `seq`.
_TRY_LOCK = prepare("SELECT pg_try_advisory_xact_lock(5, 0)")
_HEAD = prepare("SELECT size, frontier, CAST(xid AS text), entry FROM audit_head")
# Qualified: a bare `xid` in ORDER BY would be the selected text, where 1000 comes before 999.
_NEXT = prepare("""
    SELECT e.id, CAST(e.xid AS text), e.leaf_hash FROM audit_entry AS e
    WHERE (e.xid, e.id) > (CAST(:xid AS xid8), :entry)
      AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY e.xid, e.id
    LIMIT :limit
""")
_PLACE = prepare("""
    INSERT INTO audit_leaf (seq, entry, leaf_hash)
    SELECT :first + place - 1, entry, leaf_hash
    FROM unnest(CAST(:entries AS bigint[]), CAST(:hashes AS bytea[]))
        WITH ORDINALITY AS placed (entry, leaf_hash, place)
""")
_MOVE = prepare("""
    UPDATE audit_head SET size = :size, frontier = CAST(:frontier AS bytea[]), root = :root,
        xid = CAST(:xid AS xid8), entry = :entry, moved_at = clock_timestamp()
""")


@dataclass(frozen=True, slots=True)
class _Head:
    tree: Frontier
    xid: str
    entry: int


def sequence_once(engine: Engine, *, limit: int = BATCH_MAX) -> int:
    """Give places to at most `limit` entries; says to how many.

    `engine` connects as `roles.SEQUENCER`. Zero where nothing waits or another sequencer is at it.
    Raises `LostRace` where a place is taken already.
    """
    wire = Wire(engine)
    try:
        if not wire.rows((_TRY_LOCK, {}))[0][0]:
            return 0
        size, hashes, xid, entry = wire.rows((_HEAD, {}))[0]
        head = _Head(Frontier(size, map(bytes, hashes)), xid, entry)
        found = wire.rows((_NEXT, {"xid": head.xid, "entry": head.entry, "limit": limit}))
        if found:
            _place(wire, head.tree, found)
            wire.commit()
        return len(found)
    finally:
        wire.close()


def _place(wire: Wire, tree: Frontier, found: list[Row]) -> None:
    first = tree.size
    hashes = [bytes(row[2]) for row in found]
    for hashed in hashes:
        tree.append(hashed)
    wire.later(_PLACE, {"first": first, "entries": [row[0] for row in found], "hashes": hashes})
    wire.later(
        _MOVE,
        {
            "size": tree.size,
            "frontier": tree.hashes,
            "root": tree.root(),
            "xid": found[-1][1],
            "entry": found[-1][0],
        },
    )
