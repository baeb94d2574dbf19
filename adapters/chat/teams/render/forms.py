"""A form becomes a card to fill in."""

from __future__ import annotations

from adapters.chat.cards import Card, Form
from adapters.chat.teams.render.card import CUTS, above, back_action, root, title
from adapters.chat.teams.render.inputs import inputs
from adapters.chat.teams.render.texts import Json, one_line, paragraph


def form(form: Form, *, note: Card | None = None, back: str = "") -> Json:
    """Give the card; `note` and `back` as with any other."""
    asked = {field.name for field in form.fields}
    body = [above(note, CUTS[0], asked)] if note is not None else []
    body.append(title(form.title))
    body += [one for field in form.fields for one in inputs(field)]
    body += [paragraph(line) for line in form.lines]
    data = {"says": form.says, "form": True}
    submit = {"type": "Action.Execute", "title": one_line(form.submit), "style": "positive"}
    actions: list[Json] = [submit | {"verb": "say", "data": data}]
    if any(field.is_live for field in form.fields):
        look = {"type": "Action.Execute", "title": "See who will be asked", "verb": "draft"}
        actions.append(look | {"data": data})
    body.append({"type": "ActionSet", "actions": actions})
    if back:
        body.append({"type": "ActionSet", "actions": [back_action(back)]})
    told = "\n".join([form.title, *(field.label for field in form.fields)])
    return root(told) | {"body": body}
