"""A platform is made to show a request, once, in order, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from adapters.chat import announce as announcing
from adapters.chat.announce import announce
from adapters.chat.cards import Card
from adapters.chat.platform import Place, PlatformError
from engine.chats import Post
from engine.model.identifiers import EffectId, RequestId
from engine.ports import Effect, EffectKind, Work
from engine.workflow.announce import OpenStory, open_story, remember_place
from engine.workflow.hand_out import hand_out
from engine.workflow.record import announce as order_announcing
from tests.adapters.chat.company import (
    AISHA,
    AUDIT_CHANNEL,
    BEN,
    CHAT,
    HELEN,
    MARTA,
    RIYA,
    acme,
)
from tests.adapters.chat.conftest import InMemory
from tests.adapters.chat.recording import RecordingChat
from tests.adapters.chat.town import Town

T = TypeVar("T")

LEASE = timedelta(seconds=61)
"""After it, what a dead worker left is taken on by the next one."""


class _Crash(BaseException):
    """The process dies here: nothing after it happens."""


def _titles(town: Town) -> list[str]:
    return [card.title for card in town.thread()]


STORY = ["Asked for", "Waiting for a decision"]


# ── the difference ──────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_posted_and_what_changed_is_edited(
    town: Town, recording: RecordingChat
) -> None:
    """And nothing else: an approval edits the root and both approvers' cards."""
    town.ask()
    before = len(recording.calls)

    town.approve(BEN)

    calls = [call.partition(":")[0] for call in recording.calls[before:]]
    assert sorted(calls) == [
        "edit JIT-1",  # the root
        "edit JIT-1",  # Ben's
        "edit JIT-1",  # Marta's
        "post Approved",
        "post JIT-1",  # Aisha is asked
        "post JIT-1, GL posting for Riya Patel",  # Riya is told
        "post Waiting for a decision",
    ]


def test_announcing_again_does_nothing(town: Town, recording: RecordingChat) -> None:
    """Nothing changed, so nothing is said."""
    town.ask()
    before = list(recording.calls)

    _announce_again(town)
    town.settle()

    assert recording.calls == before


def _announce_again(town: Town) -> None:
    with town.work() as uow:
        order_announcing(uow, acme(), RequestId(1))
        uow.commit()


def test_every_place_is_remembered_before_it_is_posted_to(
    town: Town, recording: RecordingChat
) -> None:
    """At the moment of each post, a place for it is in the database already."""
    missing: list[str] = []

    def check(card: Card) -> None:
        if all(place.reference is not None for place in town.places().values()):
            missing.append(card.title)

    recording.before_post = check

    town.ask()
    town.approve(BEN, AISHA, HELEN)

    assert not missing
    assert len(recording.messages) > 10


# ── failures ────────────────────────────────────────────────────────────────────────────────────


def test_an_outage_delays_the_echo_and_loses_none(town: Town, recording: RecordingChat) -> None:
    """Everything that was decided meanwhile is there afterwards, in order, once."""
    recording.is_down = True
    town.ask()
    town.approve(BEN)
    assert not recording.messages

    recording.is_down = False
    town.wait(timedelta(minutes=2))

    assert _titles(town) == [*STORY, "Approved", "Waiting for a decision"]


def test_a_lost_answer_posts_nothing_twice_and_shows_what_is_true_now(
    town: Town, recording: RecordingChat
) -> None:
    """The root arrived and nobody was told; when it is tried again, things have moved on."""
    recording.loses_answers = 1
    recording.failing = {AUDIT_CHANNEL: 0}
    town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')
    _run_once(town)
    assert [card.title for card in town.channel()] == ["JIT-1: GL posting for Riya Patel"]

    town.approve(BEN)
    town.wait(timedelta(minutes=2))

    (root,) = town.channel()
    status = next(fact.value for fact in root.facts if fact.label == "Status")
    assert status == "Waiting for stage 2 of 3, System owner"
    assert _titles(town) == [*STORY, "Approved", "Waiting for a decision"]


def _run_once(town: Town) -> None:
    for effect, kind, attempt in hand_out(town.work, limit=50):
        town._carry_out(kind, effect, attempt)


