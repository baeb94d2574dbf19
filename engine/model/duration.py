"""A length of time, in words that a person would use."""

from __future__ import annotations

from datetime import timedelta

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def spell(duration: timedelta) -> str:
    """Write a duration, e.g. `4 hours`, `1 hour 30 minutes`; nothing below a second is shown."""
    left = max(0, int(duration.total_seconds()))
    words = []
    for unit, length in _UNITS:
        count, left = divmod(left, length)
        if count:
            words.append(f"{count} {unit}" + ("s" if count > 1 else ""))
    return " ".join(words) or "less than a second"
