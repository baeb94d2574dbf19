"""What happened? Entries by person, entitlement, request, system and time.

Entries about a request are found through the request, so that an entry which names only its actor
(a refused attempt) is found with the others; entries of shared streams by their own columns.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, any_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from engine.audit.entry import Entry, Recorded
from engine.model.identifiers import show
from engine.ports import EntryFilter
from storage.database.wire import Row, Statement, prepare, prepare_hot
from storage.tables import audit_entry, audit_leaf, request

LIMIT_MAX = 1001
"""A file in a chat holds 1,000, and says whether there are more; those are an export's work."""

_e = audit_entry.c
_first = audit_entry.alias("first")


def _entries() -> Select[Any]:
    return select(_e.body, _e.stream_seq, audit_leaf.c.seq).select_from(
        audit_entry.outerjoin(audit_leaf, audit_leaf.c.entry == _e.id)
    )


STREAM = prepare_hot(_entries().where(_e.stream == bindparam("stream")).order_by(_e.stream_seq))


def entry_search(wanted: EntryFilter) -> tuple[Statement, dict[str, object]]:
    """Compose a search, newest first; at most `LIMIT_MAX` entries whatever was asked."""
    limit = min(wanted.limit, LIMIT_MAX)
    conditions = _conditions(wanted)
    if wanted.entitlements is not None:
        conditions = [_e.id.in_(_newest_of(sorted(wanted.entitlements), conditions, limit))]
    query = _entries().where(*conditions).order_by(_e.at.desc(), _e.id.desc()).limit(limit)
    return prepare(query), {}


def _newest_of(
    entitlements: list[str], conditions: list[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """Choose each entitlement's newest entries: some of them are among the newest of them all.

    One by one, each by its index: for all at once Postgres would read every entry about them.
    """
    among = bindparam("entitlements", entitlements, type_=ARRAY(String))
    each = func.unnest(among).table_valued("name", name="each_of")
    newest = (
        select(_e.id)
        .where(_e.entitlement == each.c.name, *conditions)
        .order_by(_e.at.desc(), _e.id.desc())
        .limit(limit)
        .correlate(each)
        .lateral("newest")
    )
    return select(newest.c.id).select_from(each.join(newest, true()))


def recorded_from(row: Row) -> Recorded:
    """Read an entry from a row: from its body, which is what was hashed."""
    body, stream_seq, seq = row
    return Recorded(entry_from(body), stream_seq, seq)


def entry_from(body: str) -> Entry:
    """Read an entry from its canonical JSON. Raises `ValueError` or `KeyError`."""
    held = json.loads(body)
    return Entry(
        stream=held["stream"],
        action=held["action"],
        actor=held["actor"],
        at=datetime.fromisoformat(held["at"]),
        facts=held["facts"],
    )


def _conditions(wanted: EntryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.person is not None:
        conditions.append(_about_person(wanted.person))
    if wanted.entitlement is not None:
        of_request = _requests(request.c.entitlement == wanted.entitlement)
        conditions.append(or_(_e.entitlement == wanted.entitlement, of_request))
    if wanted.request is not None:
        conditions.append(_e.stream == show(wanted.request))
    if wanted.from_at is not None:
        conditions.append(_e.at >= wanted.from_at)
    if wanted.until_at is not None:
        conditions.append(_e.at < wanted.until_at)
    if wanted.actions is not None:
        among = bindparam("actions", sorted(wanted.actions), type_=ARRAY(String))
        conditions.append(_e.action == any_(among))
    if wanted.systems is not None:
        conditions.append(_about_systems(sorted(wanted.systems)))
    return conditions


def _about_person(person: str) -> ColumnElement[bool]:
    theirs = _requests(or_(request.c.requester == person, request.c.holder == person))
    return or_(_e.actor == person, _e.requester == person, _e.holder == person, theirs)


def _requests(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return _e.request.in_(select(request.c.id).where(condition))


def _about_systems(systems: list[str]) -> ColumnElement[bool]:
    """Narrow to systems; a request's first entry says which one it is about."""
    among = any_(bindparam("systems", systems, type_=ARRAY(String)))
    first = select(_first.c.id).where(
        _first.c.stream == _e.stream, _first.c.stream_seq == 1, _first.c.system == among
    )
    return or_(_e.system == among, (func.left(_e.stream, 4) == "JIT-") & first.exists())
