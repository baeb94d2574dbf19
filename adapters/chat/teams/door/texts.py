"""What somebody wrote in Teams, as they wrote it: without the call of the bot and Teams' markup.

The SDK's own way takes the bot's name out of the text wherever it stands, and with it parts of
commands (“show JIT-7”). Here exactly that is taken out which Teams marked as a mention of the bot.

What comes of it is what the grammar reads from every chat: people are `<@id|name>`, and of what
was typed the characters `&`, `<` and `>` are escaped, so that nobody types a mention. Curly quotes,
hard spaces and the word jit in front of a command are the grammar's own matter.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

MENTIONS_MAX = 50
"""Mentions of one message that are looked at."""

_TAG = re.compile(r"</?at(?:\s[^<>]{0,300})?>", re.IGNORECASE)
_MRI = re.compile(r"(?:29|8):[^<>|\s]{1,300}")
_NOT_IN_NAMES = re.compile(r"[<>|\x00-\x1f]")

# Only with their semicolon: in an address, `&copy=1` is no sign of copyright.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_WIDE = re.compile(r"[\u3000\uff01-\uff5e]+")
"""Letters and signs as wide as Chinese ones, as keyboards there write them. Nothing else is
normalised that far: of ½ or ² something else would be left than what was typed."""


class _Mention(NamedTuple):
    said: str
    """What stands in the text."""

    who: str
    name: str


def command_line(text: str, entities: object, bot: str) -> str:
    """Give the words; people who are mentioned become `<@29:…|name>`. `bot` is the bot's own id."""
    parts = [_Part(text)]
    for mention in _mentions(entities):
        # An app that is mentioned, and is not this bot, is nobody: its name stays.
        is_person = _MRI.fullmatch(mention.who) is not None
        if is_person or mention.who == bot:
            parts = _taken_out(parts, mention, _named(mention) if is_person else " ")
    return "".join(part.text if part.is_ours else _typed(part.text) for part in parts).strip()


class _Part(NamedTuple):
    """Some of the text."""

    text: str
    is_ours: bool = False
    """Whether it was put in the place of a mention."""


def _taken_out(parts: list[_Part], mention: _Mention, instead: str) -> list[_Part]:
    """Put something in the place of where a mention stands first, as Teams lists them in order."""
    for place, part in enumerate(parts):
        if not part.is_ours and mention.said in part.text:
            before, _, after = part.text.partition(mention.said)
            parts[place : place + 1] = [_Part(before), _Part(instead, is_ours=True), _Part(after)]
            break
    return parts


def _named(mention: _Mention) -> str:
    return f"<@{mention.who}|{_escaped(_NOT_IN_NAMES.sub('', mention.name))}>"


def _typed(text: str) -> str:
    """Give what was typed: Teams escapes what was formatted, and writes a second space as one."""
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), _TAG.sub(" ", text))
    text = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return _escaped(unicodedata.normalize("NFC", text))


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _mentions(entities: object) -> Iterator[_Mention]:
    for one in entities[:MENTIONS_MAX] if isinstance(entities, list) else []:
        if not isinstance(one, Mapping) or one.get("type") != "mention":
            continue
        said, whom = one.get("text"), one.get("mentioned")
        if isinstance(said, str) and said and isinstance(whom, Mapping):
            yield _Mention(said, _text(whom, "id"), _text(whom, "name"))


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    return found if isinstance(found, str) else ""
