"""A grant's moves, its timer, and what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import IllegalMove
from engine.model.grant import LIVE, MOVES, EndCause, Grant, GrantState, soon_before, warning_before
from engine.model.identifiers import AccountName, EntitlementId, PersonId, RequestId, SystemId
from engine.model.target import Target
from engine.model.window import Held, Window

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
S = GrantState

GIVEN = Grant(
    id=RequestId(42),
    state=S.PROVISIONING,
    version=3,
    holder=PersonId("riya.patel"),
    entitlement=EntitlementId("netsuite-gl"),
    system=SystemId("ledger"),
    account=AccountName("riya"),
    resource="main",
    permission="gl_posting",
    duration=4 * HOUR,
    ordered_at=AT,
)

ALLOWED = {
    (S.SCHEDULED, S.PROVISIONING),
    (S.SCHEDULED, S.ENDED),
    (S.PROVISIONING, S.ACTIVE),
    (S.PROVISIONING, S.DEPROVISIONING),
    (S.PROVISIONING, S.SCHEDULED),
    (S.PROVISIONING, S.ENDED),
    (S.ACTIVE, S.DEPROVISIONING),
    (S.DEPROVISIONING, S.ENDED),
    (S.DEPROVISIONING, S.SCHEDULED),
}
"""Written out once more: a change of the table is a change of this test."""


@pytest.mark.parametrize("source", S)
@pytest.mark.parametrize("target", S)
def test_only_listed_moves_are_possible(source: GrantState, target: GrantState) -> None:
    """Every pair of states is either allowed or refused, and nothing else changes with it."""
    grant = replace(GIVEN, state=source)

    if (source, target) in ALLOWED:
        assert grant.move(target) == replace(grant, state=target)
    else:
        with pytest.raises(IllegalMove, match=f"a grant never moves from {source} to {target}"):
            grant.move(target)


def test_every_state_has_its_moves() -> None:
    """The table names each state, and only the last one is final."""
    assert set(MOVES) == set(S)
    assert [state for state, moves in MOVES.items() if not moves] == [S.ENDED]


@pytest.mark.parametrize("state", S)
def test_only_what_ended_is_not_live(state: GrantState) -> None:
    """Until access was read back as gone, the holder may have it."""
    assert replace(GIVEN, state=state).is_live is (state is not S.ENDED)
    assert (state in LIVE) is (state is not S.ENDED)


def test_the_timer_starts_when_access_was_read_back() -> None:
    """Not when it was asked for, and not when it was decided."""
    active = GIVEN.activate(at=AT + HOUR)

    assert (active.state, active.starts_at) == (S.ACTIVE, AT + HOUR)
    assert active.ends_at == AT + 5 * HOUR
    assert active.warn_at == AT + 5 * HOUR - timedelta(minutes=24)


def test_an_end_knows_its_cause_and_when_it_should_have_been() -> None:
    """From then on there is nothing to warn of any more."""
    ending = GIVEN.activate(at=AT).begin_end(EndCause.EXPIRED, at=AT + 4 * HOUR)
    ended = ending.end(EndCause.EXPIRED, at=AT + 5 * HOUR)

    assert (ending.state, ending.cause) == (S.DEPROVISIONING, EndCause.EXPIRED)
    assert (ending.end_ordered_at, ending.warn_at) == (AT + 4 * HOUR, None)
    assert (ended.state, ended.ended_at, ended.cause) == (S.ENDED, AT + 5 * HOUR, EndCause.EXPIRED)


@pytest.mark.parametrize(
    ("duration", "before"),
    [
        (timedelta(seconds=2), timedelta(seconds=2)),
        (timedelta(seconds=20), timedelta(seconds=5)),
        (timedelta(minutes=10), timedelta(minutes=1)),
        (timedelta(hours=5), timedelta(minutes=30)),
        (timedelta(days=30), timedelta(minutes=30)),
    ],
    ids=str,
)
def test_a_warning_comes_in_proportion(duration: timedelta, before: timedelta) -> None:
    """A tenth before the end, from 5 seconds to half an hour, never before the beginning."""
    assert warning_before(duration) == before


def test_what_is_exclusive_is_the_thing_in_the_target() -> None:
    """Two entitlements for one permission of one account are one thing there."""
    same = replace(GIVEN, id=RequestId(43), entitlement=EntitlementId("netsuite-close"))
    others = [
        replace(GIVEN, system=SystemId("bank")),
        replace(GIVEN, resource="other"),
        replace(GIVEN, permission="other"),
        replace(GIVEN, account=AccountName("ola")),
    ]

    assert same.exclusive == GIVEN.exclusive
    assert GIVEN.exclusive not in {other.exclusive for other in others}


def test_a_connector_is_told_no_more_than_it_needs() -> None:
    """Account, resource and exact permission; not who, and not why."""
    assert GIVEN.target == Target(AccountName("riya"), "main", "gl_posting")


def test_access_ends_soon_in_its_last_quarter_or_day() -> None:
    """Whichever is shorter."""
    assert soon_before(timedelta(hours=4)) == timedelta(hours=1)
    assert soon_before(timedelta(days=4)) == timedelta(days=1)
    assert soon_before(timedelta(days=30)) == timedelta(days=1)


WINDOWS = tuple(Window(AT + day * 24 * HOUR, AT + day * 24 * HOUR + 2 * HOUR) for day in (1, 2, 4))
WAITING = replace(
    GIVEN, state=S.SCHEDULED, duration=2 * HOUR, windows=WINDOWS, begins_at=WINDOWS[0].begin
)


def test_a_window_ends_when_it_was_decided_to() -> None:
    """However late the access was there: its end is the window's, not one duration later."""
    late = WINDOWS[0].begin + timedelta(minutes=90)

    given = WAITING.begin().activate(at=late)

    assert (WAITING.due_at, given.begins_at) == (WINDOWS[0].begin, None)
    assert (given.starts_at, given.ends_at) == (late, WINDOWS[0].end)
    assert given.warn_at == WINDOWS[0].end - timedelta(minutes=3)


