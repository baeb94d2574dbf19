"""The manifest: what Teams is told about the app, and what it shows of it.

In the schema's version 1.24, the last in which an app can stay out of shared channels: from 1.25
on, whatever works in teams works in those too, and people of other organisations would read along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from adapters.chat.commands import COMMANDS

SCHEMA = "1.24"

OFFERED = (
    "request",
    "mine",
    "pending",
    "home",
    "catalog",
    "status",
    "return",
    "who",
    "audit",
    "help",
)
"""The commands that Teams offers while somebody types: it shows ten. Deciding is done by button."""

NAME_MAX = 30
PUBLISHER_MAX = 32
ADDRESS_MAX = 2048
"""Characters, by the schema."""

SCOPES = ("personal", "team", "groupChat")

_SHORT = "Ask for access, for a time and a reason; the right people approve."
_FULL = (
    "Ask for privileged access where you work: say what you need, for how long and why. The right "
    "people approve with a button, exactly that permission is given for exactly that time and "
    "taken away again, and every step is a record that nobody can quietly change.\n\n"
    "Write `help` to begin. In a channel, mention the app first: only what is said to it is heard."
)
_VERSION = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")


class PackageError(Exception):
    """A package cannot be made of this. The text says what would be right, a line for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an installation says about itself."""

    app_id: str
    """MICROSOFT_APP_ID; the app's own id is the same."""

    version: str
    """Three numbers. Teams takes a changed package only with a higher one."""

    website: str
    """A page for the people of the company: what this is, whom to ask, what is recorded."""

    name: str = "JIT"
    """What people mention: `@JIT request`."""

    publisher: str = "jitbot"


def manifest(about: About) -> Mapping[str, Any]:
    """Write the manifest. Raises `PackageError` where Teams would not take it."""
    if problems := [*_problems(about)]:
        raise PackageError("\n".join(problems))
    schema = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}"
    return {
        "$schema": f"{schema}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": about.version,
        "id": about.app_id.lower(),
        "localizationInfo": {"defaultLanguageTag": "en"},
        "developer": {
            "name": about.publisher,
            "websiteUrl": about.website,
            "privacyUrl": about.website,
            "termsOfUseUrl": about.website,
        },
        "name": {"short": about.name, "full": f"{about.name}: access for a time"},
        "description": {"short": _SHORT, "full": _FULL},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#1d3d6b",
        "bots": [_bot(about)],
        "defaultInstallScope": "personal",
        "supportedChannelTypes": ["privateChannels"],
        # Who it is, and a direct chat with them. Nothing of what teams write among themselves.
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [],  # it shows no page of its own
    }


def _bot(about: About) -> Mapping[str, Any]:
    return {
        "botId": about.app_id.lower(),
        "scopes": [*SCOPES],
        "isNotificationOnly": False,
        "supportsFiles": True,  # the record as a CSV file
        "supportsCalling": False,
        "supportsVideo": False,
        "commandLists": [{"scopes": [*SCOPES], "commands": [*_commands()]}],
    }


def _commands() -> Iterator[Mapping[str, str]]:
    """Offer the words that help lists, with its sentences."""
    summaries = {command.word: command.summary for command in COMMANDS}
    for word in OFFERED:
        yield {"title": word, "description": summaries[word]}


def _problems(about: About) -> Iterator[str]:
    for what, text, most in (
        ("name", about.name, NAME_MAX),
        ("publisher", about.publisher, PUBLISHER_MAX),
    ):
        if not 1 <= len(text.strip()) <= most:
            yield f"--{what} must have 1 to {most} characters, this has {len(text.strip())}."
    if not _VERSION.fullmatch(about.version):
        yield f"--version must be three numbers such as 1.0.0, this is {about.version!r}."
    if not _is_page(about.website):
        yield (
            "--website must be an https address such as https://intranet.example.com/jit: Teams "
            "shows it to whoever asks what the app is."
        )


def _is_page(address: str) -> bool:
    try:
        url = urlsplit(address)
    except ValueError:
        return False
    is_whole = url.scheme == "https" and bool(url.hostname) and not re.search(r"\s", address)
    return is_whole and len(address) <= ADDRESS_MAX
