"""A button on a card was pressed, a form filled in, or a card looked at anew: the answer is a card.

::

    say    a line, maybe with what was filled in: what came of it, within a second
    draft  a form as it would be now; nothing is done
    show   the message as it is now, for this person

Teams shows the answer in the place of the card, to whoever pressed it and nobody else. In a
message of a request's story it stands above the story as it is now; elsewhere it takes the card's
place. What comes with a press is what a client sent: a claim, looked at by the Inbox like all that
is said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import structlog

from adapters.chat.cards import Answer, Card
from adapters.chat.teams.talk import views
from adapters.chat.teams.talk.conversation import Conversation, Said
from adapters.chat.teams.talk.delivery import ANSWERED, Delivery, called
from adapters.chat.teams.talk.trail import Shown, Trail
from adapters.chat.teams.turn import Turn

log = structlog.get_logger(__name__)

Json = Mapping[str, Any]

ShownNow = Callable[[str, str], Awaitable[Card | None]]
"""Says what the message with a reference shows an account now; None where it is no story's."""

Remembers = Callable[[str], Awaitable[bool]]
"""Says whether a message with a reference is one of a story's; raises where nobody can say."""

QUICK = 0.8
"""Seconds that an answer may take before "Working on it…" is shown: people wait for a second, and
Teams for some ten before it says that something went wrong."""

LINE_MAX = 4000
"""Characters of a line: what is longer no card of ours says."""

FIELDS_MAX = 30
"""Fields of one form: several times the largest of ours."""

VALUE_MAX = 20_000
"""Characters of a field: several times what any of ours takes."""

RETIRED_AFTER = 30.0
"""Seconds after which a message that no story knows is looked for once more, and then taken away:
it may have been posted a moment ago, and be remembered only now."""

LOOKS = 4
LOOK_AGAIN_AFTER = 0.15
"""Seconds between two looks for a message that was posted a moment ago; all of them are over before
`QUICK` is."""

VERBS = ("say", "draft", "show")

FIELD = "field:"
ANOTHER = ":another"


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed."""

    verb: Literal["say", "draft", "show"]
    says: str = ""
    fields: tuple[tuple[str, str], ...] | None = None
    is_home: bool = False


class Malformed(Exception):
    """What came with a press is none of ours."""


def read(value: Mapping[str, Any]) -> Press:
    """Read a press. Raises `Malformed`."""
    action = value.get("action")
    data = action.get("data") if isinstance(action, Mapping) else None
    verb = action.get("verb") if isinstance(action, Mapping) else None
    data = {} if data is None else data
    if not isinstance(data, Mapping) or verb not in VERBS:
        raise Malformed("no verb of ours")
    if verb == "show":
        return Press("show", is_home=data.get("shows") == "home")
    says = data.get("says")
    if not isinstance(says, str) or not says.strip() or len(says) > LINE_MAX:
        raise Malformed("no line")
    is_form = verb == "draft" or data.get("form") is True
    fields = tuple(sorted(_fields(data).items())) if is_form else None
    return Press("draft" if verb == "draft" else "say", says, fields)


def _fields(data: Mapping[str, Any]) -> dict[str, str]:
    """Read what was filled in; what was written instead of a proposal counts."""
    given = {key: value for key, value in data.items() if key.startswith(FIELD)}
    if len(given) > FIELDS_MAX or not all(map(_is_text, given.values())):
        raise Malformed("no text in a field")
    names = dict.fromkeys(key.removeprefix(FIELD).removesuffix(ANOTHER) for key in given)
    return {name: _filled(given, FIELD + name) for name in names}


def _filled(given: Mapping[str, str], key: str) -> str:
    another = given.get(key + ANOTHER, "")
    return another if another.strip() else given.get(key, "")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= VALUE_MAX


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a press."""

    body: Json
    """Answers the press."""

    answer: Answer | None = None
    """What the Inbox said, where something was said."""


