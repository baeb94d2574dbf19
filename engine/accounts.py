"""What chat platforms tell is kept: of people's accounts, and where somebody is reached.

Ports like those in `ports.py`, each defined by a suite of its own.
"""

from __future__ import annotations

from typing import Protocol

from engine.model.account import Account
from engine.model.address import Address
from engine.model.identifiers import PlatformName


class Accounts(Protocol):
    """What chat platforms told of people's accounts, for the configuration to follow.

    Read with the version in force, which nearly everybody reads anyway.
    """

    def lock(self) -> None:
        """Let nobody else change what is known of any account until this transaction ends."""

    def save(self, account: Account) -> None:
        """Keep what is known of an account. Take `lock` first."""

    def forget(self, account: Account) -> None:
        """Forget an account. Take `lock` first."""


class Addresses(Protocol):
    """Where platforms reach accounts and channels."""

    def find(self, platform: PlatformName, subject: str) -> Address | None:
        """Read where an account or a channel is reached; None while no platform told."""

    def save(self, address: Address) -> None:
        """Keep an address, unless one that was told later is there."""
