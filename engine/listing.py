"""What people look at: lists of requests and grants, and the dashboards that were shown to them.

Ports like those in `ports.py`, defined by the same suites. All of them read without locks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId, PlatformName, RequestId

# ── lists for people ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class GrantFilter:
    """Which grants to list; None means any. The list begins after `skip` of them."""

    holder: PersonId | None = None
    entitlement: EntitlementId | None = None
    among: frozenset[EntitlementId] | None = None
    """Only grants of these entitlements: what an owner may see."""

    limit: int = 50
    skip: int = 0


class Lists(Protocol):
    """Requests and grants as people ask for them. Without locks.

    Each is quick with 100,000 live grants: a page of rows is chosen by an index before any row is
    read whole.
    """

    def of_person(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List what a person asked for or holds, newest first."""

    def waiting_for(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List pending requests whose open stage asked this person, newest first.

        Without those that they have decided already.
        """

    def live(self, wanted: GrantFilter) -> Sequence[Dossier]:
        """List live grants, newest first."""

    def count_live(self, wanted: GrantFilter) -> int:
        """Count live grants, whatever the limit."""

    def ending(self, wanted: GrantFilter, at: datetime) -> Sequence[Dossier]:
        """List active grants that end soon after an instant (`soon_before`), the soonest first."""

    def overdue(self, wanted: GrantFilter, at: datetime) -> Sequence[Dossier]:
        """List live grants that should have gone before an instant, the longest overdue first.

        Those whose end was ordered, and those whose time is over and nobody has noticed.
        """

    def pending(self, *, after: RequestId, limit: int) -> Sequence[Dossier]:
        """List pending requests by number, from the one after a number on."""

    def of_others(
        self, people: Collection[PersonId], *, after: RequestId, limit: int
    ) -> Sequence[RequestId]:
        """List by number, from the one after a number on, what others than these people have.

        That is requests that are ahead (`Request.is_ahead`) whose requester or holder is none of
        them, and grants of others whose end is not ordered yet.
        """


# ── dashboards ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Home:
    """The place that a platform keeps for somebody's dashboard."""

    platform: PlatformName
    account: str
    opened_at: datetime
    """When the person last opened it."""

    read_at: datetime | None = None
    """When the dashboard that was last shown there by itself was read; None where none was."""

    digest: str = ""
    """Hash of what is shown there; empty while that is not known."""


class Homes(Protocol):
    """Dashboards that are shown, and followed up for a while after they were opened.

    Whoever shows one begins with the instant at which it was read, and finds out at the end whether
    a newer one was begun meanwhile: only then can the older one stand where the newer one did.
    """

    def open(self, platform: PlatformName, account: str) -> None:
        """Remember that somebody opened theirs now; what is shown there is not known."""

    def opened(
        self, platform: PlatformName, accounts: Collection[str], since: datetime
    ) -> Sequence[Home]:
        """List the homes among these accounts that were opened since an instant, by account."""

    def begin(self, home: Home, read_at: datetime) -> bool:
        """Say that a dashboard is about to be shown; False where one as new was begun already."""

    def finish(self, home: Home, read_at: datetime, digest: str) -> bool:
        """Keep what is shown; False where something newer was begun, or the home opened again."""

    def forget(self, home: Home) -> None:
        """Forget a home: its person is not there any more."""
