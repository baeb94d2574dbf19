"""The whole product on this machine, with an example company and nothing to install.

::

    embedded Postgres and Redis ─▶ migrate ─▶ example ledger ─▶ example company ─▶ the Procfile

Everything that it remembers is in one folder. `DATABASE_URL` and `REDIS_URL` win where they are
set; the example ledger is always on the embedded server, beside its people's logins.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import typer
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from bot.embedded import EmbeddedServers, Urls, forget
from bot.ledger import load_ledger
from bot.operate import put_in_force, release
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".demo"
COMPANY = ROOT / "examples" / "acme"
PROCESSES = ("web", "worker", "clock")

HOST = "127.0.0.1"
PORT_DEFAULT = 8080
PORTS_TRIED = 20
"""Other programs like 8080, too; after twenty of them something else is wrong."""

ENDED_BY_SIGTERM = 143
ENDED_BY_A_PERSON = (None, 0, 130, ENDED_BY_SIGTERM)
"""What the Procfile's runner makes of Ctrl-C and of SIGTERM."""

READY_WITHIN = 60.0
READY_POLL = 0.1

_HONCHO = Path(sys.executable).parent / "honcho"


class DemoError(Exception):
    """The demo cannot start; the text says why and what would help."""


@dataclass(frozen=True, slots=True)
class Demo:
    """One demo: a folder with all its state, and the company that it shows."""

    folder: Path = FOLDER
    company: Path = COMPANY

    def reset(self) -> str:
        """Forget everything the demo remembers."""
        if not self.folder.exists():
            return "There is nothing to forget: the demo has not run yet."
        with self._only_one():
            forget(self.folder / "servers")
            shutil.rmtree(self.folder)
        return "Forgotten. The next `make demo` starts from nothing."

    def run(self) -> int:
        """Start everything, and stop everything at Ctrl-C. Gives the exit code."""
        self._make_folder()
        # Whatever is running by then is ended, too; later the Procfile's runner sees to it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(ENDED_BY_SIGTERM))
        typer.echo("Starting jitbot: its servers, the example company, its processes …")
        with self._only_one():
            ours = EmbeddedServers(self.folder / "servers")
            urls = ours.start()
            try:
                environment = self._environment(urls)
                self._keep(environment)
                self._prepare(environment)
                return self._run_processes(environment)
            finally:
                ours.stop()

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
            (self.folder / "log").mkdir(exist_ok=True)
        except OSError as error:
            raise DemoError(
                f"The demo keeps its state in {self.folder}, which cannot be written "
                f"({error.strerror}); make room there, or run it from a copy that you may write."
            ) from error

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        """Hold the folder's lock, which ends with the last process that this demo started.

        After kill -9 that is not this process: what it left behind is ended first.
        """
        with (self.folder / "lock").open("a+") as lock:
            lock.seek(0)
            if _is_bot(lock.read().strip(), "demo") and not _try_lock(lock):
                raise DemoError(
                    "The demo is running from this folder already; end that one with Ctrl-C first."
                )
            self._end_left_behind()
            deadline = time.monotonic() + READY_WITHIN
            while not _try_lock(lock):
                if time.monotonic() > deadline:
                    raise DemoError(f"Something else holds {lock.name}; end that first.")
                time.sleep(READY_POLL)
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def _environment(self, ours: Urls) -> dict[str, str]:
        """Say all settings, as an operator would; what the caller has set wins."""
        port = _port()
        address = f"http://{HOST}:{port}"
        kept = self._secrets()
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        defaults = {
            "DATABASE_URL": ours.database_url,
            "REDIS_URL": ours.redis_url,
            "JIT_AUDIT_ORIGIN": "demo.example/audit",
            "JIT_PLAYGROUND_MEMORY": str(self.folder / "playground.sqlite"),
            "SANDBOX_FILE": str(self.folder / "sandbox.sqlite"),
            "TICKETS_FILE": str(COMPANY / "tickets.csv"),
            **kept,
        }
        fixed = {
            "PATH": path,
            "HOST": HOST,
            "PORT": str(port),
            "JIT_PLAYGROUND": "1",
            "JIT_PLAYGROUND_URL": address,
            "LEDGER_CONNECTOR_URL": load_ledger(
                ours.database_url, password=kept["LEDGER_PASSWORD"]
            ),
        }
        told = {name: os.environ[name] for name in defaults if name in os.environ}
        return defaults | told | fixed

    def _keep(self, environment: Mapping[str, str]) -> None:
        """Let a person use the operator's verbs on the demo: `honcho -e .demo/env run …`."""
        kept = self.folder / "env"
        kept.touch(mode=0o600)
        kept.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))

    def _secrets(self) -> dict[str, str]:
        """Make the demo's own secrets once, for its owner's eyes only."""
        file = self.folder / "secrets.json"
        if not file.exists():
            made = {
                "JIT_AUDIT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
                "JIT_PLAYGROUND_TOKEN": secrets.token_urlsafe(32),
                "LEDGER_PASSWORD": secrets.token_urlsafe(16),
            }
            draft = file.with_suffix(".new")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(made))
            draft.replace(file)  # whole or not at all: the log's key must not be half written
        kept: dict[str, str] = json.loads(file.read_text())
        return kept

    def _prepare(self, environment: Mapping[str, str]) -> None:
        """Migrate, and put the company in force, as an operator would."""
        settings = Settings.load(dict(os.environ) | dict(environment))
        release(settings)
        put_in_force(settings, self.company, operator="operator:demo")

    def _run_processes(self, environment: Mapping[str, str]) -> int:
        lines = parse_procfile((ROOT / "Procfile").read_text()).processes
        logs = self.folder / "log"
        environ = dict(os.environ) | dict(environment)
        # Not to the terminal: one that was closed must not keep the runner from ending the rest.
        with (logs / "runner.log").open("a", buffering=1) as said:
            runner = _Runner(Printer(said, colour=False))
            for name in PROCESSES:
                # `exec`, so that a signal reaches the process itself and not a shell around it.
                own = self.folder / f"{name}.pid"
                log = shlex.quote(str(logs / f"{name}.log"))
                command = f"echo $$ >{shlex.quote(str(own))}; exec {lines[name]} >>{log} 2>&1"
                runner.add_process(name, command, env=environ, cwd=str(ROOT), quiet=True)
            address = environment["JIT_PLAYGROUND_URL"]
            threading.Thread(target=_welcome, args=(address, logs), daemon=True).start()
            # A closed terminal ends the demo as Ctrl-C does.
            signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
            runner.loop()
        if runner.returncode not in ENDED_BY_A_PERSON:
            typer.echo(f"A process ended by itself; its log is in {logs}.")
            return 1
        return 0

    def _end_left_behind(self) -> None:
        """End processes of a demo that was killed: nobody else knows of them any more."""
        for name in PROCESSES:
            own = self.folder / f"{name}.pid"
            if own.exists() and _is_bot(own.read_text().strip(), name):
                with suppress(ProcessLookupError):
                    os.kill(int(own.read_text()), signal.SIGKILL)
            own.unlink(missing_ok=True)


