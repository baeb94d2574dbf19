"""A ticket system with an address: answers as it is told to, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Desk:
    """What it answers, and what it was asked."""

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """By path; any other is not there."""

    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    is_silent: bool = False
    """Whether it takes questions and says nothing, until it is closed."""

    closing: threading.Event = field(default_factory=threading.Event)

    def say(self, reference: str, **said: object) -> None:
        """Answer for a reference with what is said, and else with a sound ticket."""
        whole: dict[str, object] = {
            "reference": reference,
            "open": True,
            "state": "Approved",
            "people": ["riya.patel"],
            "systems": ["ledger"],
        }
        self.answers[f"/tickets/{reference}"] = (200, json.dumps(whole | said).encode())


@contextmanager
def open_desk() -> Iterator[Desk]:
    """Open one on this machine, for as long as the block runs."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            desk.asked.append((self.path, dict(self.headers)))
            if desk.is_silent:
                desk.closing.wait()
                return
            status, body = desk.answers.get(self.path, (404, b""))
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", body.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    desk.url = f"http://127.0.0.1:{server.server_address[1]}/tickets/"
    try:
        yield desk
    finally:
        desk.closing.set()
        server.shutdown()
        server.server_close()
