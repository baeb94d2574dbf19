"""Lengths of time as the files write them: `30m`, `4h`, `1h30m`, `2d`."""

from __future__ import annotations

import re
from datetime import timedelta

_WRITTEN = re.compile(
    r"(?:(?P<days>[0-9]{1,4})d)?(?:(?P<hours>[0-9]{1,5})h)?"
    r"(?:(?P<minutes>[0-9]{1,6})m)?(?:(?P<seconds>[0-9]{1,7})s)?",
    re.ASCII,
)


def parse(text: str) -> timedelta:
    """Read a duration. Raises `ValueError` with what would be right."""
    match = _WRITTEN.fullmatch(text)
    if match is None or not text:
        raise ValueError(f"`{text}` is not a length of time; write 30m, 4h, 1h30m or 2d.")
    return timedelta(**{unit: int(count) for unit, count in match.groupdict().items() if count})


def write(duration: timedelta) -> str:
    """Write a duration the way the files do; whole seconds."""
    left = int(duration.total_seconds())
    parts = []
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
