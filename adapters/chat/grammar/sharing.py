"""The words of a command line are shared out among the command's fields.

Keywords (`--for`, `from`) announce their own value; every other word goes to the first empty field
that takes it. So words may come in any sensible order, and a word that fits nowhere gets a sentence
instead of being overlooked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from adapters.chat.command import Command, Slot, slots_of
from adapters.chat.grammar.kinds import Reason
from adapters.chat.grammar.words import Typed, Word
from adapters.chat.speaker import Speaker
from engine.errors import Invalid, Refused
from engine.model.identifiers import PersonId

CLOSENESS_MIN = 0.6
"""Of difflib's ratio: `aprove` finds `approve`, `hello` does not find `help`."""

_OPTION = re.compile(r"(--|[–—]-?|-)([a-z][a-z-]*)(?:[=:](.*))?", re.IGNORECASE | re.DOTALL)
_NOISE = frozenset({"who"})
"""Words that only make a question sound like one: `audit who had netsuite-gl at 15:00`."""


@dataclass(slots=True)
class Sharing:
    """Shares the words of one line out."""

    command: type[Command]
    typed: Typed
    speaker: Speaker
    texts: dict[str, str] = field(default_factory=dict)
    """What each field got, as it was typed."""

    def share_out(self, words: Sequence[Word]) -> dict[str, str]:
        """Give every word to a field. Raises `Refused` for a word that fits nowhere."""
        left = self._take_keywords(list(words))
        while left:
            slot, count = self._first_taker(left)
            if slot is None:
                raise self._left_over(left[0])
            self._give(slot, left[:count])
            left = left[count:]
        return self.texts

    def _give(self, slot: Slot, words: Sequence[Word]) -> None:
        self.texts[slot.name] = self.typed.as_typed(words)

    def _empty(self) -> list[Slot]:
        """List the fields without a text that a word can get into by its place.

        What only a button knows comes first: it has a spelling that nothing else has, and a reason,
        which takes everything, must never swallow it.
        """
        slots = [s for s in slots_of(self.command) if not s.announced_only]
        free = [slot for slot in slots if slot.name not in self.texts]
        return sorted(free, key=lambda slot: not slot.hidden)

    def _first_taker(self, words: Sequence[Word]) -> tuple[Slot | None, int]:
        for slot in self._empty():
            count = slot.kind.take(words, self.speaker)
            if count:
                return slot, count
        return None, 0

    def _left_over(self, word: Word) -> Refused:
        """Say what is wrong: with what a field has got already, else with the word itself."""
        given = [(s, self.texts[s.name]) for s in slots_of(self.command) if s.name in self.texts]
        empty = [(slot, word.text) for slot in self._empty() if not slot.hidden]
        for slot, text in (*given, *empty):
            try:
                slot.kind.read(text, self.speaker)
            except Refused as refused:
                return refused
        said, example = self.command.word, self.command.examples[0]
        return Invalid(
            "command.left_over",
            f"I do not know what “{word.text[:40]}” means after `{said}`; say e.g. `{example}`.",
        )

    # ── keywords ────────────────────────────────────────────────────────────────────────────────

    def _take_keywords(self, words: list[Word]) -> list[Word]:
        """Take out each keyword with its value; give the words that are left."""
        left: list[Word] = []
        while words:
            word, words = words[0], words[1:]
            slot, value = self._announced(word, words)
            if slot is None:
                left += [] if self._is_noise(word) else [word]
            elif value:
                self.texts[slot.name] = value
            elif words:
                count = max(1, slot.kind.take(words, self.speaker))
                self._give(slot, words[:count])
                words = words[count:]
            else:
                raise Invalid(
                    "option.empty", f"Something is missing after “{word.text}”: {slot.spelled}."
                )
        return left

    def _is_noise(self, word: Word) -> bool:
        """Say whether a word may be overlooked: never where people use their own words."""
        slots = slots_of(self.command)
        is_free = any(isinstance(slot.kind, Reason) for slot in slots)
        has_keywords = any(slot.keywords for slot in slots)
        return has_keywords and not is_free and word.text.lower() in _NOISE

    def _announced(self, word: Word, following: Sequence[Word]) -> tuple[Slot | None, str]:
        """Find the field that a keyword announces, and a value that is tied to it by `=`."""
        slots = {keyword: slot for slot in slots_of(self.command) for keyword in slot.keywords}
        if word.quoted:
            return None, ""
        slot, value = slots.get(word.text.lower()), ""
        option = _OPTION.fullmatch(word.text)
        if option is not None:
            slot, value = slots.get(f"--{option[2].lower()}"), option[3] or ""
            if option[1] != "--" and not value and not self._is_person(following):
                return None, ""  # a long dash before a word is otherwise just a dash
            if option[1] == "--" and slot is None:
                raise Invalid("option.unknown", _no_such_option(f"--{option[2].lower()}", slots))
        if slot is not None and slot.name in self.texts:
            return None, ""
        return slot, value

    def _is_person(self, words: Sequence[Word]) -> bool:
        text = words[0].text if words else ""
        return text.startswith("@") or PersonId(text.lower()) in self.speaker.company.person


def _no_such_option(said: str, slots: dict[str, Slot]) -> str:
    options = [keyword for keyword in slots if keyword.startswith("--")]
    close = get_close_matches(said, options, n=1, cutoff=CLOSENESS_MIN)
    if close:
        return f"There is no option `{said[:40]}`; did you mean `{slots[close[0]].spelled}`?"
    return f"There is no option `{said[:40]}` here; if it belongs to a reason, put that in quotes."
