"""What can be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat import commands
from adapters.chat.cards import Answer, Button, Card, Emphasis, Table
from adapters.chat.command import Command, Kind, Slot, usage
from adapters.chat.grammar.words import Word
from adapters.chat.speaker import Speaker

_HOW = (
    "Access is given for a time, after the right people said yes, and taken away again. "
    "Leave words out, and a form asks for them."
)


class CommandWord(Kind[str]):
    """The words of a command, and whatever follows them: `hello there` is a greeting."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take all."""
        return len(words)

    def read(self, text: str, speaker: Speaker) -> str:
        """Read the first words; unknown ones are no reason to refuse help."""
        said = [word.strip("`.,;:!?").lower() for word in text.split()[:2]]
        both = " ".join(said)
        return both if both in commands.BY_WORD else "".join(said[:1])


@dataclass(frozen=True, slots=True)
class Help(Command):
    """List the commands, or explain one."""

    word = "help"
    summary = "Show what you can say, or how one command works."
    examples = ("help", "help request")
    aliases = ("hi", "hello", "hey", "?", "-h", "--help", "usage")

    wanted: Annotated[str, Slot(CommandWord(), "[command]", "Command")] = ""

    def run(self, speaker: Speaker) -> Answer:
        """Explain."""
        command = commands.BY_WORD.get(self.wanted)
        return Answer(_one(command) if command else _all(speaker))


def _all(speaker: Speaker) -> Card:
    first = speaker.person.name.split()[0]
    return Card(
        f"Hello {first}, this is what you can say",
        lines=((_HOW,),),
        table=Table(
            ("Say", "What it does"),
            tuple((f"{c.word} {c.usage}".strip(), c.summary) for c in commands.COMMANDS),
        ),
        buttons=(
            Button("Ask for access", "request", Emphasis.PRIMARY),
            Button("What I may ask for", "catalog"),
            Button("What waits for me", "pending"),
            Button("What I hold", "mine"),
            Button("My dashboard", "home"),
        ),
    )


def _one(command: type[Command]) -> Card:
    said = " or ".join(f"`{example}`" for example in command.examples)
    return Card(
        f"{command.word} {usage(command)}".strip(),
        lines=((command.summary,), (f"For example {said}.",)),
        buttons=(Button("All commands", "help"),),
    )
