"""What is wrong with a configuration, where, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

CLOSE = 0.6
"""difflib's own default: below it, suggestions are noise."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file; the first line is 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, in a sentence for the person who edits the files."""

    place: Place
    sentence: str

    def __str__(self) -> str:
        return f"{self.place.file}:{self.place.line}: {self.sentence}"


class CompanyProblems(Exception):
    """The configuration does not make sense. Holds every problem that was found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in order, each once."""
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def closest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant: a sentence to append, or nothing."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=CLOSE)
    if near:
        return "; did you mean " + " or ".join(f"`{one}`" for one in near) + "?"
    if 0 < len(names) <= SHORT:
        return "; there is " + ", ".join(f"`{one}`" for one in names)
    return ""


SHORT = 12
"""A list this short is worth showing whole to somebody who was far off."""
