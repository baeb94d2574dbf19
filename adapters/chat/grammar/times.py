"""How long, until when, at what time: words that mean time.

The words are checked against a small grammar before a library reads them, so that `Q4` in a reason
never becomes a date, and a phrase that two people would read differently is asked back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

import dateparser

from engine.errors import Invalid

EXAMPLES = "30m, 4h, 1h30m, 2d, or until 18:00"

_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 86400),
}
_LONGEST_FIRST = "|".join(sorted(_UNITS, key=len, reverse=True))
# Six digits: more is a typing error, and 999,999 weeks still fit a timedelta.
_PART = rf"(?:\d{{1,6}}(?:[.,]\d{{1,3}})?\s*|an?\s+)(?:{_LONGEST_FIRST})(?![a-z])"
_DURATION = re.compile(rf"(?:for\s+)?{_PART}(?:(?:\s*,\s*|\s+and\s+|\s*){_PART})*", re.IGNORECASE)
_PARTS = re.compile(rf"(?:(\d+(?:[.,]\d+)?)\s*|an?\s+)({_LONGEST_FIRST})(?![a-z])", re.IGNORECASE)
_LIKE_A_NUMBER = re.compile(r"[+-]?\d")

_UNTIL = frozenset({"until", "till", "til"})
_CLOCK = r"(?:\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?|noon|midnight)"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ISO_DAY = r"\d{4}-\d{2}-\d{2}"
_NEAR_DAY = r"(?:today|tomorrow|yesterday)"
_DAY = (
    rf"(?:{_NEAR_DAY}|{_WEEKDAY}|{_ISO_DAY}|\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}(?:\s\d{{4}})?|"
    rf"{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?)"
)
_ISO_INSTANT = (
    rf"{_ISO_DAY}[T ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,6}})?)?(?:Z|[+-]\d{{2}}:?\d{{2}})"
)
_WHEN = re.compile(
    rf"(?:{_ISO_INSTANT}|now|{_ISO_DAY}T\d{{2}}:\d{{2}}(?::\d{{2}})?|"
    rf"{_DAY}(?:,?\s(?:at\s)?{_CLOCK})?|"
    rf"(?:at\s)?{_CLOCK}(?:\s(?:on\s{_DAY}|{_NEAR_DAY}|{_ISO_DAY}))?)(?:\sutc)?",
    re.IGNORECASE,
)
_HAS_CLOCK = re.compile(rf"(?<![\d-]){_CLOCK}|T\d{{2}}:|now", re.IGNORECASE)
_HAS_DAY = re.compile(_DAY, re.IGNORECASE)

WORDS_MAX = 7
"""The longest phrase: `until 24 December 2026 at 6 pm UTC` has seven words after `until`."""

_WHOLE_MINUTES_FROM = timedelta(minutes=10)
"""Below that, seconds matter: somebody is trying things out."""


def warm_up() -> None:
    """Let the library load its languages now: a third of a second that nobody should wait for."""
    _parse("18:00", datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), "current_period")


def duration_words(texts: list[str]) -> int:
    """Count the words at the beginning that say how long; 0 where they say something else."""
    if texts[0].lower() in _UNTIL and len(texts) > 1:
        return 1 + (when_words(texts[1:]) or 1)
    for count in range(min(len(texts), WORDS_MAX), 0, -1):
        if _length(" ".join(texts[:count])) is not None:
            return count
    return 1 if _LIKE_A_NUMBER.match(texts[0]) else 0


def when_words(texts: list[str]) -> int:
    """Count the words at the beginning that say when; 0 where they say something else."""
    for count in range(min(len(texts), WORDS_MAX), 0, -1):
        if _WHEN.fullmatch(" ".join(texts[:count])):
            return count
    return 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A length of time, and until when that was said to be, where it was said so."""

    length: timedelta
    until: datetime | None = None


def read_duration(text: str, *, now: datetime, zone: tzinfo) -> timedelta:
    """Read how long. Raises `Invalid`, with what would be right."""
    return read_stretch(text, now=now, zone=zone).length


def read_stretch(text: str, *, now: datetime, zone: tzinfo) -> Stretch:
    """Read how long, or until when. Raises `Invalid`, with what would be right."""
    first, _, rest = text.strip().partition(" ")
    if first.lower() in _UNTIL:
        return _until(rest, now=now, zone=zone)
    length = _length(text)
    if length is None:
        raise Invalid(
            "duration.unclear", f"“{text.strip()}” does not say how long; say e.g. {EXAMPLES}."
        )
    if not length:
        raise Invalid("duration.zero", f"“{text.strip()}” is no time at all; say e.g. {EXAMPLES}.")
    return Stretch(length)


