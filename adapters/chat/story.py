"""What a platform should show of a request: pure, from its story to the messages.

::

    root                  in the audit channel: the request as it stands now
    ask:<stage>:<person>  to each approver of a stage that was opened; buttons while it is open
    entry:<n>             in the root's thread: one reply per recorded fact, in the record's order
    tell:<n>:<person>     to requester and holder: what they have to know; an answer to who asked
    admin:<n>             in the admins' channel: what somebody has to look at
    lost:<place>          in the admins' channel: where the bot cannot write (any more)

The same story gives the same messages, whoever computes them and however often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from adapters.chat.buttons import (
    answer_button,
    ask_button,
    close_button,
    decide_buttons,
    details_button,
    extend_button,
    may_close,
    may_extend,
    return_button,
)
from adapters.chat.cards import Button, Card, Fact, Line, Tone
from adapters.chat.emergency.words import GIVEN_FIRST, closing_facts
from adapters.chat.platform import Place
from adapters.chat.wording import (
    Exact,
    decided_by,
    decided_line,
    entry_line,
    exact,
    heading,
    request_facts,
    state_facts,
    state_words,
    subject,
    title_of,
    tone_of,
)
from engine.audit.entry import Recorded
from engine.audit.meaning import Meaning
from engine.audit.vocabulary import VOCABULARY, Action, is_loud, sentence
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import PersonId, show
from engine.model.request import Approver, Decision, Stage, Verdict
from engine.policy.approving.progress import progress
from engine.policy.questions import exchanged, unanswered
from engine.policy.reach import ask_key
from engine.workflow.announce import Story

ROOT = "root"

INSTEAD = "instead:"
"""How the key of a reply begins that stands for a message which cannot be changed any more."""

_GIVES_BACK = frozenset({Action.GRANT_ACTIVATED, Action.GRANT_WARNED, Action.GRANT_EXTENDED})
"""What the holder is told with a button to give the access back."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message that should be in the chat."""

    key: str
    place: Place
    card: Card
    in_thread: bool = False
    """Whether it is a reply to the root; `place.thread` is known only once the root is posted."""

    must_reach: bool = False
    """Whether its change is said in a reply where the message itself cannot be changed any more."""


def messages(story: Story) -> tuple[Message, ...]:
    """List what should be in the chat now.

    Approvers come before the thread's replies: they are the ones whom somebody waits for.
    """
    told = _Told(story, exact(story.company, story.dossier.request, story.entries))
    return (told.root(), *told.asks(), *told.alarms(), *told.replies(), *told.tells())


def shown_to(story: Story, key: str, account: str) -> Card | None:
    """Give what one of the messages shows now; None for whom it is not.

    It is for the account that it was written to; in a channel, for every member who is there. What
    was said instead of a message that could not be changed shows that message.
    """
    if key.startswith(INSTEAD):
        key = key.removeprefix(INSTEAD).partition(":")[2]
    reader = story.company.person_on(story.platform, account)
    if reader is None or not reader.active:
        return None
    found = (one for one in messages(story) if one.key == key)
    return next((one.card for one in found if one.place.account in {"", account}), None)


def lost(story: Story, message: Message, problem: str) -> Message | None:
    """Tell the admins that a message's place cannot be written to; empty: that it can be again.

    Once per request and place. None where it cannot be told, or is not worth it: a message that
    somebody deleted takes its replies with it.
    """
    place, channel = message.place, story.company.admin_channels.get(story.platform, "")
    if not channel or place.channel == channel or message.key.startswith(INSTEAD):
        return None
    where = _where(story, place)
    request = story.dossier.request
    words = "cannot be written to" if problem else "can be written to again"
    card = Card(
        f"{show(request.id)}: {where} {words}",
        Tone.BAD if problem else Tone.GOOD,
        lines=(
            (problem,),
            ("Once that is mended, it is tried again with the next thing that happens.",),
        )
        if problem
        else (),
        buttons=(details_button(request),),
    )
    return Message(f"lost:{place.account or place.channel}", Place(channel=channel), card)


def _where(story: Story, place: Place) -> str:
    if not place.account:
        return f"the channel {place.channel}"
    person = story.company.person_on(story.platform, place.account)
    return person.name if person else "somebody who was asked"


