"""A card becomes a message, an answer a response, a dashboard the Home tab.

Whatever the card holds, the payload is one that Slack takes: see `page` and `blocks`. A message's
`text` tells the whole story once more, because screen readers read it and not the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.chat.cards import Answer, Button, Card, Emphasis, Form
from adapters.chat.slack import blocks
from adapters.chat.slack.blocks import Json
from adapters.chat.slack.page import COMMAND, Page, Surface, where_whole
from adapters.chat.texts import taming


def message(card: Card, *, command: str = COMMAND) -> Json:
    """Give `text` and `blocks` of a message. `command` is what people type in this workspace."""
    whole = where_whole(card, command)
    page = Page(Surface.MESSAGE, whole)
    page.show(card)
    text = story(card, whole)
    if not page.blocks:
        page.add([blocks.context(text)])
    return {"text": text, "blocks": page.blocks}


def response(answer: Answer, *, command: str = COMMAND) -> Json:
    """Give what is sent back for a command or a press: to the person alone, unless it is shared.

    A form is offered behind a button, for where none can be opened: see `invitation`.
    """
    card = answer.card
    if card is None and answer.form is not None:
        card = invitation(answer.form, answer.form.says)
    elif card is None:
        card = Card("You find it in our direct messages" if answer.file else "Done")
    kind = "in_channel" if answer.is_shared else "ephemeral"
    return {"response_type": kind, **message(card, command=command)}


def invitation(form: Form, said: str) -> Card:
    """Offer a form that could not be opened at once: Slack opens one only when a button is pressed.

    `said` is the command line that leads to it, e.g. what was typed in a direct message.
    """
    wrong = tuple((f"{field.label}: {field.error}",) for field in form.fields if field.error)
    button = Button("Fill it in", said, Emphasis.PRIMARY, f"Fill it in: {form.title}")
    return Card(form.title, lines=(*wrong, ("Something is still missing.",)), buttons=(button,))


def home(card: Card) -> Json:
    """Give the view of the Home tab."""
    page = Page(Surface.HOME)
    page.show(card)
    return {"type": "home", "callback_id": "home", "blocks": page.view_blocks()}


def story(card: Card, whole: str) -> str:
    """Tell a card as one text, escaped, within what Slack takes."""
    text = "\n".join(line for line in _told(card) if line) or taming.NOTHING
    more = blocks.escape(f" … {whole or 'the rest is in the message.'}")
    return blocks.cut_escaped(text, blocks.NOTICE_MAX, more)


def _told(card: Card) -> Iterator[str]:
    """Give a card's lines of text; nobody's words begin a line of their own."""
    yield taming.one_line(card.title) if card.title.strip() else ""
    for line in card.lines:
        said = "".join(taming.spell_utc(p) if not isinstance(p, str) else p for p in line)
        yield " ".join(taming.tame(said).split())
    for fact in card.facts:
        yield f"{taming.one_line(fact.label)}: {blocks.spell(fact.value)}"
    if card.table is not None:
        yield " | ".join(map(blocks.spell, card.table.columns))
        yield from (" | ".join(map(blocks.spell, row)) for row in card.table.rows)
    for part in card.parts:
        yield from _told(part)
