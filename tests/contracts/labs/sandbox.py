"""A sandbox that can be broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from adapters.connectors.sandbox import Fault, Sandbox
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Connector
from tests.contracts.labs import Made, Site

RESOURCE = "warehouse/finance"


class SandboxLab:
    """Orders the sandbox's own faults, and holds its file for silence."""

    def __init__(self, path: Path) -> None:
        """Build on a file that does not exist yet."""
        self.made = Made({"file_from": "SANDBOX_FILE"}, {"SANDBOX_FILE": str(path)}, (str(path),))
        accounts = [AccountName(f"account_{number}") for number in range(8)]
        self.targets = tuple(Target(account, RESOURCE, "reader") for account in accounts)
        self.other = Target(accounts[0], RESOURCE, "writer")
        self._path = path
        self._sandbox = Sandbox(path)
        self._sandbox.validate()
        self._held: sqlite3.Connection | None = None

    def paging(self, size: int) -> Connector:
        """Make a connector that lists so many holders a page."""
        return Sandbox(self._path, page_size=size)

    def has(self, target: Target) -> bool:
        """Look into the file."""
        with closing(sqlite3.connect(self._path)) as db:
            rows = db.execute("SELECT resource, permission, account FROM holding").fetchall()
        return (target.resource, target.permission, target.account) in rows

    def lose_next_answer(self) -> None:
        """Order it."""
        self._sandbox.order(Fault.RESPONSE_LOST)

    def throttle(self) -> None:
        """Order it."""
        self._sandbox.order(Fault.THROTTLED, times=100)

    def silence(self) -> None:
        """Hold the file, as another process would that hangs while it writes."""
        self._held = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._held.execute("BEGIN EXCLUSIVE")

    def drop_account(self) -> None:
        """Order it; what the account held goes with it."""
        self._sandbox.order(Fault.ACCOUNT_MISSING, subject=self.targets[0].account)
        self._forget("account", self.targets[0].account)

    def drop_permission(self) -> None:
        """Order it; everybody's goes with it."""
        self._sandbox.order(Fault.ENTITLEMENT_GONE, subject=self.targets[0].permission)
        self._forget("permission", self.targets[0].permission)

    def heal(self) -> None:
        """Let go of the file and lift all faults."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self._sandbox.lift()

    def _forget(self, column: str, value: str) -> None:
        with closing(sqlite3.connect(self._path)) as db, db:
            db.execute(f"DELETE FROM holding WHERE {column} = ?", (value,))


@contextmanager
def open_lab(site: Site) -> Iterator[SandboxLab]:
    """Build a sandbox in the folder."""
    lab = SandboxLab(site.folder / "sandbox.sqlite")
    try:
        yield lab
    finally:
        lab.heal()
