"""What somebody types into a menu, and which of its choices that is most like."""

from __future__ import annotations

import pytest

from adapters.chat.cards import Choice
from adapters.chat.grammar.closest import CHOICES_MAX, TYPED_MAX, closest

CHOICES = (
    Choice("netsuite-reports", "Financial reports (netsuite-reports)"),
    Choice("netsuite-gl", "GL posting (netsuite-gl)"),
    Choice("netsuite-gl-close", "Closing postings (netsuite-gl-close)"),
    Choice("payments-db", "Payments database, read and write (payments-db)"),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("netsuite-gl", ["netsuite-gl", "netsuite-gl-close"]),
        ("NETSUITE-GL-CLOSE", ["netsuite-gl-close"]),
        ("post", ["netsuite-gl", "netsuite-gl-close"]),
        ("gl", ["netsuite-gl", "netsuite-gl-close"]),
        ("fin rep", ["netsuite-reports"]),
        ("write read", ["payments-db"]),
        ("ayment", ["payments-db"]),
        ("netsiute-gl", ["netsuite-gl", "netsuite-reports", "netsuite-gl-close"]),
        ("paymnets", ["payments-db"]),
        ("xyzzy", []),
        ("  ", [choice.value for choice in CHOICES]),
    ],
)
def test_the_closest_is_first(typed: str, found: list[str]) -> None:
    """By its id, the beginnings of its words, any part of it, and at last by its spelling."""
    assert [choice.value for choice in closest(CHOICES, typed)] == found


def test_a_menu_has_its_limit() -> None:
    """However many there are; and what is pasted into it is not searched for whole."""
    many = [Choice(f"role-{n}", f"Role {n}") for n in range(1000)]

    assert len(closest(many, "")) == len(closest(many, "role")) == CHOICES_MAX
    assert closest(many, "role-999" + " " * TYPED_MAX + "x")[0].value == "role-999"
