"""What comes in over HTTP, checked: the bodies of the page's and the bot's requests."""

from __future__ import annotations

from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.chat.playground.guard import BODY_MAX, refusal

TEXT_MAX = 4000
"""Characters that one message or command line may have: a full reason is 3,000."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Delivery = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Text = Annotated[str, Field(max_length=TEXT_MAX)]
Number = Annotated[int, Field(ge=1, le=2**53)]
"""Larger whole numbers are not exact in JavaScript."""


class Body(BaseModel):
    """A body as JSON. Unknown names and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Saying(Body):
    """Somebody typed, pressed or filled in something."""

    account: Name = Field(alias="as")
    place: Name
    thread: Number | None = None
    delivery: Delivery
    text: Text = ""
    says: Text | None = None
    """What a button or a form says, in place of a typed text."""

    fields: Annotated[dict[Name, Text], Field(max_length=20)] | None = None
    draft: bool = False
    """The form is still being filled in: what it would say now is asked for."""


class Seen(Body):
    """Somebody has read a place up to a message."""

    account: Name = Field(alias="as")
    place: Name
    number: Number


class Attempt(Body):
    """Somebody tries a statement in a target system."""

    account: Name = Field(alias="as")
    system: Name
    statement: Text


class Post(Body):
    """The bot posts a card: into a channel, or to a person."""

    channel: Annotated[str, Field(max_length=200)] = ""
    account: Annotated[str, Field(max_length=200)] = ""
    thread: str | None = None
    token: Name
    card: dict[str, object]


class Edit(Body):
    """The bot shows another card in a message's place."""

    reference: str
    card: dict[str, object]


B = TypeVar("B", bound=Body)


async def read_body(request: web.Request, kind: type[B]) -> B:
    """Read a request's body. Raises 400, 413 or 415 with a sentence, which names no content."""
    if request.content_type != "application/json":
        raise refusal(web.HTTPUnsupportedMediaType, "Send the body as application/json.")
    raw = bytearray()
    async for chunk in request.content.iter_chunked(BODY_MAX):
        raw += chunk
        if len(raw) > BODY_MAX:
            raise refusal(_TooLarge, f"The body is longer than {BODY_MAX // 1024} KB.")
    try:
        return kind.model_validate_json(bytes(raw))
    except ValidationError as wrong:
        raise refusal(web.HTTPBadRequest, _sentence(wrong)) from None


class _TooLarge(web.HTTPException):
    """`web.HTTPRequestEntityTooLarge` insists on numbers that a stream does not have."""

    status_code = 413


def _sentence(wrong: ValidationError) -> str:
    first = wrong.errors(include_input=False, include_url=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    if path in ("text", "says", "statement") and first["type"] == "string_too_long":
        return f"A message may have {TEXT_MAX:,} characters; this one has more. Shorten it."
    return f"{path or 'The body'}: {first['msg']}."