@dataclass(frozen=True, slots=True)
class _Told:
    story: Story
    what: Exact

    # ── the audit channel ───────────────────────────────────────────────────────────────────────

    def _channel(self) -> Place:
        return Place(channel=self.story.company.audit_channels.get(self.story.platform, ""))

    def root(self) -> Message:
        """Show the request as it stands now."""
        company, dossier = self.story.company, self.story.dossier
        request = dossier.request
        card = Card(
            heading(company, request, self.what),
            tone_of(dossier),
            facts=(
                *request_facts(company, request, self.what),
                *state_facts(dossier),
                *closing_facts(company, dossier.closing),
            ),
            buttons=(details_button(request),),
        )
        return Message(ROOT, self._channel(), card)

    def replies(self) -> Iterator[Message]:
        """Say each recorded fact in the thread."""
        for recorded in self.story.entries:
            if _meaning(recorded).in_thread:
                key = f"entry:{recorded.stream_seq}"
                yield Message(key, self._channel(), _entry_card(recorded), in_thread=True)

    # ── admins ──────────────────────────────────────────────────────────────────────────────────

    def alarms(self) -> Iterator[Message]:
        """Tell the admins what somebody has to look at."""
        channel = self.story.company.admin_channels.get(self.story.platform, "")
        for recorded in self.story.entries:
            if channel and (_meaning(recorded).to_admins or is_loud(recorded.entry)):
                request = self.story.dossier.request
                card = replace(
                    self._titled(_entry_card(recorded)), buttons=(details_button(request),)
                )
                yield Message(f"admin:{recorded.stream_seq}", Place(channel=channel), card)

    def _titled(self, card: Card) -> Card:
        """Name the request in the title of a card that stands outside of its thread."""
        request = self.story.dossier.request
        what = subject(self.story.company, request, self.what)
        title = f"{show(request.id)}, {what}: {card.title[0].lower()}{card.title[1:]}"
        return replace(card, title=title)

    # ── approvers ───────────────────────────────────────────────────────────────────────────────

    def asks(self) -> Iterator[Message]:
        """Ask the open stage's approvers; show those who were asked earlier what was decided.

        Who was not written to while the stage was open is not bothered afterwards.
        """
        request = self.story.dossier.request
        asked = {post.key for post in self.story.posts}
        for stage in request.stages[: request.stage_number]:
            settled = self._settled_card(stage)
            for approver in stage.asked:
                place = self._direct(approver.person)
                key = ask_key(stage.number, approver.person)
                if place is not None and (settled is None or key in asked):
                    card = settled or self._ask_card(stage, approver)
                    yield Message(key, place, card, must_reach=True)
            yield from self._not_asked_any_more(stage, settled or self._left_card(stage))

    def _not_asked_any_more(self, stage: Stage, card: Card) -> Iterator[Message]:
        """Take the buttons from those who were asked, until people changed; also if they left."""
        still, beginning = {one.person for one in stage.asked}, f"ask:{stage.number}:"
        for post in self.story.posts:
            person = PersonId(post.key.removeprefix(beginning))
            account = self._account(person)
            if post.key.startswith(beginning) and account and person not in still:
                yield Message(post.key, Place(account=account), card, must_reach=True)

    def _left_card(self, stage: Stage) -> Card:
        """Show an open stage to somebody who is not asked any more."""
        request = self.story.dossier.request
        return Card(
            f"{heading(self.story.company, request, self.what)}: others decide",
            Tone.ENDED,
            lines=self._lines(stage),
            facts=self._facts(stage),
        )

    def _ask_card(self, stage: Stage, approver: Approver) -> Card:
        """Ask one approver of the open stage; who has answered sees no buttons any more."""
        company, dossier = self.story.company, self.story.dossier
        request = dossier.request
        own = [d for d in self._decisions(stage) if d.approver == approver.person]
        facts = (
            *self._facts(stage),
            Fact("Segregation of duties", "No conflicts; checked again when you decide"),
            *_so_far(stage, dossier),
            Fact("You are asked as", approver.basis),
            Fact("Decide by", request.stage_due_at),
        )
        buttons: tuple[Button, ...] = (ask_button(request), details_button(request))
        if not own:
            buttons = (*decide_buttons(company, dossier, approver.person, self.what), *buttons)
        given_first = ((GIVEN_FIRST,),) if request.is_breakglass and not own else ()
        return Card(
            f"{heading(company, request, self.what)}: {'decided' if own else 'your decision'}",
            Tone.GOOD if own else Tone.WAITING,
            lines=(*given_first, *self._lines(stage)),
            facts=facts,
            buttons=buttons if not own else (),
        )

    def _settled_card(self, stage: Stage) -> Card | None:
        """Show what came of a stage, the same to everybody it asked; None while it is open."""
        company, dossier = self.story.company, self.story.dossier
        request = dossier.request
        if request.is_pending and stage.number == request.stage_number:
            return None
        decisions = self._decisions(stage)
        outcome, tone = self._outcome(stage, decisions)
        return Card(
            f"{heading(company, request, self.what)}: {outcome}",
            tone,
            lines=self._lines(stage),
            facts=self._facts(stage),
        )

    def _outcome(self, stage: Stage, decisions: tuple[Decision, ...]) -> tuple[str, Tone]:
        """Say in a word or two what came of a stage, and of nothing after it."""
        company, last = self.story.company, decisions[-1] if decisions else None
        if last is not None and last.verdict is Verdict.DENY:
            return f"denied by {decided_by(company, last)}", Tone.BAD
        if last is not None and len(decisions) >= stage.quorum:
            names = (decided_by(company, one) for one in decisions)
            return f"approved by {' and '.join(names)}", Tone.GOOD
        dossier = self.story.dossier
        return state_words(dossier), tone_of(dossier)

    def _facts(self, stage: Stage) -> tuple[Fact, ...]:
        request = self.story.dossier.request
        told = Fact("Stage", f"{stage.number} of {len(request.stages)}, {stage.name}")
        return (*request_facts(self.story.company, request, self.what), told)

    def _lines(self, stage: Stage) -> tuple[Line, ...]:
        """Say who decided up to a stage, and what was asked and answered."""
        company, dossier = self.story.company, self.story.dossier
        decided = (d for d in dossier.standing if d.stage <= stage.number)
        return (
            *(decided_line(company, decision, dossier.request) for decision in decided),
            *(entry_line(one) for one in exchanged(self.story.entries) if _is_by(one, stage)),
        )

    def _decisions(self, stage: Stage) -> tuple[Decision, ...]:
        return tuple(d for d in self.story.dossier.standing if d.stage == stage.number)

    # ── requester and holder, and who asked them ────────────────────────────────────────────────

    def tells(self) -> Iterator[Message]:
        """Tell requester and holder what they have to know, and who asked them the answer."""
        for recorded in self.story.entries:
            for person in dict.fromkeys(self._told(recorded)):
                place = self._direct(person)
                if place is not None:
                    key = f"tell:{recorded.stream_seq}:{person}"
                    card = self._titled(_entry_card(recorded))
                    buttons = tuple(self._tell_buttons(recorded, person))
                    yield Message(key, place, replace(card, buttons=buttons))

    def _told(self, recorded: Recorded) -> Iterator[PersonId]:
        meaning, request = _meaning(recorded), self.story.dossier.request
        if meaning.to_holder:
            yield from (request.requester, request.holder)
        if meaning.to_askers:
            yield from _asked_by(recorded)
        yield from _people(recorded, "told")

    def _tell_buttons(self, recorded: Recorded, person: PersonId) -> Iterator[Button]:
        request, grant = self.story.dossier.request, self.story.dossier.grant
        is_held = grant is not None and grant.state is GrantState.ACTIVE
        if recorded.entry.action in _GIVES_BACK and is_held and person == request.holder:
            if recorded.entry.action == Action.GRANT_WARNED and may_extend(
                self.story.company, self.story.dossier
            ):
                yield extend_button(request)
            yield return_button(request)
        if request.is_pending and recorded in unanswered(self.story.entries):
            yield answer_button(request)
        if _may_close(recorded, self.story.dossier, person):
            yield close_button(request)
        if _meaning(recorded).to_askers or person in _people(recorded, "told"):
            yield details_button(request)

    def _direct(self, person: PersonId) -> Place | None:
        """Find where to write to a person; None for who has no account here, or left."""
        known = self.story.company.person.get(person)
        account = self._account(person) if known is not None and known.active else ""
        return Place(account=account) if account else None

    def _account(self, person: PersonId) -> str:
        known = self.story.company.person.get(person)
        return known.platforms.get(self.story.platform, "") if known is not None else ""


