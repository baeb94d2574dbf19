"""A page is filled from the top until Slack's limits are reached, and then says what is missing.

::

    title      a header
    lines      what happened, in sentences
    facts      a label and its value each; somebody's own long words as a quote
    table      Slack's own in a message, a list where it has none (Home, modals)
    buttons
    parts      the same again for each, under a line across

What comes first matters most, so it is the end that is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from adapters.chat.cards import Button, Card, Emphasis, Fact, Table, Tone
from adapters.chat.slack import blocks
from adapters.chat.slack.blocks import Json, Paragraph, Shape
from adapters.chat.slack.tables import list_rows, table_block
from adapters.chat.texts import taming

COMMAND = "/jit"
"""What people type, where a company's `/jit` is not taken."""

OWN_WORDS_MIN = 160
"""Characters from which on a fact is somebody's own words, and stands as a quote."""

VIEW_MAX = 240_000
"""Bytes of a view's blocks as JSON: Slack takes 250 KB."""

NUMBER = re.compile(r"\bJIT-\d+\b")
"""A request's number, as people read it."""

_MARKS = {
    # Beside the title's words, never instead of them.
    Tone.WAITING: "⏳ ",
    Tone.GOOD: "✅ ",
    Tone.WARNING: "⚠️ ",
    Tone.BAD: "⛔ ",
    Tone.ENDED: "⏹️ ",
}


