"""Segregation of duties as it is written: sides, modes, and the rules to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapters.company.difference import difference
from adapters.company.read import read_company
from engine.model.rules.sod import SodMode
from tests.adapters.company.conftest import ACME, KNOWN, Broken

SHIPPED = ACME.parent / "sod" / "rules.yaml"

SIDES = "functions: [gl-posting]\n    against: [bill-entry, vendor-payment]\n    mode: alert"


def shipped(folder: Path) -> Path:
    """Put the shipped rules in place of the example's."""
    shutil.copy(SHIPPED, folder / "sod.yaml")
    return folder


def test_the_shipped_rules_load_beside_a_real_catalog(folder: Path) -> None:
    """Thirty rules over the functions that Acme's entitlements bring, and more."""
    rules = read_company(shipped(folder), KNOWN).sod_rules

    assert len(rules) == 30
    assert [rule.id for rule in rules if rule.mode is SodMode.ALERT] == ["asset-and-posting"]
    assert {"access-and-money", "policy-and-access"} < {rule.id for rule in rules if rule.against}


def test_each_shipped_rule_keeps_its_sides_apart(folder: Path) -> None:
    """Every function of it meets none that it must not, and every rule says something."""
    for rule in read_company(shipped(folder), KNOWN).sod_rules:
        for one in rule.functions:
            others = rule.against or tuple(f for f in rule.functions if f != one)
            assert others
            assert all(rule.pairs_up(frozenset({one}), frozenset({two})) for two in others)


def test_sides_and_mode_are_read_and_shown(folder: Path) -> None:
    """Whoever puts it in force reads what it keeps from what, and that it only reports."""
    before = read_company(folder, KNOWN)
    path = folder / "sod.yaml"
    text = path.read_text("utf-8").replace("functions: [gl-posting, bill-entry]", SIDES)
    path.write_text(text.replace("  gl-and-ap:", "  new-rule:"), "utf-8")

    lines = difference(before, read_company(folder, KNOWN))

    said = "keeps apart `gl-posting` from `bill-entry`, `vendor-payment` (only reported)"
    assert any("new-rule" in line and said in line for line in lines), lines


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("functions: [gl-posting]\n    against: [gl-posting]", "at least two different"),
        (
            "functions: [gl-posting]\n    against: [bill-entry, gl-posting]",
            "`gl-posting` is in `functions`, too; no function is kept from itself.",
        ),
        ("functions: [gl-posting]\n    against: [bill-enter]", "did you mean `bill-entry`?"),
        (
            "functions: [gl-posting]\n    against: [bill-entry, bill-entry]",
            "`bill-entry` is listed 2 times; once is enough.",
        ),
        ("functions: [gl-posting, bill-entry]\n    mode: warn", "mode"),
    ],
)
def test_what_makes_no_sense_is_told(written: str, expected: str, broken: Broken) -> None:
    """With the place, before it is put in force."""
    found = broken("sod.yaml", "functions: [gl-posting, bill-entry]", written)

    assert any(expected in problem for problem in found), found
