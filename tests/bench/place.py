"""Where a benchmark takes place: the servers, a database of its own, and processes."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from sqlalchemy import make_url

from adapters.company.difference import difference
from bot.embedded import EmbeddedServers
from bot.settings import Settings
from bot.wiring import Parts
from engine.model.company import Company
from engine.workflow.apply_config import apply_config
from storage.migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 30.0
END_WITHIN = 60.0


@dataclass
class Place:
    """One database with a company in force, on servers that others use as well."""

    folder: Path
    servers: EmbeddedServers
    name: str
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Think of an address to listen on; nothing is made yet."""
        self._port = _free_port()

    @property
    def url(self) -> str:
        """Where the database is, as its owner."""
        return self.url_of(self.name)

    def url_of(self, name: str) -> str:
        """Where another database of the same server is."""
        url = make_url(self.servers.urls.database_url).set(database=name)
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def address(self) -> str:
        """Where the web process answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """Give every setting that the processes need."""
        return {
            "PATH": os.environ["PATH"],
            "PORT": str(self._port),
            "DATABASE_URL": self.url,
            "REDIS_URL": self.servers.urls.redis_url,
            "JIT_AUDIT_KEY": base64.b64encode(bytes(32)).decode(),
            "JIT_AUDIT_ORIGIN": "jit.example/bench",
            "JIT_PLAYGROUND": "1",
            "JIT_PLAYGROUND_TOKEN": "a-token-for-benchmarks-only",
            "JIT_PLAYGROUND_URL": self.address,
            "JIT_PLAYGROUND_MEMORY": str(self.folder / f"{self.name}.sqlite"),
            "SANDBOX_FILE": str(self.folder / f"{self.name}-sandbox.sqlite"),
            "LEDGER_CONNECTOR_URL": "postgresql://nobody@127.0.0.1:1/ledger",
        }

    def parts(self, process: str) -> Parts:
        """Give working parts; the caller closes them."""
        return Parts(Settings.load(self.environment), process)

    def make(self, company: Company) -> None:
        """Make the database, migrate it, and put a company in force."""
        self.execute(f"CREATE DATABASE {self.name}", database="postgres")
        upgrade(self.url)
        parts = self.parts("bench")
        try:
            apply_config(parts.work, company, applied_by="operator:bench", difference=difference)
        finally:
            parts.close()

    def copy(self, name: str) -> None:
        """Make a copy of the database, as it is now. Nobody may be connected to it."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE {self.name}", database="postgres")

    def drop(self, *names: str) -> None:
        """Remove databases."""
        for name in names:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", database="postgres")

    def execute(self, statement: str, *, database: str = "") -> None:
        """Run a statement as the owner of everything, outside of a transaction."""
        with self._connection(database or self.name) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def numbers(self, statement: str, *, database: str = "") -> tuple[float, ...]:
        """Read one row of numbers."""
        with self._connection(database or self.name) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
        assert row is not None, "the question has one answer"
        return tuple(float(value or 0) for value in row)

    def start(
        self, *names: str, module: str = "bot", more: Mapping[str, str] | None = None
    ) -> None:
        """Start processes by name, e.g. `worker`, `worker-2`; with `more` in their environment."""
        for name in names:
            with (self.folder / f"{self.name}-{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", module, name.partition("-")[0]],
                    cwd=ROOT,
                    env={**self.environment, **(more or {})},
                    stdout=log,
                    stderr=log,
                )

    def wait_until_said(self, word: str, *names: str) -> None:
        """Wait until each process has logged a word, such as `worker.started`."""
        deadline = time.monotonic() + READY_WITHIN
        for name in names:
            log = self.folder / f"{self.name}-{name}.log"
            while word not in log.read_text():
                self._check_alive(name, deadline)
                time.sleep(0.02)

    def wait_until_ready(self) -> None:
        """Wait until the web process answers."""
        deadline = time.monotonic() + READY_WITHIN
        while True:
            with suppress(OSError):
                urllib.request.urlopen(f"{self.address}/readyz", timeout=2)  # noqa: S310 - our own
                return
            self._check_alive("web", deadline)
            time.sleep(0.02)

    def _check_alive(self, name: str, deadline: float) -> None:
        log = self.folder / f"{self.name}-{name}.log"
        assert self.processes[name].poll() is None, f"{name} has ended: see {log}"
        assert time.monotonic() < deadline, f"{name} does not start: see {log}"

    def close(self) -> None:
        """End the processes politely; one that does not end in a minute is killed."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=END_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    @contextmanager
    def _connection(self, database: str) -> Iterator[psycopg2.extensions.connection]:
        with closing(psycopg2.connect(self.url_of(database))) as connection:
            connection.autocommit = True
            yield connection


@contextmanager
def made(folder: Path, servers: EmbeddedServers, name: str, company: Company) -> Iterator[Place]:
    """Give a place, and clear it away afterwards."""
    place = Place(folder, servers, name)
    place.make(company)
    try:
        yield place
    finally:
        place.close()
        place.drop(name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
