"""What Teams sends to a bot over HTTP: signed, waited for, and sent again where a test wants it."""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from tests.teams.fake_teams.keys import GENUINE, Envelope, Keys
from tests.teams.fake_teams.organisation import Organisation
from tests.teams.fake_teams.world import Json

PATIENCE = 10.0
"""Seconds after which Teams says that something went wrong."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery, and what the bot answered."""

    activity: Json
    sent: bytes
    headers: Mapping[str, str]
    status: int = 0
    """Nought where nothing came in time, or nothing was reached."""

    body: str = ""
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    is_late: bool = False
    """The bot did answer, and nobody waited for it any more."""

    @property
    def is_well(self) -> bool:
        """Say whether the bot took it, in time."""
        return self.status in (200, 201, 202) and not self.is_late

    def json(self) -> Any:  # noqa: ANN401 - whatever the bot answered
        """Read the answer; None where there is no JSON in it."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Deliveries:
    """Sends to one bot."""

    def __init__(self, organisation: Organisation, keys: Keys) -> None:
        self._org = organisation
        self._keys = keys
        self.url = ""
        """Where the bot listens; set it before anything is delivered."""

        self.sent: list[Delivered] = []
        self.patience = PATIENCE
        self.late = 0
        """So many of the next answers come too late, without anybody waiting for it really."""

        self._session: aiohttp.ClientSession | None = None

    async def activity(self, activity: Json, envelope: Envelope = GENUINE) -> Delivered:
        """Deliver an activity, signed as the envelope says."""
        signed = self._keys.header(envelope, str(activity.get("serviceUrl") or ""))
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if signed:
            headers["Authorization"] = signed
        # As it is now: what the bot does while it hears it changes nothing of it.
        kept = copy.deepcopy(activity)
        raw = json.dumps(activity, ensure_ascii=False).encode()
        return await self.raw(raw, headers, kept)

    async def again(self, delivered: Delivered) -> Delivered:
        """Deliver the very same bytes with the very same headers."""
        return await self.raw(delivered.sent, delivered.headers, delivered.activity)

    async def redeliver(self, delivered: Delivered) -> Delivered:
        """Deliver the same activity, freshly signed, as Teams does where it got no answer."""
        return await self.activity(delivered.activity)

    async def raw(
        self, body: bytes, headers: Mapping[str, str], activity: Json | None = None
    ) -> Delivered:
        """Deliver any bytes."""
        assert self.url, "where does the bot listen? set `bot_url`"
        began = time.monotonic()
        done = Delivered(activity or {}, body, dict(headers))
        try:
            limit = aiohttp.ClientTimeout(total=self.patience)
            async with self._client().post(
                self.url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                done = replace(
                    done,
                    status=answer.status,
                    body=await answer.text(),
                    answer_headers={name.lower(): one for name, one in answer.headers.items()},
                )
        except (TimeoutError, aiohttp.ClientError):
            pass
        done = replace(done, seconds=time.monotonic() - began, is_late=self.late > 0)
        self.late = max(0, self.late - 1)
        self.sent.append(done)
        return done

    async def at_once(self, *activities: Json) -> list[Delivered]:
        """Deliver several activities at the same time."""
        return await asyncio.gather(*map(self.activity, activities))

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
