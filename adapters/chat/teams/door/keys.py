"""The keys that Teams signs with, fetched while nobody waits, and as soon as a new one is used.

The SDK fetches them with a call that stops the event loop, and does not look again for a day when a
token names a key that it does not know. Here an unknown key is looked for at once, but not more
often than every five minutes, since anybody can name one; what is known is used while the server
that tells them is away.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
import jwt
import structlog

from adapters.chat.teams.hosts import is_private

log = structlog.get_logger(__name__)

FETCH_MAX = 5.0
"""Seconds of one fetch, with both its calls; the servers answer within a tenth of one."""

UNKNOWN_AFTER = 300.0
"""Seconds between two looks for a key that is not known."""

FAILED_AFTER = 10.0
"""Seconds after which a fetch that failed is tried again."""

FRESH_FOR = 86_400.0
"""Seconds after which keys are fetched again although all are known: old ones are withdrawn."""

BYTES_MAX = 1_000_000
"""Bytes of what a server tells; it is some twenty thousand."""


class KeysAway(Exception):
    """The keys could not be fetched. The text names no address."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key, and what it may sign."""

    public: jwt.PyJWK
    endorsements: frozenset[str]
    """The channels that it may sign for."""


@dataclass(frozen=True, slots=True)
class Published:
    """What Teams tells of its keys."""

    issuer: str = ""
    keys: Mapping[str, SigningKey] = field(default_factory=dict)


class Keys:
    """Knows the keys. Belongs to one event loop."""

    def __init__(self, metadata_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take where Teams' OpenID metadata is. `clock` gives seconds."""
        self._url = metadata_url
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._published = Published()
        self._fetched_at: float | None = None
        self._failed_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    @property
    def issuer(self) -> str:
        """Say who signs; empty while that is not known."""
        return self._published.issuer

    async def find(self, key_id: str) -> SigningKey | None:
        """Give a key by its name, looking for it where it is not known; None where there is none.

        Who knows the key does not wait, even where it is time to look again.
        """
        known = self._published.keys.get(key_id)
        if self._is_due(is_known=known is not None):
            fetching = self._fetch()
            if known is None:
                await asyncio.shield(fetching)
        return known or self._published.keys.get(key_id)

    def _is_due(self, *, is_known: bool) -> bool:
        now = self._clock()
        if self._failed_at is not None and now - self._failed_at < FAILED_AFTER:
            return False
        if self._fetched_at is None:
            return True
        return now - self._fetched_at >= (FRESH_FOR if is_known else UNKNOWN_AFTER)

    def _fetch(self) -> asyncio.Task[None]:
        """Begin to fetch, or join who is at it."""
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.get_running_loop().create_task(self._fetch_once())
        return self._fetching

    async def _fetch_once(self) -> None:
        try:
            async with asyncio.timeout(FETCH_MAX):
                self._published = await self._ask()
        except (TimeoutError, aiohttp.ClientError, KeysAway, ValueError) as failed:
            self._failed_at = self._clock()
            log.warning("teams.keys_away", problem=type(failed).__name__)
        else:
            self._fetched_at, self._failed_at = self._clock(), None

    async def _ask(self) -> Published:
        metadata = await self._get(self._url)
        issuer, where = metadata.get("issuer"), metadata.get("jwks_uri")
        if not (isinstance(issuer, str) and issuer and isinstance(where, str)):
            raise KeysAway("the metadata says neither who signs nor where the keys are")
        if not is_private(where):
            raise KeysAway("the keys would come over an open line")
        found = (await self._get(where)).get("keys")
        keys = dict(filter(None, map(_read, found if isinstance(found, list) else [])))
        if not keys:
            raise KeysAway("there is no key")
        return Published(issuer, keys)

    async def _get(self, url: str) -> Mapping[str, Any]:
        if self._session is None:
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(cookie_jar=jar, trust_env=True)
        async with self._session.get(url, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise KeysAway(f"HTTP {answer.status}")
            raw = bytearray()
            async for part in answer.content.iter_any():  # one `read` gives what has come so far
                raw += part
                if len(raw) > BYTES_MAX:
                    raise KeysAway("it tells too much")
        told = json.loads(raw)
        if not isinstance(told, dict):
            raise KeysAway("no JSON object")
        return told

    async def close(self) -> None:
        """Let go of connections. Calling it twice is fine."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _read(told: object) -> tuple[str, SigningKey] | None:
    """Read one key; None for one that is none for us."""
    if not isinstance(told, dict) or told.get("kty") != "RSA":
        return None
    name, endorsed = told.get("kid"), told.get("endorsements")
    try:
        public = jwt.PyJWK(told, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(name, str) or not isinstance(endorsed, list):
        return None
    return name, SigningKey(public, frozenset(one for one in endorsed if isinstance(one, str)))
