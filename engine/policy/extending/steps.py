"""Which steps of approval does it take that access goes on?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from engine.model.company import StageRule
from engine.model.rules.extending import ExtendRule, ExtendStages
from engine.policy.plan import Plan

LEFT_OUT = "only the last stage decides that access goes on, and this one has decided about it"


def steps_to_extend(whole: Plan, rule: ExtendRule, decided: Collection[StageRule]) -> Plan:
    """Leave out what the policy does not ask again.

    `whole` is the plan of access for as long as it would be there in all: a stage that only counts
    for something that long, and was never asked, is asked now, wherever it stands. `decided` is by
    which rules the access was decided: where a rule is another one by now, it was not by this one.
    """
    if rule.stages is ExtendStages.ALL:
        return whole
    last = whole.taken[-1]
    steps = tuple(
        replace(step, is_taken=False, left_out=LEFT_OUT)
        if step.is_taken and step is not last and step.rule in decided
        else step
        for step in whole.steps
    )
    return replace(whole, steps=steps)
