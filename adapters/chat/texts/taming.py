"""Text without what cannot be seen, and cut between two characters as people see them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

NOTHING = "–"
"""Stands where there is no text, and something has to stand."""

_UNSEEN = re.compile(
    # Control characters, halves of characters, and the marks that turn the direction of what
    # follows: with those, a reason could make a card say something else.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)

_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of them are a flag."""

_JOINED_MAX = 40
"""Marks on one character that are looked at; more of them are a prank, and may be cut through."""


def tame(text: str) -> str:
    """Take out what cannot be seen and changes what can: control characters, turned directions."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Write on one line; a dash where there is nothing to be seen."""
    return " ".join(tame(text).split()) or NOTHING


def cut(text: str, most: int, more: str = "…") -> str:
    """Cut a text that is longer than `most`, between two characters as people see them."""
    if len(text) <= most:
        return text
    return text[: boundary(text, most - len(more))].rstrip() + more


def boundary(text: str, end: int) -> int:
    """Step back from within what people see as one character."""
    for back in range(end, max(0, end - _JOINED_MAX), -1):
        if not _is_within(text, back):
            return back
    return max(0, end)


def _is_within(text: str, at: int) -> bool:
    """Say whether a place is within one character: an accent, a family, a shade, a flag."""
    before, after = text[at - 1], text[at : at + 1]
    is_mark = bool(after) and unicodedata.category(after) in {"Mn", "Mc", "Me"}
    is_shade = "\U0001f3fb" <= after <= "\U0001f3ff"
    letters = len(text[:at]) - len(text[:at].rstrip(_FLAG_LETTERS))
    is_flag = bool(after) and after in _FLAG_LETTERS and letters % 2 == 1
    return is_mark or is_shade or is_flag or "\u200d" in {before, after}


def spell_utc(at: datetime) -> str:
    """Write an instant in UTC, whatever zone it came in."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
