"""What is remembered of chats: places posted to, deliveries seen, and where somebody is reached.

Ports like those in `ports.py`, defined by the same suites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.model.address import Address
from engine.model.identifiers import PlatformName, RequestId

NOWHERE = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A place in a chat that something was, or is about to be, posted to."""

    request: RequestId
    platform: PlatformName
    key: str
    """Which message it is: `root`, `entry:3`, `ask:1:ben.okafor`."""

    reference: str | None
    """The platform's own name for the message; None while it is not known to have arrived, and
    `NOWHERE` where the platform says that it cannot."""

    digest: str
    """Hash of the card last shown there."""


class Posts(Protocol):
    """Places posted to. A place is remembered before it can be posted to."""

    def of(self, request: RequestId, platform: PlatformName) -> Sequence[Post]:
        """List a request's places on one platform."""

    def at(self, platform: PlatformName, reference: str) -> Post | None:
        """Find which place a message stands for; None where it is none that is remembered."""

    def remember(self, post: Post) -> None:
        """Keep a place, or what is newly known of it."""


class Inbox(Protocol):
    """Deliveries that were seen, with the answers they got."""

    def claim(self, key: str) -> bool:
        """Take a delivery on; False where it was seen before."""

    def answer_of(self, key: str) -> str | None:
        """Read what a delivery was answered with, as the platform's adapter wrote it."""

    def remember(self, key: str, answer: str) -> None:
        """Keep the answer, for the same delivery coming again."""


class Addresses(Protocol):
    """Where platforms reach accounts and channels."""

    def find(self, platform: PlatformName, subject: str) -> Address | None:
        """Read where an account or a channel is reached; None while no platform told."""

    def save(self, address: Address) -> None:
        """Keep an address, unless one that was told later is there."""
