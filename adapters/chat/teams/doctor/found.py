"""What is examined, and what was found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from adapters.chat.teams.address import AddressBook
from adapters.chat.teams.connector.credentials import Credentials
from engine.model.company import Company


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was tried, and what to do about it, if anything."""

    what: str
    ok: bool
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is to be examined."""

    credentials: Credentials
    tenant: str
    """The only organisation whose people are answered."""

    openid_url: str
    service_url: str
    service_hosts: Collection[str]
    book: AddressBook
    trusts_upn: bool = False
    """Whether people are linked by their managed addresses."""

    company: Company | None = None
