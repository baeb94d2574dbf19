"""Requests and grants as people ask for them: without locks, a page at a time.

Grants are chosen by number first, from the partial indexes over what is live, and only then read
whole with their requests: a page costs the same however many there are before it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg2.extras import Json
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    String,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from engine.listing import GrantFilter
from engine.model.dossier import Dossier
from engine.model.grant import SOON_MAX, SOON_SHARE
from engine.model.identifiers import PersonId, RequestId
from storage.database.wire import Statement, prepare
from storage.dossiers import dossier_from, dossiers
from storage.tables import access_grant, decision, request
from storage.transaction import Transaction

_person = bindparam("person", type_=Text)
_newest_first = dossiers().order_by(request.c.id.desc()).limit(bindparam("limit"))

_OF_PERSON = prepare(
    _newest_first.where(
        or_(request.c.requester == bindparam("person"), request.c.holder == bindparam("person"))
    )
)
# The open stage's list, compared as JSON: pending requests are few, however long the history is.
_WAITING_FOR = prepare(
    _newest_first.where(
        request.c.state == literal_column("'pending'"),
        request.c.stages[request.c.stage_number - 1]["asked"].contains(
            bindparam("asked", type_=JSONB)
        ),
        ~exists().where(
            decision.c.request == request.c.id,
            decision.c.revision == request.c.revision,
            or_(decision.c.approver == _person, decision.c.instead_of == _person),
        ),
    )
)

_after = bindparam("after", type_=BigInteger)
_PENDING = prepare(
    dossiers()
    .where(request.c.state == literal_column("'pending'"), request.c.id > _after)
    .order_by(request.c.id)
    .limit(bindparam("limit"))
)
# Looked up in a hash: a company has thousands of people, and as many grants.
_OF_OTHERS = prepare("""
    WITH known AS (SELECT unnest(CAST(:people AS text[])) AS person)
    SELECT id FROM request
    WHERE state = 'pending' AND kind = 'standard' AND id > :after
      AND (holder NOT IN (SELECT person FROM known)
           OR requester NOT IN (SELECT person FROM known))
    UNION ALL
    SELECT id FROM access_grant
    WHERE state <> 'ended' AND state <> 'deprovisioning' AND id > :after
      AND holder NOT IN (SELECT person FROM known)
    ORDER BY id
    LIMIT :limit
""")

# ── live grants ─────────────────────────────────────────────────────────────────────────────────

_g = access_grant.c
_holder, _entitlement = (cast(bindparam(name), String) for name in ("holder", "entitlement"))
_among = cast(bindparam("among"), ARRAY(String))
_at = cast(bindparam("at"), DateTime(timezone=True))

# Values are sent spelled out, so a condition on nothing (`NULL IS NULL`) is gone before planning.
_WANTED = (
    or_(_holder.is_(None), _g.holder == _holder),
    or_(_entitlement.is_(None), _g.entitlement == _entitlement),
    or_(_among.is_(None), _g.entitlement == any_(_among)),
)
_active = _g.state == literal_column("'active'")
_live = _g.state != literal_column("'ended'")
_should_end_at = func.coalesce(_g.end_ordered_at, _g.ends_at)
_soon_before: ColumnElement[Any] = literal_column(
    f"least(access_grant.duration / {SOON_SHARE}, "
    f"interval '{int(SOON_MAX.total_seconds())} seconds')"
)


def _numbers(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(_g.id)
        .where(*conditions, *_WANTED)
        .limit(bindparam("limit"))
        .offset(bindparam("skip"))
    )


def _page(chosen: Select[Any], *order: ColumnElement[Any]) -> Statement:
    """Compose the reading of the chosen grants with their requests, in the same order."""
    return prepare(dossiers().where(request.c.id.in_(chosen.order_by(*order))).order_by(*order))


_LIVE = _page(_numbers(_live), _g.id.desc())
_COUNT_LIVE = prepare(select(func.count()).select_from(access_grant).where(_live, *_WANTED))
_ENDING = _page(
    _numbers(
        _active,
        _g.ends_at > _at,
        # The bound is for the index; what is shorter than four days is not soon so early.
        _g.ends_at <= cast(bindparam("until"), DateTime(timezone=True)),
        _g.ends_at - _soon_before <= _at,
    ),
    _g.ends_at,
    _g.id,
)
_OVERDUE = _page(
    _numbers(
        or_(
            and_(_g.state == literal_column("'deprovisioning'"), _g.end_ordered_at < _at),
            and_(_active, _g.ends_at < _at),
        )
    ),
    _should_end_at,
    _g.id,
)


class PostgresLists:
    """Lists of requests with their grants, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def of_person(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List what a person asked for or holds, newest first."""
        return self._read(_OF_PERSON, person=person, limit=limit)

    def waiting_for(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List pending requests whose open stage asked this person, newest first."""
        asked = Json([{"person": person}])
        return self._read(_WAITING_FOR, asked=asked, person=person, limit=limit)

    def pending(self, *, after: RequestId, limit: int) -> Sequence[Dossier]:
        """List pending requests by number, from the one after a number on."""
        return self._read(_PENDING, after=after, limit=limit)

    def of_others(
        self, people: Collection[PersonId], *, after: RequestId, limit: int
    ) -> Sequence[RequestId]:
        """List by number, from the one after a number on, what others than these people have."""
        values = {"people": list(people), "after": after, "limit": limit}
        return [RequestId(row[0]) for row in self._tx.wire.rows((_OF_OTHERS, values))]

    def live(self, wanted: GrantFilter) -> Sequence[Dossier]:
        """List live grants, newest first."""
        return self._read(_LIVE, **_page_of(wanted))

    def count_live(self, wanted: GrantFilter) -> int:
        """Count live grants, whatever the limit."""
        count: int = self._tx.wire.rows((_COUNT_LIVE, _values(wanted)))[0][0]
        return count

    def ending(self, wanted: GrantFilter, at: datetime) -> Sequence[Dossier]:
        """List active grants that end soon after an instant, the soonest first."""
        return self._read(_ENDING, at=at, until=at + SOON_MAX, **_page_of(wanted))

    def overdue(self, wanted: GrantFilter, at: datetime) -> Sequence[Dossier]:
        """List grants that should have gone before an instant, the longest overdue first."""
        return self._read(_OVERDUE, at=at, **_page_of(wanted))

    def _read(self, statement: Statement, **values: object) -> Sequence[Dossier]:
        return [dossier_from(row) for row in self._tx.wire.rows((statement, values))]


def _values(wanted: GrantFilter) -> Mapping[str, object]:
    among = None if wanted.among is None else sorted(wanted.among)
    return {"holder": wanted.holder, "entitlement": wanted.entitlement, "among": among}


def _page_of(wanted: GrantFilter) -> Mapping[str, object]:
    return {**_values(wanted), "limit": wanted.limit, "skip": wanted.skip}
