"""A target: one permission on one resource for one account, as a connector is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.identifiers import AccountName


@dataclass(frozen=True, slots=True)
class Target:
    """One permission on one resource for one account."""

    account: AccountName
    resource: str
    permission: str