class Presses:
    """Answers presses. Belongs to one event loop."""

    def __init__(
        self,
        conversation: Conversation,
        delivery: Delivery,
        *,
        shown_now: ShownNow,
        remembers: Remembers,
        trail: Trail,
    ) -> None:
        """Nobody has pressed anything yet."""
        self._conversation = conversation
        self._delivery = delivery
        self._shown_now = shown_now
        self._remembers = remembers
        self._trail = trail
        self._going: dict[tuple[object, ...], asyncio.Task[_Outcome]] = {}
        """Presses that are being answered: who, where, what."""

        self._retiring: set[str] = set()
        self.retired_after = RETIRED_AFTER

    async def take(self, turn: Turn) -> Json:
        """Give the body that answers a press, within a second. Never raises."""
        try:
            press = read(turn.value)
        except Malformed as wrong:
            log.warning("teams.press_malformed", problem=str(wrong))
            return views.sentence(views.STRANGE)
        key = (turn.account or turn.mri, turn.conversation, turn.reply_to, press)
        going = self._going.get(key)
        is_first = going is None
        if going is None:  # else a double click: the first one's answer is this one's, too
            going = asyncio.ensure_future(self._answer(turn, press))
            self._going[key] = going
            going.add_done_callback(lambda _: self._going.pop(key, None))
        await asyncio.wait({going}, timeout=QUICK)
        if going.done():
            return going.result().body
        if press.verb != "say":
            return _stays(turn, views.SLOW)
        if is_first:
            self._conversation.later(self._finish(going, turn, press))
        return views.card(views.working(is_channel=bool(turn.channel)))

    async def _finish(self, going: asyncio.Task[_Outcome], turn: Turn, press: Press) -> None:
        """Show an answer that came late: where "Working on it…" stands, or in the direct chat."""
        outcome = await going
        if not turn.channel:
            told = views.message_of(outcome.body)
            if not await self._delivery.show(turn, told):
                await self._delivery.say(turn, told)
        elif outcome.answer is not None:  # the card there is everybody's
            await self._delivery.write(outcome.answer, turn, press.says)

    async def _answer(self, turn: Turn, press: Press) -> _Outcome:
        try:
            if press.verb == "show":
                return await self._look(turn, press)
            return await self._say(turn, press)
        except Exception:
            log.exception("teams.press_broke")
            return _Outcome(_stays(turn, views.BROKEN))

    # ── say ─────────────────────────────────────────────────────────────────────────────────────

    async def _say(self, turn: Turn, press: Press) -> _Outcome:
        reference = _reference(turn)
        shown = self._trail.of(reference)
        heard = _where_asked(turn, shown)
        fields = dict(press.fields) if press.fields is not None else None
        said = Said(heard, press.says, fields, is_draft=press.verb == "draft")
        answer = await self._conversation.ask(said)
        answer = await self._hand_over(answer, heard, press.says)
        if answer.code.startswith("person."):  # nobody of ours: a sentence, and nothing else
            return _Outcome(views.refusal(answer), answer)
        story = await self._story(turn)
        if story is not None:
            return _Outcome(views.above_story(answer, story, turn), answer)
        if turn.channel:
            told = await self._delivery.write(answer, turn, press.says)
            return _Outcome(views.sentence(called(told, turn)))
        if press.verb == "say":
            shown = shown.then(press.says)
            self._trail.keep(reference, shown)
        return _Outcome(views.in_place(answer, press.says, shown.back, mri=turn.mri), answer)

    async def _hand_over(self, answer: Answer, heard: Turn, says: str) -> Answer:
        """Hand over what no card can hold, and give what the card says then."""
        if answer.is_repeated:
            return answer  # Teams sent it again: it was handed over then
        if answer.file is not None:
            told = await self._delivery.give(answer, heard, says)
            card = answer.card if told == ANSWERED else views.NO_FILE
            return replace(answer, card=card or views.FILE_OFFERED)
        if answer.is_shared and heard.channel and await self._delivery.share(answer, heard):
            return replace(answer, card=views.SHARED, form=None)
        return answer

    async def _story(self, turn: Turn) -> Card | None:
        """Give what the message shows now, where it is of a request's story."""
        try:
            return await self._shown_now(turn.account, _reference(turn))
        except Exception:  # what was pressed was done all the same, and that is said
            log.exception("teams.story_unknown")
            return None

    # ── show ────────────────────────────────────────────────────────────────────────────────────

    async def _look(self, turn: Turn, press: Press) -> _Outcome:
        if press.is_home:
            answer = await self._conversation.ask(Said(turn, "home", is_home=True))
            return _Outcome(views.in_place(answer, "home", "", mri=turn.mri))
        known = await self._conversation.identities.know(turn)
        if known.outsider:
            return _Outcome(_stays(turn, views.MEMBERS_ONLY))
        if not await self._is_remembered(turn):
            self._conversation.later(self._retire(turn))
            return _Outcome(views.card(views.old()))
        story = await self._shown_now(turn.account, _reference(turn))
        if story is None:  # it stands for itself, or is somebody else's
            return _Outcome(_stays(turn, views.NOTHING_NEW))
        return _Outcome(views.card(views.story(story, turn)))

    async def _is_remembered(self, turn: Turn) -> bool:
        """Look a few times: Teams asks at once for a message whose id was not kept yet."""
        for _ in range(LOOKS):
            if await self._remembers(_reference(turn)):
                return True
            await asyncio.sleep(LOOK_AGAIN_AFTER)
        return False

    async def _retire(self, turn: Turn) -> None:
        """Take away a second copy, whose first one is the message that is kept up to date."""
        reference = _reference(turn)
        if reference in self._retiring:
            return
        self._retiring.add(reference)
        try:
            await asyncio.sleep(self.retired_after)
            if not await self._remembers(reference):
                await self._delivery.take_away(turn)
        finally:
            self._retiring.discard(reference)


def _stays(turn: Turn, why: str) -> Json:
    """Leave the card as it is; who pressed something is told why."""
    is_automatic = turn.value.get("trigger") == "automatic"
    return views.error() if is_automatic else views.sentence(why)


def _reference(turn: Turn) -> str:
    return f"{turn.conversation}/{turn.reply_to}"


def _where_asked(turn: Turn, shown: Shown) -> Turn:
    """Give a press as said where its card was asked for: in a channel, though answered directly."""
    asked = shown.origin
    if asked is None or turn.channel:
        return turn
    return replace(turn, channel=asked.channel, team=asked.team, conversation=asked.conversation)
