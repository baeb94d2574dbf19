"""Tickets over HTTP: for any ticket system, with a few lines of glue in front of it.

::

    tickets.yaml    kind: http
                    settings: {url_from: TICKETS_URL, token_from: TICKETS_TOKEN}

Asked is `GET {url}/{reference}`, with `Authorization: Bearer …` where a token is named. Right
answers are 404, where there is no such ticket, and 200 with a JSON object (RFC 8259)::

    {"reference": "CHG-2041", "open": true, "state": "Approved",
     "people": ["riya.patel@acme.example"], "systems": ["aws"]}

`people` are ids or e-mail addresses, `systems` ids of systems or entitlements. Anything else is no
answer; redirects are not followed, and nothing is asked twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.tickets import TIME_LIMIT, Secret, TicketKind, state_line
from engine.tickets import Ticket, TicketsAway

BYTES_MAX = 64 * 1024
"""A ticket's answer has a few hundred."""

_Name = Annotated[str, Field(max_length=254)]


class _Answer(BaseModel):
    """What is read of an answer; more may be in it."""

    model_config = ConfigDict(strict=True)

    reference: _Name
    open: bool
    state: Annotated[str, Field(max_length=1000)] = ""
    people: Annotated[list[_Name], Field(max_length=1000)] = []
    systems: Annotated[list[_Name], Field(max_length=1000)] = []


class HttpTickets:
    """Tickets behind one address."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def find(self, reference: str) -> Ticket | None:
        """Give the ticket of that reference; None where there is none. Raises `TicketsAway`."""
        # A loop of its own: this is called in threads that have none. It is closed without waiting
        # for its helpers, of which one may still hang in a name that does not resolve.
        loop = asyncio.new_event_loop()
        try:
            status, body = loop.run_until_complete(self._ask(reference))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            # Not raised from it: its text has the address, and the address may have a secret.
            raise TicketsAway("it cannot be reached") from None
        finally:
            loop.close()
        return _read(reference, status, body)

    async def _ask(self, reference: str) -> tuple[int, bytes]:
        limit = aiohttp.ClientTimeout(total=TIME_LIMIT.total_seconds())
        url = f"{self._url}/{quote(reference, safe='')}"
        async with (
            aiohttp.ClientSession(timeout=limit, headers=self._headers) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            body = bytearray()
            async for chunk in answer.content.iter_chunked(BYTES_MAX):
                body += chunk
                if len(body) > BYTES_MAX:
                    break
            return answer.status, bytes(body)


def _read(reference: str, status: int, body: bytes) -> Ticket | None:
    if status == 404:
        return None
    if status != 200:
        raise TicketsAway(f"it answered with the status {status}")
    try:
        said = _Answer.model_validate_json(body)
    except ValidationError:
        raise TicketsAway("its answer is not one that the bot understands") from None
    if said.reference.lower() != reference.lower():
        raise TicketsAway("it answered about another ticket")
    return Ticket(
        reference,
        said.open,
        state_line(said.state),
        frozenset(one.lower() for one in said.people),
        frozenset(one.lower() for one in said.systems),
    )


def _make(settings: Mapping[str, str], secret: Secret) -> HttpTickets:
    token = secret(settings["token_from"]) if "token_from" in settings else None
    return HttpTickets(secret(settings["url_from"]), token)


KIND = TicketKind(name="http", settings={"url_from": True, "token_from": False}, make=_make)
