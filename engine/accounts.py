"""What chat platforms tell of people's accounts is kept, for the configuration to follow.

A port like those in `ports.py`, defined by a suite of its own. It is read with the configuration in
force, which nearly everybody reads anyway.
"""

from __future__ import annotations

from typing import Protocol

from engine.model.account import Account


class Accounts(Protocol):
    """What chat platforms told of people's accounts. Read with the version in force."""

    def lock(self) -> None:
        """Let nobody else change what is known of any account until this transaction ends."""

    def save(self, account: Account) -> None:
        """Keep what is known of an account. Take `lock` first."""

    def forget(self, account: Account) -> None:
        """Forget an account. Take `lock` first."""
