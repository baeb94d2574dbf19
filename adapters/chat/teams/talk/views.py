"""What is shown for an answer: as a message of its own, or as what answers a press.

A press is answered with `{statusCode, type, value}`: a card that takes the place of the one that
was pressed, for whoever pressed it; or a sentence, which Teams shows beside the card that stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.chat.cards import Answer, Card, Tone
from adapters.chat.grammar.asks import word_of
from adapters.chat.teams.render import card as cards
from adapters.chat.teams.render import forms
from adapters.chat.teams.turn import Turn

Json = Mapping[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
SENTENCE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"


STRANGE = "That is no button of mine, so nothing was done; “help” lists what I can do."
BROKEN = "Something went wrong here, and it is not your fault. Please try again in a minute."
SLOW = "That takes longer than usual. Please try again in a moment."
NOTHING_NEW = "There is nothing newer than what stands here."
MEMBERS_ONLY = "Only members of the organisation see more of this."

OLD = Card(
    "This is an old copy",
    Tone.ENDED,
    (("It was sent twice, and only the other one is kept up to date: please look there.",),),
)
SHARED = Card("Shared in the channel", Tone.GOOD)
FILE_OFFERED = Card("You find it in our chat")
NO_FILE = Card(
    "The file could not be sent",
    Tone.BAD,
    (("Teams did not take it, so it is not in our chat; please ask for it again.",),),
)
WORKING = Card("Working on it…", Tone.WAITING, (("The answer comes here.",),))
WORKING_ELSEWHERE = Card("Working on it…", Tone.WAITING, (("The answer comes in our chat.",),))


# ── messages ────────────────────────────────────────────────────────────────────────────────────


def message(answer: Answer, *, mri: str = "", said: str = "") -> Json:
    """Give an answer as a message of its own."""
    return _message(_content(answer, said, "", mri=mri), _summary(answer))


def message_of(body: Json) -> Json:
    """Give what answers a press as a message."""
    value = body.get("value")
    if body.get("type") == CARD and isinstance(value, Mapping):
        told = str(value.get("fallbackText") or "").strip()
        return _message(value, told.partition("\n")[0] or SLOW)
    return line(str(value or SLOW))


def line(text: str) -> Json:
    """Give one line of ours for everybody; names in it are only text."""
    return {"type": "message", "textFormat": "plain", "text": text}


def _message(content: Json, summary: str) -> Json:
    attachment = {"contentType": CARD, "content": content}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


# ── answers to presses ──────────────────────────────────────────────────────────────────────────


def card(content: Json) -> Json:
    """Show a card in the place of the one that was pressed."""
    return {"statusCode": 200, "type": CARD, "value": content}


def sentence(text: str) -> Json:
    """Say a sentence beside the card."""
    return {"statusCode": 200, "type": SENTENCE, "value": text}


def error() -> Json:
    """Leave the card as it is: nobody pressed anything, Teams only looked."""
    value = {"code": "TryAgain", "message": SLOW}
    return {"statusCode": 500, "type": ERROR, "value": value}


def refusal(answer: Answer) -> Json:
    """Say a refusal in its own words, and nothing else."""
    told = answer.card or OLD
    return sentence(" ".join("".join(map(str, line)) for line in told.lines) or told.title)


def above_story(answer: Answer, story: Card, turn: Turn) -> Json:
    """Show what came of a press above the message it was pressed in, as that is now."""
    if answer.form is not None:
        return card(forms.form(answer.form, note=answer.card, back=cards.SHOW))
    return card(cards.content(story, refresh=_refresh(turn), note=answer.card))


def in_place(answer: Answer, said: str, back: str, *, mri: str) -> Json:
    """Show an answer in the place of another one; `back` is the line that leads back to that."""
    return card(_content(answer, said, back, mri=mri))


def story(shown: Card, turn: Turn) -> Json:
    """Give a message of a request's story as it is now."""
    return cards.content(shown, refresh=_refresh(turn))


def working(*, is_channel: bool) -> Json:
    """Say that the answer is on its way, and where to."""
    return cards.content(WORKING_ELSEWHERE if is_channel else WORKING)


def old() -> Json:
    """Say that a message does not count."""
    return cards.content(OLD)


def _content(answer: Answer, said: str, back: str, *, mri: str) -> Json:
    if answer.form is not None:
        return forms.form(answer.form, note=answer.card, back=back)
    told = answer.card or (FILE_OFFERED if answer.file else Card("Done"))
    is_home = word_of(said) == "home" and not answer.code and bool(mri)
    return cards.content(told, refresh=(mri,) if is_home else (), shows="home", back=back)


def _refresh(turn: Turn) -> tuple[str, ...]:
    return (turn.mri,) if turn.mri and not turn.channel else ()


def _summary(answer: Answer) -> str:
    """Say in a line what a message is about: what a notification shows."""
    if answer.form is not None:
        return answer.form.title
    return answer.card.title if answer.card else FILE_OFFERED.title
