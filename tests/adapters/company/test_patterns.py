"""Mirrors adapters/company/patterns.py."""

from __future__ import annotations

import re
import time

import pytest

from adapters.company.patterns import check_pattern
from engine.model.request import REASON_LENGTH_MAX


@pytest.mark.parametrize(
    "pattern",
    [
        r"PAY-\d{1,7}",
        r"PAY-[0-9]+",
        r"\b(?:INC|CHG)-[1-9][0-9]{0,6}\b",
        r"(?i)[a-z]{2,10}-[0-9]{1,6}",
        r"(?P<ticket>[A-Z]{2,6}-\d{1,6})",
        r"(FIN|PAY)-(\d{4}){1,3}",
        r"[]a]{1,3}[^]b]\]",
        r"a\(?b",
    ],
)
def test_a_sensible_pattern_is_accepted(pattern: str) -> None:
    """What a company writes for its tickets passes."""
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(", "not a regular expression"),
        ("x" * 201, "at most 200 characters"),
        (r"(a+)+b", "could take too long"),
        (r"(a|a)*b", "could take too long"),
        (r"(a|aa){1,40}b", "could take too long"),
        (r".*x.*y", "could take too long"),
        (r"\d+\d+x", "could take too long"),
        (r"(?:a?){30}a{30}", "could take too long"),
        (r"(\w{1,9}\s?){1,9}z", "could take too long"),
        (r"(?=x)x", "only (?: )"),
        (r"(?<!x)y", "only (?: )"),
        (r"(a)\1", "only (?: )"),
        (r"(?P<a>x)(?P=a)", "only (?: )"),
        (r"\d*", "in every text"),
        ("", "in every text"),
    ],
)
def test_a_pattern_that_could_hurt_is_refused(pattern: str, expected: str) -> None:
    """What could keep a process busy, or asks for nothing, says what would be right."""
    with pytest.raises(ValueError, match=re.escape(expected)):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"[0-9]+x", "0" * REASON_LENGTH_MAX),
        (r"[0-9]{1,99}[0-9]{1,99}x", "0" * REASON_LENGTH_MAX),
        (r"(?:a{1,9}b?){1,3}c", "ab" * (REASON_LENGTH_MAX // 2)),
        (r"(?:a|a){1,12}c", "a" * REASON_LENGTH_MAX),
    ],
)
def test_the_worst_that_is_accepted_is_fast(pattern: str, text: str) -> None:
    """On the longest justification, made for the purpose, an accepted pattern ends soon."""
    check_pattern(pattern)

    began = time.monotonic()
    found = re.search(pattern, text)

    assert found is None
    assert time.monotonic() - began < 10
