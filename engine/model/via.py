"""How a person was recognised: the chat account that spoke, and why it is believed to be theirs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.model.identifiers import PlatformName


class Assurance(StrEnum):
    """Why an account is believed to be a person's."""

    PINNED = "pinned"
    """An admin wrote the account into the company's files."""

    MANAGED_EMAIL = "managed-email"
    """The organisation manages the address that both share."""


@dataclass(frozen=True, slots=True)
class Via:
    """The account through which a person acts. Every entry about what they did names it."""

    platform: PlatformName
    account: str
    """By the platform's own id."""

    assurance: Assurance