def _length(text: str) -> timedelta | None:
    text = text.strip()
    if not _DURATION.fullmatch(text):
        return None
    total, before = Decimal(0), None
    for number, unit in _PARTS.findall(text):
        size = _UNITS[unit.lower()]
        if before is not None and size >= before:
            return None  # `4h 2 days of postings`: the second is no part of the first
        before = size
        total += size * Decimal(number.replace(",", ".") or 1)
    return timedelta(seconds=int(total))


def _until(text: str, *, now: datetime, zone: tzinfo) -> Stretch:
    end = _read(text, "duration", now=now, zone=zone, prefer="future")
    if not end.has_clock:
        raise Invalid(
            "duration.no_time",
            f"“until {text}” leaves the time of day open; say e.g. `until tomorrow 18:00`.",
        )
    length = end.at - now
    if length <= timedelta(0):
        here = now.astimezone(zone)
        raise Invalid(
            "duration.past",
            f"“until {text}” is past: it is {here:%H:%M} on {here:%A} where you are ({zone}); "
            f"say e.g. `until tomorrow 18:00`, or how long: 4h.",
        )
    if length >= _WHOLE_MINUTES_FROM:
        length -= length % timedelta(minutes=1)
    return Stretch(length, end.at)


@dataclass(frozen=True, slots=True)
class When:
    """An instant, and whether a time of day was said; without one it is the day's beginning."""

    at: datetime
    has_clock: bool


def read_when(text: str, *, now: datetime, zone: tzinfo) -> When:
    """Read an instant that is rather past than future. Raises `Invalid`."""
    return _read(text, "time", now=now, zone=zone, prefer="past")


def read_ahead(text: str, *, now: datetime, zone: tzinfo) -> When:
    """Read an instant that is rather future than past. Raises `Invalid`."""
    return _read(text, "time", now=now, zone=zone, prefer="future")


def _read(
    text: str, code: str, *, now: datetime, zone: tzinfo, prefer: Literal["future", "past"]
) -> When:
    plain = " ".join(text.split())
    unclear = Invalid(
        f"{code}.unclear",
        f"“{plain}” is not a time that can be read in one way only; "
        f"say e.g. 18:00, tomorrow 9:00 or 2026-11-22 18:00.",
    )
    if not _WHEN.fullmatch(plain):
        raise unclear
    if plain.lower() == "now":
        return When(now, has_clock=True)
    if re.fullmatch(_ISO_INSTANT, plain, re.IGNORECASE):
        try:
            return When(datetime.fromisoformat(plain.upper()).astimezone(UTC), has_clock=True)
        except (ValueError, OverflowError):
            raise unclear from None
    if plain.lower().endswith(" utc"):
        plain, zone = plain[:-4], UTC
    found = _in_zone(plain, now.astimezone(zone).replace(tzinfo=None), prefer)
    if found is None:
        raise unclear
    has_clock = bool(_HAS_CLOCK.search(plain))
    if not has_clock:
        found = found.replace(hour=0, minute=0, second=0)
    return When(found.replace(microsecond=0, tzinfo=zone).astimezone(UTC), has_clock)


def _in_zone(text: str, here: datetime, prefer: Literal["future", "past"]) -> datetime | None:
    """Read a phrase as a wall clock's time.

    A bare time of day is today's, even if it is past: who says `until 18:00` at seven in the
    evening is told so. A day without a year, or a weekday, is the next one; looking back, the last.
    """
    text = re.sub(r"(?<=\d)\.(?=\d\d)", ":", text)
    text = re.sub(r"([ap])\.?m\.?", r"\1m", text, flags=re.IGNORECASE)
    text = re.sub(r"\b(?:at|on)\s", "", text, flags=re.IGNORECASE)
    if prefer == "future" and text.lower() == "midnight":
        text = "tomorrow 00:00"
    found = _parse(text, here, "current_period")
    is_named = bool(_HAS_DAY.search(text)) and not re.search(
        rf"{_NEAR_DAY}|\d{{4}}", text, re.IGNORECASE
    )
    if found is None or not is_named or (found < here) == (prefer == "past"):
        return found
    return _parse(text, here, prefer)


def _parse(
    text: str, here: datetime, prefer: Literal["current_period", "future", "past"]
) -> datetime | None:
    try:
        return dateparser.parse(
            text,
            languages=["en"],
            settings={
                "RELATIVE_BASE": here,
                "PREFER_DATES_FROM": prefer,
                "RETURN_AS_TIMEZONE_AWARE": False,
                "PARSERS": ["relative-time", "absolute-time"],
            },
        )
    except (ValueError, OverflowError):
        return None
