"""Which stages decide that access goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.identifiers import ChainId
from engine.model.rules.extending import ExtendRule, ExtendStages
from engine.policy.extending.steps import LEFT_OUT, steps_to_extend
from tests.engine.acts import whole
from tests.simulation.company import Setup, company

THREE = whole(company(Setup()).chain[ChainId("three")])
LAST = ExtendRule(ExtendStages.LAST)


@pytest.mark.parametrize(
    ("rule", "decided", "asked"),
    [
        (ExtendRule(), (0, 1, 2), (0, 1, 2)),
        (LAST, (0, 1, 2), (2,)),
        (LAST, (0, 2), (1, 2)),
        (LAST, (2,), (0, 1, 2)),
    ],
)
def test_a_stage_that_never_decided_is_never_skipped(
    rule: ExtendRule, decided: tuple[int, ...], asked: tuple[int, ...]
) -> None:
    """The last one decides, and each that only counts for access that is there for so long."""
    planned = steps_to_extend(THREE, rule, [THREE.steps[place].rule for place in decided])

    assert tuple(step.place for step in planned.taken) == asked
    left = [step for step in planned.steps if not step.is_taken]
    assert all(step.why == f"because {LEFT_OUT}" for step in left)


def test_a_rule_that_has_changed_decides_anew() -> None:
    """What was decided by other people was not decided by these."""
    then = [replace(step.rule, approvers=()) for step in THREE.steps]

    assert steps_to_extend(THREE, LAST, then) == THREE
