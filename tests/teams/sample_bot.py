"""A bot that answers Teams as it is told to, remembers what it heard, and calls the connector."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import aiohttp
import jwt
from aiohttp import web

from tests.teams.fake_teams import FakeTeams
from tests.teams.fake_teams.keys import ISSUER
from tests.teams.fake_teams.login import SCOPE
from tests.teams.fake_teams.world import BAR, CARD, Json

RIYA = "0a4c1f5e-5b1c-4c39-9a4f-1d3c5e7a9b01"
JAMES = "1b5d2a6f-6c2d-4d40-8b5a-2e4d6f8b0c12"
AUDIT = "19:audit@thread.tacv2"
TROIKA = "19:troika@thread.v2"


@dataclass
class SampleBot:
    """Checks tokens as a bot has to, and answers as it is told to."""

    teams: FakeTeams
    session: aiohttp.ClientSession
    heard: list[Json] = field(default_factory=list)
    answer: Callable[[Json], Awaitable[web.Response]] | None = None
    token: str = ""

    # ── hearing ─────────────────────────────────────────────────────────────────────────────────

    async def take(self, request: web.Request) -> web.Response:
        """Take a delivery, if it is genuine."""
        activity: Json = await request.json()
        if not await self._is_genuine(request.headers.get("Authorization", ""), activity):
            return web.Response(status=401)
        self.heard.append(activity)
        return await self.answer(activity) if self.answer else web.Response(status=202)

    async def _is_genuine(self, header: str, activity: Json) -> bool:
        async with self.session.get(self.teams.openid_url) as answer:
            metadata = await answer.json()
        async with self.session.get(metadata["jwks_uri"]) as answer:
            keys = {one["kid"]: one for one in (await answer.json())["keys"]}
        scheme, _, token = header.partition(" ")
        try:
            key = keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token,
                jwt.PyJWK(key, algorithm="RS256"),
                algorithms=["RS256"],
                audience=self.teams.app.id,
                issuer=ISSUER,
                leeway=300,
                options={"require": ["exp"]},
            )
        except (jwt.PyJWTError, KeyError):
            return False
        is_here = claims.get("serviceurl") == activity["serviceUrl"]
        return scheme == "Bearer" and is_here and "msteams" in key["endorsements"]

    def says(self, told: Json | None, status: int = 200) -> None:
        """Answer everything like this from now on."""

        async def answer(_activity: Json) -> web.Response:
            if told is None:
                return web.Response(status=status)
            return web.json_response(told, status=status)

        self.answer = answer

    def waits(self, seconds: float) -> None:
        """Answer everything late from now on."""
        self._seconds = seconds

        async def answer(_activity: Json) -> web.Response:
            await asyncio.sleep(self._seconds)
            return web.json_response(bar("Late"))

        self.answer = answer

    # ── calling ─────────────────────────────────────────────────────────────────────────────────

    async def signs_in(self, **changed: str) -> tuple[int, Json]:
        """Fetch a token from Entra."""
        app = self.teams.app
        form = {
            "grant_type": "client_credentials",
            "client_id": app.id,
            "client_secret": app.secret,
            "scope": SCOPE,
        }
        url = f"{self.teams.login_url}{app.tenant}/oauth2/v2.0/token"
        async with self.session.post(url, data=form | changed) as answer:
            told: Json = await answer.json()
            self.token = told.get("access_token", "")
            return answer.status, told

    async def calls(
        self, method: str, path: str, body: Json | None = None
    ) -> tuple[int, Json, Mapping[str, str]]:
        """Call the connector below `v3/conversations`."""
        if not self.token:
            await self.signs_in()
        url = f"{self.teams.service_url}v3/conversations{path}"
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json(), answer.headers

    async def sends(self, conversation: str, activity: Json) -> tuple[int, Json]:
        """Send an activity."""
        path = f"/{quote(conversation, safe='')}/activities"
        status, told, _ = await self.calls("POST", path, activity)
        return status, told

    async def edits(self, conversation: str, activity_id: str, activity: Json) -> tuple[int, Json]:
        """Show another activity in the place of one."""
        path = f"/{quote(conversation, safe='')}/activities/{quote(activity_id, safe='')}"
        status, told, _ = await self.calls("PUT", path, activity)
        return status, told

    async def opens_chat(self, member: str, **more: object) -> tuple[int, Json]:
        """Open the chat with somebody."""
        body = {
            "isGroup": False,
            "bot": self.teams.app.json(),
            "members": [{"id": member}],
            "tenantId": self.teams.app.tenant,
            **more,
        }
        status, told, _ = await self.calls("POST", "", body)
        return status, told

    async def posts(self, channel: str, activity: Json) -> tuple[int, Json]:
        """Begin a thread in a channel."""
        data = {"channel": {"id": channel}}
        body = {"isGroup": True, "channelData": data, "activity": activity}
        status, told, _ = await self.calls("POST", "", body)
        return status, told


def said(text: str) -> Json:
    """Make a message of a text."""
    return {"type": "message", "text": text}


def showing(content: Json) -> Json:
    """Make a message of a card."""
    attachment = {"contentType": CARD, "content": content}
    return {"type": "message", "summary": "A card", "attachments": [attachment]}


def card(*body: Json, actions: tuple[Json, ...] = (), **more: object) -> Json:
    """Make a card that nothing is wrong with."""
    made: Json = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": "en",
        "fallbackText": "A request waits for you.",
        "body": [{"type": "TextBlock", "text": "A request", "wrap": True}, *body],
    }
    return made | ({"actions": list(actions)} if actions else {}) | more


def button(title: str, **data: object) -> Json:
    """Make a button."""
    return {"type": "Action.Execute", "title": title, "verb": "say", "data": data}


def asked(name: str, **more: object) -> Json:
    """Make an input whose label is its name with a capital."""
    return {"type": "Input.Text", "id": f"field:{name}", "label": name.capitalize(), **more}


def shows(content: Json) -> Json:
    """Answer a press with a card."""
    return {"statusCode": 200, "type": CARD, "value": content}


def bar(text: str) -> Json:
    """Answer a press with a line."""
    return {"statusCode": 200, "type": BAR, "value": text}
