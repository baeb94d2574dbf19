"""Everybody sees what is new, at once.

A connection carries no messages of its own: it wakes up when something was written, and reads from
the memory what came after the last change that it has sent. So nothing is lost or doubled between a
page's first answer, its live connection and a reconnection, and a slow browser holds up nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from aiohttp import WSCloseCode, web

from adapters.chat.playground.memory import PAGE_MAX, Changes

CONNECTIONS_MAX = 200
"""Tabs: a generous workshop's worth. Each costs one small query per change."""

_HEARTBEAT_SECONDS = 20.0
"""A browser that sleeps is noticed within two of these."""

_GLANCE_SECONDS = 2.0
"""How soon something is seen that another process wrote, which cannot ring our bell."""

_LAST_WORDS_SECONDS = 1.0

ReadChanges = Callable[[int], Awaitable[Changes]]
WriteChanges = Callable[[Changes], dict[str, object]]


class Bell:
    """Wakes up the live connections of this process."""

    def __init__(self) -> None:
        """Nobody has rung yet."""
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Something was written."""
        self._next.set()
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Give the next ringing. Take it before reading, or what is written meanwhile is missed."""
        return self._next


class Live:
    """The live connections of this process."""

    def __init__(self, bell: Bell, write: WriteChanges) -> None:
        """Nobody is connected yet."""
        self._bell = bell
        self._write = write
        self._sockets: set[web.WebSocketResponse] = set()

    def is_full(self) -> bool:
        """Tell whether another connection would be too many."""
        return len(self._sockets) >= CONNECTIONS_MAX

    async def serve(
        self, request: web.Request, since: int, read: ReadChanges
    ) -> web.StreamResponse:
        """Keep a browser up to date until it goes."""
        # The browser sends nothing here: what it says goes over HTTP, where a failure is seen.
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS, max_msg_size=1024)
        await socket.prepare(request)
        self._sockets.add(socket)
        pushing = asyncio.create_task(self._push(socket, since, read))
        try:
            async for _ in socket:
                pass
        finally:
            self._sockets.discard(socket)
            pushing.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await pushing
        return socket

    async def _push(self, socket: web.WebSocketResponse, since: int, read: ReadChanges) -> None:
        while not socket.closed:
            ringing = self._bell.next()
            changes = await read(since)
            if changes.messages or changes.readings:
                await socket.send_json(self._write(changes))
            since = changes.last
            if len(changes.messages) < PAGE_MAX:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(ringing.wait(), _GLANCE_SECONDS)

    async def close(self) -> None:
        """Say goodbye to every browser; they will come back when there is a server again."""
        goodbyes = [
            socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting")
            for socket in self._sockets
        ]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await asyncio.gather(*goodbyes, return_exceptions=True)
