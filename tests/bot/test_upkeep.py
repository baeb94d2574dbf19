"""The clock sees to it now and then: who left holds nothing, and old deliveries are forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest
from sqlalchemy import make_url, text

from adapters.company.difference import difference
from adapters.company.read import read_company
from bot import clock as clock_process
from bot import upkeep
from bot.settings import Settings
from bot.upkeep import FOLLOW_EVERY, FORGET_EVERY, PAUSE, Upkeep
from bot.wiring import Parts, known
from engine.model.grant import GrantState
from engine.model.identifiers import PlatformName
from engine.policy.accounts import AccountFacts
from engine.ports import Work
from engine.workflow.accounts import note_account
from engine.workflow.apply_config import apply_config
from engine.workflow.find import read_request
from engine.workflow.leavers import follow_people
from storage.database.connect import connect
from tests.bot.conftest import ACME
from tests.contracts.samples import HOUR, RIYA, draft
from tests.contracts.test_unit_of_work import activate, now

PLAYGROUND = PlatformName("playground")


class Turned:
    """A clock's turn with a time of its own."""

    def __init__(self, parts: Parts) -> None:
        self.seconds = 0.0
        self.upkeep = Upkeep(parts, lambda: self.seconds)

    def turn(self, after: float = 0.0) -> timedelta:
        """Take a turn some seconds later."""
        self.seconds += after
        return self.upkeep.turn()


@pytest.fixture
def bare_parts(environment: dict[str, str]) -> Iterator[Parts]:
    """Give a clock's parts where no company was ever applied."""
    made = Parts(Settings.load(environment | {"JIT_PLAYGROUND": "0"}), "clock")
    yield made
    made.close()


@pytest.fixture
def parts(bare_parts: Parts) -> Parts:
    """Give a clock's parts where the example's company is configured."""
    company = read_company(ACME, known())
    apply_config(bare_parts.work, company, applied_by="operator:test", difference=difference)
    return bare_parts


@pytest.fixture
def clock(parts: Parts) -> Turned:
    """Give a clock that has come by once."""
    made = Turned(parts)
    made.turn()
    return made


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note what each look at people came to."""
    seen: list[int] = []

    def follow(work: Work) -> int:
        seen.append(follow_people(work))
        return seen[-1]

    monkeypatch.setattr(upkeep, "follow_people", follow)
    return seen


def leave(parts: Parts) -> None:
    """Let the chat say that Riya's account was deactivated."""
    account = read_company(ACME, known()).person[RIYA].platforms[PLAYGROUND]
    note_account(parts.work, AccountFacts(PLAYGROUND, account, why_not="deactivated"))


def test_who_left_loses_what_they_hold_with_the_next_turn(parts: Parts, clock: Turned) -> None:
    """Whoever said it: here a chat, that their account is a member's no more."""
    given = activate(parts.work, draft(now(parts.work)), at=now(parts.work))
    leave(parts)

    pause = clock.turn()

    with parts.work() as uow:
        grant = read_request(uow, given.id).grant
    assert grant is not None
    assert grant.state is GrantState.DEPROVISIONING
    assert pause == PAUSE


def test_as_long_as_nobody_changes_people_are_looked_at_now_and_then(
    clock: Turned, followed: list[int]
) -> None:
    """For a decision that was under way while somebody left."""
    clock.turn(FOLLOW_EVERY - 1)
    before = list(followed)

    clock.turn(1)

    assert before == []
    assert followed == [0]


def test_a_look_that_failed_is_taken_again(
    parts: Parts, clock: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the next turn, whatever it was."""
    leave(parts)
    begun: list[int] = []

    def fail(_: Work) -> int:
        begun.append(1)
        raise ValueError("away")

    monkeypatch.setattr(upkeep, "follow_people", fail)
    for _ in range(2):
        with pytest.raises(ValueError, match="away"):
            clock.turn()

    assert len(begun) == 2


def test_a_database_that_came_back_is_asked_again(
    parts: Parts, clock: Turned, environment: dict[str, str]
) -> None:
    """Every session ended by the server: what changed meanwhile is found."""
    given = activate(parts.work, draft(now(parts.work)), at=now(parts.work))
    leave(parts)
    address = make_url(environment["DATABASE_URL"]).set(drivername="postgresql")
    with closing(psycopg2.connect(address.render_as_string(hide_password=False))) as other:
        other.cursor().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    stopping = threading.Event()

    def turn() -> timedelta:
        clock.turn()
        stopping.set()
        return timedelta(0)

    clock_process._repeat(stopping, turn)

    with parts.work() as uow:
        grant = read_request(uow, given.id).grant
    assert grant is not None
    assert grant.state is GrantState.DEPROVISIONING


def test_without_a_company_nobody_is_followed(bare_parts: Parts) -> None:
    """A clock starts before the first configuration is applied."""
    assert Turned(bare_parts).turn() == PAUSE


def test_old_deliveries_are_forgotten_once_an_hour(
    parts: Parts, clock: Turned, environment: dict[str, str]
) -> None:
    """After three days; what is younger is still known."""
    owner = connect(environment["DATABASE_URL"], role=None)
    with owner.begin() as connection:
        connection.execute(
            text("""INSERT INTO inbox (key, seen_at) VALUES
                    ('old', now() - interval '73 hours'), ('young', now() - interval '71 hours')""")
        )

    def kept() -> list[str]:
        with owner.connect() as connection:
            return list(connection.scalars(text("SELECT key FROM inbox")))

    clock.turn()  # there was nothing to forget before, so that was it for an hour
    still = kept()
    clock.turn(FORGET_EVERY)

    assert sorted(still) == ["old", "young"]
    assert kept() == ["young"]
    owner.dispose()


def test_forgetting_goes_on_until_nothing_is_old(
    clock: Turned, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch per turn: nobody waits for a long one."""
    left = [2, 1, 0]
    asked: list[timedelta] = []

    def forget(older_than: timedelta) -> int:
        asked.append(older_than)
        return left.pop(0)

    monkeypatch.setattr(Parts, "forget_seen", lambda _, older_than: forget(older_than))
    clock.turn(FORGET_EVERY)
    for _ in range(5):
        clock.turn(1)

    assert left == []
    assert asked == [72 * HOUR] * 3
