"""Every call to any of the fake's servers: written down, and failing as it was ordered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tests.teams.fake_teams.faults import PLACES, Fault
from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.world import Json

Answer = Callable[[], tuple[int, Json]]


@dataclass(slots=True)
class Call:
    """One call, and what it was answered."""

    name: str
    """One of the words in `faults.PLACES`."""

    conversation: str = ""
    """As it was named, with `;messageid=` where that was there."""

    activity: str = ""
    """The message that it is about."""

    body: Json = field(default_factory=dict)
    query: Json = field(default_factory=dict)
    region: str = ""
    token: str = ""
    at: float = 0.0
    """When it came, by the fake's clock, in seconds since 1970."""

    status: int = 0
    """What was said, or would have been; nought where the connection was cut before anything."""

    answer: Json = field(default_factory=dict)


def error(status: int, code: str, message: str = "") -> tuple[int, Json]:
    """Say what is wrong as the Bot Connector does."""
    return status, {"error": {"code": code, "message": message or code}}


class Journal:
    """All calls, in order."""

    def __init__(self, organisation: Organisation) -> None:
        self._org = organisation
        self.calls: list[Call] = []

    def of(self, place: str) -> list[Call]:
        """Give the calls of a server (`connector`, `login`, `keys`), or of one name."""
        return [call for call in self.calls if call.name in PLACES.get(place, (place,))]

    async def answer(self, request: web.Request, call: Call, run: Answer) -> web.StreamResponse:
        """Answer a call, or fail as it was ordered."""
        call.at = self._org.world.now()
        self.calls.append(call)
        fault = self._org.faults.next(call.name, call.conversation)
        if fault is None:
            return respond(call, *run())
        return await self._fail(request, call, fault, run)

    async def _fail(
        self, request: web.Request, call: Call, fault: Fault, run: Answer
    ) -> web.StreamResponse:
        await asyncio.sleep(fault.waits)
        done = run() if fault.does else (fault.status, {})
        if fault.cuts:
            call.status, call.answer = done if fault.does else (0, {})
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.does and fault.status == web.HTTPOk.status_code:
            return respond(call, *done)
        said = error(fault.status, fault.code, fault.message)
        return respond(call, *said, headers=fault.headers)


def respond(
    call: Call, status: int, body: Json, *, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer a call; `retry_after` in what is told becomes the header."""
    call.status, call.answer = status, body
    more = dict(headers or {})
    if "retry_after" in body:
        more["Retry-After"] = str(body.pop("retry_after"))
    return web.json_response(body, status=status, headers=more)
