"""A platform is made to show a request as it is: what is missing is posted, what changed is edited.

Level-triggered: every run compares what should be there with the places that are remembered, so a
run that was cut short anywhere is finished by the next one. A place is remembered *before* it is
posted to, and posted to with a token of its own, so nothing is ever there twice where the platform
can tell.

Where nothing can be written (any more), the admins are told, once per request and place. Where a
message cannot be changed any more, what came of it is said in a reply to it, once.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import structlog

from adapters.chat.home.following import Following
from adapters.chat.platform import Gone, Platform, PlatformError
from adapters.chat.story import INSTEAD, ROOT, Message, lost, messages
from engine.chats import NOWHERE, Post
from engine.model.identifiers import EffectId, PlatformName
from engine.ports import Effect, Work
from engine.workflow.announce import OpenStory, close_story, open_story, put_off, remember_place
from engine.workflow.asking.note_reach import note_reach
from engine.workflow.homes import PACE

log = structlog.get_logger(__name__)

RUN_MAX = 25.0
"""Seconds of one run: well below the lease of 60 s, whatever the last message takes. That is three
calls at most, of some ten seconds each: an edit, a reply instead, word to the admins."""

FAILURES_MAX = 3
"""After so many messages in one run that a platform did not take, it is down, not choosy."""

RETRY_FIRST = timedelta(seconds=1)
RETRY_MAX = timedelta(seconds=60)

SWITCHED_ON_AFTER = timedelta(hours=1)
"""When to look again for a platform that the company names and this process does not have."""

NOT_SENT = "not sent"
"""Instead of a digest: the platform refused the post, so it has not to be looked for."""

T = TypeVar("T")


class Await(Protocol):
    """Runs something asynchronous from a thread and waits for it."""

    def __call__(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Give what the coroutine gives, or raise what it raises."""


def announce(  # noqa: PLR0917 - all five are what a duty consists of, in the order it is handed on
    work: Work,
    platforms: Mapping[PlatformName, Platform],
    effect: EffectId,
    attempt: int,
    run: Await,
) -> None:
    """Make a platform show a request as it is now, or as much of it as can be done in one run.

    What is left is put off: at once where only the time was short, else with growing patience.
    """
    story = open_story(work, effect, attempt)
    if story is None:
        return
    platform = platforms.get(story.platform)
    if platform is None:
        log.error("announce.no_platform", platform=story.platform)
        put_off(work, story.effect, SWITCHED_ON_AFTER, "the platform is not switched on")
        return
    _Announcing(work, story, platform, run).show()


class _TakenOver(Exception):
    """A newer attempt is at it: this one stops at once."""


