"""What a delegation is for, as people say it."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.chat.cards import Choice
from adapters.chat.command import Kind
from adapters.chat.grammar.closest import CHOICES_MAX, closest
from adapters.chat.grammar.kinds import LABEL_LENGTH_MAX
from adapters.chat.grammar.words import Word
from adapters.chat.speaker import Speaker
from engine.errors import Invalid
from engine.model.delegation import Scope


class ScopeName(Kind[Scope]):
    """An entitlement or a system, by its id."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take one word."""
        return int(not words[0].quoted)

    def read(self, text: str, speaker: Speaker) -> Scope:
        """Read an id, in any case."""
        wanted = text.strip().strip("`").lower()
        for entitlement in speaker.company.entitlements:
            if entitlement.id == wanted:
                return Scope(entitlement=entitlement.id)
        for system in speaker.company.systems:
            if system.id == wanted:
                return Scope(system=system.id)
        near = closest(self._all(speaker), wanted)[:2]
        meant = " or ".join(f"`{choice.value}`" for choice in near)
        raise Invalid(
            "scope.unknown",
            f"“{wanted[:60]}” is neither an entitlement nor a system; "
            f"{f'did you mean {meant}?' if near else '`catalog` lists them.'}",
        )

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List systems, then entitlements."""
        return self._all(speaker)[:CHOICES_MAX]

    def search(self, typed: str, speaker: Speaker) -> tuple[Choice, ...]:
        """Search them all."""
        return closest(self._all(speaker), typed)

    def _all(self, speaker: Speaker) -> tuple[Choice, ...]:
        company = speaker.company
        systems = ((s.id, f"all of {s.name} ({s.id})") for s in company.systems)
        entitlements = ((e.id, f"{e.name} ({e.id})") for e in company.entitlements)
        return tuple(
            Choice(value, label[:LABEL_LENGTH_MAX]) for value, label in (*systems, *entitlements)
        )
