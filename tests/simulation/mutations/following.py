"""Defects of following people: who left, and whom open stages ask."""

from __future__ import annotations

from tests.simulation import invariants
from tests.simulation.mutations.edits import Edit, mutation

FOLLOWING = (
    mutation(
        "who left keeps what they hold",
        Edit("order_end(recorder, dossier.grant, EndCause.LEFT, should_end_at=uow.now)", "pass"),
        by=invariants.who_left_holds_nothing,
    ),
    mutation(
        "what somebody who left asked for somebody stays open",
        Edit("concerned = (request.holder, request.requester)", "concerned = (request.holder,)"),
        by=invariants.who_left_holds_nothing,
    ),
    mutation(
        "whose account was deactivated works here",
        Edit("active=known.active and account.is_active", "active=known.active"),
        by=(invariants.who_left_holds_nothing, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "the clock hears of no account",
        Edit("return version.number, version.accounts_number", "return version.number, 0"),
        by=(
            invariants.who_left_holds_nothing,
            invariants.open_stages_ask_who_may_decide,
            invariants.stalled_stages_are_flagged,
        ),
    ),
    mutation(
        "an open stage goes on asking whom it asked",
        Edit("if not is_other and request.stage.is_stalled is (stalled is not None):", "if True:"),
        by=(invariants.open_stages_ask_who_may_decide, invariants.stalled_stages_are_flagged),
    ),
    mutation(
        "nobody says that nobody is left to decide",
        Edit("    if stalled is not None and not was_stalled:", "    if False:"),
        by=invariants.each_change_is_told_once,
    ),
    mutation(
        "it is said again and again that nobody is left to decide",
        Edit("    if stalled is not None and not was_stalled:", "    if stalled is not None:"),
        by=invariants.each_change_is_told_once,
    ),
    mutation(
        "a stage opens unflagged that nobody can decide",
        Edit(
            "with_stage(request, stage, is_stalled=stalled is not None))",
            "with_stage(request, stage, is_stalled=False))",
        ),
        by=(invariants.stalled_stages_are_flagged, invariants.each_change_is_told_once),
    ),
    mutation(
        "who has answered is not among those who were asked any more",
        Edit("asked=(*_answered(dossier), *stage.asked)", "asked=stage.asked"),
        by=invariants.open_stages_ask_who_may_decide,
    ),
)
