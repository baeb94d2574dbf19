"""What Slack sends to an app over HTTP: signed, waited for, and sent again; or over a socket.

Everything a test may want to spoil (the secret, the age, the signature) stands in an `Envelope`.
While an app is connected in Socket Mode, everything goes there, and nothing of that is signed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
from aiohttp import web

from tests.slack.fake_slack.world import Json

PATIENCE = 3.0
"""Seconds after which Slack says that the app did not answer."""

RETRIES = 3
"""At once, after a minute, after five minutes; here without the waiting."""

_REASON = "X-Slack-Retry-Reason"

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a delivery is signed."""

    secret: str | None = None
    """Another secret than the app's, for a forgery."""

    age: float = 0.0
    """Seconds since it was signed."""

    signature: str | None = None
    """Another signature than the right one; empty for none at all."""


GENUINE = Envelope()


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery, and what the app answered."""

    sent: bytes
    headers: Mapping[str, str]
    status: int = 0
    """Nought where nothing came in time, or nothing was reached."""

    body: str = ""
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_well(self) -> bool:
        """Say whether the app took it."""
        return self.status == 200

    def json(self) -> Any:  # noqa: ANN401 - whatever the app answered
        """Read the answer; None where there is no JSON in it."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Deliveries:
    """Sends to one app."""

    def __init__(self, secret: str) -> None:
        """Take the signing secret."""
        self.secret = secret
        self.url = ""
        """Where the app listens; set it before anything is delivered."""

        self.sent: list[Delivered] = []
        self._session: aiohttp.ClientSession | None = None
        self.sockets: list[web.WebSocketResponse] = []
        """The connections that the app holds in Socket Mode."""

        self._awaited: dict[str, asyncio.Future[Json]] = {}

    async def command(self, fields: Mapping[str, str], envelope: Envelope = GENUINE) -> Delivered:
        """Deliver a slash command."""
        if self.sockets:
            return await self._by_socket("slash_commands", dict(fields))
        return await self.form(fields, envelope)

    async def form(self, fields: Mapping[str, str], envelope: Envelope = GENUINE) -> Delivered:
        """Deliver a form, as slash commands are."""
        return await self._signed(urlencode(fields).encode(), FORM, envelope)

    async def interaction(self, payload: Json, envelope: Envelope = GENUINE) -> Delivered:
        """Deliver what somebody pressed, chose or submitted."""
        if self.sockets:
            return await self._by_socket("interactive", payload)
        return await self.form({"payload": json.dumps(payload)}, envelope)

    async def envelope(
        self, body: Json, envelope: Envelope = GENUINE, *, is_retried: bool = True
    ) -> list[Delivered]:
        """Deliver what happened, again and again until the app takes it."""
        spelled, tries = json.dumps(body).encode(), list[Delivered]()
        for number in range(RETRIES + 1 if is_retried else 1):
            more: dict[str, str] = {}
            if tries:
                reason = "http_error" if tries[-1].status else "http_timeout"
                more = {"X-Slack-Retry-Num": str(number), _REASON: reason}
            if self.sockets:
                more = {"retry_attempt": str(number), "retry_reason": more.get(_REASON, "")}
                tries.append(await self._by_socket("events_api", body, more))
            else:
                tries.append(await self._signed(spelled, "application/json", envelope, more))
            if tries[-1].is_well or tries[-1].answer_headers.get("x-slack-no-retry") == "1":
                break
        return tries

    async def ssl_check(self) -> Delivered:
        """Ask whether the certificate is well, as Slack does now and then, unsigned."""
        return await self.raw(b"ssl_check=1&token=legacy", {"Content-Type": FORM})

    async def url_verification(self, challenge: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY") -> Delivered:
        """Ask for the challenge, as Slack does when the address is set."""
        body = {"token": "legacy", "challenge": challenge, "type": "url_verification"}
        return (await self.envelope(body, is_retried=False))[0]

    async def again(self, delivered: Delivered) -> Delivered:
        """Deliver the very same bytes with the very same headers."""
        return await self.raw(delivered.sent, delivered.headers)

    async def _signed(
        self,
        body: bytes,
        kind: str,
        envelope: Envelope,
        more: Mapping[str, str] | None = None,
    ) -> Delivered:
        at = str(int(time.time() - envelope.age))
        signature = sign(envelope.secret or self.secret, at, body)
        if envelope.signature is not None:
            signature = envelope.signature
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature,
        }
        return await self.raw(body, headers | dict(more or {}))

    async def raw(self, body: bytes, headers: Mapping[str, str]) -> Delivered:
        """Deliver any bytes."""
        assert self.url, "where does the app listen? set `bot_url`"
        began = time.monotonic()
        done = Delivered(body, dict(headers))
        try:
            async with self._client().post(self.url, data=body, headers=headers) as answer:
                done = Delivered(
                    body,
                    dict(headers),
                    answer.status,
                    await answer.text(),
                    {name.lower(): value for name, value in answer.headers.items()},
                    time.monotonic() - began,
                )
        except (TimeoutError, aiohttp.ClientError):
            done = Delivered(body, dict(headers), seconds=time.monotonic() - began)
        self.sent.append(done)
        return done

    # ── Socket Mode ─────────────────────────────────────────────────────────────────────────────

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        """Hold a connection of the app's, and take what it acknowledges."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {}})
        self.sockets.append(socket)
        try:
            async for message in socket:
                told = json.loads(message.data)
                waiting = self._awaited.get(told["envelope_id"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(told)
        finally:
            self.sockets.remove(socket)
        return socket

    async def _by_socket(
        self, kind: str, payload: Json, more: Mapping[str, str] | None = None
    ) -> Delivered:
        began, key = time.monotonic(), str(uuid4())
        told: Json = {"envelope_id": key, "type": kind, "payload": payload, **dict(more or {})}
        told["accepts_response_payload"] = kind != "events_api"
        self._awaited[key] = asyncio.get_running_loop().create_future()
        done = Delivered(json.dumps(told).encode(), {})
        try:
            await self.sockets[-1].send_json(told)
            answer = await asyncio.wait_for(self._awaited[key], PATIENCE)
            body = answer.get("payload")
            text = body if isinstance(body, str) else json.dumps(body) if body else ""
            done = replace(done, status=200, body=text, seconds=time.monotonic() - began)
        except (TimeoutError, ConnectionError):
            done = replace(done, seconds=time.monotonic() - began)
        del self._awaited[key]
        self.sent.append(done)
        return done

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=PATIENCE)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    async def close(self) -> None:
        """Let go of connections."""
        for socket in [*self.sockets]:
            await socket.close()
        if self._session is not None:
            await self._session.close()


def sign(secret: str, at: str, body: bytes) -> str:
    """Sign as Slack does, version 0."""
    signed = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256)
    return f"v0={signed.hexdigest()}"