def test_a_grant_waits_for_its_next_window() -> None:
    """What was noted of a window is forgotten with it, but when the access was there."""
    begun = WAITING.begin()
    given = replace(begun, held_before=True).activate(at=WINDOWS[0].begin)
    ending = replace(given.begin_end(EndCause.EXPIRED, at=WINDOWS[0].end), alarmed=True)

    waiting = ending.wait_for(3, at=WINDOWS[0].end + HOUR)

    held = Held(WINDOWS[0].begin, WINDOWS[0].end + HOUR, WINDOWS[0].end)
    assert waiting == replace(WAITING, window_number=3, begins_at=WINDOWS[2].begin, past=(held,))
    assert waiting.window == WINDOWS[2]
    assert waiting.due_at == WINDOWS[2].begin


def test_a_window_without_access_is_no_part_of_the_past() -> None:
    """Where nothing was given in a window, nobody held anything."""
    waiting = WAITING.begin().wait_for(2, at=WINDOWS[0].end)

    assert waiting == replace(WAITING, window_number=2, begins_at=WINDOWS[1].begin)


def test_nothing_waits_once_it_has_ended() -> None:
    """What is called off before it began has no beginning any more."""
    ended = WAITING.end(EndCause.REVOKED, at=AT)

    assert (ended.begins_at, ended.ended_at) == (None, AT)


def test_a_window_is_some_time() -> None:
    """A window that ends when it begins, or before, is none."""
    with pytest.raises(ValueError, match="ends after it begins"):
        Window(AT, AT)
    assert WINDOWS[0].length == 2 * HOUR


def test_access_that_goes_on_ends_later() -> None:
    """Its length counts from its beginning, and its holder is warned once more."""
    given = replace(GIVEN.activate(at=AT), warn_at=None)
    end, at = AT + 4 * HOUR, AT + 3 * HOUR

    extended = given.extend(end + 2 * HOUR, at=at)

    warn_at = end + 2 * HOUR - timedelta(minutes=18)
    assert extended == replace(given, ends_at=end + 2 * HOUR, duration=6 * HOUR, warn_at=warn_at)


@pytest.mark.parametrize(
    ("until", "at"),
    [(AT + 4 * HOUR, AT), (AT + 3 * HOUR, AT), (AT + 9 * HOUR, AT + 4 * HOUR)],
)
def test_access_never_goes_on_for_shorter_or_too_late(until: datetime, at: datetime) -> None:
    """Nor by nothing: that would be a defect of whoever asks for it."""
    with pytest.raises(AssertionError):
        GIVEN.activate(at=AT).extend(until, at=at)
