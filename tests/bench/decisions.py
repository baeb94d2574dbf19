"""Decisions a second, and the same rows written bare in the same minute on the same server.

The engine decides in one database; pgbench writes into a copy of it, made when the requests were
submitted. They take turns, so that whatever else this machine does hits both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bot.embedded import EmbeddedServers
from tests.bench.bare import BARE, GUARDED, PIPED, Way, find_pgbench, write_bare
from tests.bench.company import STAGED, company
from tests.bench.crew import Asked, Crew, Done
from tests.bench.place import Place, made
from tests.bench.table import Row, spread

ROUNDS = 3
REQUESTS_PER_SECOND = 500
"""How many requests (three decisions each) a second of a round gets."""

PATIENCE = 6
"""A slower machine, or a busy one, may take so many times as long as it was told to."""

TABLES = ("decision", "access_grant", "audit_entry", "audit_stream", "effect")
"""What a decision adds rows to; it changes one more, in `request`."""


@dataclass(slots=True)
class Measured:
    """What came out of the rounds."""

    submitted: Done
    decided: list[Done] = field(default_factory=list)
    bare: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def measure(folder: Path, servers: EmbeddedServers, crew: Crew, seconds: float) -> Sequence[Row]:
    """Measure; `seconds` is how long a round of the engine takes, more or less."""
    per_round = max(1, round(seconds * REQUESTS_PER_SECOND / crew.size)) * crew.size
    people = per_round * ROUNDS // len(STAGED) + 1
    with made(folder, servers, "decisions", company(people)) as place:
        asked, submitted = crew.ask(place.url, people)
        asked = sorted(asked, key=lambda one: one.request)[: per_round * ROUNDS]
        assert asked[-1].request - asked[0].request == len(asked) - 1, "pgbench counts on"
        measured = Measured(submitted)
        pgbench = find_pgbench(servers)
        ways = [BARE, PIPED] if pgbench else []
        try:
            for way in ways:
                _copy(place, way)
            for number in range(ROUNDS):
                part = asked[number * per_round : (number + 1) * per_round]
                place.execute("CHECKPOINT")
                measured.decided.append(crew.decide(place.url, part, seconds * PATIENCE))
                for way in ways:
                    assert pgbench is not None, "there are no ways without it"
                    place.execute("CHECKPOINT")
                    first = part[0].request
                    requests = range(first, first + per_round)
                    url = place.url_of(way.name)
                    rate = write_bare(pgbench, url, way, crew=crew, requests=requests)
                    measured.bare.setdefault(way.name, []).append(rate)
            measured.problems = _differences(place, ways, asked, measured)
        finally:
            place.drop(*(way.name for way in ways))
    return _rows(crew, measured, ways)


def _copy(place: Place, way: Way) -> None:
    place.copy(way.name)
    if not way.is_guarded:
        for table in GUARDED:
            place.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER", database=way.name)


def _differences(
    place: Place, ways: Sequence[Way], asked: Sequence[Asked], measured: Measured
) -> list[str]:
    """Say where bare rows are not as many as the engine's: then the ratio would say nothing."""
    if sum(len(done.took) for done in measured.decided) < 3 * len(asked):
        return ["the engine ran out of time: rows were not compared"]
    ours = {table: _count(place, table, "") for table in TABLES}
    return [
        f"{way.name} wrote {_count(place, table, way.name) - ours[table]:+.0f} rows of {table}"
        for way in ways
        for table in TABLES
        if _count(place, table, way.name) != ours[table]
    ]


def _count(place: Place, table: str, database: str) -> float:
    return place.numbers(f"SELECT count(*) FROM {table}", database=database)[0]


def _rows(crew: Crew, measured: Measured, ways: Sequence[Way]) -> list[Row]:
    who = f"{crew.processes} processes x {crew.threads} threads"
    decided = median(done.rate for done in measured.decided)
    took = spread([one for done in measured.decided for one in done.took])
    cpu = sum(done.cpu for done in measured.decided) / took.count * 1000
    rows = [
        Row("submissions", f"{measured.submitted.rate:,.0f}/s", "", who),
        Row("decisions", f"{decided:,.0f}/s", "", f"{who}, median of {ROUNDS}"),
        Row("… each, p50 / p99 / max", str(took), "", f"{cpu:.2f} ms of it our own processor time"),
    ]
    for way, aim in zip(ways, ("0.5, at least 0.3", ""), strict=False):
        rates = measured.bare[way.name]
        pairs = zip(measured.decided, rates, strict=True)
        ratio = median(done.rate / rate for done, rate in pairs)
        rows += [
            Row(f"… bare by pgbench ({way.name})", f"{median(rates):,.0f}/s", "", way.says),
            Row(f"… ratio to {way.name}", f"{ratio:.2f}", aim, "median of the rounds' ratios"),
        ]
    if not ways:
        rows.append(Row("… ratio", "not measured", "0.5", "there is no pgbench on this machine"))
    rows += [Row("… but", "", "", problem) for problem in measured.problems]
    return rows
