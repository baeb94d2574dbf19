"""What is too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import Invalid
from engine.model.company import Entitlement
from engine.model.identifiers import PersonId
from engine.model.rules.limits import Limits, Rate
from engine.policy.guards.limits import check_denial, check_pending, check_places, check_rate
from tests.simulation.company import CLOSE, company

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
RIYA, BEN = PersonId("riya.patel"), PersonId("ben.okafor")


def scarce(limits: Limits) -> Entitlement:
    """Give an entitlement with limits."""
    return replace(company().entitlement[CLOSE], name="Closing", limits=limits)


@pytest.mark.parametrize("ago", [(), (1,), (1, 7), (6, 7, 8)])
def test_who_asked_seldom_may_ask_again(ago: tuple[int, ...]) -> None:
    """What lies as far back as the length of time itself counts no more."""
    asked = [NOW - hours * HOUR for hours in ago]

    check_rate(scarce(Limits(requests=Rate(2, 6 * HOUR))), asked, "Riya Patel", NOW)
    check_rate(scarce(Limits()), asked, "Riya Patel", NOW)


def test_who_asked_often_is_told_from_when_on_they_may() -> None:
    """That is when the oldest that counts falls out, as many as may be asked before the newest."""
    asked = [NOW - hours * HOUR for hours in (5, 4, 1)]

    with pytest.raises(Invalid) as refused:
        check_rate(scarce(Limits(requests=Rate(2, 6 * HOUR))), asked, "Riya Patel", NOW)

    assert refused.value.code == "limit.rate"
    assert refused.value.sentence == (
        "Closing was asked for 2 times within 6 hours for Riya Patel, which is the most; "
        "ask again from 2026-11-23 11:30 UTC on."
    )


def test_once_is_said_as_once() -> None:
    """Nobody reads `1 times`."""
    with pytest.raises(Invalid, match="asked for once within 1 day for Riya Patel"):
        check_rate(scarce(Limits(requests=Rate(1, 24 * HOUR))), [NOW], "Riya Patel", NOW)


def test_who_was_denied_waits() -> None:
    """As long as the policy says, and no instant longer."""
    wanted = scarce(Limits(after_denial=4 * HOUR))

    check_denial(wanted, None, NOW)
    check_denial(wanted, NOW - 4 * HOUR, NOW)
    check_denial(scarce(Limits()), NOW, NOW)
    with pytest.raises(Invalid) as refused:
        check_denial(wanted, NOW - HOUR, NOW)

    assert refused.value.code == "limit.denied"
    assert refused.value.sentence == (
        "Closing was denied on 2026-11-23 08:30 UTC, and may be asked for again from "
        "2026-11-23 12:30 UTC on; talk to whoever denied it where that is late."
    )


@pytest.mark.parametrize(
    ("others", "said"),
    [({BEN}, "Closing is held by 1 other person now, and no more may have it at a time")],
)
def test_places_are_counted_without_ones_own(others: set[PersonId], said: str) -> None:
    """Who has it already takes no second place."""
    wanted = scarce(Limits(holders=1))

    check_places(wanted, frozenset({RIYA}), RIYA)
    check_places(wanted, frozenset(), RIYA)
    check_places(scarce(Limits()), frozenset(others), RIYA)
    with pytest.raises(Invalid, match=said) as refused:
        check_places(wanted, frozenset(others), RIYA)

    assert refused.value.code == "limit.holders"


def test_several_holders_are_counted() -> None:
    """In words for more than one."""
    with pytest.raises(Invalid, match="held by 2 other people now"):
        check_places(scarce(Limits(holders=2)), frozenset({BEN, PersonId("ola.berg")}), RIYA)


def test_not_everything_may_wait_at_once() -> None:
    """Who has as much waiting as is allowed takes something back first."""
    full = replace(company(), pending_max=0)

    check_pending(company(), (), "Riya Patel")
    with pytest.raises(Invalid, match="Already 0 requests for Riya Patel wait") as refused:
        check_pending(full, (), "Riya Patel")

    assert refused.value.code == "limit.pending"
