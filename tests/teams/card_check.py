"""Is this what Teams would show, and everybody could read? A message with its cards, offline.

Each finding is `<place>: <what is wrong>`, the place as a JSON pointer; no finding is good. The
rules: Teams' limits, its store's rules, accessibility, and that nothing which people wrote becomes
a link, a format, a mention or a date. Microsoft's schema is applied where it is at hand.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.teams.card_schema import check_schema

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
FILE_CONSENT = "application/vnd.microsoft.teams.card.file.consent"
FILE_INFO = "application/vnd.microsoft.teams.card.file.info"
KINDS = {CARD, FILE_CONSENT, FILE_INFO}

CARD_BYTES_MAX = 28_000
MESSAGE_BYTES_MAX = 80_000
"""Of the whole message, as UTF-16 in JSON. Teams' own limit is about 100 KB."""

ACTIONS_MAX = 6
REFRESHED_MAX = 60
"""People for whom a card is asked for anew when they look at it."""

ATTACK = (
    "**bold** *bold* _slanted_ [Q4](https://evil.example) <at>Everyone</at> <b>x</b> @everyone "
    "{{DATE(2020-01-01T00:00:00Z)}} <img src=x onerror=alert(1)> =HYPERLINK(1)"
)
"""What somebody may write as a reason, and what nothing of may ever be taken for ours."""

HOSTILE = (
    *("](http", "<at>", "<at ", "</at>", "<b>", "<img", "<a ", "<script", "javascript:"),
    *("**bold**", "*bold*", "__bold__", "~~struck~~", "*slanted*", "_slanted_"),
    *("evil.example", "//e.example", "<!channel>", "@everyone", "=HYPERLINK", "=cmd|"),
)
"""What people write in tests of ours, and what our own words never hold."""

_OURS = re.compile(
    r"\{\{(DATE|TIME)\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"
    r"(, ?(SHORT|LONG|COMPACT))?\)\}\}"
)
"""Dates that are written in the reader's own zone; Teams does so in a TextBlock alone."""

_UNREAD = {"data", "verb", "id", "type", "url", "userIds", "$schema"}
"""What is never shown as text."""


def check_activity(activity: Json) -> list[str]:
    """Check a message that the bot sends, its cards among it."""
    return [] if activity.get("type", "message") != "message" else [*_activity(activity)]


def check_card(card: Json) -> list[str]:
    """Check one Adaptive Card."""
    return [*check_schema(card), *_root(card), *_inside(card), *_sizes(card)]


def spelled(thing: Json) -> int:
    """Say how long something is, in bytes of UTF-8."""
    return len(json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode())


def cards_in(activity: Json) -> list[Json]:
    """Give the Adaptive Cards of a message."""
    attached = activity.get("attachments") or []
    return [one.get("content") or {} for one in attached if one.get("contentType") == CARD]


# ── the message around it ───────────────────────────────────────────────────────────────────────


def _activity(activity: Json) -> Iterator[str]:
    attached, text = activity.get("attachments") or [], str(activity.get("text") or "")
    if len(attached) > 1:
        yield "/attachments: one card in each message: with several, Teams gives no id"
    if not attached and not text:
        yield "/text: nothing is said"
    if attached and not text and not activity.get("summary"):
        yield "/summary: a notification shows nothing without it"
    for number, one in enumerate(attached):
        yield from _file(one, f"/attachments/{number}")
        if one.get("contentType") not in KINDS:
            yield f"/attachments/{number}/contentType: {one.get('contentType')} is none of Teams'"
    if len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le")) > MESSAGE_BYTES_MAX:
        yield f"/: more than {MESSAGE_BYTES_MAX} bytes"
    yield from _text(activity, text)
    for number, card in enumerate(cards_in(activity)):
        for finding in check_card(card):
            yield f"/attachments/{number}/content{finding}"


def _file(attachment: Json, place: str) -> Iterator[str]:
    """Look at a file that is offered, or is there."""
    content, kind = attachment.get("content") or {}, attachment.get("contentType")
    if kind in (FILE_CONSENT, FILE_INFO) and not attachment.get("name"):
        yield f"{place}/name: a file without a name"
    if kind == FILE_CONSENT and not content.get("sizeInBytes"):
        yield f"{place}/content/sizeInBytes: nobody is told how long the file is"
    if kind == FILE_INFO and not {"uniqueId", "fileType"} <= set(content):
        yield f"{place}/content: uniqueId and fileType name the file"
    if kind == FILE_INFO and not attachment.get("contentUrl"):
        yield f"{place}/contentUrl: nobody can open the file"


def _text(activity: Json, text: str) -> Iterator[str]:
    """Look at what is written beside a card: Markdown, unless it says that it is plain."""
    left = text
    for number, entity in enumerate(activity.get("entities") or []):
        if entity.get("type") == "mention":
            said = str(entity.get("text") or "")
            if not said or said not in text:
                yield f"/entities/{number}: what is mentioned does not stand in the text"
            left = left.replace(said, "")
    if activity.get("textFormat") != "plain":
        yield from _hostile(left, "/text")
    elif "<at" in left:
        yield "/text: a mention without its entity"


# ── the card as a whole ─────────────────────────────────────────────────────────────────────────


