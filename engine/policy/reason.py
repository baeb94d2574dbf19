"""Does a justification say something?"""

from __future__ import annotations

import re

from engine.errors import Invalid
from engine.model.company import Entitlement
from engine.model.request import REASON_LENGTH_MAX

REASON_LENGTH_MIN = 8
"""`Q4 close` is the shortest reason in this field that says something."""

WORDS_MIN = 2

WORDS_LENGTH_MIN = 10
"""A requester can learn something from ten characters, e.g. `wrong role`."""

WORDS_LENGTH_MAX = 1000

ANSWER_LENGTH_MIN = 2
"""`no` says something, beside the question that it answers."""


def check_reason(entitlement: Entitlement, reason: str) -> str:
    """Return the justification without outer space. Raises `Invalid` with what would be right."""
    text = reason.strip()
    if len(text) > REASON_LENGTH_MAX:
        raise Invalid(
            "reason.too_long",
            f"The justification has {len(text)} characters; please keep it to {REASON_LENGTH_MAX}.",
        )
    words = [word.casefold() for word in re.findall(r"\w+", text)]
    if len(text) < REASON_LENGTH_MIN or len(set(words)) < WORDS_MIN or _is_name(text, entitlement):
        raise Invalid(
            "reason.empty",
            "The justification does not say why you need this; "
            "an auditor must understand it a year from now, "
            "e.g. “Q4 close, posting accruals for November”.",
        )
    if entitlement.reason_pattern and not re.search(entitlement.reason_pattern, text):
        raise Invalid(
            "reason.pattern",
            f"A justification for {entitlement.name} must name a reference such as "
            f"{entitlement.reason_example}; please add it.",
        )
    return text


def _is_name(text: str, entitlement: Entitlement) -> bool:
    plain = re.sub(r"\W+", " ", text.casefold()).strip()
    names = (entitlement.id, entitlement.name, f"access to {entitlement.id}")
    return any(plain == re.sub(r"\W+", " ", name.casefold()).strip() for name in names)


def check_words(reason: str, why: str, *, least: int = WORDS_LENGTH_MIN) -> str:
    """Return a short text without outer space. Raises `Invalid` where it says too little."""
    text = reason.strip()
    if not least <= len(text) <= WORDS_LENGTH_MAX:
        raise Invalid(
            "reason.length",
            f"{why} of {least} to {WORDS_LENGTH_MAX} characters, "
            f"because it is kept in the record; you wrote {len(text)}.",
        )
    return text
