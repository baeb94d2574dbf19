"""One inbound thing becomes one answer, once.

::

    delivery seen before? ──▶ the same answer again
    who is it?            ──▶ a stranger is told so
    grammar               ──▶ a form, or a sentence that says what would be right
    command               ──▶ its card, or the refusal's sentence

Every platform hands over what came in and dresses what comes out; nothing in between knows which
platform it was.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from functools import partial

import structlog

from adapters.chat.answer_json import read_answer, write_answer
from adapters.chat.cards import Answer, Card, Choice, Tone
from adapters.chat.command import Command
from adapters.chat.grammar import asks, times
from adapters.chat.home.dashboard import dashboard_card
from adapters.chat.inbound import Choose, Inbound, Receive, ShownNow
from adapters.chat.speaker import NOBODY, Speaker, member, who_says
from adapters.chat.story import shown_to
from adapters.chat.wording import refusal_card
from engine.errors import LostRace, NotFound, Refused, Undecided
from engine.model.company import Company, Person
from engine.model.identifiers import PersonId, PlatformName, RequestId
from engine.model.identifiers import read as read_number
from engine.policy.accounts import AccountFacts
from engine.ports import CompanyVersion, Work
from engine.workflow import homes, look, receive
from engine.workflow.accounts import note_account
from engine.workflow.announce import story_at
from engine.workflow.dashboard import Dashboard

__all__ = ["Choose", "Inbound", "Inbox", "Receive", "ShownNow"]
"""What a platform hands over and calls, beside the Inbox itself."""

log = structlog.get_logger(__name__)

RACES_MAX = 3
"""Who loses a race reads again and decides again; under a lock, losing twice is unheard of."""

WAIT_MAX = 2.5
"""Seconds for which a second copy of a delivery waits for the first one's answer."""

POLL = 0.05


@dataclass(frozen=True, slots=True)
class Inbox:
    """Answers what people say. Synchronous: call `receive` in a thread."""

    work: Work

    def __post_init__(self) -> None:
        times.warm_up()

    def receive(self, inbound: Inbound) -> Answer:
        """Answer, once per delivery. Never raises: what goes wrong is said, with a reference."""
        if inbound.is_home:
            return Answer(self.open_home(inbound))
        began = time.monotonic()
        word, who = asks.word_of(inbound.text), NOBODY
        try:
            version = self._listen(inbound)
            company, who = version.company, who_says(version, inbound)
            saying = _Saying(partial(self.work, via=who.via), inbound, word)
            if inbound.is_draft:
                answer = saying.draft(company, who.person)
            elif receive.claim_delivery(self.work, inbound.key):
                answer = saying.answer(company, who.person)
                self._keep(inbound, answer)
            else:
                answer = self._answer_again(inbound)
        except NotFound as refused:  # no company was ever applied
            answer = Answer(refusal_card(refused), code=refused.code)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("inbound.broke", reference=reference)
            answer = _apology(reference)
        if inbound.is_draft:
            return answer  # there is one for every key that is pressed
        log.info(
            "inbound",
            platform=inbound.platform,
            word=word,
            person=who.person.id if who.person else None,
            assurance=who.via.assurance.value if who.via else None,
            request=answer.request,
            code=answer.code or ("form" if answer.form else "ok"),
            ms=round((time.monotonic() - began) * 1000),
        )
        return answer

    def choices(self, inbound: Inbound, field: str, typed: str) -> tuple[Choice, ...]:
        """List the choices of a form's field that are like what somebody types; closest first.

        `inbound` is the form so far, as in a draft. At most 100, and only what this person may
        choose; nothing where there is nothing to choose from. Never raises, and records nothing.
        """
        try:
            version = look.company_now(self.work)
            saying, who = _Saying(self.work, inbound, ""), who_says(version, inbound)
            return saying.search(version.company, who.person, (field, typed))
        except Refused:
            return ()
        except Exception:
            log.exception("inbound.choices_broke")
            return ()

    def open_home(self, visit: Inbound) -> Card:
        """Give the dashboard of somebody who opens the place that the platform keeps for it.

        It follows from now on what happens. Who may see none gets a card that says why; that is no
        attempt, and not recorded. `visit` says who it is; what it says else is not looked at. Never
        raises.
        """
        try:
            known = who_says(self._listen(visit), visit).person
            return dashboard_card(_Saying(self.work, visit, "home").open_home(known))
        except Refused as refused:
            return refusal_card(refused)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("home.broke", reference=reference)
            return _apology_card(reference)

    def shown_now(self, platform: PlatformName, account: str, reference: str) -> Card | None:
        """Give what a message of ours shows now, by the platform's reference.

        Only to the account that it was written to, or to any member where it stands in a channel.
        None for everybody else, and where it is none of ours: a copy that is not the remembered
        one, for example. Raises whatever keeps it from being known: a message that nobody knows is
        taken away by some platforms, and one of ours is not, because the database was away.
        Records nothing.
        """
        found = story_at(self.work, platform, reference)
        return shown_to(*found, account) if found else None

    def _listen(self, inbound: Inbound) -> CompanyVersion:
        """Give the configuration in force, following what is said of the speaker's account."""
        if inbound.is_draft or (inbound.outsider and not inbound.has_left):
            return look.company_now(self.work)
        told = AccountFacts(inbound.platform, inbound.account, inbound.email, inbound.outsider)
        return note_account(self.work, told)

    def _keep(self, inbound: Inbound, answer: Answer) -> None:
        """Keep the answer for a second copy; without it, what was done stays done and is said."""
        try:
            receive.keep_answer(self.work, inbound.key, write_answer(answer))
        except Exception:
            log.exception("inbound.answer_not_kept")

    def _answer_again(self, inbound: Inbound) -> Answer:
        """Give the first copy's answer, which may still be on its way in another thread."""
        until = time.monotonic() + WAIT_MAX
        while time.monotonic() < until:
            kept = receive.answer_of(self.work, inbound.key)
            if kept is not None:
                return replace(read_answer(kept), is_repeated=True)
            time.sleep(POLL)
        said = "It is not known yet what came of it; `mine` shows it, or say it once more."
        card = Card("This was received already", Tone.NEUTRAL, ((said,),))
        return Answer(card, code="seen", is_repeated=True)


