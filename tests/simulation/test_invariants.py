"""What is said of the invariants is what is asked."""

from __future__ import annotations

from pathlib import Path

import tests
from tests.simulation import invariants
from tests.simulation.asked import EACH_COMMIT, EACH_GIVING, EACH_TAKING, EACH_TICK, ONCE_QUIET
from tests.simulation.mutations import MUTATIONS
from tests.simulation.policies.witness import access_was_decided_by_enough

DOCUMENT = Path(tests.__file__).parent.parent / "docs" / "engine.md"

ASKED = {
    *EACH_COMMIT,
    *EACH_GIVING,
    *EACH_TAKING,
    *EACH_TICK,
    *ONCE_QUIET,
    invariants.check_access,
    invariants.check_refusal,
}


def test_the_documented_invariants_are_those_that_are_asked() -> None:
    """None is promised that nobody asks, and none is asked that nobody can read."""
    _, _, promised = DOCUMENT.read_text(encoding="utf-8").partition("## What always holds")

    documented = {line[2:] for line in promised.splitlines() if line.startswith("- ")}

    assert documented == {check.__doc__ for check in ASKED}


CONSEQUENCES = {
    invariants.check_access,
    invariants.the_past_stays,
    invariants.nobody_decides_twice,
    invariants.everything_is_settled,
    access_was_decided_by_enough,
}
"""Where an edit breaks one of these, something else is broken first: another invariant, or the
memory's own guards. They stand for edits that nobody has thought of. What is given is looked at
alone in `policies/test_any_policy.py`, where it has to find defects by itself."""


def test_nearly_every_invariant_has_a_defect_that_it_finds() -> None:
    """One that no mutation breaks might as well not be asked."""
    finders = {found for mutation in MUTATIONS for found in mutation.found_by}

    assert {check.__name__ for check in ASKED - CONSEQUENCES - finders} == set()
