"""From the instant at which access ends to the call that takes it away, under a steady load.

The clock, the workers, Redis and the announcements are real; only the target and the chat answer at
once. The lag is counted from `ends_at` to the call of the connector.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psycopg2

from bot.embedded import EmbeddedServers
from tests.bench.company import QUICK, company
from tests.bench.memory import memory_rows, settled_sizes
from tests.bench.place import Place, made
from tests.bench.process import RECORD
from tests.bench.table import Row, Spread, spread
from tests.bench.target import read_record

PER_SECOND = 200
WARM_UP = 2.0
"""Seconds of ends before those that count: each process reads the company once, which takes it half
a second at 20,000 people, and opens its connections."""

LATE_MAX = 60.0
"""Seconds after the last end; what was not taken away by then counts as missing."""

_SQL = Path(__file__).with_name("grants.sql")

# Spread over the whole table, so that neighbours do not end together. A changed version, because
# the guards are in force again, but for the one that looks who decided it.
_UNGUARDED = "ALTER TABLE access_grant DISABLE TRIGGER grant_extended"
_GUARDED = "ALTER TABLE access_grant ENABLE ALWAYS TRIGGER grant_extended"
_LET_END = """
    WITH chosen AS (
        SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS place FROM access_grant
        ORDER BY md5(id::text) LIMIT {count}
    )
    UPDATE access_grant AS g SET version = g.version + 1,
        ends_at = clock.at + interval '5 s' + chosen.place * interval '1 s' / {per_second}
    FROM chosen, (SELECT clock_timestamp() AS at) AS clock WHERE g.id = chosen.id
    RETURNING g.account, g.permission, extract(epoch FROM g.ends_at)
"""
_LAG = """
    SELECT extract(epoch FROM clock_timestamp() - e.recorded_at)
    FROM audit_entry AS e, audit_head AS h
    WHERE (e.xid, e.id) > (h.xid, h.entry) ORDER BY e.xid, e.id LIMIT 1
"""
_ORDERED = """
    SELECT extract(epoch FROM e.recorded_at - g.ends_at)
    FROM audit_entry AS e JOIN access_grant AS g ON g.id = e.request
    WHERE e.action = 'grant.expired'
"""
_LEFT = "SELECT count(*) FROM effect WHERE state <> 'done'"


@dataclass(frozen=True, slots=True)
class Load:
    """How much is going on."""

    grants: int
    seconds: float
    clocks: int
    workers: int

    @property
    def ends(self) -> int:
        """How many grants end, in all."""
        return round((self.seconds + WARM_UP) * PER_SECOND)


@dataclass(frozen=True, slots=True)
class Found:
    """What came out."""

    late: Spread
    """From the end to the connector."""

    missing: int
    """Ends that never got there."""

    ordered: Spread
    """From the end to the entry that orders it."""

    lag: Spread
    drained: str


def measure(folder: Path, servers: EmbeddedServers, load: Load) -> Sequence[Row]:
    """Measure; takes a dozen seconds longer than the load itself."""
    people = -(-(load.grants + load.ends) // len(QUICK))
    record = folder / "ends"
    with made(folder, servers, "expiry", company(people)) as place:
        grants = load.grants + load.ends
        place.execute(_SQL.read_text().format(people=people, grants=grants))
        place.execute("VACUUM ANALYZE")
        clocks = [f"clock-{number}" for number in range(load.clocks)]
        workers = [f"worker-{number}" for number in range(load.workers)]
        place.start(*clocks, *workers, module="tests.bench.process", more={RECORD: str(record)})
        place.wait_until_said("clock.started", *clocks)
        place.wait_until_said("worker.started", *workers)
        idle = settled_sizes(place)
        ends = _let_end(place, load)
        with watching(place, _LAG) as lags:
            _wait(record, max(ends.values()), len(ends))
        began = time.monotonic()
        while (left := place.numbers(_LEFT)[0]) and time.monotonic() < began + LATE_MAX:
            time.sleep(0.1)
        drained = f"{time.monotonic() - began:.1f} s" if not left else f"{left:.0f} left"
        ordered = spread(_ordered(place))
        after = settled_sizes(place)
    taken = read_record(record)
    counted = {key: at for key, at in ends.items() if at >= min(ends.values()) + WARM_UP}
    late = spread([taken[key] - at for key, at in counted.items() if key in taken])
    about = f"idle → after; {people:,} people"
    missing = len(ends.keys() - taken.keys())
    rows = _rows(load, Found(late, missing, ordered, spread(lags), drained))
    return [*rows, *memory_rows(idle, after, about)]


def _let_end(place: Place, load: Load) -> dict[tuple[str, str], float]:
    with closing(psycopg2.connect(place.url)) as connection, connection.cursor() as cursor:
        cursor.execute(_UNGUARDED)
        cursor.execute(_LET_END.format(count=load.ends, per_second=PER_SECOND))
        found = {(account, permission): float(at) for account, permission, at in cursor}
        cursor.execute(_GUARDED)
        connection.commit()
    assert time.time() < min(found.values()), "the first access ended while it was being arranged"
    return found


def _ordered(place: Place) -> list[float]:
    with closing(psycopg2.connect(place.url)) as connection, connection.cursor() as cursor:
        cursor.execute(_ORDERED)
        return [float(late) for (late,) in cursor]


def _wait(record: Path, last: float, count: int) -> None:
    while time.time() < last or (
        len(read_record(record)) < count and time.time() < last + LATE_MAX
    ):
        time.sleep(0.5)


@contextmanager
def watching(place: Place, question: str) -> Iterator[list[float]]:
    """Ask the database something ten times a second; an empty answer counts as 0."""
    answers: list[float] = []
    done = Event()

    def ask() -> None:
        with closing(psycopg2.connect(place.url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not done.wait(0.1):
                cursor.execute(question)
                row = cursor.fetchone()
                answers.append(max(0.0, float(row[0])) if row else 0.0)

    asking = Thread(target=ask)
    asking.start()
    try:
        yield answers
    finally:
        done.set()
        asking.join()


def _rows(load: Load, found: Found) -> list[Row]:
    who = f"{load.clocks} clock, {load.workers} workers x 8 threads"
    about = f"{load.grants:,} others active, {PER_SECOND}/s for {load.seconds:.0f} s; {who}"
    return [
        Row("expiry lag, p50 / p99 / max", str(found.late), "p99 < 250 ms", about),
        Row("… of it until ordered", str(found.ordered), "", "the clock's part, to the entry"),
        Row("… not taken away", str(found.missing), "0"),
        Row("… announced after the last one", found.drained, "", "each end is announced, too"),
        Row(
            "… sequencing lag",
            str(found.lag),
            "",
            "age of the oldest entry without a place, at 10/s",
        ),
    ]
