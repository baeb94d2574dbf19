"""A target system and a chat that answer at once: what is measured is what lies before them."""

from __future__ import annotations

import os
import time
from datetime import datetime
from itertools import count
from pathlib import Path

from adapters.chat.cards import Card
from adapters.chat.platform import Place
from engine.model.identifiers import PlatformName
from engine.model.target import Target
from engine.ports import Outcome, Page
from tests.bench.company import PLAYGROUND


class QuickTarget:
    """Has what it is told to have, and writes down when it was told to take something away."""

    def __init__(self, record: Path) -> None:
        """Any number of processes write to one record: short lines, each in one piece."""
        self._record = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def observe(self, target: Target) -> bool:
        """Say that nothing is there."""
        return False

    def ensure_present(self, target: Target) -> Outcome:
        """Refuse: this benchmark gives nothing."""
        raise NotImplementedError

    def ensure_absent(self, target: Target) -> Outcome:
        """Write down when it was called, for whom."""
        line = f"{target.account} {target.permission} {time.time():.6f}\n"
        os.write(self._record, line.encode())
        return Outcome.CHANGED

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """Name nobody."""
        return Page((), None)

    def validate(self) -> None:
        """Is always well."""


def read_record(record: Path) -> dict[tuple[str, str], float]:
    """Read when what was first taken from whom: by account and permission."""
    found: dict[tuple[str, str], float] = {}
    for line in record.read_text().splitlines() if record.exists() else ():
        account, permission, at = line.split()
        found.setdefault((account, permission), float(at))
    return found


class QuickChat:
    """Takes every message at once and shows it to nobody."""

    name: PlatformName = PLAYGROUND

    def __init__(self) -> None:
        """No message has been posted yet."""
        self._numbers = count(1)

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Give the next number as the reference."""
        return str(next(self._numbers))

    async def edit(self, reference: str, card: Card) -> None:
        """Take it."""

    async def show_home(self, account: str, card: Card) -> None:
        """Keep nothing: no home is measured."""

    async def close(self) -> None:
        """Nothing is held."""
