"""The same rows written bare by pgbench: what the engine's figures are compared with.

One transaction a decision, prepared statements, in a copy of the database with all its indexes,
checks and foreign keys. At every stage: a `decision`, two rows of `audit_entry` with bodies as long
as the engine's, the head in `audit_stream` (upsert), the change of `request`, the announcement in
`effect` (upsert). At the third stage also an `access_grant` and its duty in `effect`. Left out is
what the engine does before it writes: locking, reading, checking, hashing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import make_dsn, parse_dsn

from bot.embedded import EmbeddedError, EmbeddedServers
from tests.bench.crew import Crew

_SCRIPT = Path(__file__).with_name("decision.sql")
_RATE = re.compile(r"^tps = ([0-9.]+) \(without initial", re.MULTILINE)
_DEBIAN = Path("/usr/lib/postgresql")

# As long as the engine's own: an entry's body is some 600 bytes, a request's stages some 450.
_BODY = '{"action":"%s","facts":{"said":"' + "a fact of the entry, " * 26 + '"},"schema":1}'
_STAGES = '[{"number": 1, "name": "' + "who is asked, and why " * 20 + '"}]'


@dataclass(frozen=True, slots=True)
class Way:
    """A way of writing bare."""

    name: str
    says: str
    begin: str
    commit: str
    is_guarded: bool
    """Whether the triggers that repeat the engine's rules are in force."""


BARE = Way("bare", "a statement at a time, the same tables", "BEGIN;", "COMMIT;", is_guarded=True)
PIPED = Way(
    "piped",
    "one round trip, guards off",
    "\\startpipeline\nBEGIN;",
    "COMMIT;\n\\endpipeline",
    is_guarded=False,
)

GUARDED = ("request", "decision", "access_grant", "audit_entry", "audit_stream")
"""The tables with such triggers, among those that a decision writes to."""


def find_pgbench(servers: EmbeddedServers) -> Path | None:
    """Find the program: beside the server's own, on the path, or where Debian keeps it."""
    try:
        return servers.program("pgbench")
    except EmbeddedError:
        found = shutil.which("pgbench")
        kept = sorted(_DEBIAN.glob("*/bin/pgbench"), key=lambda one: int(one.parts[-3]))
        return Path(found) if found else kept[-1] if kept else None


def write_bare(pgbench: Path, url: str, way: Way, *, crew: Crew, requests: range) -> float:
    """Write all three decisions of each of some requests; gives decisions a second.

    With as many clients and threads of pgbench as the crew has threads and processes.
    """
    share = len(requests) // crew.size
    given = {"n": -1, "first": requests.start, "share": share}
    done = subprocess.run(
        [
            str(pgbench),
            *("--no-vacuum", "--protocol=prepared", "--file=/dev/stdin"),
            f"--client={crew.size}",
            f"--jobs={crew.processes}",
            f"--transactions={share * 3}",
            *(f"--define={name}={value}" for name, value in given.items()),
            _without_owner(url),
        ],
        input=_script(way),
        capture_output=True,
        text=True,
        check=False,
    )
    rate = _RATE.search(done.stdout)
    assert done.returncode == 0, done.stderr[-2000:]
    assert rate is not None, done.stdout
    return float(rate[1])


def _script(way: Way) -> str:
    """Fill in what is constant."""
    filled: Mapping[str, str] = {
        "begin": way.begin,
        "commit": way.commit,
        "stages": _STAGES,
        "hash": "\\x" + "7f" * 32,
        "salt": "\\x" + "5a" * 16,
        "decided": _BODY % "decision.approved",
        "opened": _BODY % "stage.opened",
    }
    script = _SCRIPT.read_text()
    for name, value in filled.items():
        script = script.replace(f"{{{name}}}", value)
    return script


def _without_owner(url: str) -> str:
    """Spell an address as pgbench takes it: as the name of a database."""
    spelled: str = make_dsn(**parse_dsn(url))
    return spelled