def test_one_person_who_cannot_be_written_to_stops_nobody_else(
    town: Town, recording: RecordingChat
) -> None:
    """A chat that does not take one message takes the others, and is asked again later."""
    recording.failing = {BEN: 1}

    town.ask()

    assert not town.direct(BEN)
    assert town.direct(MARTA)
    assert _titles(town) == STORY
    town.wait(timedelta(minutes=2))
    assert len(town.direct(BEN)) == 1


def test_a_thread_keeps_its_order_when_one_reply_is_not_taken(
    town: Town, recording: RecordingChat
) -> None:
    """The replies after it wait for it."""
    failed: list[str] = []

    def fail_once(card: Card) -> None:
        if card.title == "Approved" and not failed:
            failed.append(card.title)
            raise PlatformError("The chat did not take it.")

    recording.before_post = fail_once

    town.ask()
    town.approve(BEN, AISHA)
    town.wait(timedelta(minutes=2))

    assert failed
    assert _titles(town) == [*STORY, *["Approved", "Waiting for a decision"] * 2]


def test_a_chat_that_is_down_is_left_in_peace(town: Town, recording: RecordingChat) -> None:
    """Three messages that are not taken end a run: the others would only time out, too."""
    recording.is_down = True
    town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')
    asked: list[str] = []
    recording.before_post = lambda card: asked.append(card.title)

    _run_once(town)

    assert len(asked) == announcing.FAILURES_MAX


@pytest.mark.parametrize(
    ("tries", "asked", "expected"),
    [(0, None, 1), (1, None, 2), (3, None, 8), (99, None, 60), (0, 30, 30), (99, 30, 60)],
)
def test_patience_grows_and_the_platforms_own_wish_counts(
    tries: int, asked: int | None, expected: int
) -> None:
    """1 s, doubling, at most a minute; never sooner than the platform asked."""
    effect = Effect(EffectId(1), None, 5 + tries, 5, None)  # type: ignore[arg-type] # not looked at
    after = timedelta(seconds=asked) if asked else None

    wait = announcing._retry_after(effect, [PlatformError("busy", retry_after=after)])

    assert wait == timedelta(seconds=expected)


def test_only_what_may_have_arrived_is_looked_for(town: Town, recording: RecordingChat) -> None:
    """From when the request was made; a first post and a refused one cost no search."""
    recording.failing = {BEN: 1}
    recording.is_sure = True
    town.ask()
    town.wait(timedelta(minutes=2))
    assert set(recording.tried_since) == {None}
    recording.failing = {AISHA: 1}
    recording.is_sure = False

    town.approve(BEN)
    town.wait(timedelta(minutes=2))

    asked = town.entries("JIT-1")[0].at
    assert [since for since in recording.tried_since if since] == [asked]


# ── crashes and rivals ──────────────────────────────────────────────────────────────────────────


