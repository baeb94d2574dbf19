"""A form becomes a card to fill in.

Nothing is told while somebody types, as Teams knows no such thing: where what is filled in changes
what the form says, a button asks for it.
"""

from __future__ import annotations

from adapters.chat.cards import Card, Form
from adapters.chat.teams.render import inputs
from adapters.chat.teams.render.card import Page, back_action, execute, root
from adapters.chat.teams.render.size import SAYS_MAX, Room, fitting
from adapters.chat.teams.render.texts import Json, heading, local_time, paragraph, run, runs, words
from adapters.chat.texts import taming

CHECK = "Who will be asked?"


def form(form: Form, *, note: Card | None = None, back: str = "") -> Json:
    """Give the card. `note` stands above it; `back` is the line that leads back, or `SHOW`."""
    told = f"{form.title}: {', '.join(field.label for field in form.fields)}"

    def draw(room: Room) -> Json:
        page = Page(room, {field.name for field in form.fields})
        body = [page.above(note)] if note is not None else []
        body.append(heading(form.title, size="Medium"))
        if len(form.says) > SAYS_MAX:
            body.append(paragraph([run("This form is too long for a card; please type it.")]))
            return root(told, body)
        for field in form.fields:
            body += inputs.elements(field, room)
        body += _below(form, room)
        body.append({"type": "ActionSet", "actions": _actions(form)})
        if back:
            body.append({"type": "ActionSet", "actions": [back_action(back)]})
        return root(told, body)

    return fitting(draw)


def _below(form: Form, room: Room) -> list[Json]:
    """Show what the form says below its fields."""
    items: list[Json] = []
    for line in form.lines[: room.lines]:
        items.append(paragraph(runs(line, room.text), spacing="Small"))
        items += local_time(line)
    return [{"type": "Container", "style": "emphasis", "items": items}] if items else []


def _actions(form: Form) -> list[Json]:
    says = {"says": form.says, "form": True}
    submit = execute(words(taming.cut(form.submit, 75)), "say", says, takes_inputs=True)
    actions = [submit | {"style": "positive"}]
    if any(field.is_live for field in form.fields):
        actions.append(execute(CHECK, "draft", says, takes_inputs=True))
    return actions
