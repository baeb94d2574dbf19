"""A public document is fetched: small, soon, and without any secret."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

WITHIN = 10.0
"""Seconds; they answer within one."""

BYTES_MAX = 1_000_000
"""Entra's and Teams' are below 100 kB."""


class Unreached(Exception):
    """There was no answer that could be read. The text names the kind of failure alone."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came."""

    status: int
    told: Mapping[str, Any]
    ahead: float | None
    """Seconds by which this machine's clock is ahead of theirs; None where they told no time."""


async def fetch(address: str) -> Fetched:
    """Fetch a JSON document. Raises `Unreached`."""
    limit = aiohttp.ClientTimeout(total=WITHIN)
    began = time.time()
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=True) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            content = await _read(answer.content)
            told, date = _object(content), answer.headers.get("Date", "")
    except (aiohttp.ClientError, TimeoutError, ValueError) as failed:
        raise Unreached(type(failed).__name__) from None
    return Fetched(answer.status, told, _ahead(date, (began + time.time()) / 2))


async def _read(content: aiohttp.StreamReader) -> bytes:
    """Read to the end: one `read` gives what has arrived so far. What is too long is cut off."""
    read = bytearray()
    async for part in content.iter_any():
        read += part
        if len(read) > BYTES_MAX:
            break
    return bytes(read)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _ahead(date: str, ours: float) -> float | None:
    try:
        return ours - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
