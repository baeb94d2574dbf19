"""Is something stuck? A question asked on every tick, not a state."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.model.grant import Grant, GrantState

PROVISION_WITHIN = timedelta(hours=1)
"""A decision is for now: access that could not be given for this long is not given any more."""

ALARM_AFTER = timedelta(seconds=60)
"""Access that outlives its end by this long is said aloud (compliance.md 1.4: within 60 s)."""


def is_too_late_to_begin(grant: Grant, now: datetime) -> bool:
    """Say whether giving the access would come as a surprise by now."""
    return grant.state is GrantState.PROVISIONING and now > grant.ordered_at + PROVISION_WITHIN


def is_overdue(grant: Grant, now: datetime) -> bool:
    """Say whether access is still there well after it should have gone."""
    return (
        grant.state is GrantState.DEPROVISIONING
        and grant.end_ordered_at is not None
        and now > grant.end_ordered_at + ALARM_AFTER
    )
