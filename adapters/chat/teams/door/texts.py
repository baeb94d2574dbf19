"""What somebody wrote in Teams, as they wrote it: without the call of the bot and Teams' markup.

The SDK's own way takes the bot's name out of the text wherever it stands, and with it parts of
commands (“show JIT-7”). Here exactly that is taken out which Teams marked as a mention of the bot.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

MENTIONS_MAX = 50
"""Mentions of one message that are looked at."""

_EMPTY = re.compile(r"<at\b[^>]*>\s*</at>")
_MRI = re.compile(r"(?:29|8):[^<>|\s]{1,300}")


def command_line(text: str, entities: object, bot: str) -> str:
    """Give the words; people who are mentioned become `<@29:…|name>`. `bot` is the bot's own id."""
    for said, who, name in _mentions(entities):
        if who == bot:
            text = text.replace(said, " ", 1)
        elif _MRI.fullmatch(who):
            text = text.replace(said, f"<@{who}|{name}>", 1)
    # Teams writes a hard space for a second one, and escapes what was formatted.
    return html.unescape(_EMPTY.sub(" ", text)).replace("\u00a0", " ").strip()


def _mentions(entities: object) -> Iterator[tuple[str, str, str]]:
    """Walk the mentions: what stands in the text, who is meant, and their name."""
    for one in entities[:MENTIONS_MAX] if isinstance(entities, list) else []:
        if not isinstance(one, Mapping) or one.get("type") != "mention":
            continue
        said, whom = one.get("text"), one.get("mentioned")
        if isinstance(said, str) and said and isinstance(whom, Mapping):
            yield said, _text(whom, "id"), re.sub(r"[<>|]", "", _text(whom, "name"))


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    return found if isinstance(found, str) else ""
