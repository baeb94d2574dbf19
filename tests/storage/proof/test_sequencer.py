"""Every committed entry gets one place, gap-free, however many write and sequence at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import Engine, text

from engine.audit.merkle import root_of
from engine.errors import LostRace
from storage.proof.sequencer import sequence_once
from tests.contracts.samples import shared_entry
from tests.contracts.test_unit_of_work import now
from tests.storage.proof.conftest import Log


def append(log: Log, stream: str) -> None:
    """Record one entry."""
    with log.work() as uow:
        uow.audit.append(shared_entry(stream, uow.now))
        uow.commit()


def placed(owner: Engine) -> list[tuple[int, int]]:
    """List places with their entries."""
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT seq, entry FROM audit_leaf ORDER BY seq"))
        return [(row.seq, row.entry) for row in rows]


def test_entries_get_their_places_in_order(log: Log, owner: Engine) -> None:
    """From 0, without gaps, in batches of any size, and once only."""
    for _ in range(5):
        append(log, "audit")

    log.settle()
    assert sequence_once(log.sequencer, limit=3) == 3
    assert sequence_once(log.sequencer, limit=3) == 2
    assert sequence_once(log.sequencer, limit=3) == 0

    assert placed(owner) == [(place, place + 1) for place in range(5)]
    with log.work() as uow:
        assert [found.seq for found in uow.audit.stream("audit")] == [0, 1, 2, 3, 4]


def test_the_head_is_the_tree_over_all_places(lived: Log, owner: Engine) -> None:
    """Size and root follow from the leaves, whatever batches they came in."""
    append(lived, "audit")
    lived.sequence()

    with owner.connect() as connection:
        size, root = connection.execute(text("SELECT size, root FROM audit_head")).one()
        leaves = connection.scalars(text("SELECT leaf_hash FROM audit_leaf ORDER BY seq")).all()

    assert size == len(leaves)
    assert bytes(root) == root_of(map(bytes, leaves))


def test_what_is_not_committed_has_no_place(log: Log, owner: Engine) -> None:
    """Places go to facts only: an undone transaction leaves no gap in them."""
    with log.work() as uow:
        uow.audit.append(shared_entry("audit", uow.now))
        uow.audit.stream("audit")
    append(log, "audit")

    assert log.sequence() == 1
    assert [place for place, _ in placed(owner)] == [0]


def test_an_entry_that_commits_late_is_not_forgotten(log: Log, owner: Engine) -> None:
    """The sequencer waits for older transactions, and then misses nothing."""
    with log.work() as slow:
        slow.audit.append(shared_entry("audit", slow.now))
        slow.audit.stream("audit")
        append(log, "refusals")

        assert sequence_once(log.sequencer) == 0
        slow.commit()

    assert log.sequence() == 2
    assert [entry for _, entry in placed(owner)] == [1, 2]


def test_transactions_are_ordered_as_numbers(log: Log, owner: Engine) -> None:
    """Transaction 100 comes after 99, also where a batch ends between them."""
    for stream in ("a", "b", "c"):
        append(log, stream)
    numbers = {"a": "100", "b": "99", "c": "9"}
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        for stream, number in numbers.items():
            values = {"stream": stream, "xid": number}
            change = "UPDATE audit_entry SET xid = CAST(:xid AS xid8) WHERE stream = :stream"
            connection.execute(text(change), values)

    assert [sequence_once(log.sequencer, limit=1) for _ in range(4)] == [1, 1, 1, 0]

    assert [entry for _, entry in placed(owner)] == [3, 2, 1]


def test_only_one_sequencer_works_at_a_time(log: Log) -> None:
    """A second one does not wait: it has nothing to do."""
    append(log, "audit")

    log.settle()
    with log.sequencer.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(5, 0)"))
        assert log.sequence() == 0

    assert log.sequence() == 1


def test_without_the_lock_no_place_is_given_twice(
    log: Log, owner: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps two sequencers apart is the primary key; the lock only saves work."""
    for _ in range(20):
        append(log, "audit")
    from storage.proof import sequencer  # noqa: PLC0415 - to be changed for this test only

    always = type(sequencer._TRY_LOCK)("SELECT true", {})
    monkeypatch.setattr(sequencer, "_TRY_LOCK", always)
    log.settle()
    barrier = threading.Barrier(4)

    def race() -> int:
        barrier.wait()
        done = 0
        for _ in range(10):
            with suppress(LostRace):
                done += sequence_once(log.sequencer, limit=3)
        return done

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(lambda _: race(), range(4)))

    while log.sequence():
        pass
    assert done <= 20
    assert placed(owner) == [(place, place + 1) for place in range(20)]


def test_places_are_gap_free_under_fire(log: Log, owner: Engine) -> None:
    """Many writers and two sequencers at once: every entry has one place, and the log verifies."""
    stop = threading.Event()

    def write(number: int) -> None:
        for step in range(15):
            with suppress(LostRace):
                append(log, f"stream-{(number + step) % 5}")

    def sequence() -> None:
        while not stop.is_set():
            sequence_once(log.sequencer)

    with ThreadPoolExecutor(8) as pool:
        sequencing = [pool.submit(sequence) for _ in range(2)]
        writing = [pool.submit(write, number) for number in range(6)]
        for one in writing:
            one.result()
        stop.set()
        for one in sequencing:
            one.result()
    log.sequence()

    found = placed(owner)
    with owner.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM audit_entry"))
    assert [place for place, _ in found] == list(range(90))
    assert count == 90 == len({entry for _, entry in found})
    assert log.verify().ok


def test_time_is_told_by_the_database(log: Log) -> None:
    """An entry's recorded time is the database's, beside the transaction's own."""
    before = now(log.work)
    append(log, "audit")

    with log.owner.connect() as connection:
        at = connection.scalar(text("SELECT recorded_at FROM audit_entry"))
        user = connection.scalar(text("SELECT db_user FROM audit_entry"))

    assert at >= before
    assert user == log.owner.url.username
