"""Regular expressions that a justification must contain: only those that can never be slow.

Python's `re` backtracks, and cannot be interrupted: `(a+)+b` takes for ever on a text that a person
can type. So the number of ways in which a pattern can be tried at one position is counted
beforehand, and a pattern with too many is refused. The count is an upper bound, found from the
pattern alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from engine.model.request import REASON_LENGTH_MAX

PATTERN_LENGTH_MAX = 200
"""Enough for a few ticket systems' ids side by side."""

WAYS_MAX = 10_000
"""Tried at each of 3,000 positions, the worst pattern under this takes less than a second."""

_TOKEN = re.compile(
    r"""(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
      | (?P<atom>\\.)
      | (?P<flag>\(\?i\))
      | (?P<open>\((?:\?:|\?P<\w+>)?)
      | (?P<close>\))
      | (?P<bar>\|)
      | (?P<times>[*+?]|\{[0-9]+\}|\{[0-9]*,[0-9]*\})(?P<lazy>[?+]?)
      | (?P<char>.)""",
    re.VERBOSE | re.DOTALL,
)


def check_pattern(pattern: str) -> str:
    """Return the pattern. Raises `ValueError` with what would be right."""
    if len(pattern) > PATTERN_LENGTH_MAX:
        raise ValueError(f"a pattern has at most {PATTERN_LENGTH_MAX} characters.")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"this is not a regular expression: {error.msg}.") from error
    tokens = list(_TOKEN.finditer(pattern))
    if not _is_plain(tokens):
        raise ValueError("only (?: ), (?P<name> ) and (?i) are read here, and no references back.")
    if re.search(pattern, ""):
        raise ValueError("this pattern is in every text, so it asks for nothing.")
    if _Ways(tokens).count() > WAYS_MAX:
        raise ValueError(
            "this pattern could take too long on some texts; say how many are meant, "
            "e.g. `[A-Z]{2,6}-[0-9]{1,6}` instead of `[A-Z]+-[0-9]+`."
        )
    return pattern


def _is_plain(tokens: Sequence[re.Match[str]]) -> bool:
    """Say whether there is nothing in it that looks around or back: those are not counted below."""
    special = any(
        first["open"] == "(" and second[0].startswith("?") for first, second in pairwise(tokens)
    )
    return not special and not any(re.fullmatch(r"\\[1-9]", token[0]) for token in tokens)


class _Ways:
    """Counts in how many ways a pattern can be tried: a product over a sequence, a sum over `|`."""

    def __init__(self, tokens: Sequence[re.Match[str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def count(self) -> int:
        return self._choice()

    def _choice(self) -> int:
        total, ways = 0, 1
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            self._next += 1
            if token["close"]:
                break
            if token["bar"]:
                total, ways = total + ways, 1
            elif not token["flag"]:
                inner = self._choice() if token["open"] else 1
                ways = min(ways * self._repeated(inner), WAYS_MAX + 1)
        return min(total + ways, WAYS_MAX + 1)

    def _repeated(self, inner: int) -> int:
        """Count what a quantifier, if one follows, makes of the ways inside it."""
        if self._next == len(self._tokens) or not self._tokens[self._next]["times"]:
            return inner
        low, high = _bounds(self._tokens[self._next]["times"])
        self._next += 1
        ways, total = 1, 0
        for times in range(high + 1):
            ways *= inner if times else 1
            total += ways if times >= low else 0
            if max(total, ways) > WAYS_MAX:
                return WAYS_MAX + 1
        return total


def _bounds(times: str) -> tuple[int, int]:
    simple = {"*": (0, REASON_LENGTH_MAX), "+": (1, REASON_LENGTH_MAX), "?": (0, 1)}
    if times in simple:
        return simple[times]
    low, comma, high = times.strip("{}").partition(",")
    if not comma:
        high = low
    # No text is longer than that, so no more repetitions can ever be tried.
    return int(low or 0), min(int(high or REASON_LENGTH_MAX), REASON_LENGTH_MAX)
