"""One thing that Teams tells the bot, as plain data: nothing of the SDK comes further than this."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["message", "invoke", "installed", "uninstalled", "members", "other"]
Scope = Literal["personal", "channel", "groupChat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came in, and who did it. Teams signed it; what a card sent along is a claim."""

    kind: Kind
    name: str = ""
    """What an invoke is called, e.g. `adaptiveCard/action`."""

    activity_id: str = ""
    """Names it within its conversation: what is delivered again has the same one."""

    service_url: str = ""
    """Where it is answered, with a slash at the end: one of Teams' own."""

    conversation: str = ""
    """Where it happened; in a channel's thread with `;messageid=` and the root's id."""

    scope: Scope = "personal"
    channel: str = ""
    """The channel's, or the group chat's, id without a thread's; empty in a direct chat."""

    team: str = ""
    account: str = ""
    """The person's object id in Entra, lower case; empty where they have none."""

    mri: str = ""
    """The person's id for this bot alone (`29:…`); an app's begins with `28:`."""

    name_of: str = ""
    """The person's name as they chose it: to address them, and for nothing else."""

    tenant: str = ""
    """The organisation that it says it is from, lower case."""

    locale: str = ""
    reply_to: str = ""
    """The id of the message whose card was pressed."""

    text: str = ""
    """What was written, without a mention of the bot; other people are `<@29:…|name>` in it, and
    the characters `&`, `<` and `>` are escaped, as the grammar expects it of every chat."""

    added_by: str = ""
    """The name of whoever put the bot here, where that was somebody else."""

    value: Mapping[str, Any] = field(default_factory=dict)
    """What an invoke, or a card, sent along."""


Reply = tuple[int, Mapping[str, Any] | None]
"""An HTTP status, and the JSON that answers an invoke."""

Hear = Callable[[Turn], Awaitable[Reply]]
"""What the door calls with everything that is genuine. Never raises."""
