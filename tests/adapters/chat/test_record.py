"""What the record answers: to whom it is shown, and as a file to take along."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.chat.cards import Answer
from adapters.chat.grammar.asks import read_known, understand
from adapters.chat.inbox import Inbound, Inbox
from adapters.chat.record.files import FILE_ROWS_MAX, entries_file, file_card
from engine.audit.entry import Entry, Recorded
from engine.audit.vocabulary import Action
from engine.workflow.read_audit import Found
from storage.reports.entries import LIMIT_MAX
from tests.adapters.chat.company import BEN, CHAT, INGRID, RIYA, acme
from tests.adapters.chat.grammar.conftest import speaker_of
from tests.adapters.chat.town import Town, button

AT = datetime(2026, 11, 23, 0, 4, 5, tzinfo=UTC)


def _entry(**facts: object) -> Recorded:
    told = {
        "actor_name": "Riya Patel",
        "actor_title": "Senior Accountant",
        "request": 42,
        "entitlement": "netsuite-gl",
        "stage": 1,
        "entitlement_name": "GL posting",
        "holder_name": "Riya Patel",
        "duration": 3600,
        "reason": "Q4 close",
    }
    entry = Entry("JIT-42", Action.REQUEST_SUBMITTED, RIYA, AT, told | facts)  # type: ignore[arg-type] # facts are JSON here
    return Recorded(entry, 1, 1234)


def _rows(answer: Answer) -> list[list[str]]:
    assert answer.file is not None
    assert answer.file.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.file.text.removeprefix("\ufeff"), newline="")))


def _said(text: str, **where: object) -> Inbound:
    said = Inbound(CHAT, INGRID, delivery=text, text=text, fields=None, channel="", thread=None)
    return replace(said, **where)  # type: ignore[arg-type] # by name


# ── as a file ───────────────────────────────────────────────────────────────────────────────────


def test_a_file_has_everything_about_each_entry() -> None:
    """As RFC 4180 wants it, and with a mark by which a spreadsheet knows that it is UTF-8."""
    via = {"platform": "slack", "account": "U1", "assurance": "pinned"}
    found = Found((_entry(via=via, reason="Q4 “close”, posting\nfor “GL”"),), acme(), AT)

    file = entries_file(found)

    assert (file.name, file.media) == ("audit-2026-11-23.csv", "text/csv")
    head, row = _rows(Answer(file=file))
    assert dict(zip(head, row, strict=True)) == {
        "sequence": "1234",
        "at (UTC)": "2026-11-23T00:04:05.000000Z",
        "actor": "riya.patel",
        "actor name": "Riya Patel",
        "actor title": "Senior Accountant",
        "action": "request.submitted",
        "what happened": "Riya Patel asked for GL posting for Riya Patel, for 1 hour: "
        "“Q4 “close”, posting\nfor “GL””",
        "request": "JIT-42",
        "entitlement": "netsuite-gl",
        "stage": "1",
        "via": "slack U1 (pinned)",
    }
    assert file.text.count("\r\n") == 2


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_cell_begins_a_formula(mark: str) -> None:
    """A spreadsheet shows what somebody wrote, and never calculates it."""
    found = Found((_entry(actor_name=f"{mark}1+1", actor_title=f"{mark}HYPERLINK()"),), acme(), AT)

    _, row = _rows(Answer(file=entries_file(found)))

    assert f"'{mark}1+1" in row
    assert f"'{mark}HYPERLINK()" in row
    assert not [cell for cell in row if cell.startswith(mark)]


def test_a_file_says_what_it_leaves_out() -> None:
    """One more than it holds is read, to know that there is more."""
    found = Found((_entry(),) * (FILE_ROWS_MAX + 1), acme(), AT)

    rows = _rows(Answer(file=entries_file(found)))
    said = file_card("The record", len(found.entries)).plain()

    assert len(rows) == 1 + FILE_ROWS_MAX
    assert LIMIT_MAX > FILE_ROWS_MAX
    assert said.startswith("The record: 1,000 rows as CSV\nThere are more")
    assert file_card("The record", FILE_ROWS_MAX).plain() == "The record: 1000 rows as CSV"


def test_who_had_something_is_a_file_too(town: Town) -> None:
    """With those who have it still."""
    town.say(RIYA, 'request netsuite-reports 4h "board pack for November"')
    town.approve(BEN)

    answer = town.say(INGRID, "audit who had netsuite-reports csv")

    head, row = _rows(answer)
    assert answer.file is not None
    assert answer.file.name.startswith("holders-netsuite-reports-")
    shown = dict(zip(head, row, strict=True))
    assert (shown["holder"], shown["title"]) == (RIYA, "Senior Accountant")
    assert (shown["entitlement"], shown["request"]) == ("netsuite-reports", "JIT-1")
    assert shown["until (UTC)"].endswith("Z, still held")


def test_nothing_is_no_file(town: Town) -> None:
    """It is said."""
    answers = [
        town.say(INGRID, "audit netsuite-gl csv"),
        town.say(INGRID, "audit who had netsuite-gl csv"),
    ]

    assert [answer.file for answer in answers] == [None, None]
    assert [answer.card is not None and not answer.card.buttons for answer in answers] == [True] * 2


# ── in a channel ────────────────────────────────────────────────────────────────────────────────


def test_what_is_shared_is_what_was_seen(town: Town) -> None:
    """Whatever has happened since, whoever asked as whom: the button says until when."""
    town.ask()
    seen = town.say(INGRID, "audit netsuite-gl from yesterday", in_channel=True)
    assert seen.card is not None
    town.approve(BEN)

    shared = town.say(INGRID, button(seen.card, "Share in channel"), in_channel=True)

    assert shared.is_shared
    assert shared.card is not None
    assert shared.card.table == seen.card.table
    assert not shared.card.buttons
    assert not seen.is_shared


def test_the_file_is_of_what_was_seen(town: Town) -> None:
    """All of it, also what the chat's fifty rows leave out."""
    town.ask()
    seen = town.say(INGRID, "audit @riya.patel")
    assert seen.card is not None
    assert seen.card.table is not None
    town.approve(BEN)

    answer = town.say(INGRID, button(seen.card, "Send me CSV"))

    rows = _rows(answer)[1:]
    assert [row[6] for row in rows] == [row[4] for row in seen.card.table.rows]


