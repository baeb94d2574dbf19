"""Dashboards follow what happens, whoever shows them at once and whatever fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.chat import announce as announcing
from adapters.chat.cards import Card
from adapters.chat.home import following
from adapters.chat.inbox import Inbound, Inbox
from engine.model.identifiers import PersonId, RequestId
from engine.workflow.hand_out import hand_out
from engine.workflow.homes import PACE, due_homes, open_home
from engine.workflow.record import announce as order_announcing
from tests.adapters.chat.company import (
    BEN,
    CARLOS,
    CHAT,
    INGRID,
    MARTA,
    RIYA,
    acme,
    with_person,
)
from tests.adapters.chat.recording import RecordingChat
from tests.adapters.chat.town import Town


def visit(town: Town, *people: PersonId) -> None:
    """Let people open their dashboards."""
    for person in people:
        open_home(town.work, CHAT, person, person)


def summary(card: Card) -> str:
    """Read the sentence below a dashboard's title."""
    return str(card.lines[0][0])


def shown(recording: RecordingChat, person: PersonId) -> list[str]:
    """List the dashboards that were shown to somebody, each by its sentence."""
    return [summary(card) for card in recording.homes.get(person, [])]


def test_a_dashboard_follows_what_happens(town: Town, recording: RecordingChat) -> None:
    """Of those whom it concerns and who opened theirs; nobody else's."""
    visit(town, RIYA, BEN, INGRID, CARLOS)

    town.ask()

    assert shown(recording, RIYA) == ["1 open request of yours."]
    assert shown(recording, BEN) == ["1 request to decide."]
    assert len(shown(recording, INGRID)) == 1
    assert set(recording.homes) == {RIYA, BEN, INGRID}
    town.wait(PACE)
    town.approve(BEN)
    assert shown(recording, BEN)[-1] == "Nothing waits for you, and you hold no access."


def test_what_is_shown_already_is_not_shown_again(town: Town, recording: RecordingChat) -> None:
    """However often the request is announced."""
    visit(town, RIYA)
    town.ask()
    before = shown(recording, RIYA)
    town.wait(PACE)

    _order_again(town)

    assert shown(recording, RIYA) == before


def _order_again(town: Town) -> None:
    with town.work() as uow:
        order_announcing(uow, acme(), RequestId(1))
        uow.commit()
    town.settle()


def test_news_that_come_quickly_are_shown_together(town: Town, recording: RecordingChat) -> None:
    """The first at once, the others a moment later: nobody reads three a second."""
    visit(town, RIYA)

    town.ask()
    for words in ("netsuite-reports", "warehouse-finance"):
        town.say(RIYA, f'request {words} 4h "board pack for November"')

    assert shown(recording, RIYA) == ["1 open request of yours."]
    town.wait(PACE)
    assert shown(recording, RIYA)[-1] == "3 open requests of yours."
    assert len(shown(recording, RIYA)) == 2


def test_a_dashboard_that_is_not_taken_is_shown_later(town: Town, recording: RecordingChat) -> None:
    """The messages are there all the same, and so are the others' dashboards."""
    visit(town, RIYA, BEN)
    recording.failing = {f"home of {BEN}": 1}

    town.ask()

    assert shown(recording, BEN) == []
    assert shown(recording, RIYA)
    assert len(town.direct(BEN)) == 1
    town.wait(timedelta(minutes=2))
    assert shown(recording, BEN) == ["1 request to decide."]


