"""A talk, as a text that people can read and a test can follow.

::

    The first paragraph says what the talk shows.

    riya.patel says: /jit request netsuite-gl 4h “Q4 close, posting accruals”
        JIT-1: GL posting for Riya Patel: asked
        …
        [Details] [Take it back]

A line at the margin is a step. What is indented below it is what is seen then, line by line: `…`
stands for anything in a line, or, alone, for any lines; `---` stands between two messages;
`(nothing)` says that there is nothing. A step without anything below it only happens. The steps:

    WHO says: TEXT               {3000 x ж} stands for that many letters
    WHO says in the channel: TEXT
    WHO says again: TEXT         the same delivery once more
    WHO presses LABEL            on the newest card with such a button that WHO can see
    WHO fills in:                first the fields, `Label = text`, then what is answered
    WHO fills in so far:         the same, but nothing is submitted yet
    WHO is told:                 the bot's new messages to WHO
    WHO now reads:               the bot's older messages to WHO that have changed
    the thread of JIT-1 adds:    new replies
    the channel shows JIT-1:     the thread's root, as it is now
    4 hours pass                 and what is due happens
    WHO leaves the company       from the next configuration on
    the chat is down             until `the chat is back`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

INDENT = "    "
BETWEEN = "---"
ANYTHING = "…"

_MANY = re.compile(r"\{(\d+) x (.)\}")


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and what is seen then."""

    number: int
    """The step's line in the file."""

    text: str
    seen: tuple[str, ...]


def read_script(path: Path) -> tuple[Step, ...]:
    """Read a talk."""
    paragraphs = path.read_text(encoding="utf-8").split("\n\n", 1)
    assert len(paragraphs) == 2, f"{path.name}: after the first paragraph there must be steps"
    skipped = paragraphs[0].count("\n") + 2
    return tuple(_steps(paragraphs[1].splitlines(), skipped))


def _steps(lines: Sequence[str], skipped: int) -> Iterator[Step]:
    step: Step | None = None
    for number, line in enumerate(lines, start=skipped + 1):
        if line.startswith(INDENT) and step is not None:
            step = Step(step.number, step.text, (*step.seen, _many(line[len(INDENT) :])))
        elif line.strip():
            if step is not None:
                yield step
            step = Step(number, _many(line), ())
    if step is not None:
        yield step


def _many(line: str) -> str:
    return _MANY.sub(lambda found: int(found[1]) * found[2], line)


def matches(expected: Sequence[str], actual: Sequence[str]) -> bool:
    """Say whether lines are as they were expected."""
    if not expected:
        return not actual
    first, rest = expected[0], expected[1:]
    if first.strip() == ANYTHING:
        return any(matches(rest, actual[skipped:]) for skipped in range(len(actual) + 1))
    return bool(actual) and _is_like(first, actual[0]) and matches(rest, actual[1:])


def _is_like(expected: str, actual: str) -> bool:
    pattern = ".*".join(map(re.escape, expected.split(ANYTHING)))
    return re.fullmatch(pattern, actual) is not None