def _root(card: Json) -> Iterator[str]:
    if card.get("type") != "AdaptiveCard" or card.get("version") != "1.5":
        yield f"/version: must be an AdaptiveCard 1.5, not {card.get('version')}"
    if not str(card.get("fallbackText") or "").strip():
        yield "/fallbackText: who cannot see cards is told nothing"
    if not card.get("lang"):
        yield "/lang: a screen reader has to guess"
    if not card.get("body"):
        yield "/body: nothing is shown"
    if "refresh" in card:
        yield from _refresh(card["refresh"])
    identified = Counter(
        one["id"] for _, one in _elements(card) if str(one.get("type")).startswith("Input.")
    )
    yield from (
        f"/: {count} inputs are called {name}" for name, count in identified.items() if count > 1
    )


def _refresh(refresh: Json) -> Iterator[str]:
    if refresh.get("action", {}).get("type") != "Action.Execute":
        yield "/refresh/action: must be an Action.Execute"
    users = refresh.get("userIds")
    if users is None:
        yield "/refresh/userIds: in a large channel, nobody is meant; name them, or nobody"
        return
    if len(users) > REFRESHED_MAX:
        yield f"/refresh/userIds: more than {REFRESHED_MAX}"
    if any(not str(one).startswith("29:") for one in users):
        yield "/refresh/userIds: Teams knows people by `29:…` alone"


def _sizes(card: Json) -> Iterator[str]:
    if spelled(card) >= CARD_BYTES_MAX:
        yield f"/: {spelled(card)} bytes, and {CARD_BYTES_MAX} are too many"


# ── everything inside ───────────────────────────────────────────────────────────────────────────


def _elements(thing: object, place: str = "") -> Iterator[tuple[str, Json]]:
    """Walk everything in a card that has a type, or is one of a list; not what buttons carry."""
    if isinstance(thing, list):
        for number, one in enumerate(thing):
            yield from _elements(one, f"{place}/{number}")
    elif isinstance(thing, dict):
        yield place, thing
        for name, value in thing.items():
            if name not in _UNREAD:
                yield from _elements(value, f"{place}/{name}")


def _inside(card: Json) -> Iterator[str]:
    for place, one in _elements(card):
        kind = str(one.get("type") or "")
        if isinstance(one.get("actions"), list):
            yield from _action_set(one["actions"], f"{place}/actions")
        if kind == "TextBlock":
            yield from _text_block(one, place)
        elif kind == "FactSet":
            for number, fact in enumerate(one.get("facts") or []):
                yield from _hostile(
                    f"{fact.get('title')} {fact.get('value')}", f"{place}/facts/{number}"
                )
        elif kind.startswith("Input."):
            yield from _input(one, place)
        elif kind.startswith("Action."):
            yield from _action(one, place)
        elif kind == "Image" and not one.get("altText"):
            yield f"{place}/altText: a picture that is not told in words"
        yield from _dates(one, place)


def _action_set(actions: list[Json], place: str) -> Iterator[str]:
    if len(actions) > ACTIONS_MAX:
        yield f"{place}: {len(actions)} buttons, and only {ACTIONS_MAX} are shown"
    titles = Counter(one.get("title") for one in actions)
    yield from (
        f"{place}: {count} buttons say {title!r}" for title, count in titles.items() if count > 1
    )


def _text_block(block: Json, place: str) -> Iterator[str]:
    if block.get("wrap") is not True:
        yield f"{place}/wrap: what is longer than a line is cut off"
    yield from _hostile(str(block.get("text") or ""), f"{place}/text")


def _hostile(text: str, place: str) -> Iterator[str]:
    for mark in HOSTILE:
        if mark.lower() in text.lower():
            yield f"{place}: {mark!r} would be read as Markdown, or people wrote it"


def _input(field: Json, place: str) -> Iterator[str]:
    if not str(field.get("label") or "").strip():
        yield f"{place}/label: a screen reader says nothing here"
    if not field.get("id"):
        yield f"{place}/id: what is filled in here is lost"
    if field.get("isRequired") and not field.get("errorMessage"):
        yield f"{place}/errorMessage: nobody is told what is missing"
    if field.get("type") == "Input.ChoiceSet":
        values = Counter(one.get("value") for one in field.get("choices") or [])
        if any(count > 1 for count in values.values()):
            yield f"{place}/choices: two have the same value"


def _action(action: Json, place: str) -> Iterator[str]:
    kind, title = action["type"], str(action.get("title") or "")
    if not title and not place.endswith(("/refresh/action", "/selectAction")):
        yield f"{place}/title: a button that says nothing"
    if kind == "Action.Submit":
        data = action.get("data")
        told = data.get("msteams", {}) if isinstance(data, dict) else {}
        if told.get("type") != "task/fetch":
            yield f"{place}: Action.Execute is for this; Submit only opens dialogs"
    elif kind == "Action.Execute" and not action.get("verb"):
        yield f"{place}/verb: nothing is said by this button"
    elif kind == "Action.ShowCard":
        inner = _elements(action.get("card"))
        if any(one.get("type") == "Action.ShowCard" for _, one in inner):
            yield f"{place}: Teams shows no card inside a card that is shown"


def _dates(one: Json, place: str) -> Iterator[str]:
    """Find what a renderer would expand: only dates of ours, and only where Teams expands them."""
    kind = str(one.get("type") or "")
    written = [(name, value) for name, value in one.items() if isinstance(value, str)]
    # Runs of rich text may be written as they are, without being elements.
    written += [("inlines", run) for run in one.get("inlines") or [] if isinstance(run, str)]
    for name, value in written:
        if name in _UNREAD:
            continue
        # What stands in a field is shown as it is.
        if kind.startswith("Input.") and name == "value":
            continue
        left = _OURS.sub("", value) if kind == "TextBlock" and name == "text" else value
        if "{{" in left:
            yield f"{place}/{name}: {left[left.index('{{') :][:40]!r} would be expanded"
