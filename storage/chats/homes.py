"""Dashboards that are shown to people, in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import String, any_, bindparam, cast, delete, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from engine.listing import Home
from engine.model.identifiers import PlatformName
from storage.database.wire import prepare_hot
from storage.tables import home
from storage.transaction import Transaction

_h = home.c
_this = (_h.platform == bindparam("platform_is"), _h.account == bindparam("account_is"))
_mine = _h.read_at == bindparam("mine")

_visit = insert(home)
_OPEN = prepare_hot(
    _visit.on_conflict_do_update(
        index_elements=[_h.platform, _h.account],
        # What the platform shows now is what it was just given, which may not even arrive.
        set_={"opened_at": _visit.excluded.opened_at, "read_at": None, "digest": ""},
    ),
    "platform",
    "account",
    "opened_at",
)
_OPENED = prepare_hot(
    select(_h.platform, _h.account, _h.opened_at, _h.read_at, _h.digest)
    .where(
        _h.platform == bindparam("platform"),
        _h.account == any_(cast(bindparam("accounts"), ARRAY(String))),
        _h.opened_at >= bindparam("since"),
    )
    .order_by(_h.account)
)
_BEGIN = prepare_hot(
    update(home)
    .where(*_this, or_(_h.read_at.is_(None), _h.read_at < bindparam("newer_than")))
    .returning(_h.account),
    "read_at",
    "digest",
)
_FINISH = prepare_hot(update(home).where(*_this, _mine).returning(_h.account), "digest")
_FORGET = prepare_hot(delete(home).where(*_this))


class PostgresHomes:
    """Dashboards, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def open(self, platform: PlatformName, account: str) -> None:
        """Remember that somebody opened theirs now; what is shown there is not known."""
        values = {"platform": platform, "account": account, "opened_at": self._tx.now}
        self._tx.wire.later(_OPEN, values)

    def opened(
        self, platform: PlatformName, accounts: Collection[str], since: datetime
    ) -> Sequence[Home]:
        """List the homes among these accounts that were opened since an instant, by account."""
        values = {"platform": platform, "accounts": sorted(accounts), "since": since}
        return [Home(*row) for row in self._tx.wire.rows((_OPENED, values))]

    def begin(self, home: Home, read_at: datetime) -> bool:
        """Say that a dashboard is about to be shown; False where one as new was begun already.

        Waits for another transaction that is about to show one in the same place.
        """
        values = {**_key(home), "newer_than": read_at, "read_at": read_at, "digest": ""}
        return bool(self._tx.wire.rows((_BEGIN, values)))

    def finish(self, home: Home, read_at: datetime, digest: str) -> bool:
        """Keep what is shown; False where something newer was begun, or the home opened again."""
        values = {**_key(home), "mine": read_at, "digest": digest}
        return bool(self._tx.wire.rows((_FINISH, values)))

    def forget(self, home: Home) -> None:
        """Forget a home: its person is not there any more."""
        self._tx.wire.later(_FORGET, _key(home))


def _key(home: Home) -> dict[str, object]:
    return {"platform_is": home.platform, "account_is": home.account}
