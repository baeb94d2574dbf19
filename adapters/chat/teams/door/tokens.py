"""Who signed a delivery: Teams, for this bot, now; or nobody whom it is heard for.

The rules are those of "Authenticate requests from the Bot Connector service to your bot" in
Microsoft's documentation, all of them: the SDK leaves out that a token must have an end, and looks
at nothing else where an activity names no address. There is no way around them: no emulator's
tokens, and no bot without an id, which the SDK takes as leave to let everybody in.
"""

from __future__ import annotations

from dataclasses import dataclass

import jwt

from adapters.chat.teams.door.keys import Keys

ALGORITHM = "RS256"

LEEWAY = 300.0
"""Seconds by which clocks may differ."""

HEADER_MAX = 8_192
"""Characters of the header; a token has some thousand."""

CHANNEL = "msteams"
"""What Teams is called in activities, and in what a key may sign."""


class NotGenuine(Exception):
    """Not from Teams, or not for this bot. The text is ours, for the log alone."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a genuine token vouches for."""

    service_url: str


class Tokens:
    """Looks at tokens."""

    def __init__(self, keys: Keys, app_id: str) -> None:
        """Take the keys, and whom tokens must be for. Without an id nobody is let in."""
        if not app_id.strip():
            raise ValueError("MICROSOFT_APP_ID is empty: any token would be for this bot.")
        self._keys = keys
        self._app_id = app_id

    async def check(self, header: str) -> Signed:
        """Say what an Authorization header vouches for. Raises `NotGenuine`."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token or len(header) > HEADER_MAX:
            raise NotGenuine("no bearer token")
        key = await self._keys.find(_key_id(token))
        if key is None:
            raise NotGenuine("signed with no key of Teams'")
        if CHANNEL not in key.endorsements:
            raise NotGenuine("signed with a key for other channels")
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=[ALGORITHM],
                audience=self._app_id,
                issuer=key.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"], "strict_aud": True},
            )
        except (jwt.PyJWTError, ValueError, OverflowError, RecursionError) as wrong:
            raise NotGenuine(type(wrong).__name__) from None
        service_url = claims.get("serviceurl")
        if not isinstance(service_url, str) or not service_url:
            raise NotGenuine("for no address")
        return Signed(service_url)


def _key_id(token: str) -> str:
    """Read which key a token says that it is signed with. Raises `NotGenuine`."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise NotGenuine("no token") from None
    key_id = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise NotGenuine("no key, or another algorithm")
    return key_id
