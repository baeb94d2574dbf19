"""Defects of standing in for somebody."""

from __future__ import annotations

from tests.simulation import invariants
from tests.simulation.mutations.edits import Edit, mutation

STANDING = (
    mutation(
        "whoever stands in decides what they may not",
        Edit(
            "tuple(part for part in away.parts if may_decide(one.delegate, part))",
            "away.parts",
        ),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "a delegation for one thing is one for all",
        Edit(
            "if one.scope.covers(entitlement) and parts:",
            "if parts:",
        ),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "whoever stood in goes on when it is over",
        Edit("return self.begins_at <= at < self.over_at", "return self.begins_at <= at"),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "both of the two count",
        Edit(
            "return (self.approver,) if self.instead_of is None "
            "else (self.approver, self.instead_of)",
            "return (self.approver,)",
        ),
        by=(
            invariants.nobody_decides_twice,
            invariants.nobody_is_used_up,
            invariants.only_who_may_decides,
            invariants.open_stages_ask_who_may_decide,
        ),
    ),
)
