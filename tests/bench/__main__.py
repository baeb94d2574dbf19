"""`python -m tests.bench [names]`: measures what is named, or everything, and prints one table."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.embedded import EmbeddedServers
from tests.bench import decisions, expiry
from tests.bench.acks import playground, slack, teams
from tests.bench.crew import Crew
from tests.bench.machine import cores, describe
from tests.bench.table import Row, shown

THREADS = 2
"""Of each process that decides: one waits for the database while the other one works."""

GRANTS = 100_000
"""Access that is active all the while."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What was typed, and where it takes place."""

    folder: Path
    servers: EmbeddedServers
    processes: int
    seconds: float | None

    def lasting(self, usual: float) -> float:
        """Say how long to measure, in seconds."""
        return usual if self.seconds is None else self.seconds


def _decisions(given: _Given) -> Sequence[Row]:
    crew = Crew(given.processes, THREADS)
    return decisions.measure(given.folder, given.servers, crew, given.lasting(4))


def _expiry(given: _Given) -> Sequence[Row]:
    workers = max(1, given.processes // 2)
    load = expiry.Load(GRANTS, given.lasting(20), clocks=1, workers=workers)
    return expiry.measure(given.folder, given.servers, load)


def _ack(given: _Given) -> Sequence[Row]:
    return playground.measure(given.folder, given.servers, given.lasting(20))


def _slack(given: _Given) -> Sequence[Row]:
    return slack.measure(given.folder, given.servers, given.lasting(20))


def _teams(given: _Given) -> Sequence[Row]:
    return teams.measure(given.folder, given.servers, given.lasting(15))


BENCHMARKS: Mapping[str, Callable[[_Given], Sequence[Row]]] = {
    "decisions": _decisions,
    "expiry": _expiry,
    "ack": _ack,
    "slack": _slack,
    "teams": _teams,
}
"""By name. Memory is measured beside expiry and ack, whose processes it is about."""


def main() -> None:
    """Measure, and print."""
    typed = _typed()
    with _servers() as (folder, servers):
        rows = list(describe(servers.urls, folder))
        given = _Given(folder, servers, typed.processes, typed.seconds)
        for name in typed.names or BENCHMARKS:
            print(f"{name} …", file=sys.stderr, flush=True)
            load, began = os.getloadavg()[0], time.monotonic()
            rows += BENCHMARKS[name](given)
            after = f"{load:.1f} before, {os.getloadavg()[0]:.1f} after"
            took = f"the load average; it took {time.monotonic() - began:.0f} s"
            rows.append(Row(f"load at {name}", after, "", took))
    print(shown("Jitbot, measured", rows))


def _typed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--seconds", type=float, help="how long each one measures")
    parser.add_argument("--processes", type=int, default=cores(), help="that decide at once")
    typed = parser.parse_args()
    for name in typed.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name}; there are {', '.join(BENCHMARKS)}.")
    return typed


@contextmanager
def _servers() -> Iterator[tuple[Path, EmbeddedServers]]:
    """Give servers that keep what they commit, as an installation's do, or those that are named."""
    folder = Path(tempfile.mkdtemp(prefix="jit-"))
    folder.chmod(0o711)  # root's Postgres runs as somebody else, who has to pass
    servers = EmbeddedServers(
        folder / "servers",
        database_url=os.environ.get("DATABASE_URL"),
        redis_url=os.environ.get("REDIS_URL"),
    )
    try:
        with servers:
            yield folder, servers
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
