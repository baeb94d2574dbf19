"""What the connector contract needs of a target system: one lab per connector, called like it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.model.target import Target
from engine.ports import Connector


@dataclass(frozen=True, slots=True)
class Made:
    """What a connector is made from, and what of it must never be shown."""

    settings: Mapping[str, str]
    values: Mapping[str, str]
    """The bot's own settings, by name."""

    secrets: tuple[str, ...]

    def secret(self, name: str) -> str:
        """Read a setting, as wiring does."""
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a lab may build its target: a Postgres, as its superuser, and an empty folder."""

    database_url: str
    folder: Path


class Lab(Protocol):
    """A target that can be looked into, and broken, without the connector.

    It has at least eight accounts and two permissions on one resource, and nobody holds anything.
    """

    made: Made
    targets: tuple[Target, ...]
    """One permission for every account, in the order of `holders`."""

    other: Target
    """Another permission of the first account."""

    def paging(self, size: int) -> Connector:
        """Make a connector that lists so many holders a page."""

    def has(self, target: Target) -> bool:
        """Look into the target."""

    def lose_next_answer(self) -> None:
        """Let the next change happen and its answer be lost."""

    def throttle(self) -> None:
        """Let the target refuse calls for now."""

    def silence(self) -> None:
        """Let the target not answer."""

    def drop_account(self) -> None:
        """Remove the first account."""

    def drop_permission(self) -> None:
        """Remove the permission that all targets name."""

    def heal(self) -> None:
        """End throttling and silence."""


class OpenLab(Protocol):
    """What each lab's module calls `open_lab`."""

    def __call__(self, site: Site) -> AbstractContextManager[Lab]:
        """Build a target, and take it down afterwards."""
