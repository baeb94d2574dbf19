"""Signs how far the log has come, for those who do not trust the database.

A checkpoint is due a second after the last one if the log has grown, and every ten minutes anyway:
silence would not tell a quiet day from a stopped log. Where somebody has broken the glass it is due
at once: their access begins only when a checkpoint holds that.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from engine.audit import checkpoint
from engine.ports import Signer
from storage.database.wire import Wire, prepare

EVERY = timedelta(seconds=1)
"""A signature per second of traffic costs nothing, and leaves one second open to rewriting."""

AT_LEAST_EVERY = timedelta(minutes=10)

# Who waits is looked for among what came since the last one: a second's worth of entries.
# Class 6: one signer at a time, so that nobody signs a smaller tree after a larger one.
_TRY_LOCK = prepare("SELECT pg_try_advisory_xact_lock(6, 0)")
_LOOK = prepare("""
    SELECT head.size, head.root, last.size, last.root, clock_timestamp() - last.signed_at,
           EXISTS (SELECT FROM audit_leaf AS l JOIN audit_entry AS e ON e.id = l.entry
                   WHERE l.seq >= last.size AND e.action = 'breakglass.opened')
    FROM audit_head AS head
    LEFT JOIN (SELECT size, root, signed_at FROM audit_checkpoint ORDER BY id DESC LIMIT 1) AS last
        ON true
""")
_ADD = prepare("INSERT INTO audit_checkpoint (size, root, note) VALUES (:size, :root, :note)")


class Contradiction(Exception):
    """The log says something else than was signed before. It was tampered with: `audit verify`."""


def checkpoint_once(engine: Engine, signer: Signer) -> str | None:
    """Sign a checkpoint if one is due, keep it and give its text; None where none is.

    `engine` connects as `roles.SEQUENCER`. Raises `Contradiction` rather than sign two checkpoints
    that no log could both have had.
    """
    wire = Wire(engine)
    try:
        if not wire.rows((_TRY_LOCK, {}))[0][0]:
            return None
        size, root, signed_size, signed_root, age, is_urgent = wire.rows((_LOOK, {}))[0]
        if age is not None:
            _check((size, bytes(root)), (signed_size, bytes(signed_root)))
            if not is_urgent and age < (EVERY if size > signed_size else AT_LEAST_EVERY):
                return None
        note = checkpoint.sign(size, bytes(root), signer)
        wire.later(_ADD, {"size": size, "root": bytes(root), "note": note})
        wire.commit()
        return note
    finally:
        wire.close()


def _check(now: tuple[int, bytes], signed: tuple[int, bytes]) -> None:
    if now[0] < signed[0] or (now[0] == signed[0] and now[1] != signed[1]):
        raise Contradiction(
            f"The log has {now[0]} entries and another root than the checkpoint over {signed[0]} "
            "that was signed before; nothing is signed until `audit verify` has named the cause."
        )
