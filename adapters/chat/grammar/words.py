"""What a person typed, as words: one spelling for what keyboards and chats write differently.

Phones and macOS make curly quotes and long dashes, Slack escapes three characters and wraps people
in angle brackets, Teams puts a hard space where one was typed. All of that ends here; what people
wrote inside a reason stays as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.errors import Invalid

TEXT_LENGTH_MAX = 4000
"""Characters of one saying: a full reason has 3,000, and Slack cuts longer messages."""

_MENTION = re.compile(r"<@([A-Za-z0-9._:-]+)(?:\|([^<>|]*))?>")
_ESCAPED = re.compile(r"&(amp|lt|gt);")
_ESCAPES = {"amp": "&", "lt": "<", "gt": ">"}
_HARD_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")
_INVISIBLE = dict.fromkeys(
    # Control characters (Postgres takes no NUL), zero-width spaces, marks of direction.
    [*(set(range(32)) - {9, 10, 13}), 0x7F, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)
_LONE = re.compile(r"[\ud800-\udfff]")

_DOUBLE = '"“”„‟«»'
_SINGLE = "'‘’‚‛‹›"
_ENDS_HERE = r"(?=\s|$)"
_CLOSERS = {
    **dict.fromkeys(_DOUBLE, re.compile(f"[{_DOUBLE}]{_ENDS_HERE}")),
    **dict.fromkeys(_SINGLE, re.compile(f"[{_SINGLE}]{_ENDS_HERE}")),
}
_START = re.compile(r"\S")
_PLAIN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or several between quotes."""

    text: str
    """Without the quotes around it."""

    raw: str
    start: int
    end: int
    number: int
    """0 is the first word of what was typed."""

    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed."""

    text: str
    words: tuple[Word, ...]

    def as_typed(self, words: Sequence[Word]) -> str:
        """Give some of the words as they were typed, without the quotes around all of them."""
        if not words:
            return ""
        if len(words) == 1:
            return words[0].text
        pieces = [words[0].raw]
        for before, after in pairwise(words):
            is_next = after.number == before.number + 1
            pieces.append(self.text[before.end : after.start] if is_next else " ")
            pieces.append(after.raw)
        return _without_quotes("".join(pieces), words)


def clean(text: str, name_of: Callable[[str], str | None]) -> str:
    """Spell what was typed in one way. Raises `Invalid` where it is too long.

    `name_of` names the person behind a platform's account, for mentions.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise Invalid(
            "text.too_long",
            f"That has {len(text):,} characters, and {TEXT_LENGTH_MAX:,} is the most that can be "
            f"read; please shorten the reason.",
        )

    def mention(found: re.Match[str]) -> str:
        return f"@{name_of(found[1]) or found[2] or found[1]}"

    text = _MENTION.sub(mention, text)  # before unescaping: a typed `<` is not a mention's
    text = _ESCAPED.sub(lambda found: _ESCAPES[found[1]], text)
    text = text.translate(_HARD_SPACES).translate(_INVISIBLE)
    return _LONE.sub("\ufffd", text)


def split(text: str) -> Typed:
    """Split cleaned text into words.

    A quote opens only at the beginning of a word and closes only at the end of one, so apostrophes
    survive. A quote that is never closed is overlooked.
    """
    words: list[Word] = []
    found = _START.search(text)
    while found:
        start, number = found.start(), len(words)
        word = _quoted(text, start, number) or _plain(text, start, number)
        words.append(word)
        found = _START.search(text, word.end)
    return Typed(text, tuple(words))


def _quoted(text: str, start: int, number: int) -> Word | None:
    closer = _CLOSERS.get(text[start])
    closed = closer.search(text, start + 1) if closer else None
    if closed is None:
        return None
    end = closed.end()
    return Word(text[start + 1 : end - 1], text[start:end], start, end, number, quoted=True)


def _plain(text: str, start: int, number: int) -> Word:
    found = _PLAIN.match(text, start)
    assert found, "a word begins where something was found"
    return Word(found[0].strip(_DOUBLE + "`"), found[0], start, found.end(), number)


def _without_quotes(text: str, words: Sequence[Word]) -> str:
    """Take off the quotes around all of it; those around a part of it stay."""
    first, last = words[0], words[-1]
    if first.raw[0] not in _DOUBLE or last.quoted:
        return text
    if first.quoted and text[-1] not in _DOUBLE:
        return text
    return text[1:-1] if first.quoted else text[1:]
