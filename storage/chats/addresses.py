"""Where platforms reach people and channels, in Postgres."""

from __future__ import annotations

from dataclasses import astuple, fields

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from engine.model.address import Address
from engine.model.identifiers import PlatformName
from storage.database.wire import prepare_hot
from storage.tables import address
from storage.transaction import Transaction

_NAMES = tuple(field.name for field in fields(Address))
_a = address.c

_FIND = prepare_hot(
    select(*(_a[name] for name in _NAMES)).where(
        _a.platform == bindparam("platform"), _a.subject == bindparam("subject")
    )
)
_told = insert(address)
_SAVE = prepare_hot(
    _told.on_conflict_do_update(
        index_elements=[_a.platform, _a.subject],
        set_={"written": _told.excluded.written, "told_at": _told.excluded.told_at},
        # Who was told earlier and writes later has nothing new to say.
        where=_a.told_at <= _told.excluded.told_at,
    ),
    *_NAMES,
)


class PostgresAddresses:
    """Addresses, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def find(self, platform: PlatformName, subject: str) -> Address | None:
        """Read where an account or a channel is reached."""
        values = {"platform": platform, "subject": subject}
        rows = self._tx.wire.rows((_FIND, values))
        return Address(*rows[0]) if rows else None

    def save(self, address: Address) -> None:
        """Keep an address, unless a later one is there."""
        self._tx.wire.later(_SAVE, dict(zip(_NAMES, astuple(address), strict=True)))
