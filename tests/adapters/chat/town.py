"""A whole small town for the chat's tests: a company, its chat, its systems, and a clock to turn.

Everything between a person's words and the target system is real and runs in this process, on a
real Postgres; only the chat product is a stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, Protocol, TypeVar

from adapters.chat.announce import announce
from adapters.chat.cards import Answer, Card
from adapters.chat.inbox import Inbound
from adapters.chat.platform import Place, Platform
from adapters.connectors.sandbox import Sandbox
from engine.chats import Post
from engine.model.company import Company
from engine.model.identifiers import EffectId, PersonId, RequestId, SystemId, show
from engine.ports import Connector, EffectKind, Work
from engine.workflow.apply_config import apply_config
from engine.workflow.asking.lapse import lapse_due
from engine.workflow.emergency.nudging import nudge_open
from engine.workflow.granting.attempt import Attempt
from engine.workflow.granting.deprovision import deprovision
from engine.workflow.granting.end import expire_due
from engine.workflow.granting.provision import provision
from engine.workflow.granting.warn import warn_due
from engine.workflow.guarding.enforce import end_frozen
from engine.workflow.hand_out import hand_out
from tests.adapters.chat.clockwork import Clockwork
from tests.adapters.chat.emergency.proving import Proving

T = TypeVar("T")

_NAMED = re.compile(r"<@([\w.]+)")

ROUNDS_MAX = 50
"""More rounds than any story needs: beyond, something is done over and over."""


class Chat(Protocol):
    """A chat product, as far as a test looks into it."""

    @property
    def platform(self) -> Platform:
        """What the bot speaks through."""

    def company(self, company: Company, /) -> Company:
        """Give a company as it uses this chat: with its own accounts and channels."""

    def hear(self, work: Work, inbound: Inbound, /) -> Answer:
        """Let somebody say something to the bot in this chat, and give what they see then."""

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Run what the platform does."""

    def shown(self, place: Place) -> Sequence[Card]:
        """Read the cards in a place, in order; in a channel only what is no reply."""

    def go_away(self) -> None:
        """Take nothing any more."""

    def come_back(self) -> None:
        """Take everything again."""


@dataclass(slots=True)
class Town:
    """All of it."""

    work: Work
    chat: Chat
    sandbox: Sandbox
    clock: Clockwork
    proving: Proving | None = None
    _deliveries: count[int] = field(default_factory=count)
    _company: Company | None = None

    def say(
        self,
        person: str,
        text: str,
        *,
        fields: Mapping[str, str] | None = None,
        delivery: str | None = None,
        is_draft: bool = False,
        in_channel: bool = False,
    ) -> Answer:
        """Let somebody say something to the bot, and everything happen that follows from it."""
        answer = self.only_say(
            person,
            text,
            fields=fields,
            delivery=delivery,
            is_draft=is_draft,
            in_channel=in_channel,
        )
        self.settle()
        return answer

    def only_say(
        self,
        person: str,
        text: str,
        *,
        fields: Mapping[str, str] | None = None,
        delivery: str | None = None,
        is_draft: bool = False,
        in_channel: bool = False,
    ) -> Answer:
        """Let somebody say something, and nothing follow from it yet."""
        return self.chat.hear(
            self.work,
            Inbound(
                platform=self.chat.platform.name,
                account=self._account(person),
                delivery=delivery or f"delivery-{next(self._deliveries)}",
                text=_NAMED.sub(lambda found: f"<@{self._account(found[1])}", text),
                fields=fields,
                channel=self._channel() if in_channel else "",
                thread=None,
                is_draft=is_draft,
            ),
        )

    def card(self, person: str, text: str) -> Card:
        """Say something that is answered with a card."""
        answer = self.say(person, text)
        assert answer.card is not None, answer
        return answer.card

    def apply(self, company: Company) -> None:
        """Put a configuration in force."""
        self._company = self.chat.company(company)
        apply_config(
            self.work, self._company, applied_by="operator", difference=lambda *_: ["It differs."]
        )

    def _account(self, person: str) -> str:
        """Give somebody's account in the chat; a stranger's is the name itself."""
        known = self._company.person.get(PersonId(person)) if self._company else None
        return known.platforms.get(self.chat.platform.name, person) if known else person

    def settle(self) -> None:
        """Do all that is due, as clock and workers do."""
        for _ in range(ROUNDS_MAX):
            if self.proving is not None:
                self.proving.prove()
            happened = expire_due(self.work) + lapse_due(self.work) + warn_due(self.work)
            happened += end_frozen(self.work) + nudge_open(self.work)
            handed = hand_out(self.work, limit=50)
            for effect, kind, attempt in handed:
                self._carry_out(kind, effect, attempt)
            if not happened and not handed:
                return
        raise AssertionError("there is always something left to do")

    def _carry_out(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        match kind:
            case EffectKind.PROVISION:
                provision(Attempt(self.work, self.connector, effect, attempt))
            case EffectKind.DEPROVISION:
                deprovision(Attempt(self.work, self.connector, effect, attempt))
            case EffectKind.ANNOUNCE:
                platform = self.chat.platform
                announce(self.work, {platform.name: platform}, effect, attempt, self.chat.run)

    def connector(self, _system: SystemId) -> Connector:
        """Every system is one sandbox here."""
        return self.sandbox

    def wait(self, length: timedelta) -> None:
        """Let time pass, and happen what is due by then."""
        self.clock.forward(length)
        self.settle()

    # ── looking ─────────────────────────────────────────────────────────────────────────────────

    def channel(self) -> Sequence[Card]:
        """Read the audit channel."""
        return self.chat.shown(Place(channel=self._channel()))

    def thread(self, request: int = 1) -> Sequence[Card]:
        """Read a request's thread."""
        root = self.places(request).get("root")
        if root is None or not root.reference:
            return ()
        return self.chat.shown(Place(channel=self._channel(), thread=root.reference))

    def _channel(self) -> str:
        assert self._company is not None, "no company works here yet"
        return self._company.audit_channels[self.chat.platform.name]

    def direct(self, person: str) -> Sequence[Card]:
        """Read what the bot wrote to a person."""
        return self.chat.shown(Place(account=self._account(person)))

    def places(self, request: int = 1) -> Mapping[str, Post]:
        """Read the places that are remembered for a request."""
        with self.work() as uow:
            posts = uow.posts.of(RequestId(request), self.chat.platform.name)
            return {post.key: post for post in posts}

    def actions(self, request: int = 1) -> list[str]:
        """Read what was recorded about a request."""
        return [entry.action for entry in self.entries(show(RequestId(request)))]

    def entries(self, stream: str) -> list[Any]:
        """Read a stream's entries."""
        with self.work() as uow:
            return [recorded.entry for recorded in uow.audit.stream(stream)]

    # ── the story's usual steps ─────────────────────────────────────────────────────────────────

    def ask(self, person: str = "riya.patel") -> None:
        """Ask for `netsuite-gl`, which three people have to approve."""
        answer = self.say(person, 'request netsuite-gl 4h "Q4 close, posting accruals"')
        assert not answer.code, answer

    def approve(self, *people: str, request: int = 1) -> None:
        """Let people approve, one after the other."""
        for person in people:
            answer = self.say(PersonId(person), f"approve JIT-{request}")
            assert not answer.code, answer


def button(card: Card, label: str) -> str:
    """Find what a button says."""
    found = [button.says for button in card.buttons if button.label == label]
    assert found, f"there is no button {label} on: {card.plain()}"
    return found[0]