@pytest.mark.parametrize("line", ["audit", "audit JIT-1", "audit who had netsuite-gl", "audit csv"])
def test_the_record_is_not_shown_where_others_read_along(town: Town, line: str) -> None:
    """Not even to the one who asks; that they tried is recorded, and no read."""
    town.ask()

    answer = Inbox(town.work).receive(_said(line, channel="C1", is_read_along=True))

    assert answer.code == "audit.read_along"
    assert [entry.facts["code"] for entry in _refusals(town)] == ["audit.read_along"]
    assert not town.entries("audit")


def _refusals(town: Town) -> list[Entry]:
    everywhere = [*town.entries("refusals"), *town.entries("JIT-1")]
    return [entry for entry in everywhere if entry.action == "attempt.refused"]


def test_what_may_not_be_seen_is_not_shared(town: Town) -> None:
    """A channel shows what this person's role may see, and no more."""
    town.ask()

    answer = town.say(BEN, "audit netsuite-gl share", in_channel=True)

    assert (answer.code, answer.is_shared) == ("audit.not_allowed", False)


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("audit JIT-1 share", "share"),
        ("audit netsuite-gl CSV", "csv"),
        ("audit csv", "csv"),
        ("audit who had netsuite-gl at 18:00 csv", "csv"),
        ("audit entitlement share", None),
        ("audit", None),
    ],
)
def test_the_way_is_a_word_of_its_own(line: str, way: str | None) -> None:
    """Unless it is announced as something else."""
    ask = understand(line, None, speaker_of(INGRID))

    assert ask.texts.get("way", "").lower() == (way or "")
    if way:
        assert read_known(ask, speaker_of(INGRID))["way"] == way


def test_a_way_that_nobody_knows_is_refused(town: Town) -> None:
    """A client may send anything."""
    answer = town.say(INGRID, "audit", fields={"way": "aloud"})

    assert answer.code == "way.unknown"
    assert not town.entries("audit")
