"""Defects of deciding, and of keeping duties apart."""

from __future__ import annotations

from engine.errors import IllegalMove, LostRace
from tests.simulation import invariants, spoken
from tests.simulation.mutations.edits import Edit, mutation

DECIDING = (
    mutation(
        "people decide about themselves",
        Edit("excluded | concerned | _barred(", "excluded | _barred("),
        Edit("if actor in {request.requester, request.holder}:", "if False:"),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "people who left decide",
        Edit(
            "for person in people if is_active(company, person)}",
            "for person in people}",
        ),
        Edit("for person in found if is_active(company, person))", "for person in found)"),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "who is not an approver decides",
        Edit(
            "            and has_role(company, person, Role.APPROVER)\n        )",
            "        )",
        ),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "one person decides twice",
        Edit("if _answered(dossier, answer.actor) is not None:", "if False:"),
        Edit(
            "delegations, decided = uow.delegations.in_force(), dossier.decided_by",
            "delegations, decided = uow.delegations.in_force(), frozenset()",
        ),
        by=(
            LostRace,
            spoken.only_who_may_decide_asks,
            invariants.open_stages_ask_who_may_decide,
            invariants.nobody_decides_twice,
        ),
    ),
    mutation(
        "who is needed later decides now",
        Edit("    if wedged is not None and undecidable_part(before) is None:", "    if False:"),
        by=invariants.nobody_is_used_up,
    ),
    mutation(
        "who is barred from a part decides it",
        Edit("excluded | concerned | _barred(company, group, asking)", "excluded | concerned"),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "who reports to the requester decides",
        Edit("            and not is_below(company, person, concerned)\n", ""),
        by=(invariants.only_who_may_decides, invariants.open_stages_ask_who_may_decide),
    ),
    mutation(
        "one approval is enough",
        Edit("if given < request.stage.quorum:", "if given < 1:"),
        by=invariants.a_grant_was_decided,
    ),
    mutation(
        "the first stage is enough",
        Edit("if request.stage_number < len(request.stages):", "if False:"),
        by=invariants.a_grant_was_decided,
    ),
    mutation(
        "a stage with a condition never counts",
        Edit("rule.when is None or _holds(conditions, rule.when, facts)", "rule.when is None"),
        by=(
            invariants.a_grant_was_decided,
            invariants.stalled_stages_are_flagged,
            invariants.nobody_is_used_up,
            invariants.open_stages_ask_who_may_decide,
        ),
    ),
    mutation(
        "a route is taken where its condition does not hold",
        Edit("        if _holds(conditions, route.when, facts):\n", "        if True:\n"),
        by=(
            invariants.a_grant_was_decided,
            invariants.only_who_may_decides,
            invariants.stalled_stages_are_flagged,
            invariants.nobody_is_used_up,
            invariants.open_stages_ask_who_may_decide,
        ),
    ),
    mutation(
        "a request goes on by the chain of another one's conditions",
        Edit(".stages[stage.place] for stage in", ".stages[stage.number - 1] for stage in"),
        by=(
            invariants.only_who_may_decides,
            invariants.nobody_is_used_up,
            invariants.open_stages_ask_who_may_decide,
        ),
    ),
    mutation(
        "a denial counts as an approval",
        Edit(
            "if answer.verdict is Verdict.DENY:\n            dossier",
            "if False:\n            dossier",
        ),
        by=(invariants.each_change_is_told_once, invariants.a_grant_was_decided),
    ),
    mutation(
        "a settled request is decided",
        Edit("if not request.is_pending:", "if False:"),
        by=(
            invariants.only_who_may_decides,
            spoken.only_who_may_decide_asks,
            IllegalMove,
        ),
    ),
    mutation(
        "a stage is open until the clock comes by",
        Edit("if not request.is_breakglass and now >= request.stage_due_at:", "if False:"),
        by=invariants.decisions_are_in_time,
    ),
    mutation(
        "what is given is what the catalog says today",
        Edit(
            "version(request.config_version).company\n    entitlement = pinned",
            "active().company\n    entitlement = pinned",
        ),
        by=(invariants.what_is_given_is_what_was_shown, KeyError),
    ),
    mutation(
        "equal requests are kept side by side",
        Edit("if pending.entitlement == entitlement.id and pending.extends is None:", "if False:"),
        by=LostRace,
    ),
    mutation(
        "anybody takes a request back",
        Edit(
            "if actor not in {current.requester, current.holder}:",
            "if False:",
        ),
        by=invariants.nothing_ends_early,
    ),
)

SOD = (
    mutation(
        "SoD is not checked at submission",
        Edit("refuse_conflicts(uow, version, entitlement.id, holder=asking.holder,", "dict("),
        by=invariants.sod_holds_at_each_step,
    ),
    mutation(
        "SoD is not checked at a decision",
        Edit(
            "    if dossier.grant is None or dossier.grant.is_live:",
            "    if False:",
        ),
        by=invariants.sod_holds_at_each_step,
    ),
    mutation(
        "SoD is not checked when access is given",
        Edit("    if found:\n        rule", "    if False:\n        rule"),
        by=invariants.sod_holds_when_access_is_given,
    ),
    mutation(
        "SoD overlooks pending requests",
        Edit("if request is None or pending.id < request:", "if False:"),
        by=invariants.sod_holds_at_each_step,
    ),
    mutation(
        "SoD overlooks what is not in the catalog any more",
        Edit("removed=removed)", "removed={})"),
        by=(invariants.sod_holds_at_each_step, invariants.sod_holds_when_access_is_given),
    ),
    mutation(
        "access is read without the person's lock",
        Edit("uow.lock_person(holder_id)", "None"),
        by=AssertionError,
    ),
    mutation(
        "a request is changed without its lock",
        Edit("_there(uow.requests.lock(request)", "_there(uow.requests.find(request)"),
        by=AssertionError,
    ),
)