@dataclass(frozen=True, slots=True)
class _Saying:
    """One thing that somebody said, on its way to an answer."""

    work: Work
    """Bound to how the speaker was recognised: every entry that they cause says it."""

    inbound: Inbound
    word: str

    def answer(self, company: Company, known: Person | None) -> Answer:
        """Understand it and do it, for those whom the directory knows; others are recorded."""
        try:
            person = member(self.inbound, known)
        except Refused as refused:
            account = PersonId(f"{self.inbound.platform}:{self.inbound.account}")
            self._note(known.id if known else account, refused, None)
            return Answer(refusal_card(refused), code=refused.code)
        speaker, ask, about = self._speaker(person, company), None, None
        try:
            ask = asks.understand(self.inbound.text, self.inbound.fields, speaker)
            about = read_number(ask.texts.get("request", ""))
            return _carry_out(ask, speaker)
        except Refused as refused:
            self._note(person.id, refused, about)
            correct = asks.to_correct(ask, self.inbound.text, refused) if ask else None
            card = refusal_card(refused, self.word, correct)
            return Answer(card, code=refused.code, request=about)
        except _RefusedAtField as at_field:
            self._note(person.id, at_field.refused, about)
            return replace(at_field.answer, request=about)

    def open_home(self, known: Person | None) -> Dashboard:
        """Read the dashboard of whom the directory knows. Raises `Refused` for others."""
        person = member(self.inbound, known)
        return homes.open_home(self.work, self.inbound.platform, self.inbound.account, person.id)

    def draft(self, company: Company, known: Person | None) -> Answer:
        """Give the form as it would be now. Nothing is recorded, and fields may be empty yet."""
        try:
            ask, speaker = self._draft(company, known)
            return Answer(form=asks.draft(ask, speaker))
        except Refused as refused:
            return Answer(refusal_card(refused, self.word), code=refused.code)

    def search(
        self, company: Company, known: Person | None, wanted: tuple[str, str]
    ) -> tuple[Choice, ...]:
        """List what a form's field offers, as far as it is like what is typed: (field, typed)."""
        ask, speaker = self._draft(company, known)
        return asks.search(ask, speaker, *wanted)

    def _draft(self, company: Company, known: Person | None) -> tuple[asks.Ask, Speaker]:
        speaker = self._speaker(member(self.inbound, known), company)
        return asks.understand(self.inbound.text, self.inbound.fields or {}, speaker), speaker

    def _speaker(self, person: Person, company: Company) -> Speaker:
        return Speaker(
            self.work,
            self.inbound.platform,
            person,
            company,
            channel=self.inbound.channel,
            is_read_along=self.inbound.is_read_along,
        )

    def _note(self, actor: PersonId, refused: Refused, about: RequestId | None) -> None:
        if isinstance(refused, Undecided):
            # Nobody can ask for it until somebody has mended the policy.
            log.error("policy.no_answer", word=self.word or "?", problem=refused.sentence)
        if refused.recorded:
            receive.note_refusal(self.work, actor, self.word or "?", refused, request=about)


class _RefusedAtField(Exception):
    """The engine refused what was filled in at one field: the form is shown again."""

    def __init__(self, answer: Answer, refused: Refused) -> None:
        super().__init__(refused.code)
        self.answer = answer
        self.refused = refused


def _carry_out(ask: asks.Ask, speaker: Speaker) -> Answer:
    errors = asks.errors_of(ask, speaker) if ask.is_filled_in else {}
    if errors:
        return Answer(form=asks.form(ask, speaker, errors), code="form.invalid")
    if ask.opens_form:
        ask.command.check_form(speaker, ask.texts)
        return Answer(form=asks.draft(ask, speaker))
    values = asks.read_known(ask, speaker)
    if asks.wants_form(ask):
        ask.command.check_form(speaker, ask.texts)
        return Answer(form=asks.form(ask, speaker, {}))
    try:
        return _run(asks.build(ask, values), speaker)
    except Refused as refused:
        field = asks.blamed(ask, refused) if ask.is_filled_in else ""
        if not field:
            raise
        form = asks.form(ask, speaker, {field: refused.sentence})
        raise _RefusedAtField(Answer(form=form, code=refused.code), refused) from None


def _run(command: Command, speaker: Speaker) -> Answer:
    for _ in range(RACES_MAX - 1):
        try:
            return command.run(speaker)
        except LostRace:
            continue
    return command.run(speaker)


def _apology(reference: str) -> Answer:
    return Answer(_apology_card(reference), code="unexpected")


def _apology_card(reference: str) -> Card:
    said = (
        f"Something went wrong here, and it is not your fault. Please try again in a minute; "
        f"if it stays, give an admin the reference {reference}."
    )
    return Card("That did not work", Tone.BAD, ((said,),))
