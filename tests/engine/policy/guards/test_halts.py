"""What a freeze covers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import Invalid
from engine.model.halt import Halt
from engine.model.identifiers import EntitlementId, HaltId, PersonId
from engine.policy.guards.halts import covered, frozen_by, why

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CATALOG = [EntitlementId(name) for name in ("netsuite-gl", "netsuite-ap", "aws-prod.read")]


def halt(pattern: str, number: int = 1) -> Halt:
    """Freeze what fits a pattern."""
    li = PersonId("li.wei")
    return Halt(HaltId(number), pattern, False, "it is copied", li, "Li Wei", AT)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*", {"netsuite-gl", "netsuite-ap", "aws-prod.read"}),
        ("netsuite-*", {"netsuite-gl", "netsuite-ap"}),
        ("*-gl", {"netsuite-gl"}),
        ("netsuite-gl", {"netsuite-gl"}),
        ("aws*read", {"aws-prod.read"}),
    ],
)
def test_a_pattern_covers_what_fits_it(pattern: str, fits: set[str]) -> None:
    """A `*` stands for anything, and a dot for itself."""
    assert set(covered(pattern, CATALOG)) == fits
    assert {one for one in CATALOG if frozen_by([halt(pattern)], one)} == fits


@pytest.mark.parametrize("pattern", ["", "net suite", "[a-z]*", "netsuite-?", "é*", "a" * 64])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    """With what would be right."""
    with pytest.raises(Invalid) as refused:
        covered(pattern, CATALOG)

    assert refused.value.code == "halt.pattern"
    assert "`netsuite-*`" in refused.value.sentence


def test_a_pattern_that_fits_nothing_freezes_nothing() -> None:
    """A typing mistake in an emergency must not pass for a freeze."""
    with pytest.raises(Invalid, match="No entitlement of the catalog fits “sap-") as refused:
        covered("sap-*", CATALOG)

    assert refused.value.code == "halt.nothing"


def test_the_oldest_freeze_is_told() -> None:
    """Who asks is told of one, with who did it, when and why."""
    first, second = halt("netsuite-*"), halt("*", 2)

    assert frozen_by([first, second], EntitlementId("netsuite-gl")) is first
    assert frozen_by([first, second], EntitlementId("aws-prod.read")) is second
    assert frozen_by([first], EntitlementId("aws-prod.read")) is None
    assert why(first, "GL posting") == (
        "GL posting is frozen since 2026-11-23 09:30 UTC by Li Wei: “it is copied”; "
        "nothing new is given until it is lifted."
    )
