"""Old deliveries are forgotten, young ones never."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, text

from storage.chats.inbox import forget_seen
from storage.unit_of_work import PostgresWork

DAY = timedelta(days=1)


def claim(work: PostgresWork, key: str) -> bool:
    """Take a delivery on."""
    with work() as uow:
        is_new = uow.inbox.claim(key)
        uow.commit()
    return is_new


def test_only_what_is_old_is_forgotten(work: PostgresWork, engine: Engine, owner: Engine) -> None:
    """A batch at a time, with the app's own rights; what may still come again is kept."""
    for key in ("old-1", "old-2", "young"):
        claim(work, key)
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE inbox SET seen_at = seen_at - interval '2 days' WHERE key LIKE 'old%'")
        )

    assert forget_seen(engine, older_than=DAY, limit=1) == 1
    assert forget_seen(engine, older_than=DAY) == 1
    assert forget_seen(engine, older_than=DAY) == 0

    assert not claim(work, "young")
    assert claim(work, "old-1")
