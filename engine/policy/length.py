"""May access be asked for, for this long?"""

from __future__ import annotations

from datetime import timedelta

from engine.errors import Invalid
from engine.model.company import Entitlement
from engine.model.duration import spell


def check_duration(entitlement: Entitlement, duration: timedelta) -> timedelta:
    """Return the duration in whole seconds. Raises `Invalid` with what would be right."""
    seconds = timedelta(seconds=int(duration.total_seconds()))
    if seconds > entitlement.duration_max:
        raise Invalid(
            "duration.too_long",
            f"{spell(seconds)} is more than {entitlement.name} may be held at a time; "
            f"ask for {spell(entitlement.duration_max)} or less.",
        )
    if seconds < entitlement.duration_min:
        raise Invalid(
            "duration.too_short",
            f"{spell(seconds).capitalize()} is too short for {entitlement.name}; "
            f"ask for {spell(entitlement.duration_min)} or more.",
        )
    return seconds
