"""Defects of giving access and of ending it."""

from __future__ import annotations

from engine.errors import IllegalMove
from tests.simulation import invariants
from tests.simulation.history import NeverQuiet
from tests.simulation.mutations.edits import Edit, mutation

GIVING = (
    mutation(
        "access is given before it is noted what was there",
        Edit(
            "        attempt.reached(Boundary.LOOKED)",
            "        connector.ensure_present(taken.grant.target)",
        ),
        by=invariants.what_was_there_is_noted_first,
    ),
    mutation(
        "our own access is noted as standing",
        Edit("if same and other.held_before is not None:", "if False:"),
        by=invariants.what_is_noted_is_true,
    ),
    mutation(
        "access is not read back",
        Edit("if not connector.observe(taken.grant.target):", "if False:"),
        by=invariants.active_means_present,
    ),
    mutation(
        "access is given whenever it can be at last",
        Edit("if is_too_late_to_begin(grant, uow.now):", "if False:"),
        by=invariants.nothing_is_given_without_a_grant,
    ),
    mutation(
        "access is given to who left",
        Edit("if not is_active(company, grant.holder):", "if False:"),
        by=invariants.nothing_is_given_without_a_grant,
    ),
    mutation(
        "what was given is left when giving failed",
        Edit(
            "    if grant.held_before is None:\n        ended = uow.grants",
            "    if True:\n        ended = uow.grants",
        ),
        by=(invariants.ended_means_gone, invariants.only_standing_access_is_left),
    ),
    mutation(
        "the timer starts at the decision",
        Edit("grant.activate(at=uow.now)", "grant.activate(at=grant.ordered_at)"),
        by=invariants.active_means_present,
    ),
    mutation(
        "several workers give one permission",
        Edit("request.id, exclusive=grant.exclusive)", "request.id)"),
        by=(invariants.one_worker_per_target, invariants.what_is_noted_is_true),
    ),
    mutation(
        "workers are kept apart by entitlement, not by target",
        Edit(
            'return f"{self.system}/{self.resource}/{self.permission}/{self.account}"',
            'return f"{self.entitlement}/{self.account}"',
        ),
        by=(
            invariants.one_worker_per_target,
            invariants.ended_means_gone,
            invariants.ending_one_grant_cuts_no_other,
            invariants.what_is_noted_is_true,
        ),
    ),
    mutation(
        "a call of the target is made however late it is",
        Edit("if left < CALL_MAX.total_seconds():", "if False:"),
        by=(invariants.only_the_newest_changes, invariants.nothing_is_given_without_a_grant),
    ),
    mutation(
        "the lease is counted from the first call, not from the attempt's beginning",
        Edit("begun=run.begun)", "begun=self._seconds())"),
        by=(invariants.only_the_newest_changes, invariants.nothing_is_given_without_a_grant),
    ),
)

ENDING = (
    mutation(
        "ending one grant cuts another",
        Edit("if same and given:", "if False:"),
        by=invariants.ending_one_grant_cuts_no_other,
    ),
    mutation(
        "standing access is taken",
        Edit("if grant.held_before else", "if False else"),
        by=invariants.standing_access_is_left_alone,
    ),
    mutation(
        "access is kept for a grant that has not looked yet",
        Edit("given = other.held_before is not None and", "given ="),
        by=(
            invariants.ended_means_gone,
            invariants.what_is_noted_is_true,
            invariants.only_standing_access_is_left,
        ),
    ),
    mutation(
        "taking is not read back",
        Edit("if connector.observe(begun.grant.target):", "if False:"),
        by=invariants.ended_means_gone,
    ),
    mutation(
        "taking is given up",
        Edit(
            "uow.outbox.postpone(effect, retry_after(effect.attempt, asked), str(problem))",
            "uow.outbox.finish(effect)",
        ),
        by=invariants.a_duty_stands_until_it_is_done,
    ),
    mutation(
        "a grant ends twice",
        Edit("if not uow.outbox.finish(begun.effect):", "if False:"),
        by=(IllegalMove, NeverQuiet),
    ),
    mutation(
        "nobody is told to take access away",
        Edit("recorder.uow.outbox.order(", "str("),
        by=invariants.a_duty_stands_until_it_is_done,
    ),
    mutation(
        "anybody revokes",
        Edit("if not may_revoke(version.company, actor, entitlement):", "if False:"),
        by=invariants.nothing_ends_early,
    ),
    mutation(
        "anybody gives access back",
        Edit("if dossier.request.holder != actor:", "if False:"),
        by=invariants.nothing_ends_early,
    ),
    mutation(
        "an owner who left revokes",
        Edit("return person in owners and is_active(company, person)", "return person in owners"),
        by=invariants.nothing_ends_early,
    ),
)
