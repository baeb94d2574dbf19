"""What a command is: a frozen dataclass whose fields are its grammar, its form and its help.

::

    @dataclass(frozen=True, slots=True)
    class Revoke(Command):
        word = "revoke"
        summary = "End somebody's access early."

        request: Annotated[RequestId, Slot(RequestNumber(), "JIT-42", "Which request", kept=True)]
        reason: Annotated[str, Slot(Reason(), '"<reason>"', "Why it ends early")]

        def run(self, speaker: Speaker) -> Answer: ...

`grammar` fills the fields from what somebody typed, pressed or filled in; `run` is called when
all of them are there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar, get_type_hints

from adapters.chat.cards import Answer, Choice, FieldKind, Line
from adapters.chat.grammar.closest import closest
from adapters.chat.grammar.words import Word
from adapters.chat.speaker import Speaker
from engine.model.identifiers import RequestId

T_co = TypeVar("T_co", covariant=True)

Texts = Mapping[str, str]
"""What is known of the fields so far, as text, by the field's name."""


class Kind(ABC, Generic[T_co]):
    """What a word, or several, can mean; and how a form asks for it."""

    field_kind = FieldKind.LINE
    length_max = 200

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Count the words at the beginning that are its; 0 where they mean something else."""
        return 1

    @abstractmethod
    def read(self, text: str, speaker: Speaker) -> T_co:
        """Read the text. Raises `Refused` with what would be right."""

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List what a form offers; empty where anything may be written."""
        return ()

    def search(self, typed: str, speaker: Speaker) -> tuple[Choice, ...]:
        """List what a form offers, as far as it is like what somebody types; closest first."""
        return closest(self.choices(speaker), typed)

    def proposals(self, speaker: Speaker, texts: Texts) -> tuple[Choice, ...]:
        """List what most people fill in, given what is filled in already; the usual one first."""
        return ()

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Say what a form says below the field, given what is filled in already."""
        return ""

    def suggestion(self, speaker: Speaker, texts: Texts) -> str:
        """Say what a form proposes, where nothing is filled in."""
        return ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a command: where its words stand, and how a form asks for them."""

    kind: Kind[object]
    spelled: str
    """How help spells it, e.g. `<entitlement>` or `[--for @person]`."""

    label: str
    hint: str = ""
    """What a form says below it; empty leaves that to the kind."""

    keywords: tuple[str, ...] = ()
    """Words that announce it, e.g. `--for`."""

    announced_only: bool = False
    """Only a keyword announces it; otherwise any word that fits is taken."""

    kept: bool = False
    """Stays in the line that a form says, instead of becoming a field of it."""

    hidden: bool = False
    """Never asked for in a form: only a button knows it."""

    blamed: tuple[str, ...] = ()
    """Beginnings of the codes of refusals that are about it, beside its own name."""

    is_live: bool = False
    """What is filled in here changes what the form says elsewhere."""

    name: str = ""
    required: bool = True

    def is_blamed(self, code: str) -> bool:
        """Say whether a refusal is about what was filled in here."""
        return code.startswith((f"{self.name}.", *self.blamed))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a command would come to with what is filled in so far."""

    lines: tuple[Line, ...] = ()
    """What is said below the fields."""

    errors: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with a field because of the others, by its name."""


class Command(ABC):
    """Something that people can say to the bot. Subclasses are frozen dataclasses."""

    __slots__ = ()

    word: ClassVar[str]
    summary: ClassVar[str]
    """What it does, in a sentence."""

    examples: ClassVar[tuple[str, ...]] = ()
    aliases: ClassVar[tuple[str, ...]] = ()
    spelled: ClassVar[str] = ""
    """What may follow the word, where listing the fields would not be read by anybody."""

    form_title: ClassVar[str] = ""
    """At most 24 characters: Slack's limit."""

    form_submit: ClassVar[str] = "Submit"
    """What the form's button says; at most 24 characters."""

    form_first: ClassVar[bool] = False
    """Whether the bare word opens the form although no field is required."""

    @abstractmethod
    def run(self, speaker: Speaker) -> Answer:
        """Do it, and say what came of it. Raises `Refused`."""

    @property
    def about(self) -> RequestId | None:
        """Which request it is about, as far as its words say."""
        return None

    @classmethod
    def preview(cls, speaker: Speaker, values: Mapping[str, object]) -> Preview:
        """Look ahead, with the fields that can be read already. Changes and records nothing."""
        return Preview()

    @classmethod
    def check_form(cls, speaker: Speaker, texts: Texts) -> None:
        """Check, before the form is opened, that filling it in can lead to something.

        Raises `Refused` where it cannot.
        """
        return


@cache
def slots_of(command: type[Command]) -> tuple[Slot, ...]:
    """List a command's fields, in order."""
    hints = get_type_hints(command, include_extras=True)
    return tuple(_slot(held, hints[held.name]) for held in _fields(command))


def _fields(command: type[Any]) -> tuple[Field[Any], ...]:
    return fields(command)


def _slot(of: Field[Any], hint: Any) -> Slot:  # noqa: ANN401 - a type hint can be anything
    for held in getattr(hint, "__metadata__", ()):
        if isinstance(held, Slot):
            return replace(held, name=of.name, required=of.default is MISSING)
    raise TypeError(f"{of.name} needs a Slot in its annotation")


def usage(command: type[Command]) -> str:
    """Spell what may follow the command's word, e.g. `<entitlement> <duration> "<reason>"`."""
    spelled = (slot.spelled for slot in slots_of(command) if slot.spelled)
    return command.spelled or " ".join(spelled)
