"""A whole installation with its processes, that can be hurt and is asked afterwards what it did."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from adapters.connectors.sandbox import Sandbox
from bot.embedded import EmbeddedServers
from bot.operate import put_in_force, release
from bot.settings import Settings
from bot.wiring import Parts
from engine.errors import LostRace
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.model.request import Verdict
from engine.ports import Work
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.asking.submit import Ask, submit
from storage.database.errors import Unavailable
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
ACME = ROOT / "examples" / "acme"

ENTITLEMENT = EntitlementId("aws-prod-read")
"""One stage, in the sandbox: what is tried is the machinery, not the policy."""

APPROVER = PersonId("tomas.silva")
OTHER_APPROVER = PersonId("daniel.cho")
DURATION = timedelta(seconds=5)

AWAY_WITHIN = 30.0
"""Seconds in which a server that was hurt has to answer again."""


@dataclass
class House:
    """An installation: servers, processes, a target, a chat."""

    folder: Path
    servers: EmbeddedServers
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    PEOPLE = tuple(
        map(PersonId, ("aisha.farouk", "kenji.ito", "tomas.silva", "li.wei", "arjun.mehta"))
    )

    def __post_init__(self) -> None:
        """Migrate, and put an Acme in force whose access may be as short as five seconds."""
        company = self.folder / "acme"
        shutil.copytree(ACME, company)
        entitlements = company / "entitlements.yaml"
        shorter = entitlements.read_text().replace("{min: 1m,", "{min: 5s,")
        entitlements.write_text(shorter)
        self.settings = Settings.load(self._environment())
        release(self.settings)
        put_in_force(self.settings, company, operator="operator:test")
        self.parts = Parts(self.settings, "test")

    def _environment(self) -> dict[str, str]:
        port = _free_port()
        urls = self.servers.urls
        return {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": urls.database_url,
            "REDIS_URL": urls.redis_url,
            "PORT": str(port),
            "JIT_AUDIT_KEY": base64.b64encode(bytes(32)).decode(),
            "JIT_AUDIT_ORIGIN": "jit.example/audit",
            "JIT_PLAYGROUND": "1",
            "JIT_PLAYGROUND_TOKEN": "a-token-for-tests-only",
            "JIT_PLAYGROUND_URL": f"http://127.0.0.1:{port}",
            "JIT_PLAYGROUND_MEMORY": str(self.folder / "playground.sqlite"),
            "SANDBOX_FILE": str(self.folder / "sandbox.sqlite"),
            "LEDGER_CONNECTOR_URL": "postgresql://nobody@127.0.0.1:1/ledger",
        }

    @property
    def work(self) -> Work:
        """Begin units of work, as the web process does."""
        return self.parts.work

    @property
    def sandbox(self) -> Sandbox:
        """The target system."""
        return Sandbox(self.folder / "sandbox.sqlite")

    def start(self, *names: str) -> None:
        """Start processes by name, e.g. `worker`, `clock-2`."""
        environment = self._running_environment()
        for name in names:
            log = (self.folder / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "bot", name.partition("-")[0]],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
            log.close()

    def _running_environment(self) -> dict[str, str]:
        told = self._environment()
        told["PORT"] = str(self.settings.port)
        told["JIT_PLAYGROUND_URL"] = f"http://127.0.0.1:{self.settings.port}"
        return told

    def kill(self, name: str) -> None:
        """End a process as a crash does."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def pause(self, name: str) -> None:
        """Stop a process where it is; it goes on when it is told to."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        """Let a process go on that was paused."""
        self.processes[name].send_signal(signal.SIGCONT)

    @contextmanager
    def holding_target(self) -> Iterator[None]:
        """Keep every call of the target waiting: as long as one may take, then it fails."""
        path = self.folder / "sandbox.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as target:
            target.execute("BEGIN EXCLUSIVE")
            yield
            target.execute("ROLLBACK")

    def wait_until_some_are(self, state: str) -> None:
        """Wait until a duty to give or take access is `queued` or `running`."""
        asked = f"SELECT 1 FROM effect WHERE state = '{state}' AND kind <> 'announce'"
        until(lambda: self.numbers(asked), within=AWAY_WITHIN, what=f"a duty {state}")

    def close(self) -> None:
        """End everything, politely first."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            process.wait(timeout=60)
        self.parts.close()

    def ask(self, person: PersonId) -> RequestId:
        """Ask for access and approve it; tried again while the database is away."""
        asked = until(lambda: self._try_to_ask(person), within=AWAY_WITHIN, what="asking")
        assert asked is not None
        return asked

    def _try_to_ask(self, person: PersonId) -> RequestId | None:
        approver = OTHER_APPROVER if person == APPROVER else APPROVER
        try:
            ask = Ask(person, ENTITLEMENT, DURATION, "chaos: looking at what still works")
            request = submit(self.work, ask).request
            decide(self.work, Answer(approver, request.id, Verdict.APPROVE))
        except (Unavailable, LostRace):
            return None
        return request.id

    def numbers(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the database something."""
        with self.parts.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def is_quiet(self) -> bool:
        """Say whether everything has ended and nothing is left to be done."""
        try:
            ((live, undone, unplaced),) = self.numbers("""
                SELECT (SELECT count(*) FROM access_grant WHERE state <> 'ended'),
                       (SELECT count(*) FROM effect WHERE state <> 'done'),
                       (SELECT count(*) FROM audit_entry) - (SELECT size FROM audit_head)
            """)
        except Exception:  # noqa: BLE001 - the database is away: then it is not quiet
            return False
        return (live, undone, unplaced) == (0, 0, 0)

    def said(self) -> list[tuple[int, int | None, str]]:
        """Read what stands in the audit channel: each message's number, thread and card."""
        with closing(sqlite3.connect(self.folder / "playground.sqlite")) as memory:
            return list(
                memory.execute(
                    "SELECT number, root, card FROM message WHERE place = ? ORDER BY number",
                    ("#access-audit",),
                )
            )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
