"""Mirrors tests/faults.py: a tool that others trust is tried itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.faults import Proxy


class _Echo:
    """Answers every chunk with itself, and remembers what it got."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                end, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(end,), daemon=True).start()

    def _answer(self, end: socket.socket) -> None:
        with closing(end):
            try:
                while chunk := end.recv(1024):
                    self.got.append(chunk)
                    end.sendall(chunk)
            except OSError:
                return


@pytest.fixture
def echo() -> Iterator[_Echo]:
    """Give a server."""
    with closing(_Echo()) as server:
        yield server


@pytest.fixture
def proxy(echo: _Echo) -> Iterator[Proxy]:
    """Give a proxy in front of it."""
    with Proxy(echo.address) as made:
        yield made


def test_everything_passes_until_told_otherwise(proxy: Proxy) -> None:
    """A healthy proxy is not noticed."""
    with _connect(proxy) as client:
        client.sendall(b"hello")

        assert client.recv(100) == b"hello"


def test_an_answer_is_lost_after_the_request_arrived(proxy: Proxy, echo: _Echo) -> None:
    """The server did what it was asked, the client is cut, and the next request goes through."""
    proxy.lose_answer_to(b"pay")
    with _connect(proxy) as client:
        client.sendall(b"pay 100")
        cut = _is_cut(client)
    with _connect(proxy) as client:
        client.sendall(b"pay 200")
        answer = client.recv(100)

    assert cut
    assert proxy.lost.is_set()
    assert answer == b"pay 200"
    assert echo.got == [b"pay 100", b"pay 200"]


def test_a_request_in_two_pieces_is_recognised(proxy: Proxy) -> None:
    """Where a network splits a request does not matter."""
    proxy.lose_answer_to(b"commit")
    with _connect(proxy) as client:
        client.sendall(b"com")
        first = client.recv(100)
        client.sendall(b"mit")

        assert first == b"com"
        assert _is_cut(client)


def test_a_stalled_proxy_answers_later(proxy: Proxy) -> None:
    """While stalled nothing comes; afterwards nothing is missing."""
    with _connect(proxy) as client:
        proxy.stall()
        client.sendall(b"hello")
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(100)
        proxy.heal()
        client.settimeout(5)

        assert client.recv(100) == b"hello"


def test_a_refusing_proxy_cuts_and_comes_back_on_its_port(proxy: Proxy) -> None:
    """Refusing ends what is open and lets nobody in until healed."""
    with _connect(proxy) as client:
        proxy.refuse()
        cut = _is_cut(client)
    with pytest.raises(ConnectionRefusedError):
        _connect(proxy)
    proxy.heal()
    with _connect(proxy) as client:
        client.sendall(b"hello")

        assert cut
        assert client.recv(100) == b"hello"


def test_cutting_spares_new_connections(proxy: Proxy) -> None:
    """A cut is a moment, not a state."""
    with _connect(proxy) as client:
        client.sendall(b"hello")
        client.recv(100)
        proxy.cut()

        assert _is_cut(client)
    with _connect(proxy) as client:
        client.sendall(b"again")

        assert client.recv(100) == b"again"


def _connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def _is_cut(client: socket.socket) -> bool:
    try:
        return client.recv(100) == b""
    except ConnectionResetError:
        return True
