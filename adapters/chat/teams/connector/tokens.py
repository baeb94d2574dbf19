"""The bot's own token for the Bot Connector: one at a time, for as long as it lives.

The SDK asks for a new one with every turn, and stops the event loop while it does. Here one token
is shared by all calls of a process and renewed before it ends, in a thread, while the old one is
still used; where signing in fails, it goes on being used to its end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from adapters.chat.platform import PlatformError
from adapters.chat.teams.connector.credentials import Credentials, Refusal, Token

FETCH_MAX = 8.0
"""Seconds of one fetch, with all its calls; Entra answers within one."""

RENEW_BEFORE = 300.0
"""Seconds before its end that a token is renewed; or, of one that lives shortly, a tenth."""

AFTER_FAILURE = timedelta(seconds=5)
"""How long nobody asks again after a fetch that failed: many calls wait for the same token."""


class TokenSource(Protocol):
    """Gives the token with which the bot speaks."""

    async def token(self, *, rejected: str = "") -> str:
        """Give a token; another one than `rejected`, which was not accepted."""

    async def close(self) -> None:
        """Let go of threads and connections."""


class Tokens:
    """Signs in when it has to. Belongs to the event loop of its first call."""

    def __init__(
        self, credentials: Credentials, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what the bot signs in with. `clock` gives seconds."""
        from adapters.chat.teams.connector.login import Login  # noqa: PLC0415 - costs memory

        self._login, self._clock = Login(credentials), clock
        self._thread = ThreadPoolExecutor(1, "teams-login")
        self._held: _Held | None = None
        self._fetching: asyncio.Task[_Held] | None = None
        self._failed = ""
        self._failed_until = 0.0
        self._forced_at = -AFTER_FAILURE.total_seconds()

    async def token(self, *, rejected: str = "") -> str:
        """Give a token that is valid now; another one than `rejected`, which was not accepted.

        Raises `PlatformError` where there is none: nothing was sent then.
        """
        held, now = self._held, self._clock()
        if held is None or now >= held.ends_at or self._must_replace(held, rejected):
            held = await asyncio.shield(self._fetch())
        elif now >= held.renew_at:
            self._fetching = self._fetch()
        return held.text

    async def close(self) -> None:
        """Let go of the thread and its connections. Calling it twice is fine."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._login.close()

    def _must_replace(self, held: _Held, rejected: str) -> bool:
        """Say whether a token that was not accepted is replaced: not again and again."""
        if held.text != rejected:
            return False
        if self._fetching is not None and not self._fetching.done():
            return True
        is_early = self._clock() < self._forced_at + AFTER_FAILURE.total_seconds()
        self._forced_at = self._forced_at if is_early else self._clock()
        return not is_early

    def _fetch(self) -> asyncio.Task[_Held]:
        """Begin to fetch a token, or join who is at it."""
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.get_running_loop().create_task(self._fetch_once())
            # Who renews ahead of time does not wait for it: nobody may be there to hear of it.
            self._fetching.add_done_callback(_heard)
        return self._fetching

    async def _fetch_once(self) -> _Held:
        if self._clock() < self._failed_until:
            raise _failed(self._failed)
        asked = asyncio.get_running_loop().run_in_executor(self._thread, self._login.fetch)
        try:
            self._held = held = self._hold(await asyncio.wait_for(asked, FETCH_MAX))
        except (Refusal, TimeoutError) as refused:
            self._failed = str(refused) or "Entra took too long"
            self._failed_until = self._clock() + AFTER_FAILURE.total_seconds()
            raise _failed(self._failed) from None
        return held

    def _hold(self, token: Token) -> _Held:
        now = self._clock()
        margin = min(RENEW_BEFORE, token.lives / 10)
        return _Held(token.text, renew_at=now + token.lives - margin, ends_at=now + token.lives - 1)


@dataclass(frozen=True, slots=True)
class _Held:
    text: str
    renew_at: float
    ends_at: float

    def __repr__(self) -> str:
        """Tell nothing: a token opens the bot."""
        return "<a token>"


def _failed(why: str) -> PlatformError:
    return PlatformError(
        f"The bot could not sign in to Teams: {why}.",
        retry_after=AFTER_FAILURE,
        may_have_arrived=False,
    )


def _heard(task: asyncio.Task[_Held]) -> None:
    if not task.cancelled():
        task.exception()