class Surface(StrEnum):
    """Where a page is shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"

    @property
    def blocks_max(self) -> int:
        """Count the blocks that Slack takes there."""
        return 50 if self is Surface.MESSAGE else 100

    @property
    def texts_max(self) -> int:
        """Count the characters that we put there; a dashboard is a few messages long."""
        return blocks.TEXTS_MAX if self is Surface.MESSAGE else 2 * blocks.TEXTS_MAX


@dataclass(slots=True)
class Page:
    """Blocks so far, and the room that is left."""

    surface: Surface
    whole: str = ""
    """Where the whole text is, in a sentence; said where something was cut."""

    blocks: list[Json] = field(default_factory=list)
    blocks_left: int = field(init=False)
    texts_left: int = field(init=False)
    tables_left: int = field(init=False)
    buttons: int = 0

    def __post_init__(self) -> None:
        self.blocks_left = self.surface.blocks_max - 1  # the last one may have to say what is left
        self.texts_left = self.surface.texts_max
        # Slack takes one table in a message, and none elsewhere.
        self.tables_left = int(self.surface is Surface.MESSAGE)

    # ── a card ──────────────────────────────────────────────────────────────────────────────────

    def show(self, card: Card) -> None:
        """Show a card with its parts."""
        self._show_one(card)
        for number, part in enumerate(card.parts):
            if self.blocks_left < _blocks_of(part):
                left = len(card.parts) - number
                self._say_last(f"{left} more {'part' if left == 1 else 'parts'} do not fit here.")
                return
            self.add([blocks.divider()])
            self._show_one(part)

    def _show_one(self, card: Card) -> None:
        if is_note(card, self.surface):
            self._show_note(card)
        else:
            if card.title.strip():
                self.add(blocks.header(_MARKS.get(card.tone, "") + card.title))
            self.write(Paragraph(blocks.line_elements(line)) for line in card.lines)
            self.write(paragraph for fact in card.facts for paragraph in fact_paragraphs(fact))
        if card.table is not None:
            self._show_table(card.table)
        self.press(buttons_of(card))

    def _show_note(self, card: Card) -> None:
        """Show a few words, as in a thread: no headline, and all in one block."""
        title = blocks.words(_MARKS.get(card.tone, "") + card.title, is_bold=True)
        lines = [Paragraph(blocks.line_elements(line)) for line in card.lines]
        facts = [paragraph for fact in card.facts for paragraph in fact_paragraphs(fact)]
        self.write([Paragraph(title), *lines, *facts])

    # ── its pieces ──────────────────────────────────────────────────────────────────────────────

    def add(self, found: Iterable[Json]) -> None:
        """Add blocks, as many as there is room for."""
        new = list(islice(found, self.blocks_left))
        self.blocks += new
        self.blocks_left -= len(new)

    def write(self, paragraphs: Iterable[Paragraph]) -> None:
        """Write paragraphs; where there is no room for all, as much as there is."""
        self.add(blocks.rich_text(self._within_room(paragraphs)))

    def _within_room(self, paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
        for paragraph in paragraphs:
            if paragraph.cost > self.texts_left:
                short = paragraph.head(self.texts_left)
                self.texts_left = 0
                if short.elements:
                    yield short
                yield Paragraph(blocks.words(self._cut_here()))
                return
            self.texts_left -= paragraph.cost
            if paragraph.elements:
                yield paragraph

    def _cut_here(self) -> str:
        return f"… {self.whole or 'the rest does not fit here.'}"

    def _show_table(self, table: Table) -> None:
        """Show as many rows as fit, and say how many those are."""
        if not table.rows:
            self.write([Paragraph(blocks.words("There is nothing to list."))])
            return
        if self.tables_left:
            made, shown, cost = table_block(table, self.texts_left)
            self.tables_left -= 1
            self.add([made] if made else [])
        else:
            paragraphs, cost = list_rows(table, self.texts_left)
            shown = len(paragraphs)
            self.add(blocks.rich_text(paragraphs))
        self.texts_left -= cost
        if shown < len(table.rows):
            said = f"Shown: {shown} of {len(table.rows)} rows; narrow the question to see the rest."
            self.add([blocks.context(said)])

    def press(self, offered: Iterable[Button]) -> None:
        """Offer buttons, as many as fit into a row."""
        fitting = [button for button in offered if blocks.fits(button)][: blocks.BUTTONS_MAX]
        elements = []
        for button in fitting:
            elements.append(blocks.button_element(button, self.buttons))
            self.buttons += 1
        if elements:
            self.add([{"type": "actions", "elements": elements}])

    def view_blocks(self) -> list[Json]:
        """Give the blocks of a view, as many as Slack takes in bytes; never none."""
        while len(json.dumps(self.blocks)) > VIEW_MAX:
            self.blocks.pop()
        return self.blocks or [blocks.context("There is nothing here.")]

    def _say_last(self, said: str) -> None:
        """Use the block that was kept for it."""
        self.blocks.append(blocks.context(said))
        self.blocks_left = 0


def where_whole(card: Card, command: str) -> str:
    """Say where the whole of a card can be read, where it is about one request."""
    found = NUMBER.search(" ".join([card.title, *(button.says for button in card.buttons)]))
    return f"the whole text: {command} status {found[0]}" if found else ""


def is_note(card: Card, surface: Surface) -> bool:
    """Say whether a card is but a few words: what a thread consists of."""
    is_more = card.table or card.parts or card.form or card.buttons
    return (
        surface is Surface.MESSAGE
        and bool(card.title and card.lines)
        and not (is_more or len(card.facts) > 1 or len(card.lines) > 2)
    )


def fact_paragraphs(fact: Fact) -> Iterator[Paragraph]:
    """Give a fact: on a line, or above somebody's own words."""
    label, value = blocks.words(f"{taming.one_line(fact.label)}:", is_bold=True), fact.value
    if isinstance(value, str) and (len(value) > OWN_WORDS_MIN or "\n" in value.strip()):
        yield Paragraph(label)
        yield Paragraph(blocks.words(value.strip()), Shape.QUOTE)
    else:
        told = value.strip() if isinstance(value, str) else value
        yield Paragraph((*label, *blocks.words(" "), *blocks.value_elements(told)))


def buttons_of(card: Card) -> tuple[Button, ...]:
    """Give a card's buttons; a form within it opens by one."""
    if card.form is None:
        return card.buttons
    return (*card.buttons, Button(card.form.title, card.form.says, Emphasis.PRIMARY))


def _blocks_of(part: Card) -> int:
    """Count the blocks of a part at most: its texts are counted in characters, see `Page`."""
    texts = sum(len(str(piece)) for line in part.lines for piece in line)
    return 8 + texts // blocks.TEXT_MAX