def _meaning(recorded: Recorded) -> Meaning:
    """Say to whom an entry is told; to nobody, where a later version wrote it."""
    try:
        return VOCABULARY[Action(recorded.entry.action)]
    except ValueError:
        return Meaning("")


def _asked_by(recorded: Recorded) -> tuple[PersonId, ...]:
    """List whose questions an entry answers."""
    return _people(recorded, "asked_by")


def _may_close(recorded: Recorded, dossier: Dossier, person: PersonId) -> bool:
    """Say whether an entry asks somebody to close what is still theirs to close."""
    return recorded.entry.action.startswith("closing.") and may_close(person, dossier)


def _people(recorded: Recorded, name: str) -> tuple[PersonId, ...]:
    people = recorded.entry.facts.get(name)
    return tuple(PersonId(str(p)) for p in people) if isinstance(people, list | tuple) else ()


def _is_by(recorded: Recorded, stage: Stage) -> bool:
    """Say whether something was recorded at a stage or before it."""
    number = recorded.entry.facts.get("stage")
    return isinstance(number, int) and number <= stage.number


def _entry_card(recorded: Recorded) -> Card:
    title, tone = title_of(recorded.entry.action)
    return Card(
        title, tone, lines=(sentence(recorded.entry),), facts=(Fact("At", recorded.entry.at),)
    )


def _so_far(stage: Stage, dossier: Dossier) -> tuple[Fact, ...]:
    """Say which approvals a stage has of those that it needs, where one is not enough."""
    if stage.quorum == 1:
        return ()
    return (Fact("Approvals so far", progress(stage, dossier.standing)),)
