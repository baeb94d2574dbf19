"""Mirrors adapters/tickets: both kinds pass the same contract, and each has its own troubles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.tickets import STATE_LENGTH_MAX, http, state_line
from adapters.tickets.registry import KnownTickets, kinds, settings_known
from engine.model.identifiers import TicketSourceId
from engine.model.rules.ticket import TicketSource
from engine.tickets import Ticket, TicketsAway
from tests.adapters.tickets.desk import Desk, open_desk

HEAD = "ticket,open,state,people,systems\n"
ROW = "CHG-1,yes,Approved,riya.patel Ben@Acme.example,ledger netsuite-gl\n"
SOUND = Ticket(
    "CHG-1",
    is_open=True,
    state="Approved",
    people=frozenset({"riya.patel", "ben@acme.example"}),
    systems=frozenset({"ledger", "netsuite-gl"}),
)

Find = Callable[[str], Ticket | None]


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    """Give a file with one open ticket and one that is closed."""
    path = tmp_path / "tickets.csv"
    path.write_text(f"\ufeff{HEAD}{ROW}CHG-2,no,Done,,\n", encoding="utf-8")
    return path


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Give a ticket system with the same two."""
    with open_desk() as desk:
        both = {"people": ["riya.patel", "Ben@Acme.example"], "systems": ["ledger", "NetSuite-GL"]}
        desk.say("CHG-1", **both)
        desk.say("CHG-2", open=False, state="Done", people=[], systems=[])
        yield desk


def in_file(path: Path) -> Find:
    """Look in a file."""
    source = TicketSource(TicketSourceId("x"), "X", "file", {"file_from": "FILE"})
    return lambda reference: KnownTickets({"FILE": str(path)}.__getitem__).find(source, reference)


def at(desk: Desk, token: str = "a-token") -> Find:
    """Ask over HTTP."""
    settings = {"url_from": "URL"} | ({"token_from": "TOKEN"} if token else {})
    source = TicketSource(TicketSourceId("x"), "X", "http", settings)
    values = {"URL": desk.url, "TOKEN": token}
    return lambda reference: KnownTickets(values.__getitem__).find(source, reference)


@pytest.fixture(params=["file", "http"])
def find(request: pytest.FixtureRequest, csv_file: Path, desk: Desk) -> Find:
    """Ask one of both kinds."""
    return in_file(csv_file) if request.param == "file" else at(desk)


def test_a_ticket_is_found_as_it_is(find: Find) -> None:
    """People and systems in small letters, to be compared; what is closed is said to be."""
    assert find("CHG-1") == SOUND
    closed = find("CHG-2")
    assert closed is not None
    assert (closed.is_open, closed.state, closed.people) == (False, "Done", frozenset())


def test_what_is_not_there_is_not_there(find: Find) -> None:
    """That is an answer; so is a reference that would be another address."""
    assert find("CHG-3") is None
    assert find("../CHG-1?x=/y") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + ROW + ROW, "does not say clearly"),
        (HEAD + ROW.replace("yes", "perhaps"), "does not say clearly"),
        (HEAD + "CHG-1\n", "does not say clearly"),
        (ROW, "lacks a column"),
        ("", "lacks a column"),
        (HEAD + 'CHG-1,"no', "cannot be read"),
        ("x" * (5 * 1024 * 1024 + 1), "too large"),
    ],
)
def test_a_file_that_is_not_clear_is_no_answer(csv_file: Path, text: str, why: str) -> None:
    """Never a guess: whoever replaces the file is told, in words that hold nothing of it."""
    csv_file.write_text(text, encoding="utf-8")

    with pytest.raises(TicketsAway, match=why):
        in_file(csv_file)("CHG-1")


def test_a_file_that_is_gone_or_not_text_is_no_answer(csv_file: Path) -> None:
    """The same."""
    csv_file.write_bytes(b"ticket,open\xff")
    with pytest.raises(TicketsAway, match="cannot be read"):
        in_file(csv_file)("CHG-1")
    csv_file.unlink()
    with pytest.raises(TicketsAway, match="cannot be read"):
        in_file(csv_file)("CHG-1")


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (500, b"", "the status 500"),
        (401, b"", "the status 401"),
        (302, b"http://127.0.0.1:1/", "the status 302"),
        (200, b"<html>", "not one that the bot understands"),
        (200, b'{"reference": "CHG-9", "open": "yes"}', "not one that the bot understands"),
        (200, b'{"reference": "CHG-8", "open": true}', "about another ticket"),
        (200, b'"' + b"x" * 70_000 + b'"', "not one that the bot understands"),
    ],
)
def test_an_answer_that_is_none(desk: Desk, status: int, body: bytes, why: str) -> None:
    """Redirects are not followed, and what is too long is not read to its end."""
    desk.answers["/tickets/CHG-9"] = (status, body)

    with pytest.raises(TicketsAway, match=why):
        at(desk)("CHG-9")

    assert len(desk.asked) == 1


def test_the_token_goes_along_where_one_is_named(desk: Desk) -> None:
    """And only there."""
    at(desk)("CHG-1")
    at(desk, token="")("CHG-1")

    assert [headers.get("Authorization") for _, headers in desk.asked] == ["Bearer a-token", None]


def test_a_ticket_system_that_is_silent_or_away_is_no_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody waits in a chat; the address, which may hold a secret, is not in the words."""
    monkeypatch.setattr(http, "TIME_LIMIT", timedelta(milliseconds=50))
    desk.is_silent = True
    with pytest.raises(TicketsAway, match=r"^it cannot be reached$"):
        at(desk)("CHG-1")

    desk.url = "http://127.0.0.1:1/secret"
    with pytest.raises(TicketsAway, match=r"^it cannot be reached$"):
        at(desk)("CHG-1")
    desk.url = "not an address"
    with pytest.raises(TicketsAway, match=r"^it cannot be reached$"):
        at(desk)("CHG-1")


def test_a_kind_of_another_build_is_no_answer() -> None:
    """As after going back to an older build."""
    with pytest.raises(TicketsAway, match="does not know such a ticket system"):
        KnownTickets(str).find(TicketSource(TicketSourceId("x"), "X", "jira"), "CHG-1")


def test_every_kind_says_which_settings_it_needs() -> None:
    """Checking a company's files needs nothing but this."""
    assert settings_known() == {
        "file": {"file_from": True},
        "http": {"url_from": True, "token_from": False},
    }
    assert set(kinds()) == set(settings_known())


def test_a_state_is_one_short_line() -> None:
    """It is shown in threads, and comes from outside."""
    assert state_line(" In\nprogress\u202e ") == "In progress"
    assert len(state_line("x" * 500)) == STATE_LENGTH_MAX
