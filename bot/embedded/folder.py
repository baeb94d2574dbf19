"""Where the embedded servers keep what is theirs: data, logs, sockets, and the only user's lock.

::

    .jit/               named by the caller; or below /var/lib/jitbot where root's folder is closed
    ├── lock            held while the servers run, with the process that holds it
    ├── postgres/       the data
    ├── logs/           one file per server
    └── run/            the sockets; below /tmp where the path is too long or odd
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from bot.embedded.account import Account, account
from bot.embedded.errors import EmbeddedError, writing

# A socket's path is at most 103 bytes (macOS; Linux has 107), and Postgres opens
# `.s.PGSQL.5432.lock` beside it.
SOCKET_FOLDER_MAX = 103 - len("/.s.PGSQL.5432.lock")

# What neither Postgres (commas, spaces), nor Redis (quotes), nor a URL reads in its own way.
PLAIN = re.compile(r"[A-Za-z0-9/._+-]+")

# A log above this is begun anew at the next start: it is for looking at, not for keeping.
LOG_BYTES_MAX = 10_000_000

SYSTEM = Path("/var/lib/jitbot")


@dataclass(slots=True)
class Folder:
    """One folder of embedded servers, used by one process at a time."""

    named: Path
    runner: Account = field(default_factory=account)
    _lock: int | None = None

    @property
    def home(self) -> Path:
        """Where things really are: the folder named, or its stand-in below /var/lib/jitbot."""
        stand_in = self.stand_in
        return stand_in if stand_in.exists() else self.named

    @property
    def stand_in(self) -> Path:
        """What is used when the servers' account cannot enter the folder that was named."""
        return SYSTEM / self._tag

    @property
    def data(self) -> Path:
        """Postgres's data folder."""
        return self.home / "postgres"

    @property
    def sockets(self) -> Path:
        """Where the sockets are; in a folder below /tmp where its path is too long for them."""
        inside = self.home / "run"
        if PLAIN.fullmatch(str(inside)) and len(os.fsencode(inside)) <= SOCKET_FOLDER_MAX:
            return inside
        return Path("/tmp") / f"jit-{os.geteuid()}-{self._tag}"  # noqa: S108 - ours or refused

    def open(self) -> None:
        """Take the folder for this process, or say who has it. Freed by `close` and by death."""
        with writing(self.named):
            self.named.mkdir(parents=True, exist_ok=True)
            self.named.chmod(self.named.stat().st_mode | 0o700)
            self._take()
        try:
            with writing(self.named):
                self._prepare()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the folder back."""
        if self._lock is not None:
            if self.home not in self.sockets.parents:
                shutil.rmtree(self.sockets, ignore_errors=True)
            os.close(self._lock)
            self._lock = None

    def log(self, server: str) -> Path:
        """The log file of one server, begun anew when it has grown large."""
        path = self.home / "logs" / f"{server}.log"
        with writing(self.home):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
                path.unlink()
            path.touch(mode=0o600)
        return path

    def forget(self) -> None:
        """Remove everything, the folder included. Refused while servers run in it."""
        if not self.named.exists() and not self.stand_in.exists():
            return
        with writing(self.named):
            self.named.mkdir(parents=True, exist_ok=True)
            self._take()
            try:
                for path in (self.stand_in, self.named):
                    if path.exists():
                        shutil.rmtree(path)
            finally:
                self.close()

    @property
    def _tag(self) -> str:
        # Twelve hex digits tell the folders of one machine apart.
        return hashlib.sha256(os.fsencode(self.named.resolve())).hexdigest()[:12]

    def _take(self) -> None:
        lock = os.open(self.named / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(lock, 20).decode().strip() or "unknown"
            os.close(lock)
            raise EmbeddedError(
                f"{self.named} is already in use by process {holder}: stop that one first "
                "(Ctrl-C where it runs), or choose another folder."
            ) from None
        self._lock = lock
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())

    def _prepare(self) -> None:
        if self.runner.uid is not None and not self.stand_in.exists():
            # Only the folder itself is opened for passing through, never one above it.
            self.named.chmod(self.named.stat().st_mode | 0o711)
            if not self.runner.may_enter(self.named):
                self.stand_in.mkdir(mode=0o711, parents=True)
        self._own_sockets()

    def _own_sockets(self) -> None:
        """Make the sockets' folder; one below /tmp that somebody else made first is refused."""
        folder = self.sockets
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid not in {os.geteuid(), self.runner.uid}:
            raise EmbeddedError(
                f"{folder} belongs to somebody else: choose a folder with a shorter path than "
                f"{self.named}, so that the sockets fit into it."
            )
        self.runner.own(folder)