class _Runner(Manager):  # type: ignore[misc] # honcho has no types
    """Runs the Procfile's processes, and ends them also while they begin.

    Each begins in a process of its own and says its number a moment later. Honcho breaks where it
    is told to end one that has no number yet, and would leave it behind.
    """

    def terminate(self) -> None:
        """End them all, as soon as all have begun."""
        if self._all_started():
            super().terminate()
        else:
            again = threading.Timer(READY_POLL, signal.raise_signal, [signal.SIGTERM])
            again.daemon = True
            again.start()


def _try_lock(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_bot(number: str, name: str) -> bool:
    """Say whether a process is still the one that was started: numbers are used again."""
    return number.isdecimal() and f"-m bot {name}" in _command_of(number)


def _command_of(number: str) -> str:
    """Give a process's command line; empty where there is no such process."""
    if Path("/proc/self").exists():  # Linux, also where there is no `ps`
        told = Path("/proc", number, "cmdline")
        return told.read_bytes().replace(b"\0", b" ").decode() if told.exists() else ""
    asked = ["/bin/ps", "-o", "command=", "-p", number]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def _port() -> int:
    """Find a free port; one that was asked for is taken or refused."""
    asked = os.environ.get("PORT")
    if asked:
        if not asked.isdecimal() or not _is_free(int(asked)):
            raise DemoError(f"PORT={asked} cannot be used; name a free one, or none at all.")
        return int(asked)
    for port in range(PORT_DEFAULT, PORT_DEFAULT + PORTS_TRIED):
        if _is_free(port):
            return port
    raise DemoError(f"No port from {PORT_DEFAULT} on is free; name one, e.g. PORT=9000 make demo.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True


def _welcome(address: str, logs: Path) -> None:
    """Wait until everything answers, then say what to do."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if _is_ready(address):
            typer.echo(
                _WELCOME.format(address=address, logs=logs, env=logs.parent / "env", honcho=_HONCHO)
            )
            return
        time.sleep(READY_POLL)
    typer.echo(f"It does not answer after {READY_WITHIN:.0f} s; see {logs}.")


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:  # noqa: S310 - ours
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


_WELCOME = """
  jitbot is running:  {address}/playground?as=riya.patel

  You are Riya Patel, a senior accountant at Acme. Type three things:

    /jit request netsuite-gl 5m "Q4 close, posting the November accruals"
    /jit status JIT-1
    /jit audit request JIT-1

  Then open the same page as her approvers, in other tabs, and press Approve:

    {address}/playground?as=ben.okafor      finance manager
    {address}/playground?as=aisha.farouk    owner of the ledger
    {address}/playground?as=helen.moreau    CFO

  Check the audit log yourself, in another terminal:

    {honcho} -e {env} run python -m bot audit verify

  “Try it” on the page runs a real statement in the real ledger as the person you are.
  Logs: {logs}    Ctrl-C ends everything; `make demo-reset` forgets everything.
"""