class _Mortal:
    """A worker that dies at its n-th step; each platform call has one before and one after it."""

    def __init__(self, chat: InMemory, dies_at: int) -> None:
        self.platform = chat.platform
        self.company = chat.company
        self.hear = chat.hear
        self.shown = chat.shown
        self.go_away = chat.go_away
        self.come_back = chat.come_back
        self._chat = chat
        self.left = dies_at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise _Crash

    def run(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        try:
            self.step()
        except _Crash:
            coroutine.close()
            raise
        result = self._chat.run(coroutine)
        self.step()
        return result


def _or_die(mortal: _Mortal) -> Callable[[Work, Effect, Post], bool]:
    def remember(work: Work, effect: Effect, post: Post) -> bool:
        mortal.step()
        return remember_place(work, effect, post)

    return remember


def test_a_worker_may_die_at_any_step(
    town: Town, recording: RecordingChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two of remembering, posting and editing: nothing is lost, doubled or stale."""
    chat = InMemory(recording)
    request, deaths = 0, 0
    while True:
        request += 1
        mortal = _Mortal(chat, dies_at=request)

        monkeypatch.setattr("adapters.chat.announce.remember_place", _or_die(mortal))
        town.chat = chat
        town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')
        town.chat = mortal
        try:
            town.settle()
            town.only_say(BEN, f"approve JIT-{request}")
            town.settle()
        except _Crash:
            deaths += 1
        town.chat = chat
        town.clock.forward(LEASE)
        town.settle()
        if mortal.left > 0:
            break
        town.only_say(BEN, f"approve JIT-{request}")
        town.settle()
        _check_complete(town, recording, request)
        town.say(RIYA, f"cancel JIT-{request}")

    assert deaths > 30


def test_a_worker_may_die_while_it_says_something_instead(
    town: Town, recording: RecordingChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply to a message that cannot be changed any more is there once, all the same."""
    chat = InMemory(recording)
    request, deaths = 0, 0
    while deaths == request:
        request += 1
        town.ask()
        reference = town.places(request)[f"ask:1:{MARTA}"].reference
        assert reference is not None
        recording.frozen.add(reference)
        town.only_say(BEN, f"approve JIT-{request}")
        mortal = _Mortal(chat, dies_at=request)

        town.chat = mortal
        with monkeypatch.context() as patch:
            patch.setattr("adapters.chat.announce.remember_place", _or_die(mortal))
            try:
                town.settle()
            except _Crash:
                deaths += 1
        town.chat = chat
        town.clock.forward(LEASE)
        town.settle()

        assert len(chat.shown(Place(account=MARTA, thread=reference))) == 1
        town.say(RIYA, f"cancel JIT-{request}")
    assert deaths > 15


def _check_complete(town: Town, recording: RecordingChat, request: int) -> None:
    assert [card.title for card in town.thread(request)] == [
        *STORY,
        "Approved",
        "Waiting for a decision",
    ]
    number = f"JIT-{request}:"
    for person, word in ((BEN, "approved"), (MARTA, "approved"), (AISHA, "your decision")):
        cards = [card for card in town.direct(person) if card.title.startswith(number)]
        assert len(cards) <= 1, f"{person} was asked twice"
        for card in cards:
            assert word in card.title, f"{person} reads what is not so any more"
    roots = [card for card in town.channel() if card.title.startswith(number)]
    assert len(roots) == 1
    assert "stage 2 of 3" in str(roots[0].facts)


def test_who_was_taken_over_stops_at_once(
    town: Town, recording: RecordingChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that hung past its lease does not post beside the one that took over."""
    town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')
    ((effect, kind, attempt),) = hand_out(town.work, limit=5)
    assert kind is EffectKind.ANNOUNCE
    seen: list[int] = []

    def hang(_: Card) -> None:
        if not seen:
            seen.append(0)
            town.clock.forward(LEASE)
            town.settle()
            seen.append(len(recording.calls))

    recording.before_post = hang

    announce(town.work, {CHAT: recording}, effect, attempt, town.chat.run)

    assert len(recording.calls) == seen[1] + 1
    assert len(recording.messages) == 5


def test_more_than_one_run_may_take_is_gone_on_with(
    town: Town, recording: RecordingChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that has no time left ends between two messages; the next one begins at once."""
    monkeypatch.setattr(announcing, "RUN_MAX", -1.0)
    town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')
    _run_once(town)
    assert not recording.messages

    monkeypatch.undo()
    town.settle()

    assert _titles(town) == STORY


def test_a_platform_that_is_not_switched_on_is_looked_for_later(town: Town) -> None:
    """Nothing is lost, and nothing is tried every second."""
    town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')
    ((effect, _, attempt),) = hand_out(town.work, limit=5)

    announce(town.work, {}, effect, attempt, town.chat.run)

    assert not hand_out(town.work, limit=5)
    town.wait(timedelta(hours=1, seconds=1))
    assert _titles(town) == STORY


def test_an_old_message_of_another_database_is_never_taken_for_ours(
    town: Town, recording: RecordingChat
) -> None:
    """A database that begins again at JIT-1 posts anew: its tokens are others."""
    town.ask()
    tokens = set(recording.tokens)
    story = _story(town)
    request = story.dossier.request
    later = replace(request, submitted_at=request.submitted_at + timedelta(seconds=1))
    begun_again = replace(story, dossier=replace(story.dossier, request=later))

    assert announcing._token(story, "root") in tokens
    assert announcing._token(begun_again, "root") not in tokens


def _story(town: Town) -> OpenStory:
    _announce_again(town)
    ((effect, _, attempt),) = hand_out(town.work, limit=5)
    story = open_story(town.work, effect, attempt)
    assert story is not None
    return story
