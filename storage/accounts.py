"""What chat platforms told of people's accounts, in Postgres.

Few rows that seldom change and are needed by every decision. So they are read whole, once per
process and change (`storage/companies.py`): each change is counted, and the count travels with the
look that every transaction takes anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from engine.model.account import Account
from engine.model.identifiers import PersonId, PlatformName
from engine.model.via import Assurance
from storage.database.wire import Row, prepare
from storage.tables import account as table
from storage.transaction import LOOK_ROW, Transaction

_NAMES = tuple(field.name for field in fields(Account))
_KEY = ("platform", "account")

_ALL = prepare(select(*(table.c[name] for name in _NAMES)).order_by(*(table.c[k] for k in _KEY)))
_LOCK = prepare("SELECT number FROM account_change FOR NO KEY UPDATE")
_COUNT = prepare("UPDATE account_change SET number = number + 1")
_added = insert(table)
_SAVE = prepare(
    _added.on_conflict_do_update(
        index_elements=[table.c[name] for name in _KEY],
        set_={name: _added.excluded[name] for name in _NAMES if name not in _KEY},
    ),
    *_NAMES,
)
_FORGET = prepare(delete(table).where(*(table.c[k] == bindparam(f"{k}_is") for k in _KEY)))


class PostgresAccounts:
    """What platforms told of people's accounts, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def lock(self) -> None:
        """Let nobody else change what is known of any account until this transaction ends."""
        self._tx.look(self._tx.wire.rows((_LOCK, {}), (LOOK_ROW, {}))[0])

    def save(self, account: Account) -> None:
        """Keep what is known of an account. Take `lock` first."""
        self._tx.wire.later(_SAVE, dict(zip(_NAMES, astuple(account), strict=True)))
        self._count()

    def forget(self, account: Account) -> None:
        """Forget an account. Take `lock` first."""
        key = {"platform_is": account.platform, "account_is": account.account}
        self._tx.wire.later(_FORGET, key)
        self._count()

    def _count(self) -> None:
        self._tx.wire.later(_COUNT, {})
        self._tx.has_changed_accounts = True


def read_accounts(tx: Transaction) -> Sequence[Account]:
    """Read all that is known of accounts."""
    return [_from(row) for row in tx.wire.rows((_ALL, {}))]


def _from(row: Row) -> Account:
    platform, account, person, assurance, is_active, why, told_at = row
    return Account(
        PlatformName(platform),
        account,
        None if person is None else PersonId(person),
        Assurance(assurance),
        is_active,
        why,
        told_at,
    )
