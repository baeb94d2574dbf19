"""When something is stuck."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model.grant import EndCause, GrantState
from engine.policy.drift import ALARM_AFTER, PROVISION_WITHIN, is_overdue, is_too_late_to_begin
from tests.engine.model.test_grant import AT, GIVEN, HOUR

MOMENT = timedelta(microseconds=1)


def test_a_decision_is_for_now() -> None:
    """Access that could not be given within an hour is not given any more."""
    assert not is_too_late_to_begin(GIVEN, AT + PROVISION_WITHIN)
    assert is_too_late_to_begin(GIVEN, AT + PROVISION_WITHIN + MOMENT)


@pytest.mark.parametrize("state", [s for s in GrantState if s is not GrantState.PROVISIONING])
def test_only_what_is_being_given_can_be_too_late(state: GrantState) -> None:
    """What was given in time stays for as long as was decided."""
    assert not is_too_late_to_begin(replace(GIVEN, state=state), AT + 2 * HOUR)


def test_access_is_overdue_a_minute_after_its_end() -> None:
    """A minute after it should have gone, not after somebody noticed."""
    ending = GIVEN.activate(at=AT).begin_end(EndCause.EXPIRED, at=AT + HOUR)

    assert not is_overdue(ending, AT + HOUR + ALARM_AFTER)
    assert is_overdue(ending, AT + HOUR + ALARM_AFTER + MOMENT)


def test_what_does_not_end_is_not_overdue() -> None:
    """Neither what is active nor what has ended."""
    active = GIVEN.activate(at=AT)
    ended = active.begin_end(EndCause.EXPIRED, at=AT).end(EndCause.EXPIRED, at=AT)

    assert not is_overdue(active, AT + 10 * HOUR)
    assert not is_overdue(ended, AT + 10 * HOUR)
    assert not is_overdue(replace(GIVEN, state=GrantState.DEPROVISIONING), AT + 10 * HOUR)
