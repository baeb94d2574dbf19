"""Who sees what the record answered: only who asked, a channel, or a file that is taken along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.chat.cards import Answer, Button, Card, Line
from adapters.chat.grammar.kinds import CSV, SHARE
from adapters.chat.speaker import Speaker
from engine.errors import Invalid, NotAllowed
from engine.model.identifiers import show
from engine.ports import EntryFilter
from engine.workflow.note_read import Showing


def refuse_read_along(speaker: Speaker) -> None:
    """Refuse to answer where people of other organisations read along."""
    if speaker.is_read_along:
        raise NotAllowed(
            "audit.read_along",
            "People of other organisations read this channel along, so the record is not shown "
            "here; ask in a channel of your own, or write it to me directly.",
        )


def showing_of(speaker: Speaker, way: str | None) -> Showing:
    """Say to whom an answer is shown. Raises `Refused` where it may not, or cannot, be shown so."""
    refuse_read_along(speaker)
    if way == SHARE and not speaker.channel:
        raise Invalid(
            "audit.nobody_there",
            "Nobody but you reads along here, so there is nobody to share it with; "
            "say it in the channel whose people shall see it.",
        )
    return Showing(
        shared_in=f"{speaker.platform} {speaker.channel}" if way == SHARE else "",
        as_file=way == CSV,
    )


def shown(card: Card, speaker: Speaker, way: str | None, *, says: str) -> Answer:
    """Give a card to who asked, with what can be done with it; or to everybody in the channel."""
    if way != SHARE:
        ways = _ways(speaker, says) if card.table else ()
        return Answer(replace(card, buttons=(*card.buttons, *ways)))
    who: Line = (f"Shared by {speaker.person.name}, {speaker.person.title}.",)
    return Answer(replace(card, lines=(who, *card.lines)), is_shared=True)


def _ways(speaker: Speaker, says: str) -> Sequence[Button]:
    taking = Button("Send me CSV", f"{says} {CSV}", about="Send me the answer as a CSV file")
    if not speaker.channel:
        return (taking,)
    everybody = "Show the answer to everybody in this channel"
    return (Button("Share in channel", f"{says} {SHARE}", about=everybody), taking)


def entries_line(wanted: EntryFilter, at: datetime) -> str:
    """Spell what was asked so that asking again gives what was shown: nothing that came later."""
    parts = [
        f"request {show(wanted.request)}" if wanted.request else "",
        f"person {wanted.person}" if wanted.person else "",
        f"entitlement {wanted.entitlement}" if wanted.entitlement else "",
        f"from {wanted.from_at.isoformat()}" if wanted.from_at else "",
        f"to {min(wanted.until_at or at, at).isoformat()}",
    ]
    return " ".join(["audit", *filter(None, parts)])