@dataclass(slots=True)
class _Announcing:
    """One run over one story."""

    work: Work
    story: OpenStory
    platform: Platform
    run: Await
    places: dict[str, Post] = field(init=False)
    problems: list[PlatformError] = field(default_factory=list)
    is_thread_blocked: bool = False
    """A reply was not taken: later ones wait, or the thread would lose its order."""

    def __post_init__(self) -> None:
        self.places = {post.key: post for post in self.story.posts}

    def show(self) -> None:
        until = time.monotonic() + RUN_MAX
        try:
            for message in messages(self.story):
                if time.monotonic() > until or len(self.problems) >= FAILURES_MAX:
                    break
                self._show_one(message)
            else:
                # After the messages: people wait for these, and look at a dashboard now and then.
                homes = self._follow(until)
                note_reach(self.work, replace(self.story, posts=tuple(self.places.values())))
                self._leave(is_done=not homes.is_cut_off, is_paced=homes.is_paced)
                return
            self._leave(is_done=False)
        except _TakenOver:
            return

    def _follow(self, until: float) -> Following:
        """Show the dashboards of those whom it concerns, as far as time and failures allow."""
        homes = Following(self.work, self.story, self.platform, self.run, self.problems)
        homes.show(until=until, failures_max=FAILURES_MAX)
        return homes

    def _leave(self, *, is_done: bool, is_paced: bool = False) -> None:
        effect = self.story.effect
        if self.problems:
            put_off(self.work, effect, _retry_after(effect, self.problems), str(self.problems[0]))
        elif is_done and is_paced:
            put_off(self.work, effect, PACE, "a dashboard was shown a moment ago")
        elif is_done:
            close_story(self.work, effect)
        else:
            put_off(self.work, effect, timedelta(0), "there was more to show than one run may take")

    def _show_one(self, message: Message) -> None:
        if message.in_thread:
            root = self.places.get(ROOT)
            if self.is_thread_blocked or root is None or not root.reference:
                return
            message = replace(message, place=replace(message.place, thread=root.reference))
        try:
            self._make_so(message)
        except PlatformError as problem:
            self.problems.append(problem)
            self.is_thread_blocked |= message.in_thread
            log.warning("announce.not_taken", key=message.key, problem=str(problem))

    def _make_so(self, message: Message) -> None:
        known = self.places.get(message.key)
        digest = message.card.digest()
        if known is not None and known.reference is not None and known.digest == digest:
            return
        if known is not None and known.reference:
            self._edit(message, known.reference, digest)
        else:
            self._post(message, digest)

    def _post(self, message: Message, digest: str) -> None:
        """Post to a place that is remembered first: after a crash, the same token finds it again.

        A place that was gone is tried again only when its card has changed: channels are repaired
        and people come back, but not from one minute to the next.
        """
        is_first = self._is_first(message.key)
        if is_first:
            self._remember(message.key, None, "")
        try:
            reference = self._send(message, is_first=is_first)
        except Gone as gone:
            log.warning("announce.gone", key=message.key, problem=str(gone))
            self._tell_admins(lost(self.story, message, str(gone)))
            self._remember(message.key, NOWHERE, digest)
            return
        except PlatformError as problem:
            if is_first and not problem.may_have_arrived:
                self._remember(message.key, None, NOT_SENT)
            raise
        self._remember(message.key, reference, digest if is_first else "")
        self._tell_mended(message)
        if not is_first:
            # It may have arrived the first time, with what was true then.
            self._edit(message, reference, digest)

    def _is_first(self, key: str) -> bool:
        """Say whether it is sure that nobody has posted a message yet."""
        known = self.places.get(key)
        return known is None or (known.reference is None and known.digest == NOT_SENT)

    def _send(self, message: Message, *, is_first: bool) -> str:
        """Post; who may have done so before did it after the request was made."""
        token = _token(self.story, message.key)
        since = None if is_first else self.story.dossier.request.submitted_at
        return self.run(self.platform.post(message.place, message.card, token, tried_since=since))

    def _edit(self, message: Message, reference: str, digest: str) -> None:
        # Not knowing what is shown, until it is known again: a crash in between edits once more.
        self._remember(message.key, reference, "")
        try:
            self.run(self.platform.edit(reference, message.card))
        except Gone as gone:
            log.warning("announce.gone", key=message.key, problem=str(gone))
            if message.must_reach:
                self._say_instead(message, reference, digest)
        self._remember(message.key, reference, digest)

    def _say_instead(self, message: Message, reference: str, digest: str) -> None:
        """Say what a message should show now in a reply to it: once, whatever is tried again."""
        key = f"{INSTEAD}{digest[:16]}:{message.key}"
        place = replace(message.place, thread=reference)
        self._make_so(replace(message, key=key, place=place, must_reach=False))

    # ── word to the admins ──────────────────────────────────────────────────────────────────────

    def _tell_admins(self, notice: Message | None) -> None:
        if notice is not None:
            self._make_so(notice)

    def _tell_mended(self, message: Message) -> None:
        """Take back what the admins were told, where they were."""
        notice = lost(self.story, message, "")
        told = self.places.get(notice.key) if notice is not None else None
        if told is not None and told.reference:
            self._tell_admins(notice)

    def _remember(self, key: str, reference: str | None, digest: str) -> None:
        request, platform = self.story.dossier.request.id, self.story.platform
        post = Post(request, platform, key, reference, digest)
        if not remember_place(self.work, self.story.effect, post):
            raise _TakenOver
        self.places[key] = post


def _token(story: OpenStory, key: str) -> str:
    """Name a post for ever: a database that begins again at JIT-1 must not meet old messages."""
    request = story.dossier.request
    named = f"{story.platform}/{request.id}/{request.submitted_at.isoformat()}/{key}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def _retry_after(effect: Effect, problems: list[PlatformError]) -> timedelta:
    """Say when to try again: doubling, capped, never sooner than the platform asked."""
    asked = max((p.retry_after for p in problems if p.retry_after), default=timedelta(0))
    # Attempts are counted for ever; those beyond the orders are the ones that did not get through.
    tries = max(0, effect.attempt - effect.generation)
    backoff: timedelta = min(RETRY_FIRST * (1 << min(tries, 10)), RETRY_MAX)
    return max(asked, backoff)
