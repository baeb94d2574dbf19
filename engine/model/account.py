"""An account on a chat platform, as far as the platform told more of it than the files say.

Only accounts of people whom the directory knows are kept. The configuration in force is followed up
with them (`engine/policy/accounts.py`), so that every rule knows at once whom an account belongs to
and who left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.model.identifiers import PersonId, PlatformName
from engine.model.via import Assurance


@dataclass(frozen=True, slots=True)
class Account:
    """What a platform told of an account of somebody's."""

    platform: PlatformName
    account: str
    """The platform's own id."""

    person: PersonId | None
    """Whose it is by its address; None where the files say it."""

    assurance: Assurance
    is_active: bool
    """Whether it is a member's account still: not deactivated, and no guest's."""

    why: str
    """Why it is not active, e.g. `a guest in this workspace`; else empty."""

    told_at: datetime
    """When the platform told this first."""

    @property
    def key(self) -> tuple[PlatformName, str]:
        """Name it among all platforms' accounts."""
        return self.platform, self.account
