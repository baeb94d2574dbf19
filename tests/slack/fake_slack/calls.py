"""One call of the Web API: its arguments, read as strictly as Slack reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tests.slack.fake_slack.world import Json

JSON_ARGUMENTS = {"blocks", "view", "metadata", "attachments", "files"}
"""What comes as JSON in a form's field, and as it is in a JSON body."""

FORM = ("application/x-www-form-urlencoded", "multipart/form-data")


class SlackError(Exception):
    """A call is refused with one of Slack's codes."""

    def __init__(self, code: str, messages: tuple[str, ...] = (), **more: str) -> None:
        """Take the code, what `response_metadata.messages` says, and further fields."""
        super().__init__(code)
        self.code = code
        self.messages = messages
        self.more = more

    def json(self) -> Json:
        """Tell it as Slack does."""
        told: Json = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            told["response_metadata"] = {"messages": list(self.messages)}
        return told


@dataclass(slots=True)
class Call:
    """One call, and what it was answered."""

    method: str
    arguments: Json
    at: float
    """When it came, by the fake's clock, in seconds since 1970."""

    token: str = ""
    answer: Json = field(default_factory=dict)
    status: int = 200

    def has(self, name: str) -> bool:
        """Say whether an argument was given and is not empty."""
        return self.arguments.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """Give a text argument that has to be there."""
        if not self.has(name):
            raise SlackError("invalid_arguments", (f"[ERROR] missing required field: {name}",))
        return str(self.arguments[name])

    def optional(self, name: str) -> str | None:
        """Give a text argument, or None."""
        return str(self.arguments[name]) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """Give a boolean argument; a form writes it as `1`, `true` or `True`."""
        return self.arguments.get(name) in (True, 1, "1", "true", "True")

    def number(self, name: str, usual: int) -> int:
        """Give a number."""
        return int(self.arguments.get(name) or usual)


async def read_arguments(request: web.Request, *, takes_json: bool) -> tuple[Json, str]:
    """Read a call's arguments, and the token that stands in the header or in the form."""
    # A token in the address would stand in everybody's logs: Slack does not take it.
    given = _decoded({key: text for key, text in request.query.items() if key != "token"})
    token = ""
    if request.method == "POST":
        kind = request.content_type
        if kind == "application/json":
            # Methods that only read ignore a JSON body.
            given |= await _json_body(request) if takes_json else {}
        elif kind in FORM:
            form = dict(await request.post())
            token = str(form.pop("token", ""))
            given |= _decoded(form)
        elif request.can_read_body:
            raise SlackError("invalid_post_type")
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return given, bearer if scheme.lower() == "bearer" and bearer else token


async def _json_body(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


_UNREADABLE = {
    "blocks": "invalid_blocks_format",
    "metadata": "invalid_metadata_format",
    "attachments": "invalid_attachments",
}


def _decoded(form: Mapping[str, object]) -> Json:
    arguments: Json = dict(form)
    for name in JSON_ARGUMENTS & set(arguments):
        try:
            arguments[name] = json.loads(str(arguments[name]))
        except ValueError:
            raise SlackError(_UNREADABLE.get(name, "invalid_arguments")) from None
    return arguments
