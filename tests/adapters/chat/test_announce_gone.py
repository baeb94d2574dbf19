"""Where nothing can be written (any more), the rest goes on, and somebody is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from adapters.chat.cards import Card
from adapters.chat.platform import Place
from engine.chats import NOWHERE
from engine.model.identifiers import PersonId
from engine.workflow.addresses import note_address
from tests.adapters.chat.company import (
    ADMIN_CHANNEL,
    AISHA,
    AUDIT_CHANNEL,
    BEN,
    CHAT,
    MARTA,
    RIYA,
    acme,
    with_person,
)
from tests.adapters.chat.recording import RecordingChat
from tests.adapters.chat.town import Town

STORY = ["Asked for", "Waiting for a decision"]


def _titles(town: Town) -> list[str]:
    return [card.title for card in town.thread()]


def test_a_person_whom_the_chat_does_not_know_blocks_nothing(
    town: Town, recording: RecordingChat
) -> None:
    """The rest is posted, the duty is done, and nobody asks again and again."""
    recording.gone = {BEN}

    town.ask()

    assert town.direct(MARTA)
    assert _titles(town) == STORY
    assert town.places()[f"ask:1:{BEN}"].reference == NOWHERE
    calls = len(recording.calls)
    town.wait(timedelta(minutes=5))
    assert len(recording.calls) == calls


def test_a_channel_that_is_repaired_gets_the_whole_thread(
    town: Town, recording: RecordingChat
) -> None:
    """With the next thing that happens; until then people are asked all the same."""
    recording.gone = {AUDIT_CHANNEL}
    town.ask()
    assert town.direct(BEN)
    assert not town.channel()

    recording.gone = set()
    town.approve(BEN)

    assert _titles(town) == [*STORY, "Approved", "Waiting for a decision"]


def test_a_deleted_message_is_not_edited_for_ever(town: Town, recording: RecordingChat) -> None:
    """Somebody deleted an approver's card: everything else goes on, and it stays deleted."""
    town.ask()
    reference = town.places()[f"ask:1:{MARTA}"].reference
    assert reference is not None
    del recording.messages[reference]

    town.approve(BEN)

    assert not town.direct(MARTA)
    assert _titles(town) == [*STORY, "Approved", "Waiting for a decision"]
    calls = len(recording.calls)
    town.wait(timedelta(minutes=5))
    assert len(recording.calls) == calls


def test_admins_are_told_once_where_nothing_can_be_written(
    town: Town, recording: RecordingChat
) -> None:
    """Once per request and place, with what the platform says about it; and when it is mended."""
    recording.gone = {AUDIT_CHANNEL, BEN}
    town.ask()
    town.approve(MARTA)
    assert [card.title for card in _told_admins(town)] == [
        f"JIT-1: the channel {AUDIT_CHANNEL} cannot be written to",
        "JIT-1: Ben Okafor cannot be written to",
    ]
    assert "There is no such place." in _told_admins(town)[0].plain()

    recording.gone = {BEN}
    town.approve(AISHA)

    assert [card.title for card in _told_admins(town)] == [
        f"JIT-1: the channel {AUDIT_CHANNEL} can be written to again",
        "JIT-1: Ben Okafor cannot be written to",
    ]
    assert _titles(town)


def _told_admins(town: Town) -> Sequence[Card]:
    return town.chat.shown(Place(channel=ADMIN_CHANNEL))


def test_admins_who_cannot_be_told_block_nothing(town: Town, recording: RecordingChat) -> None:
    """Nobody is told that nobody can be told."""
    recording.gone = {ADMIN_CHANNEL, BEN}

    town.ask()

    assert _titles(town) == STORY
    assert town.places()[f"lost:{BEN}"].reference == NOWHERE
    calls = len(recording.calls)
    town.wait(timedelta(minutes=5))
    assert len(recording.calls) == calls


def test_what_came_of_a_message_that_cannot_be_changed_is_a_reply_to_it(
    town: Town, recording: RecordingChat
) -> None:
    """Once; where the chat is away meanwhile, afterwards."""
    town.ask()
    reference = town.places()[f"ask:1:{MARTA}"].reference
    assert reference is not None
    recording.frozen = {reference}
    recording.failing = {MARTA: 2}

    town.approve(BEN)
    town.wait(timedelta(minutes=5))
    town.approve(AISHA)

    replies = town.chat.shown(Place(account=MARTA, thread=reference))
    assert [card.title for card in replies] == [
        "JIT-1: GL posting for Riya Patel: approved by Ben Okafor"
    ]
    assert not replies[0].buttons
    assert not _told_admins(town)


def test_people_who_left_are_not_written_to(town: Town) -> None:
    """Neither asked nor told."""
    town.apply(with_person(acme(), PersonId(MARTA), active=False))

    town.ask()

    assert not town.direct(MARTA)
    assert town.direct(BEN)


# ── nobody at all ───────────────────────────────────────────────────────────────────────────────

LOST = "JIT-1, GL posting for Riya Patel: nobody could be asked"


def test_where_nobody_could_be_asked_it_is_said_once(town: Town, recording: RecordingChat) -> None:
    """In the thread, to the admins, and to whom it concerns; with what would help."""
    recording.gone = {BEN, MARTA}

    town.ask()
    town.say(RIYA, "status JIT-1")
    town.wait(timedelta(minutes=5))

    assert _titles(town) == [*STORY, "Nobody could be asked"]
    told = town.thread()[-1].plain()
    assert f"Ben Okafor (refused by {CHAT}), Marta Kowalska (refused by {CHAT})" in told
    assert "There is no such place." not in told
    assert [card.title for card in _told_admins(town)].count(LOST) == 1
    assert [card.title for card in town.direct(RIYA)] == [LOST]


def test_where_somebody_is_reached_after_all_it_is_said_too(
    town: Town, recording: RecordingChat
) -> None:
    """They let the bot write to them: they are asked, although nothing else has happened."""
    recording.gone = {BEN, MARTA}
    town.ask()
    recording.gone = {MARTA}

    note_address(town.work, CHAT, BEN, "here")
    town.settle()

    assert town.direct(BEN)
    assert _titles(town) == [*STORY, "Nobody could be asked", "Asked after all"]
    assert "JIT-1: Ben Okafor can be written to again" in [c.title for c in _told_admins(town)]
    town.approve(BEN)
    assert town.actions().count("stage.unreached_found") == 1


def test_while_a_chat_is_away_nobody_is_lost(town: Town, recording: RecordingChat) -> None:
    """It may take everything once it is back."""
    recording.gone = {MARTA}
    recording.failing = {BEN: 1}

    town.ask()
    town.wait(timedelta(minutes=5))

    assert town.direct(BEN)
    assert _titles(town) == STORY
