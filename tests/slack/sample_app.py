"""An app that answers Slack as it is told to, and remembers what it heard."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.fake_slack import FakeSlack, View
from tests.slack.fake_slack.world import Json

RIYA, JAMES, AUDIT, PRIVATE = "U0RIYA", "W0JAMES", "C0AUDIT", "C0SECRET"

OK = web.Response


@dataclass
class Heard:
    """One delivery, as an app reads it."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Json:
        """Read it: an interaction's payload, a command's fields, or what happened."""
        if self.headers["Content-Type"] == "application/json":
            told: Json = json.loads(self.raw)
            return told
        fields = {key: one[0] for key, one in parse_qs(self.raw.decode()).items()}
        return json.loads(fields["payload"]) if "payload" in fields else fields


@dataclass
class SampleApp:
    """Answers as it is told to, and remembers what it heard."""

    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[Json], Awaitable[web.Response]] | None = None

    async def take(self, request: web.Request) -> web.Response:
        """Take a delivery."""
        self.heard.append(Heard(dict(request.headers), await request.read()))
        return await self.answer(self.last) if self.answer else OK()

    @property
    def last(self) -> Json:
        """Read what was heard last."""
        return self.heard[-1].body

    def says(self, told: Json | None = None, status: int = 200) -> None:
        """Answer everything like this from now on."""

        async def answer(_body: Json) -> web.Response:
            return OK(status=status) if told is None else web.json_response(told, status=status)

        self.answer = answer


def asked(block_id: str, element: Json, *, live: bool = False) -> Json:
    """Make an input whose label is its id."""
    label = {"type": "plain_text", "text": block_id}
    made = {"type": "input", "block_id": block_id, "label": label, "element": element}
    return made | ({"dispatch_action": True} if live else {})


def modal(*blocks: Json) -> Json:
    """Make a modal."""
    words = {"title": "Ask", "submit": "Ask", "close": "Leave"}
    texts = {key: {"type": "plain_text", "text": text} for key, text in words.items()}
    return {"type": "modal", "callback_id": "form", "blocks": list(blocks), **texts}


def option(value: str) -> Json:
    """Make an option."""
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}


LINE = {"type": "plain_text_input", "action_id": "line"}
RADIO = {"type": "radio_buttons", "action_id": "radio", "options": [option("a"), option("b")]}
SEARCH = {"type": "external_select", "action_id": "search", "min_query_length": 1}


async def opened(slack: FakeSlack, *blocks: Json) -> View:
    """Open a modal before Riya."""
    client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url)
    await client.views_open(trigger_id=slack.workspace.new_trigger(RIYA), view=modal(*blocks))
    view = slack.person(RIYA).modal
    assert view is not None
    return view
