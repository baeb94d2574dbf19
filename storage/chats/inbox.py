"""Deliveries that were seen, in Postgres."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.database.wire import prepare_hot
from storage.tables import inbox
from storage.transaction import Transaction

_CLAIM = prepare_hot(insert(inbox).on_conflict_do_nothing().returning(inbox.c.key), "key")
_ANSWER_OF = prepare_hot(select(inbox.c.answer).where(inbox.c.key == bindparam("key")))
_REMEMBER = prepare_hot(update(inbox).where(inbox.c.key == bindparam("which")), "answer")


class PostgresInbox:
    """Deliveries that were seen, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def claim(self, key: str) -> bool:
        """Take a delivery on; False where it was seen before.

        Waits for another transaction that is taking on the same one.
        """
        return bool(self._tx.wire.rows((_CLAIM, {"key": key})))

    def answer_of(self, key: str) -> str | None:
        """Read what a delivery was answered with."""
        rows = self._tx.wire.rows((_ANSWER_OF, {"key": key}))
        return rows[0][0] if rows else None

    def remember(self, key: str, answer: str) -> None:
        """Keep the answer, for the same delivery coming again."""
        self._tx.wire.later(_REMEMBER, {"which": key, "answer": answer})


def forget_seen(engine: Engine, *, older_than: timedelta, limit: int = 10_000) -> int:
    """Forget old deliveries, a batch at a time; says how many.

    No platform delivers again after a day (Slack: an hour), and the audit log has what came of it.
    """
    old = select(inbox.c.key).where(inbox.c.seen_at < func.now() - older_than).limit(limit)
    with engine.begin() as connection:
        return connection.execute(delete(inbox).where(inbox.c.key.in_(old))).rowcount
