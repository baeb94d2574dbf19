"""An audit entry: one recorded fact.

Entries belong to a *stream* (one per request, and a few more) and are chained inside it, so that an
entry removed before it was sequenced leaves a visible hole. The *leaf* is what the Merkle tree
holds: a small canonical header with a salted digest of the body, so that a body can be erased one
day without breaking the tree (compliance.md 2.5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.audit.canonical import Json, canonical

SALT_LENGTH = 16
"""Bytes of salt per entry: a digest of a short, guessable body tells nothing without it."""

GENESIS = bytes(32)
"""What the first entry of a stream has for a predecessor."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact to be recorded. `facts` must hold what its sentence needs (vocabulary.py)."""

    stream: str
    action: str
    actor: str
    """The person's id, or `jitbot` for what the clock and the workers do."""

    at: datetime
    """UTC, by the database's clock."""

    facts: Mapping[str, Json]

    def body(self) -> str:
        """Write the entry in canonical JSON; these exact bytes are kept and hashed."""
        return canonical(
            {
                "action": self.action,
                "actor": self.actor,
                "at": instant(self.at),
                "facts": self.facts,
                "schema": 1,
                "stream": self.stream,
            }
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as the log holds it."""

    entry: Entry
    stream_seq: int
    """1 is the stream's first; no gaps."""

    seq: int | None
    """Place in the whole log, from 0, gap-free; None until the sequencer has integrated it."""


def instant(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with microseconds, e.g. `2026-11-22T18:41:00.000000Z`."""
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone is ambiguous")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf(
    *, stream: str, stream_seq: int, previous: bytes, action: str, salted_digest: bytes
) -> bytes:
    """Write the leaf that stands for an entry in the chain and in the tree."""
    return canonical(
        {
            "action": action,
            "digest": salted_digest.hex(),
            "prev": previous.hex(),
            "seq": stream_seq,
            "stream": stream,
        }
    ).encode()


def salted_digest(salt: bytes, body: str) -> bytes:
    """Commit to a body without showing it: SHA-256 over salt and body."""
    if len(salt) != SALT_LENGTH:
        raise ValueError(f"a salt has {SALT_LENGTH} bytes")
    return hashlib.sha256(salt + body.encode()).digest()