def test_a_chat_that_takes_no_dashboard_is_left_in_peace(
    town: Town, recording: RecordingChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After as many failures as end a run."""
    monkeypatch.setattr(announcing, "FAILURES_MAX", 2)
    visit(town, RIYA, BEN, MARTA, INGRID)
    recording.failing = {f"home of {person}": 1 for person in (RIYA, BEN, MARTA, INGRID)}
    tried: list[str] = []
    recording.before_home = lambda account, _: tried.append(account)
    town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')

    for effect, kind, attempt in hand_out(town.work, limit=50):
        town._carry_out(kind, effect, attempt)

    assert len(tried) == 2
    for _ in range(2):
        town.wait(timedelta(minutes=2))
    assert set(recording.homes) == {RIYA, BEN, MARTA, INGRID}


def test_somebody_who_is_gone_is_followed_no_more(town: Town, recording: RecordingChat) -> None:
    """That is no failure: nothing is tried again."""
    visit(town, RIYA)
    recording.gone = {RIYA}
    tried: list[str] = []
    recording.before_home = lambda account, _: tried.append(account)
    town.ask()
    assert tried == [RIYA]

    town.wait(timedelta(minutes=2))
    town.approve(BEN)

    assert tried == [RIYA]


def test_an_older_dashboard_does_not_stay(town: Town, recording: RecordingChat) -> None:
    """Somebody begins with a newer one while ours is on its way: ours is read and shown again."""
    visit(town, RIYA)

    def somebody_else(account: str, _card: Card) -> None:
        recording.before_home = lambda *_: None
        town.only_say(RIYA, 'request netsuite-reports 4h "board pack for November"')
        with town.work() as uow:
            (home,) = uow.homes.opened(CHAT, [account], uow.now - timedelta(days=1))
            assert uow.homes.begin(home, uow.now)
            uow.commit()

    recording.before_home = somebody_else

    town.only_say(RIYA, 'request netsuite-gl 4h "Q4 close, posting accruals"')
    for effect, kind, attempt in hand_out(town.work, limit=1):
        town._carry_out(kind, effect, attempt)

    assert shown(recording, RIYA) == ["1 open request of yours.", "2 open requests of yours."]


def test_a_dashboard_that_never_stays_is_tried_again_later(
    town: Town, recording: RecordingChat
) -> None:
    """A run shows it three times at most; the next one finds more peace."""
    visit(town, RIYA)

    def always_newer(account: str, _card: Card) -> None:
        with town.work() as uow:
            (home,) = uow.homes.opened(CHAT, [account], uow.now - timedelta(days=1))
            assert uow.homes.begin(home, uow.now)
            uow.commit()

    recording.before_home = always_newer
    town.ask()
    assert len(shown(recording, RIYA)) == following.ROUNDS_MAX

    recording.before_home = lambda *_: None
    town.wait(timedelta(minutes=2))

    assert len(shown(recording, RIYA)) == following.ROUNDS_MAX + 1


def test_who_leaves_between_is_shown_nothing(
    town: Town, recording: RecordingChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose dashboards are due was read a moment before."""
    visit(town, RIYA)

    def leave_then_find(*asked: object) -> object:
        found = due_homes(*asked)  # type: ignore[arg-type] # just handed on
        town.apply(with_person(acme(), RIYA, active=False))
        return found

    monkeypatch.setattr(following, "due_homes", leave_then_find)

    town.ask()

    assert recording.homes == {}


# ── opening ─────────────────────────────────────────────────────────────────────────────────────


def visits(account: str, outsider: str = "") -> Inbound:
    """Open somebody's."""
    return Inbound(CHAT, account, "d1", "", None, "", None, outsider=outsider)


def test_opening_shows_it_and_lets_it_follow(town: Town, recording: RecordingChat) -> None:
    """Opening it again is no second delivery: it is read anew."""
    inbox = Inbox(town.work)

    first = inbox.open_home(visits(RIYA))
    town.ask()
    again = inbox.receive(replace(visits(RIYA), is_home=True)).card

    assert again is not None
    assert first.title == again.title == "Riya, this is your dashboard"
    assert summary(again) == "1 open request of yours."
    assert shown(recording, RIYA) == ["1 open request of yours."]


def test_who_may_see_none_is_told_why_and_not_recorded(town: Town) -> None:
    """Strangers, outsiders, and who left."""
    inbox = Inbox(town.work)
    town.apply(with_person(acme(), CARLOS, active=False))

    stranger = inbox.open_home(visits("somebody"))
    guest = inbox.open_home(visits(RIYA, outsider="a guest in this workspace"))
    gone = inbox.open_home(visits(CARLOS))

    assert "I do not know you" in summary(stranger)
    assert "You are a guest in this workspace" in summary(guest)
    assert "You are not active" in summary(gone)
    assert town.entries("audit") == []


@pytest.mark.parametrize("words", ["home", "who", "who @me"])
def test_nothing_of_it_is_shown_where_others_read_along(town: Town, words: str) -> None:
    """What one watches over is the record's, too."""
    said = Inbound(CHAT, INGRID, "d1", words, None, "C1", None, is_read_along=True)

    assert Inbox(town.work).receive(said).code == "audit.read_along"


def test_what_goes_wrong_is_said_with_a_reference(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never an error to the platform."""

    def break_down(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("engine.workflow.homes.open_home", break_down)

    card = Inbox(town.work).open_home(visits(RIYA))

    assert card.title == "That did not work"
