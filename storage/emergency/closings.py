"""Closings in Postgres. They are read and locked with their request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from psycopg2.extras import Json
from sqlalchemy import BigInteger, String, any_, bindparam, cast, insert, or_, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from engine.closings import ClosingFilter
from engine.model.closing import Closing
from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId
from storage.database.wire import prepare, prepare_hot
from storage.dossiers import CLOSING_NAMES, approvers_to, dossier_from, dossiers, with_head
from storage.due import Due, lock_due
from storage.tables import closing, request
from storage.transaction import Transaction

_ADD = prepare_hot(insert(closing), *CLOSING_NAMES)
_all = attrgetter(*CLOSING_NAMES)

_FIXED = {"id", "holder", "entitlement"}
_CHANGED = tuple(name for name in CLOSING_NAMES if name not in _FIXED)
_SAVE = prepare(update(closing).where(closing.c.id == bindparam("number")), *_CHANGED)
_changed = attrgetter(*_CHANGED)

_c = closing.c
_NUDGED = Due(
    prepare("""
        SELECT r.id, statement_timestamp()
        FROM closing AS c JOIN request AS r ON r.id = c.id
        WHERE c.nudge_at <= coalesce(CAST(:now AS timestamptz), statement_timestamp())
        ORDER BY c.nudge_at
        LIMIT :limit
        FOR NO KEY UPDATE OF r SKIP LOCKED
    """),
    prepare(
        with_head(dossiers())
        .where(request.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
        .where(_c.nudge_at <= bindparam("now"))
        .order_by(_c.nudge_at, request.c.id)
    ),
)

_holder = cast(bindparam("holder"), String)
_among = cast(bindparam("among"), ARRAY(String))
_assigned = cast(bindparam("assigned"), JSONB)
_NOT_DONE = prepare(
    dossiers()
    .where(
        _c.state != "done",
        or_(_holder.is_(None), _c.holder == _holder),
        or_(_among.is_(None), _c.entitlement == any_(_among)),
        or_(_assigned.is_(None), (_c.state == "open") & _c.assigned.contains(_assigned)),
    )
    .order_by(_c.due_at.nulls_last(), request.c.id)
    .limit(bindparam("limit"))
)


class PostgresClosings:
    """Closings, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, closing: Closing) -> Closing:
        """Keep a new closing."""
        values = dict(zip(CLOSING_NAMES, _all(closing), strict=True))
        self._tx.wire.later(_ADD, {**values, **_written(closing)})
        return closing

    def save(self, closing: Closing) -> Closing:
        """Keep a changed closing and count its version. `LostRace` comes at the commit."""
        saved = replace(closing, version=closing.version + 1)
        values = {"number": saved.id, **dict(zip(_CHANGED, _changed(saved), strict=True))}
        self._tx.wire.later(_SAVE, {**values, **_written(saved)})
        return saved

    def lock_nudged(self, limit: int) -> Sequence[Dossier]:
        """Lock what the clock has to say something about, oldest first; skips what others hold."""
        return lock_due(self._tx, _NUDGED, limit)

    def not_done(self, wanted: ClosingFilter) -> Sequence[Dossier]:
        """List what is not done, the soonest due first."""
        values = {
            "holder": wanted.holder,
            "assigned": _person(wanted.assigned),
            "among": None if wanted.among is None else sorted(wanted.among),
            "limit": wanted.limit,
        }
        return [dossier_from(row) for row in self._tx.wire.rows((_NOT_DONE, values))]


def _person(person: PersonId | None) -> Json | None:
    return None if person is None else Json([{"person": person}])


def _written(closing: Closing) -> Mapping[str, object]:
    return {"assigned": Json(approvers_to(closing.assigned))}
