"""What somebody types into a menu, and which of its choices that is most like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from adapters.chat.cards import Choice

CHOICES_MAX = 100
"""As many as Slack shows in one menu."""

LIKENESS_MIN = 0.6
"""Of difflib's ratio: `netsiute` finds `netsuite-gl`, `xyz` finds nothing."""

TYPED_MAX = 100
"""Characters of what is typed that count: no name is longer."""

_NOTHING = 5


def closest(choices: Iterable[Choice], typed: str) -> tuple[Choice, ...]:
    """List the choices that what is typed may mean: closest first, at most 100.

    All that hold every word of it; only where none does, those that are spelled like it.
    """
    wanted = typed[:TYPED_MAX].casefold().split()
    offered = tuple(choices)
    if not wanted:
        return offered[:CHOICES_MAX]
    ranked = sorted(((_rank(choice, wanted), n) for n, choice in enumerate(offered)))
    found = [offered[n] for rank, n in ranked if rank < _NOTHING]
    return tuple(found or _spelled_like(offered, " ".join(wanted)))[:CHOICES_MAX]


def _rank(choice: Choice, wanted: list[str]) -> int:
    """Say how close a choice is: 0 is the one that was meant, `_NOTHING` is another one."""
    value, label = choice.value.casefold(), choice.label.casefold()
    whole = " ".join(wanted)
    words = re.findall(r"\w+", f"{value} {label}")
    kinds = (
        whole == value,
        value.startswith(whole),
        label.startswith(whole),
        all(any(word.startswith(one) for word in words) for one in wanted),
        all(one in f"{value} {label}" for one in wanted),
    )
    return kinds.index(True) if any(kinds) else _NOTHING


def _spelled_like(offered: tuple[Choice, ...], typed: str) -> list[Choice]:
    names: dict[str, Choice] = {}
    for choice in offered:
        for name in (choice.value, choice.label, *re.findall(r"\w+", choice.label)):
            names.setdefault(name.casefold(), choice)
    close = get_close_matches(typed, names, n=CHOICES_MAX, cutoff=LIKENESS_MIN)
    return list({names[name].value: names[name] for name in close}.values())
