"""Who stands in for whom, in Postgres.

Those that are not over are few. They are read with each look (`storage.transaction.LOOK`), under
whatever locks that took, so that nobody who decides asks for them a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from engine.model.delegation import Delegation, DelegationDraft, Scope
from engine.model.identifiers import DelegationId, EntitlementId, PersonId, SystemId
from storage.database.wire import Row, prepare
from storage.tables import delegation as table
from storage.transaction import DELEGATION_NAMES, LOOK_ROW, Transaction

_d = table.c
_ONE = select(table).where(_d.id == bindparam("id"))
# SHARE: any number may decide by one at a time, and nobody ends it meanwhile.
_HOLD = prepare(_ONE.with_for_update(read=True))
_LOCK = prepare(_ONE.with_for_update())
_OPEN_OF = prepare(
    select(table)
    .where(
        _d.ended_at.is_(None),
        _d.ends_at > bindparam("at"),
        or_(_d.delegator == bindparam("person"), _d.delegate == bindparam("person")),
    )
    .order_by(_d.id)
)
_TURNS = prepare(
    select(
        func.count().filter(_d.begins_at <= bindparam("at"))
        + func.count().filter(func.coalesce(_d.ended_at, _d.ends_at) <= bindparam("at"))
    ).select_from(table)
)
_GIVEN = tuple(n for n in DELEGATION_NAMES if n not in {"id", "ended_at", "ended_by"})
_ADD = prepare(insert(table).returning(table), *_GIVEN)
_END = prepare(update(table).where(_d.id == bindparam("number")), "ended_at", "ended_by")


class PostgresDelegations:
    """Delegations, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def in_force(self) -> Sequence[Delegation]:
        """List those by which somebody may decide now, by number."""
        if self._tx.delegations is None:
            self._tx.look(self._tx.wire.rows((LOOK_ROW, {}))[0])
        now, found = self._tx.now, self._tx.delegations or ()
        return [one for one in map(_from_json, found) if one.is_in_force_at(now)]

    def turns(self) -> int:
        """Count what has begun and what is over, together."""
        ((count,),) = self._tx.wire.rows((_TURNS, {"at": self._tx.now}))
        return int(count)

    def open_of(self, person: PersonId) -> Sequence[Delegation]:
        """List what a person gave or was given and is not over, by number."""
        rows = self._tx.wire.rows((_OPEN_OF, {"person": person, "at": self._tx.now}))
        return [_from(row) for row in rows]

    def hold(self, delegation: DelegationId) -> Delegation | None:
        """Read one that nobody may end before this transaction does."""
        rows = self._tx.wire.rows((_HOLD, {"id": delegation}))
        return _from(rows[0]) if rows else None

    def lock(self, delegation: DelegationId) -> Delegation | None:
        """Read one to end it; the time is read once nobody decides by it any more."""
        rows = self._tx.wire.rows((_LOCK, {"id": delegation}))
        self._tx.look(self._tx.wire.rows((LOOK_ROW, {}))[0])
        return _from(rows[0]) if rows else None

    def add(self, draft: DelegationDraft) -> Delegation:
        """Give a draft its number and keep it."""
        values: dict[str, object] = {
            name: getattr(draft, name) for name in _GIVEN if name not in {"system", "entitlement"}
        }
        values |= {"system": draft.scope.system, "entitlement": draft.scope.entitlement}
        self._tx.delegations = None
        return _from(self._tx.wire.rows((_ADD, values))[0])

    def end(self, delegation: Delegation, *, by: PersonId, at: datetime) -> Delegation:
        """Keep that it was ended early."""
        self._tx.delegations = None
        values = {"number": delegation.id, "ended_at": at, "ended_by": by}
        self._tx.wire.later(_END, values)
        return replace(delegation, ended_at=at, ended_by=by)


def _from(row: Row) -> Delegation:
    return _built(dict(zip(DELEGATION_NAMES, row, strict=True)))


def _from_json(row: Sequence[Any]) -> Delegation:
    held = dict(zip(DELEGATION_NAMES, row, strict=True))
    instants = {n: datetime.fromisoformat(held[n]) for n in held if n.endswith("_at") and held[n]}
    return _built({**held, **instants})


def _built(held: Mapping[str, Any]) -> Delegation:
    return Delegation(
        id=DelegationId(held["id"]),
        delegator=PersonId(held["delegator"]),
        delegate=PersonId(held["delegate"]),
        scope=Scope(
            SystemId(held["system"]) if held["system"] else None,
            EntitlementId(held["entitlement"]) if held["entitlement"] else None,
        ),
        begins_at=held["begins_at"],
        ends_at=held["ends_at"],
        reason=held["reason"],
        given_by=PersonId(held["given_by"]),
        given_at=held["given_at"],
        ended_at=held["ended_at"],
        ended_by=PersonId(held["ended_by"]) if held["ended_by"] else None,
    )
