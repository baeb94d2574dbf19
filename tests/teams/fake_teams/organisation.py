"""One organisation with our bot: what every call and every delivery works on."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.teams.card_check import check_activity, check_card
from tests.teams.fake_teams.faults import Faults
from tests.teams.fake_teams.world import CHANNEL, Conversation, Human, Json, Message, World

TENANT = "7c0b2ad1-1c7e-4a86-9a0e-2f1b4f0c2d11"
BOT = "3f6f0b52-9d2e-4c0b-8a58-0f2d6c1e7a90"


@dataclass(slots=True)
class App:
    """Our bot as it is registered."""

    id: str = BOT
    secret: str = "opens-only-this~Q8x"
    tenant: str = TENANT
    name: str = "JIT"
    certificate: str = ""
    """The certificate (PEM) with which it may sign in, too."""

    @property
    def mri(self) -> str:
        """Say what the bot is called in activities."""
        return f"28:{self.id}"

    def json(self) -> Json:
        """Tell it as a recipient."""
        return {"id": self.mri, "name": self.name}


@dataclass(slots=True)
class Organisation:
    """All of it."""

    app: App = field(default_factory=App)
    world: World = field(default_factory=World)
    faults: Faults = field(default_factory=Faults)
    violations: list[str] = field(default_factory=list)
    """Everything shown that breaks a rule of cards, whether Teams refuses it or not."""

    url: str = ""
    """Where the fake itself listens, without a slash at the end."""

    region: str = "emea"
    """A part of the address that activities tell; an organisation may be moved to another."""

    screens: list[Callable[[Message], None]] = field(default_factory=list)
    """Who may have it on their screen, when a message of the bot's appears or changes."""

    looking: set[asyncio.Task[object]] = field(default_factory=set)
    """What Teams asks by itself at this moment."""

    @property
    def service_url(self) -> str:
        """Say where the Bot Connector of this organisation is."""
        return f"{self.url}/{self.region}/"

    def appears(self, message: Message) -> Message:
        """Show a message to everybody who has the conversation open."""
        for screen in self.screens:
            screen(message)
        return message

    def mri_of(self, account: str) -> str:
        """Make the id that somebody has for this bot alone."""
        made = hashlib.sha256(f"{self.app.id} {account}".encode()).digest() * 2
        return "29:1" + urlsafe_b64encode(made).decode().rstrip("=")

    def check(self, where: str, activity: Json) -> None:
        """Note everything that a message breaks."""
        self.violations += [f"{where}: {finding}" for finding in check_activity(activity)]

    def check_card(self, where: str, card: Json) -> None:
        """Note everything that a card breaks which one person is shown."""
        self.violations += [f"{where}: {finding}" for finding in check_card(card)]

    def may_write(self, where: Conversation) -> str:
        """Say with which code Teams refuses the bot's messages; empty if it does not."""
        if where.kind != "personal":
            return "" if where.is_open() else "BotNotInConversationRoster"
        human = self.world.people[next(iter(where.members))]
        blocked = human.has_blocked or not human.has_app
        return "MessageWritesBlocked" if blocked else ""

    def put(
        self, where: Conversation, activity: Json, *, author: Human | None = None, root: str = ""
    ) -> Message:
        """Let a message stand in a conversation."""
        made = self.world.new_id()
        # What the bot posts into a chat has an id of another kind than what people write there.
        named = f"1:{made}" if author is None and where.kind == "personal" else made
        thread = (root or named) if where.kind == CHANNEL else ""
        by = author.account if author else ""
        message = Message(named, where, activity, author=by, root=thread)
        where.messages.append(message)
        return message
