"""Nothing new is given of some entitlements, until that is lifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Button, Card, Choice, Fact, Tone
from adapters.chat.command import Command, Kind, Slot, Texts
from adapters.chat.grammar.kinds import Reason
from adapters.chat.grammar.words import Word
from adapters.chat.speaker import Speaker
from engine.errors import Invalid
from engine.policy.guards.halts import PATTERN_LENGTH_MAX
from engine.policy.reason import WORDS_LENGTH_MAX, WORDS_LENGTH_MIN
from engine.workflow.guarding.freeze import freeze

WHY = Reason(
    f"At least {WORDS_LENGTH_MIN} characters. Whoever asks for it reads it, and it is recorded.",
    WORDS_LENGTH_MAX,
)

NEW, LIVE = "new", "end-live"


class Pattern(Kind[str]):
    """Ids of entitlements, e.g. `netsuite-*`."""

    length_max = PATTERN_LENGTH_MAX

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take one word."""
        return int(not words[0].quoted)

    def read(self, text: str, speaker: Speaker) -> str:
        """Keep it; the engine knows what fits."""
        return text.strip().strip("`").lower()

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Give examples."""
        return "An id such as netsuite-gl, or a part of ids with a *: netsuite-* and * alone."


class Reach(Kind[str]):
    """Whether a freeze ends what is held."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take `end-live`."""
        return int(not words[0].quoted and words[0].text.lower() in {LIVE, NEW})

    def read(self, text: str, speaker: Speaker) -> str:
        """Read it in any case."""
        said = text.strip().lower()
        if said not in {NEW, LIVE}:
            raise Invalid(
                "halt.reach",
                f"A freeze stops what is `{NEW}`, or with `{LIVE}` also takes away what is held.",
            )
        return said

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List both."""
        return (
            Choice(NEW, "Nothing new is given; what is held stays until it ends"),
            Choice(LIVE, "Nothing new is given, and what is held is taken away now"),
        )

    def suggestion(self, speaker: Speaker, texts: Texts) -> str:
        """Propose the mild one."""
        return NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Command):
    """Freeze entitlements: for admins and compliance."""

    word = "admin freeze"
    summary = "Stop that anything new is given of some entitlements; for admins and compliance."
    examples = (
        'admin freeze netsuite-* "the auditors take their copy"',
        'admin freeze payments-db end-live "INC-4711, a key was found in the open"',
    )
    form_title = "Freeze access"
    form_submit = "Freeze"

    pattern: Annotated[str, Slot(Pattern(), "<entitlements>", "What", blamed=("halt.",))]
    # Before the reason, which takes every word that is left.
    reach: Annotated[str, Slot(Reach(), "[end-live]", "How far")] = NEW
    reason: Annotated[str, Slot(WHY, '"<reason>"', "Why")]

    def run(self, speaker: Speaker) -> Answer:
        """Freeze."""
        ends_live = self.reach == LIVE
        frozen = freeze(
            speaker.work, speaker.person.id, self.pattern, self.reason, ends_live=ends_live
        )
        held = (
            "What is held of it is being taken away; each thread says when it is gone."
            if ends_live
            else "What is held of it stays until it ends."
        )
        card = Card(
            f"{frozen.halt.pattern} is frozen",
            Tone.WARNING,
            ((f"Nothing new is given of it until it is lifted. {held}",),),
            facts=(
                Fact("What that is now", ", ".join(frozen.entitlements)),
                Fact("Since", frozen.halt.at),
                Fact("Why", frozen.halt.reason),
            ),
            buttons=(
                Button("Lift it…", f"form admin unfreeze {frozen.halt.pattern}"),
                Button("What is frozen", "admin freezes"),
            ),
        )
        return Answer(card)
