"""A server that says what a test wants: it stands where Entra is, and where the Bot Connector is.

For what is on the wire, and for what fails there; how Teams behaves is the fake's business.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SECRET = "S3cret~password"
TENANT = "0f2d1c3b-0000-4000-8000-000000000001"
APP = "5e1f0000-0000-4000-8000-000000000002"


@dataclass(frozen=True, slots=True)
class Heard:
    """A call, as it came."""

    method: str
    path: str
    """As it was written, nothing decoded, with its query."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - as it was sent
        """Read the body."""
        return json.loads(self.body)

    @property
    def token(self) -> str:
        """Give the bearer's token, or nothing."""
        return self.headers.get("Authorization", "").removeprefix("Bearer ")


@dataclass(slots=True)
class Said:
    """What is answered, once."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False
    after: float = 0.0


class Wire:
    """Answers as it was told to; else all is well."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self.calls: list[Heard] = []
        self.logins: list[Heard] = []
        self.next: list[Said] = []
        """For the next calls, in order."""

        self.next_login: list[Said] = []
        self.accepted: set[str] = set()
        """Tokens that are good; empty: all are."""

        self.lives = 3600
        self._given = 0

    async def start(self) -> None:
        """Listen on this machine."""
        app = web.Application()
        app.router.add_route("*", "/login/{rest:.*}", self._login)
        app.router.add_route("*", "/metadata/{rest:.*}", self._login)
        app.router.add_route("*", "/{rest:.*}", self._call)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    @property
    def teams(self) -> str:
        """Give the address of the Bot Connector."""
        return f"{self.url}emea/"

    @property
    def entra(self) -> str:
        """Give the address of Entra."""
        return f"{self.url}login/"

    def tokens_given(self) -> int:
        """Say how many tokens were given."""
        return self._given

    def say(self, status: int, body: object = None, **headers: str) -> None:
        """Order the answer to the next call; `Retry_After` is the header of that name."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.next.append(Said(status, body, named))

    def refuse(self, status: int, code: str) -> None:
        """Order a refusal, as the Bot Connector writes it."""
        self.say(status, {"error": {"code": code, "message": "Riya's reason: Q4 close"}})

    async def _login(self, request: web.Request) -> web.StreamResponse:
        self.logins.append(await _heard(request))
        if request.path.endswith("/.well-known/openid-configuration"):
            base = f"{self.entra}{TENANT}"
            return web.json_response(
                {
                    "issuer": base,
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                }
            )
        said = self.next_login.pop(0) if self.next_login else Said()
        await asyncio.sleep(said.after)
        if said.status != 200:
            return web.json_response(said.body, status=said.status)
        self._given += 1
        token = {"access_token": f"token-{self._given}", "token_type": "Bearer"}
        return web.json_response({**token, "expires_in": self.lives})

    async def _call(self, request: web.Request) -> web.StreamResponse:
        heard = await _heard(request)
        self.calls.append(heard)
        if self.accepted and heard.token not in self.accepted:
            return web.json_response({"message": "Authorization has been denied"}, status=401)
        said = self.next.pop(0) if self.next else Said(201, {"id": f"m{len(self.calls)}"})
        await asyncio.sleep(said.after)
        if said.is_cut:
            assert request.transport is not None
            request.transport.close()
        if isinstance(said.body, str):
            return web.Response(text=said.body, status=said.status, headers=said.headers)
        return web.json_response(said.body, status=said.status, headers=said.headers)


async def _heard(request: web.Request) -> Heard:
    body = await request.read()
    return Heard(request.method, request.raw_path, dict(request.headers), body)
