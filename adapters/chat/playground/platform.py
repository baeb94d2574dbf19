"""The bot speaks in the playground: the platform that the worker uses, over HTTP like any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

import aiohttp

from adapters.chat.cards import Card
from adapters.chat.platform import Gone, Place, PlatformError
from adapters.chat.playground.identity import PLAYGROUND
from adapters.chat.playground.render import card_json
from engine.model.identifiers import PlatformName

_TIME_LIMIT = aiohttp.ClientTimeout(total=5, connect=2)
"""The playground is on this machine and answers in milliseconds."""

_RETRY_AFTER = timedelta(seconds=2)
"""The web process is back this soon after a restart."""


class PlaygroundPlatform:
    """Posts to the playground's bot API. Belongs to the event loop of its first call."""

    name: PlatformName = PLAYGROUND

    def __init__(self, address: str, token: str) -> None:
        """Take the web process's address, e.g. `http://127.0.0.1:8080`, and the bot's token."""
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post once per token. Raises `Gone` where there is no such channel, person or thread.

        The playground knows all tokens, so it does not matter whether one was tried before.
        """
        answer = await self._call(
            "post",
            {
                "channel": place.channel,
                "account": place.account,
                "thread": place.thread,
                "token": token,
                "card": card_json(card),
            },
        )
        reference = answer.get("reference")
        if not isinstance(reference, str):
            raise PlatformError("The playground answered without a reference.")
        return reference

    async def edit(self, reference: str, card: Card) -> None:
        """Show another card. Raises `Gone` where the bot has no such message."""
        await self._call("edit", {"reference": reference, "card": card_json(card)})

    async def show_home(self, account: str, card: Card) -> None:
        """Do nothing: in the playground a dashboard is asked for, with `home`."""

    async def close(self) -> None:
        """Let go of connections. Calling it twice is fine."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, word: str, body: Mapping[str, object]) -> Mapping[str, object]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIME_LIMIT, headers=self._headers)
        try:
            async with self._session.post(
                f"{self._address}/playground/api/bot/{word}", json=body, allow_redirects=False
            ) as response:
                _raise_for(response.status)
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as failed:
            # What aiohttp says may hold the address; its kind is enough.
            raise PlatformError(
                f"The playground could not be reached ({type(failed).__name__}).",
                retry_after=_RETRY_AFTER,
            ) from None
        return answer if isinstance(answer, dict) else {}


def _raise_for(status: int) -> None:
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.NOT_FOUND:
        raise Gone("The playground has no such message, channel or person.")
    if status == HTTPStatus.UNAUTHORIZED:
        raise PlatformError("The playground refused the bot's token.")
    after = _RETRY_AFTER if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    raise PlatformError(
        f"The playground did not take the message (HTTP {status}).", retry_after=after
    )
