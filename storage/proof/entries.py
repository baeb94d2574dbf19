"""Checks one entry alone: that its body is what was hashed, and its columns what the body says."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from engine.audit.entry import SALT_LENGTH, Entry, leaf, salted_digest
from engine.audit.merkle import leaf_hash
from storage.audit_log import searchable
from storage.reports.entries import entry_from
from storage.tables import audit_entry

_e = audit_entry.c
COLUMNS = (
    _e.id,
    _e.stream,
    _e.stream_seq,
    _e.prev_hash,
    _e.salt,
    _e.body,
    _e.digest,
    _e.leaf_hash,
    _e.action,
    _e.actor,
    _e.at,
    _e.request,
    _e.requester,
    _e.holder,
    _e.entitlement,
    _e.system,
)
"""What is read of an entry; a query adds its own columns after them."""


class Wrong(Exception):
    """Something is not as it was recorded. The text is the sentence for the operator."""


def named(row: Row[Any]) -> str:
    """Name an entry for people: its place in its stream, and its number in the table."""
    return f"Entry {row.stream_seq} of {row.stream} (row {row.id})"


def check_entry(row: Row[Any]) -> Entry:
    """Read an entry from `COLUMNS` and check it alone. Raises `Wrong`."""
    body, digest = row.body, bytes(row.digest)
    if len(row.salt) != SALT_LENGTH or salted_digest(bytes(row.salt), body) != digest:
        raise Wrong(
            f"{named(row)} was changed: its body or salt is not what its digest stands for."
        )
    try:
        entry = entry_from(body)
        spelled = entry.body()
    except (ValueError, KeyError, TypeError):
        spelled = ""
    if spelled != body:
        raise Wrong(f"{named(row)} is malformed: its body is not a canonical entry.")
    _check_columns(row, entry)
    _check_leaf(row, entry, digest)
    return entry


def _check_columns(row: Row[Any], entry: Entry) -> None:
    for name, value in {"stream": entry.stream, **searchable(entry)}.items():
        held = getattr(row, name)
        if held != value:
            raise Wrong(
                f"{named(row)} was changed: its column {name} is not what its body says, "
                "so a search would answer wrongly."
            )


def _check_leaf(row: Row[Any], entry: Entry, digest: bytes) -> None:
    expected = leaf(
        stream=row.stream,
        stream_seq=row.stream_seq,
        previous=bytes(row.prev_hash),
        action=entry.action,
        salted_digest=digest,
    )
    if leaf_hash(expected) != bytes(row.leaf_hash):
        raise Wrong(f"{named(row)} was changed: its hash does not stand for what it holds.")
