"""Two processes that hear of somebody at once keep one address, and neither fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from engine.model.address import Address
from engine.model.identifiers import PlatformName
from engine.workflow.addresses import address_of, note_address
from storage.unit_of_work import PostgresWork

CHAT = PlatformName("teams")
ROUNDS = 50
RIVALS = 4


def test_of_writers_at_once_each_is_done_and_one_stays(work: PostgresWork) -> None:
    """First for somebody who is new, then for one who is known."""
    start = Barrier(RIVALS)

    def write(rival: int) -> list[bool]:
        news = []
        for number in range(ROUNDS):
            start.wait()
            news.append(note_address(work, CHAT, f"U{number // 2}", f"{number}, told {rival}"))
        return news

    with ThreadPoolExecutor(RIVALS) as pool:
        done = list(pool.map(write, range(RIVALS)))

    assert done == [[True] * ROUNDS] * RIVALS
    for subject in range(ROUNDS // 2):
        kept = address_of(work, CHAT, f"U{subject}") or ""
        assert kept.startswith(f"{2 * subject + 1}, told ")


def test_of_writers_at_once_the_one_who_was_told_last_stays(work: PostgresWork) -> None:
    """Whoever of them commits last: the slower one waits, and then has nothing new to say."""
    with work() as first:
        earlier = Address(CHAT, "U1", "earlier", first.now)
        with work() as second:
            later = Address(CHAT, "U1", "later", second.now)
            assert earlier.told_at < later.told_at
            second.addresses.save(later)
            second.commit()
        first.addresses.save(earlier)
        first.commit()

    assert address_of(work, CHAT, "U1") == "later"


def test_the_database_keeps_no_address_without_end(owner: Engine) -> None:
    """Whatever our code says."""
    insert = text("INSERT INTO address VALUES ('teams', 'U1', repeat('x', 4001), now())")

    with pytest.raises(DBAPIError, match="address_written_check"), owner.begin() as connection:
        connection.execute(insert)


@pytest.mark.parametrize("statement", ["DELETE FROM address", "TRUNCATE address"])
def test_the_app_forgets_no_address(engine: Engine, statement: str) -> None:
    """Nothing of ours does, so it has no right to."""
    with pytest.raises(DBAPIError, match="permission denied"), engine.begin() as connection:
        connection.execute(text(statement))
