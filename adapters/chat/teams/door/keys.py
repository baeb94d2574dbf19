"""The keys that Teams signs with, fetched while nobody waits, and as soon as a new one is used.

The SDK fetches them with a call that stops the event loop, and does not look again for a day when a
token names a key that it does not know. Here an unknown key is looked for at once, but not more
often than once a minute, since anybody can name one. While the server that tells them is slow or
away, what is known goes on for a day: a key is withdrawn more rarely than a server fails, but
whoever stole one must not be believed for ever by holding the server off.
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

ISSUERS = frozenset({"https://api.botframework.com", "https://api.botframework.us"})
"""The Bot Connector, of the public and of the government's clouds. No emulator's, and not Entra."""

FETCH_MAX = 5.0
"""Seconds of one fetch, with both its calls; the servers answer within a tenth of one."""

UNKNOWN_AFTER = 60.0
"""Seconds between two looks for a key that is not known."""

FAILED_AFTER = 10.0
"""Seconds after which a fetch that failed is tried again."""

FRESH_FOR = 3_600.0
"""Seconds after which keys are fetched again although all are known: old ones are withdrawn, and
new ones are told before they are used."""

KEPT_FOR = 86_400.0
"""Seconds after which what was fetched is believed no more."""

BYTES_MAX = 1_000_000
"""Bytes of what a server tells; it is some twenty thousand."""


class KeysAway(Exception):
    """The keys could not be fetched. The text names no address."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key, and what it may sign."""

    public: jwt.PyJWK
    issuer: str
    """Whose it is: who must have made what it signs."""

    endorsements: frozenset[str]
    """The channels that it may sign for."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What Teams told of its keys, and when."""

    at: float
    keys: Mapping[str, SigningKey] = field(default_factory=dict)


_NOTHING = _Fetched(float("-inf"))


class Keys:
    """Knows the keys. Belongs to one event loop."""

    def __init__(self, metadata_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Take where Teams' OpenID metadata is. `clock` gives seconds."""
        self._url = metadata_url
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._known = _NOTHING
        self._failed_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str) -> SigningKey | None:
        """Give a key by its name, looking for it where it is not known; None where there is none.

        Who knows the key does not wait, even where it is time to look again.
        """
        found = self._find(key_id)
        if self._is_due(FRESH_FOR if found else UNKNOWN_AFTER):
            self.begin()
            if found is None and self._fetching is not None:
                await asyncio.shield(self._fetching)
        return found or self._find(key_id)

    def _find(self, key_id: str) -> SigningKey | None:
        is_believed = self._clock() - self._known.at < KEPT_FOR
        return self._known.keys.get(key_id) if is_believed else None

    def _is_due(self, after: float) -> bool:
        now = self._clock()
        return now - self._failed_at >= FAILED_AFTER and now - self._known.at >= after

    def begin(self) -> None:
        """Begin to fetch, where nobody is at it. Whether anything comes, `find` shows."""
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.get_running_loop().create_task(self._fetch())

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_MAX):
                keys = await self._ask()
        except (TimeoutError, aiohttp.ClientError, KeysAway, ValueError, RecursionError) as failed:
            self._failed_at = self._clock()
            why = str(failed) if isinstance(failed, KeysAway) else type(failed).__name__
            log.warning("teams.keys_away", problem=why)
        else:
            self._known = _Fetched(self._clock(), keys)

    async def _ask(self) -> Mapping[str, SigningKey]:
        metadata = await self._get(self._url)
        issuer, where = metadata.get("issuer"), metadata.get("jwks_uri")
        if not (isinstance(issuer, str) and issuer in ISSUERS):
            raise KeysAway("TEAMS_OPENID_METADATA_URL is not the Bot Connector's")
        if not (isinstance(where, str) and is_private(where)):
            raise KeysAway("the metadata does not say where the keys are, or not over TLS")
        told = (await self._get(where)).get("keys")
        read = (_read(one, issuer) for one in (told if isinstance(told, list) else []))
        keys = dict(filter(None, read))
        if not keys:
            raise KeysAway("there is no key")
        return keys

    async def _get(self, url: str) -> Mapping[str, Any]:
        if self._session is None:
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(cookie_jar=jar, trust_env=True)
        async with self._session.get(url, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                raise KeysAway(f"HTTP {answer.status}")
            told = json.loads(await _whole(answer.content))
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


async def _whole(content: aiohttp.StreamReader) -> bytes:
    """Read to the end: one `read` would give what has arrived so far."""
    read = bytearray()
    async for part in content.iter_any():
        read += part
        if len(read) > BYTES_MAX:
            raise KeysAway("that is too much for keys")
    return bytes(read)


def _read(told: object, issuer: str) -> tuple[str, SigningKey] | None:
    """Read one key; None for one that is none for us."""
    if not isinstance(told, dict) or told.get("kty") != "RSA":
        return None
    name, endorsed = told.get("kid"), told.get("endorsements")
    if not isinstance(name, str) or not isinstance(endorsed, list):
        return None
    try:
        public = jwt.PyJWK(told, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return None
    channels = frozenset(one for one in endorsed if isinstance(one, str))
    return name, SigningKey(public, issuer, channels)
