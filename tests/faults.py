"""A proxy that loses what real networks lose: for Postgres, Redis or anything else over a stream.

::

    with Proxy(("127.0.0.1", 6379)) as proxy:
        client = connect(port=proxy.port)
        proxy.lose_answer_to(b"SET")        # it happened, and nobody was told

Each fault holds for every connection, and until `heal`, unless it says otherwise.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

Upstream: TypeAlias = "tuple[str, int] | Path"
"""A host and port, or a socket in the file system."""

CHUNK = 65536

CONNECT_WITHIN = 5.0
"""Seconds for reaching upstream, which is on this machine."""


class Proxy:
    """Forwards every connection from a port of this machine to `upstream`."""

    def __init__(self, upstream: Upstream) -> None:
        """Listen at once, on a free port of the loopback address."""
        self._upstream = upstream
        self._listener = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._links: set[_Link] = set()
        self._flowing = threading.Event()
        self._flowing.set()
        self._doom: bytes | None = None
        self.lost = threading.Event()
        """Set once an answer was lost."""
        self._accept_from(self._listener)

    def lose_answer_to(self, request: bytes) -> None:
        """Forward the next request that holds these bytes, and cut when its answer comes. Once."""
        with self._lock:
            self._doom = request
            self.lost.clear()

    def stall(self) -> None:
        """Forward nothing; connections stay open, and new ones are accepted."""
        self._flowing.clear()

    def cut(self) -> None:
        """Reset every connection that is open now. New ones are not affected."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.cut()

    def refuse(self) -> None:
        """Reset every connection, and refuse new ones."""
        _close(self._listener)
        self.cut()

    def heal(self) -> None:
        """Let everything through again."""
        with self._lock:
            self._doom = None
        self._flowing.set()
        if self._listener.fileno() == -1:
            self._listener = _listen(self.port)
            self._accept_from(self._listener)

    def close(self) -> None:
        """End everything."""
        self.refuse()
        self._flowing.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def doomed(self, recent: bytes) -> bool:
        """Say whether the answer to what was just sent is to be lost; only once."""
        with self._lock:
            if self._doom is None or self._doom not in recent:
                return False
            self._doom = None
            return True

    def keep_of(self) -> int:
        """Say how many bytes to remember, for a request that comes in two pieces."""
        with self._lock:
            return len(self._doom) - 1 if self._doom else 0

    def wait_until_flowing(self) -> None:
        """Hold back while stalled."""
        self._flowing.wait()

    def forget(self, link: _Link) -> None:
        """Drop a link that ended."""
        with self._lock:
            self._links.discard(link)

    def _accept_from(self, listener: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = _reach(self._upstream)
            except OSError:
                _reset(client)
                continue
            link = _Link(self, client, server)
            with self._lock:
                self._links.add(link)
                refused = listener.fileno() == -1
            # What came in at the last moment is refused like the rest.
            if refused:
                link.cut()
            else:
                link.start()


class _Link:
    """One connection through the proxy: two sockets, and a thread for each direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._doomed = False

    def start(self) -> None:
        for pump in (self._requests, self._answers):
            threading.Thread(target=self._run, args=(pump,), daemon=True).start()

    def cut(self) -> None:
        _reset(self._client)
        _reset(self._server)
        self._proxy.forget(self)

    def _run(self, pump: object) -> None:
        assert callable(pump)
        with contextlib.suppress(OSError):
            pump()
        self.cut()

    def _requests(self) -> None:
        recent = b""
        while chunk := self._client.recv(CHUNK):
            self._proxy.wait_until_flowing()
            keep = self._proxy.keep_of()
            recent = (recent[-keep:] if keep else b"") + chunk
            # Decided before it is forwarded: the answer cannot come earlier than that.
            self._doomed = self._doomed or self._proxy.doomed(recent)
            self._server.sendall(chunk)

    def _answers(self) -> None:
        while chunk := self._server.recv(CHUNK):
            self._proxy.wait_until_flowing()
            if self._doomed:
                self.cut()
                self._proxy.lost.set()
                return
            self._client.sendall(chunk)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _reach(upstream: Upstream) -> socket.socket:
    if isinstance(upstream, Path):
        local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        local.connect(str(upstream))
        return local
    remote = socket.create_connection(upstream, CONNECT_WITHIN)
    remote.settimeout(None)
    return remote


def _reset(end: socket.socket) -> None:
    """Close with a reset, so that the other side notices at once and nothing lingers."""
    with contextlib.suppress(OSError):
        if end.family is not socket.AF_UNIX:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    _close(end)


def _close(end: socket.socket) -> None:
    # Shut down first: closing alone does not wake a thread that waits in accept or recv.
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
