"""Requests in Postgres.

Locks are always taken in one order, the person's before the request's row, so that no two
transactions wait for each other. Both travel in one message, as separate statements: within one
statement the order of evaluation is the planner's, and what is read beside a row lock is older than
the lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from psycopg2.extras import Json
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    bindparam,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from engine.model.dossier import Access, Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import (
    Decision,
    Draft,
    Request,
    RequestState,
    first_stage_due_at,
)
from storage.database.wire import prepare, prepare_hot
from storage.dossiers import (
    DECISION_NAMES,
    REQUEST_NAMES,
    Head,
    dossier_from,
    dossiers,
    stages_to,
    windows_to,
    with_head,
)
from storage.due import due, lock_due
from storage.tables import access_grant, decision, request
from storage.transaction import LOOK, Transaction

_ONE = dossiers().where(request.c.id == bindparam("id"))
_FIND = prepare_hot(_ONE)
_LOCK_HOLDER = prepare_hot(
    "SELECT pg_advisory_xact_lock(1, hashtext(holder)) FROM request WHERE id = :id"
)
# NO KEY: rows that only point at the request (a place posted to) need not wait for a decision.
# What it extends comes first, and whoever locks both does it here: nobody waits for somebody who
# waits for them.
_LOCK_ROW = prepare_hot(
    "SELECT id FROM request WHERE id IN (:id, (SELECT extends FROM request WHERE id = :id)) "
    "ORDER BY id FOR NO KEY UPDATE"
)


def _access_ids(holder: ColumnElement[str]) -> list[Select[Any]]:
    """Find a person's access by number: each half has its short index of what is alive."""
    mine, given = request.alias("mine"), access_grant.alias("given")
    return [
        select(mine.c.id).where(
            mine.c.holder == holder,
            mine.c.state == literal_column("'pending'"),
            mine.c.kind == literal_column("'standard'"),
        ),
        select(given.c.id).where(
            given.c.holder == holder, given.c.state != literal_column("'ended'")
        ),
    ]


_id = bindparam("id", type_=BigInteger)
_asked_for = request.alias("asked_for")
_its_holder = select(_asked_for.c.holder).where(_asked_for.c.id == _id).scalar_subquery()
# The request first, and after it what its holder has: who locks mostly looks at that as well.
_READ_LOCKED = prepare_hot(
    with_head(dossiers())
    .add_columns(*LOOK)
    .where(request.c.id.in_(union_all(select(_id), *_access_ids(_its_holder))))
    .order_by((request.c.id == _id).desc(), request.c.id)
)
_ACCESS_OF = prepare_hot(
    dossiers()
    .where(request.c.id.in_(union_all(*_access_ids(bindparam("holder", type_=Text)))))
    .order_by(request.c.id)
)
_LAPSED = due(
    "request",
    RequestState.PENDING,
    "stage_due_at",
    only="d.kind = 'standard' AND d.extends IS NULL",
)
_OVER = prepare(
    """
    SELECT r.id FROM request AS r LEFT JOIN access_grant AS g ON g.id = r.extends
    WHERE r.state = 'pending' AND r.extends IS NOT NULL
      AND (g.state IS DISTINCT FROM 'active' OR r.stage_due_at <= statement_timestamp())
    ORDER BY r.id LIMIT :limit
    """
)

_ADDED = tuple(name for name in REQUEST_NAMES if name not in {"id", "settled_at"})
_ADD = prepare_hot(insert(request).returning(request.c.id), *_ADDED)
# By number alone: the trigger compares versions, and its refusal undoes the whole transaction.
_CHANGED = ("state", "version", "stage_number", "stage_due_at", "settled_at")
_which = update(request).where(request.c.id == bindparam("number"))
_SAVE = prepare_hot(_which, *_CHANGED)
_SAVE_STAGES = prepare_hot(_which, *_CHANGED, "stages")
_ASKED = (
    "revision",
    "entitlement",
    "duration",
    "reason",
    "windows",
    "config_version",
    "content_hash",
)
"""What a new revision changes; the trigger lets nothing else be changed, nor these without one."""
_REVISE = prepare_hot(_which, *_CHANGED, "stages", *_ASKED)
_changed, _asked = attrgetter(*_CHANGED), attrgetter(*_ASKED)

