"""What words mean in an emergency: what may be had at once, how long, for which incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.cards import Choice, FieldKind
from adapters.chat.command import Kind, Texts
from adapters.chat.grammar.closest import CHOICES_MAX, closest
from adapters.chat.grammar.kinds import (
    LABEL_LENGTH_MAX,
    EntitlementName,
    Length,
    entitlement_of,
)
from adapters.chat.grammar.words import Word
from adapters.chat.speaker import Speaker
from engine.errors import Invalid
from engine.model.closing import ClosingOutcome
from engine.model.duration import spell
from engine.model.request import REASON_LENGTH_MAX
from engine.policy.emergency.rules import emergency_length, rule_of
from engine.policy.reason import REASON_LENGTH_MIN
from engine.workflow.emergency.look import breakable


@dataclass(frozen=True, slots=True)
class EmergencyName(EntitlementName):
    """The id of an entitlement; a form offers those for which the speaker may break the glass."""

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List them. Raises `Invalid` where that is nothing."""
        found = _breakable(speaker)
        if not found:
            raise Invalid(
                "breakglass.none",
                "There is nothing for which you may break the glass; `request` asks as usual, and "
                "somebody on call may help you.",
            )
        return found[:CHOICES_MAX]

    def search(self, typed: str, speaker: Speaker) -> tuple[Choice, ...]:
        """Search all of them."""
        return closest(_breakable(speaker), typed)

    def suggestion(self, speaker: Speaker, texts: Texts) -> str:
        """Propose the only one."""
        found = _breakable(speaker)
        return found[0].value if len(found) == 1 else ""


def _breakable(speaker: Speaker) -> tuple[Choice, ...]:
    found = breakable(speaker.work, speaker.person.id)
    return tuple(Choice(e.id, f"{e.name} ({e.id})"[:LABEL_LENGTH_MAX]) for e in found)


class EmergencyLength(Length):
    """How long, or until when; never longer than the rule of such emergencies allows."""

    def proposals(self, speaker: Speaker, texts: Texts) -> tuple[Choice, ...]:
        """Propose nothing: to leave it empty is the usual answer."""
        return ()

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Say what happens where nothing is filled in."""
        known = entitlement_of(texts, speaker)
        rule = rule_of(speaker.company, known) if known else None
        most = f", which is {spell(emergency_length(rule, known, None))}" if known and rule else ""
        return f"Leave it empty for as long as is allowed{most}; else e.g. 30m."

    def suggestion(self, speaker: Speaker, texts: Texts) -> str:
        """Fill nothing in: who is in a hurry does not think about that."""
        return ""


class IncidentReason(Kind[str]):
    """Everything that is left: the incident, and why."""

    field_kind = FieldKind.TEXT
    length_max = REASON_LENGTH_MAX

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take all."""
        return len(words)

    def read(self, text: str, speaker: Speaker) -> str:
        """Keep it as it was typed; the engine knows what is missing."""
        return text

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Say what makes a good one."""
        known = entitlement_of(texts, speaker)
        rule = rule_of(speaker.company, known) if known else None
        named = f", e.g. {rule.incident_example}" if rule else ""
        return (
            f"Name the incident{named}, and what is wrong, in at least {REASON_LENGTH_MIN} "
            "characters. Owners, compliance and the admins read it at once."
        )


class Outcome(Kind[ClosingOutcome]):
    """What came of looking at a use of break-glass."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take `justified` and `not-justified`; and `not justified`."""
        said = [word.text.lower() for word in words[:2] if not word.quoted]
        if said[:2] == ["not", "justified"]:
            return 2
        return int(bool(said) and _outcome(said[0]) is not None)

    def read(self, text: str, speaker: Speaker) -> ClosingOutcome:
        """Read it in any case."""
        found = _outcome(text)
        if found is None:
            raise Invalid(
                "closing.outcome",
                "A use of break-glass is closed as `justified` or as `not-justified`.",
            )
        return found

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List both."""
        return (
            Choice(ClosingOutcome.JUSTIFIED, "Justified: it was needed, and used for that alone"),
            Choice(ClosingOutcome.NOT_JUSTIFIED, "Not justified: something has to follow from it"),
        )


def _outcome(text: str) -> ClosingOutcome | None:
    said = "-".join(text.strip().strip("`.,;:").lower().split())
    both = (ClosingOutcome.JUSTIFIED, ClosingOutcome.NOT_JUSTIFIED)
    return next((outcome for outcome in both if outcome.value == said), None)
