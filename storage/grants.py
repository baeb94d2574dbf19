"""Grants in Postgres. They are read and locked with their request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from psycopg2.extras import Json
from sqlalchemy import bindparam, insert, update

from engine.model.dossier import Dossier
from engine.model.grant import Grant, GrantState
from storage.database.wire import prepare_hot
from storage.dossiers import GRANT_NAMES, past_to, windows_to
from storage.due import due, lock_due
from storage.tables import access_grant
from storage.transaction import Transaction

_ADD = prepare_hot(insert(access_grant), *GRANT_NAMES)
_all = attrgetter(*GRANT_NAMES)

# What was granted never changes: neither the right nor the trigger would allow it.
_FIXED = {
    "id",
    "holder",
    "entitlement",
    "system",
    "account",
    "resource",
    "permission",
    "ordered_at",
    "windows",
}
_CHANGED = tuple(name for name in GRANT_NAMES if name not in _FIXED)
_SAVE = prepare_hot(update(access_grant).where(access_grant.c.id == bindparam("number")), *_CHANGED)
_changed = attrgetter(*_CHANGED)

_EXPIRED = due("access_grant", GrantState.ACTIVE, "ends_at")
_ENDING = due("access_grant", GrantState.ACTIVE, "warn_at")
_BEGINNING = due("access_grant", GrantState.SCHEDULED, "begins_at")


class PostgresGrants:
    """Grants, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, grant: Grant) -> Grant:
        """Keep a new grant. Refused at the commit where no approved request stands behind it."""
        self._tx.access = None
        values: dict[str, Any] = dict(zip(GRANT_NAMES, _all(grant), strict=True))
        values["windows"] = Json(windows_to(grant.windows))
        values["past"] = Json(past_to(grant.past))
        self._tx.wire.later(_ADD, values)
        return grant

    def save(self, grant: Grant) -> Grant:
        """Keep a changed grant and count its version. `LostRace` comes at the commit."""
        self._tx.access = None
        saved = replace(grant, version=grant.version + 1)
        values = {"number": saved.id, **dict(zip(_CHANGED, _changed(saved), strict=True))}
        values["past"] = Json(past_to(saved.past))
        self._tx.wire.later(_SAVE, values)
        return saved

    def lock_expired(self, limit: int) -> Sequence[Dossier]:
        """Lock ACTIVE grants whose time ran out, oldest first; skips what others hold."""
        return lock_due(self._tx, _EXPIRED, limit)

    def lock_ending(self, limit: int) -> Sequence[Dossier]:
        """Lock ACTIVE grants whose holder is due a warning; skips what others hold."""
        return lock_due(self._tx, _ENDING, limit)

    def lock_beginning(self, limit: int) -> Sequence[Dossier]:
        """Lock SCHEDULED grants that are to begin, oldest first; skips what others hold."""
        return lock_due(self._tx, _BEGINNING, limit)
