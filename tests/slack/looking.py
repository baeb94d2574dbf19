"""What stands in the fake Slack, as cards: the words that are read and the buttons that are there.

Block Kit keeps no facts and no tables apart from other text, so a card comes back as its title and
its lines. Its `plain()` is what the bot's own card says in `plain()`, line by line, where Slack
shows the whole of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from adapters.chat.cards import Button, Card
from adapters.chat.platform import Platform
from adapters.chat.slack.platform import SlackPlatform
from adapters.chat.slack.web_api.client import SlackClient
from adapters.chat.slack.web_api.pacing import Pacing
from tests.slack.fake_slack import FakeSlack, Message, View, plain
from tests.slack.fake_slack.filling_in import elements
from tests.slack.fake_slack.reading import label_of

# Beside the words of a card's title, or of a part's, and not among them.
_MARK = re.compile(r"^(⏳|✅|⚠️|⛔|⏹️) ")

_ROW = re.compile(r"(\[[^\]]+\] ?)+")


def card_of(thing: Message | View) -> Card:
    """Read a message or a home as a card."""
    offered = {f"[{one.label}]" for one in _buttons(thing)}
    lines = [
        line
        for line in plain(thing).splitlines()
        if not (_ROW.fullmatch(line) and set(re.findall(r"\[[^\]]+\]", line)) <= offered)
    ]
    title, *rest = [_MARK.sub("", _cells(line)) for line in lines] or [""]
    return Card(title, lines=tuple((line,) for line in rest), buttons=_buttons(thing))


def _cells(line: str) -> str:
    """Read a table's row: Slack takes no empty cell, and a dash stands for nothing."""
    return " | ".join("" if cell == "–" else cell for cell in line.split(" | "))


def _buttons(thing: Message | View) -> tuple[Button, ...]:
    return tuple(
        Button(label_of(block, element), element.get("value", ""))
        for block in thing.blocks
        for element in elements(block)
        if element["type"] == "button"
    )


def cards_in(slack: FakeSlack, channel: str, thread: str | None = None) -> Sequence[Card]:
    """Read the cards in a channel, or in a thread of it (`<channel>/<ts>`) its replies."""
    there = slack.world.channels.get(channel)
    if there is None:
        return []
    if thread is not None:
        root = thread.rpartition("/")[2]
        return [card_of(one) for one in there.thread(root) if one.ts != root]
    return [card_of(one) for one in there.messages if not one.is_reply]


def cards_for(slack: FakeSlack, user: str) -> Sequence[Card]:
    """Read what the bot wrote to a person."""
    return cards_in(slack, slack.direct(user).id)


def slack_platform(slack: FakeSlack) -> Platform:
    """Make the platform under test, as it speaks to the fake; nothing waits for its turn."""
    client = SlackClient(slack.api_url, slack.app.bot_token)
    # Its clock passes a minute at every look: pacing has tests of its own.
    client._pacing = Pacing(clock=count(0, 60).__next__)
    return SlackPlatform(client)
