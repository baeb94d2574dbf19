"""Every talk in this folder happens as it is written, word for word, on every platform."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.chat.cards import Answer, Card, Form
from adapters.chat.grammar.times import read_duration
from engine.model.identifiers import PersonId
from tests.adapters.chat.company import with_person
from tests.adapters.chat.town import Town
from tests.talks.script import Step, matches, read_script
from tests.talks.showing import answer_lines, cards_lines

TALKS = sorted(Path(__file__).parent.glob("*.txt"))


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_a_talk_happens_as_it_is_written(path: Path, town: Town) -> None:
    """What is answered, what appears in the thread, and what each person is told."""
    talk = Talk(town)
    steps = read_script(path)

    for step in steps:
        talk.take(step, path.name)


def test_every_command_has_a_talk() -> None:
    """Whoever adds a command shows how it is talked about."""
    commands = Path(__file__).resolve().parents[2] / "adapters" / "chat" / "commands"
    words = {path.stem.rstrip("_") for path in commands.rglob("[a-z]*.py")}

    talked = {path.stem for path in TALKS}

    assert words <= talked


@dataclass(slots=True)
class Talk:
    """A talk that is going on: who was answered what, and who has read how far."""

    town: Town
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    read: dict[str, list[Card]] = field(default_factory=dict)
    """What was in each place when it was last looked at."""

    said: int = 0
    in_channel: dict[str, bool] = field(default_factory=lambda: defaultdict(bool))
    """Who has spoken in the channel last, and not to the bot alone."""

    def take(self, step: Step, file: str) -> None:
        """Do one step, and compare what is seen with what is written."""
        for pattern, act in _STEPS:
            found = re.fullmatch(pattern, step.text)
            if found:
                seen, written = act(self, step, *found.groups())
                shown = "\n".join(seen)
                where = f"{file}, line {step.number}: {step.text}"
                assert not written or matches(written, seen), f"{where}\nis followed by\n{shown}"
                return
        raise AssertionError(f"{file}, line {step.number}: nobody understands {step.text!r}")

    # ── saying ──────────────────────────────────────────────────────────────────────────────────

    def says(self, step: Step, who: str, in_channel: str | None, text: str) -> Seen:
        """Somebody types: to the bot, or in the audit channel."""
        self.said += 1
        self.in_channel[who] = bool(in_channel)
        return self.says_again(step, who, text)

    def says_again(self, step: Step, who: str, text: str) -> Seen:
        """What somebody typed is delivered once more."""
        delivery, there = f"said-{self.said}", self.in_channel[who]
        answer = self.town.say(who, text, delivery=delivery, in_channel=there)
        return self._answered(step, who, answer)

    def presses(self, step: Step, who: str, label: str) -> Seen:
        """Somebody presses a button."""
        says = next(
            (b.says for card in self._in_sight(who) for b in card.buttons if b.label == label), None
        )
        assert says is not None, f"{who} sees no button {label}"
        answer = self.town.say(who, says, in_channel=self.in_channel[who])
        return self._answered(step, who, answer)

    def fills_in(self, step: Step, who: str, so_far: str) -> Seen:
        """Somebody fills the form in that was the last answer, and submits it unless `so_far`."""
        form = self.answers[who][-1].form
        assert form is not None, f"{who} sees no form"
        given = [line for line in step.seen if " = " in line and not line.startswith(" ")]
        count = _leading(step.seen, given)
        fields = _fields(form, step.seen[:count])
        answer = self.town.say(who, form.says, fields=fields, is_draft=bool(so_far))
        return self._answered(Step(step.number, step.text, step.seen[count:]), who, answer)

    def _answered(self, step: Step, who: str, answer: Answer) -> Seen:
        self.answers[who].append(answer)
        return answer_lines(answer), step.seen

    def _in_sight(self, who: str) -> Sequence[Card]:
        """List what somebody has before them, the newest first."""
        answered = [answer.card for answer in reversed(self.answers[who]) if answer.card]
        cards = [*answered, *reversed(self.town.direct(who)), *reversed(self.town.channel())]
        return [within for card in cards for within in (card, *card.parts)]

    # ── looking ─────────────────────────────────────────────────────────────────────────────────

    def is_told(self, step: Step, who: str) -> Seen:
        """Somebody looks at what is new from the bot."""
        return cards_lines(self._new(f"@{who}", self.town.direct(who))), step.seen

    def now_reads(self, step: Step, who: str) -> Seen:
        """Somebody looks at what has changed."""
        cards, before = self.town.direct(who), self.read.get(f"@{who}", [])
        changed = [card for card, old in zip(cards, before, strict=False) if card != old]
        self.read[f"@{who}"] = list(cards[: len(before)])
        return cards_lines(changed), step.seen

    def thread_adds(self, step: Step, number: str) -> Seen:
        """Everybody looks at what is new in a thread."""
        return cards_lines(self._new(number, self.town.thread(int(number)))), step.seen

    def channel_shows(self, step: Step, number: str) -> Seen:
        """Everybody looks at the root of a thread."""
        roots = [card for card in self.town.channel() if card.title.startswith(f"JIT-{number}:")]
        return cards_lines(roots), step.seen

    def _new(self, place: str, cards: Sequence[Card]) -> list[Card]:
        before = self.read.get(place, [])
        new = list(cards[len(before) :])
        self.read[place] = [*before, *new]
        return new

    # ── happening ───────────────────────────────────────────────────────────────────────────────

    def passes(self, step: Step, length: str) -> Seen:
        """Time passes."""
        self.town.wait(read_duration(length, now=datetime.now(UTC), zone=UTC))
        return [], step.seen

    def leaves(self, step: Step, who: str) -> Seen:
        """Somebody leaves the company."""
        with self.town.work() as uow:
            company = uow.companies.active().company
        self.town.apply(with_person(company, PersonId(who), active=False))
        return [], step.seen

    def chat_is(self, step: Step, state: str) -> Seen:
        """The chat goes away, or is there again."""
        if state == "down":
            self.town.chat.go_away()
        else:
            self.town.chat.come_back()
        self.town.settle()
        return [], step.seen


Seen = tuple[list[str], Sequence[str]]
"""What is seen, and what is written that is seen."""

_WHO = r"([a-z.]+)"
_STEPS: Sequence[tuple[str, Callable[..., Seen]]] = (
    (rf"{_WHO} says( in the channel)?: ?(.*)", Talk.says),
    (rf"{_WHO} says again: ?(.*)", Talk.says_again),
    (rf"{_WHO} presses (.+)", Talk.presses),
    (rf"{_WHO} fills in( so far)?:", Talk.fills_in),
    (rf"{_WHO} is told:", Talk.is_told),
    (rf"{_WHO} now reads:", Talk.now_reads),
    (r"the thread of JIT-(\d+) adds:", Talk.thread_adds),
    (r"the channel shows JIT-(\d+):", Talk.channel_shows),
    (rf"{_WHO} leaves the company", Talk.leaves),
    (r"the chat is (down|back)", Talk.chat_is),
    (r"(.+) pass(?:es)?", Talk.passes),
)


def _leading(lines: Sequence[str], given: Sequence[str]) -> int:
    """Count the lines at the beginning that are fields."""
    count = 0
    while count < len(lines) and lines[count] in given:
        count += 1
    return count


def _fields(form: Form, lines: Sequence[str]) -> dict[str, str]:
    """Keep what the form proposes, and write over it what somebody filled in.

    What is empty and stays so is left alone: the form may propose something for it meanwhile.
    """
    names = {shown.label: shown.name for shown in form.fields}
    filled = {shown.name: shown.value for shown in form.fields if shown.value}
    for line in lines:
        label, _, value = line.partition(" = ")
        filled[names[label]] = value
    return filled
