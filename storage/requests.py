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

from psycopg2.extras import Json
from sqlalchemy import bindparam, insert, literal_column, select, update

from engine.model.dossier import Access, Dossier
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import (
    Decision,
    Draft,
    Request,
    RequestState,
    Stage,
    first_stage_due_at,
)
from storage.database.wire import prepare
from storage.dossiers import (
    DECISION_NAMES,
    GRANT_NAMES,
    REQUEST_NAMES,
    Head,
    dossier_from,
    dossiers,
    grant_from,
    request_from,
    stages_to,
    with_head,
)
from storage.due import due, lock_due
from storage.tables import access_grant, decision, request
from storage.transaction import LOOK, Transaction

_ONE = dossiers().where(request.c.id == bindparam("id"))
_FIND = prepare(_ONE)
_LOCK_HOLDER = prepare(
    "SELECT pg_advisory_xact_lock(1, hashtext(holder)) FROM request WHERE id = :id"
)
# NO KEY: rows that only point at the request (a place posted to) need not wait for a decision.
_LOCK_ROW = prepare("SELECT id FROM request WHERE id = :id FOR NO KEY UPDATE")
_READ_LOCKED = prepare(with_head(_ONE).add_columns(*LOOK))
_LAPSED = due("request", RequestState.PENDING, "stage_due_at")

_PENDING_OF = prepare(
    select(*(request.c[name] for name in REQUEST_NAMES))
    .where(request.c.holder == bindparam("holder"))
    .where(request.c.state == literal_column("'pending'"))
    .order_by(request.c.id)
)
_LIVE_OF = prepare(
    select(*(access_grant.c[name] for name in GRANT_NAMES))
    .where(access_grant.c.holder == bindparam("holder"))
    .where(access_grant.c.state != literal_column("'ended'"))
    .order_by(access_grant.c.id)
)

_ADDED = tuple(name for name in REQUEST_NAMES if name not in {"id", "settled_at"})
_ADD = prepare(insert(request).returning(request.c.id), *_ADDED)
# By number alone: the trigger compares versions, and its refusal undoes the whole transaction.
_CHANGED = ("state", "version", "stage_number", "stage_due_at", "settled_at")
_which = update(request).where(request.c.id == bindparam("number"))
_SAVE = prepare(_which, *_CHANGED)
_SAVE_STAGES = prepare(_which, *_CHANGED, "stages")
_changed = attrgetter(*_CHANGED)

_DECIDE = prepare(insert(decision), *DECISION_NAMES)
_decided = attrgetter(*DECISION_NAMES)


class PostgresRequests:
    """Requests with their decisions and grants, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._stages_read: dict[RequestId, tuple[Stage, ...]] = {}

    def lock(self, request: RequestId) -> Dossier | None:
        """Lock the holder's access, then the request; read it whole. Waits up to 5 s for each."""
        one = {"id": request}
        rows = self._tx.wire.rows((_LOCK_HOLDER, one), (_LOCK_ROW, one), (_READ_LOCKED, one))
        if not rows:
            return None
        dossier = dossier_from(rows[0])
        self._tx.note_locked_with_person(rows[0], dossier.request.holder)
        self._stages_read[request] = dossier.request.stages
        return dossier

    def find(self, request: RequestId) -> Dossier | None:
        """Read a request whole, without a lock."""
        rows = self._tx.wire.rows((_FIND, {"id": request}))
        return dossier_from(rows[0]) if rows else None

    def lock_lapsed(self, limit: int) -> Sequence[Dossier]:
        """Lock pending requests whose stage is past due, oldest first; skips what others hold."""
        return lock_due(self._tx, _LAPSED, limit)

    def access_of(self, holder: PersonId) -> Access:
        """List what a person holds or is about to hold."""
        pending = self._tx.wire.rows((_PENDING_OF, {"holder": holder}))
        live = self._tx.wire.rows((_LIVE_OF, {"holder": holder}))
        return Access(tuple(map(request_from, pending)), tuple(map(grant_from, live)))

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
        )
        values = {name: getattr(added, name) for name in _ADDED}
        values["stages"] = Json(stages_to(draft.stages))
        added = replace(added, id=RequestId(self._tx.wire.rows((_ADD, values))[0][0]))
        self._tx.heads[show(added.id)] = Head()
        return added

    def save(self, request: Request) -> Request:
        """Keep a changed request and count its version. `LostRace` comes at the commit."""
        saved = replace(request, version=request.version + 1)
        values = {"number": saved.id, **dict(zip(_CHANGED, _changed(saved), strict=True))}
        if saved.stages is self._stages_read.get(saved.id):
            self._tx.wire.later(_SAVE, values)
        else:
            values["stages"] = Json(stages_to(saved.stages))
            self._tx.wire.later(_SAVE_STAGES, values)
        return saved

    def add_decision(self, decision: Decision) -> None:
        """Keep a decision. A second one by one approver on one request is a `LostRace`."""
        self._tx.wire.later(_DECIDE, dict(zip(DECISION_NAMES, _decided(decision), strict=True)))