_DECIDE = prepare_hot(insert(decision), *DECISION_NAMES)
_decided = attrgetter(*DECISION_NAMES)


class PostgresRequests:
    """Requests with their decisions and grants, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._read: dict[RequestId, Request] = {}

    def lock(self, request: RequestId) -> Dossier | None:
        """Lock the holder's access, then the request; read it whole. Waits up to 5 s for each."""
        one = {"id": request}
        rows = self._tx.wire.rows((_LOCK_HOLDER, one), (_LOCK_ROW, one), (_READ_LOCKED, one))
        if not rows:
            return None
        dossier = dossier_from(rows[0])
        self._tx.note_locked_with_person(rows[0], dossier.request.holder)
        self._tx.access = (dossier.request.holder, rows)
        self._read[request] = dossier.request
        return dossier

    def find(self, request: RequestId) -> Dossier | None:
        """Read a request whole, without a lock."""
        rows = self._tx.wire.rows((_FIND, {"id": request}))
        return dossier_from(rows[0]) if rows else None

    def lock_lapsed(self, limit: int) -> Sequence[Dossier]:
        """Lock pending requests whose stage is past due, oldest first; skips what others hold."""
        return lock_due(self._tx, _LAPSED, limit)

    def extensions_over(self, limit: int) -> Sequence[RequestId]:
        """List pending extensions that lapse by now, or whose access is ending. Without locks."""
        return [RequestId(row[0]) for row in self._tx.wire.rows((_OVER, {"limit": limit}))]

    def access_of(self, holder: PersonId) -> Access:
        """List what a person holds or is about to hold."""
        if self._tx.access is None or self._tx.access[0] != holder:
            rows = self._tx.wire.rows((_ACCESS_OF, {"holder": holder}))
            self._tx.access = (holder, rows)
        found = sorted(map(dossier_from, self._tx.access[1]), key=lambda one: one.request.id)
        return Access(
            pending=tuple(one.request for one in found if one.request.is_ahead),
            live=tuple(one.grant for one in found if one.grant and one.grant.is_live),
        )

    def add(self, draft: Draft) -> Request:
        """Give a draft its number and keep it, PENDING at stage 1."""
        added = Request(
            id=RequestId(0),
            state=RequestState.PENDING,
            version=0,
            requester=draft.requester,
            holder=draft.holder,
            entitlement=draft.entitlement,
            duration=draft.duration,
            reason=draft.reason,
            config_version=draft.config_version,
            stages=draft.stages,
            content_hash=draft.content_hash,
            submitted_at=draft.submitted_at,
            stage_number=1,
            stage_due_at=first_stage_due_at(draft),
            windows=draft.windows,
            kind=draft.kind,
            incident=draft.incident,
            extends=draft.extends,
            held_since=draft.held_since,
            held_until=draft.held_until,
        )
        values = {name: getattr(added, name) for name in _ADDED}
        values["stages"] = Json(stages_to(draft.stages))
        values["windows"] = Json(windows_to(draft.windows))
        self._tx.access = None
        added = replace(added, id=RequestId(self._tx.wire.rows((_ADD, values))[0][0]))
        self._tx.heads[show(added.id)] = Head()
        return added

    def save(self, request: Request) -> Request:
        """Keep a changed request and count its version. `LostRace` comes at the commit."""
        self._tx.access = None
        saved = replace(request, version=request.version + 1)
        values = {"number": saved.id, **dict(zip(_CHANGED, _changed(saved), strict=True))}
        read = self._read.get(saved.id)
        is_same = read is not None and read.revision == saved.revision
        if is_same and read is not None and read.stages is saved.stages:
            self._tx.wire.later(_SAVE, values)
            return saved
        values["stages"] = Json(stages_to(saved.stages))
        if not is_same:
            values |= dict(zip(_ASKED, _asked(saved), strict=True))
            values["windows"] = Json(windows_to(saved.windows))
        self._tx.wire.later(_SAVE_STAGES if is_same else _REVISE, values)
        return saved

    def add_decision(self, decision: Decision) -> None:
        """Keep a decision. A second one by one approver on one revision is a `LostRace`."""
        values = dict(zip(DECISION_NAMES, _decided(decision), strict=True))
        self._tx.wire.later(_DECIDE, {**values, "parts": list(decision.parts)})
