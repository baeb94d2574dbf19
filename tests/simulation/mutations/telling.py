"""Defects of recording and telling, and of what people say to each other."""

from __future__ import annotations

from tests.simulation import invariants, spoken
from tests.simulation.mutations.edits import Edit, mutation

TELLING = (
    mutation(
        "what happened is not announced",
        Edit(
            "            announce(self.uow, self.version.company, self.request.id)",
            "            pass",
        ),
        by=invariants.each_change_is_announced,
    ),
    mutation(
        "what happens while a chat is being shown is never shown",
        Edit("done = row.generation == effect.generation", "done = True"),
        by=invariants.everything_was_shown,
    ),
    mutation(
        "an entry is dated back",
        Edit(
            "actor or BOT, self.uow.now, common)",
            "actor or BOT, self.request.submitted_at, common)",
        ),
        by=invariants.each_entry_can_be_said,
    ),
    mutation(
        "a refusal commits",
        Edit(
            '            raise NotAllowed(\n                "grant.revoke_not_allowed",',
            "            uow.commit()\n"
            '            raise NotAllowed(\n                "grant.revoke_not_allowed",',
        ),
        by=invariants.check_refusal,
    ),
    mutation(
        "a stage opens unrecorded",
        Edit("    note_opened(recorder, request)\n    if stalled", "    if stalled"),
        by=invariants.each_change_is_told_once,
    ),
    mutation(
        "an end is recorded twice",
        Edit(
            "    recorder.note(_ACTIONS[cause]",
            "    recorder.note(_ACTIONS[cause], actor, {'cause': cause, **(facts or {})})\n"
            "    recorder.note(_ACTIONS[cause]",
        ),
        by=invariants.each_change_is_told_once,
    ),
    mutation(
        "the thread never hears of the second chat",
        Edit("in company.audit_channels:", "in list(company.audit_channels)[:1]:"),
        by=invariants.each_change_is_announced,
    ),
)

TALKING = (
    mutation(
        "anybody asks",
        Edit(
            "approver = find_approver(uow, version, dossier, actor=actor)\n        words",
            "approver = dossier.request.stage.asked[0]\n        words",
        ),
        by=spoken.only_who_may_decide_asks,
    ),
    mutation(
        "a question is asked after its time",
        Edit("        check_in_time(current, uow.now)\n", ""),
        by=spoken.only_who_may_decide_asks,
    ),
    mutation(
        "anybody answers",
        Edit("if actor not in _concerned(request):", "if False:"),
        by=spoken.who_asked_is_answered,
    ),
    mutation(
        "who was answered is told the next answer, too",
        Edit("== Action.REQUEST_QUESTIONED else ()", "== Action.REQUEST_QUESTIONED else found"),
        by=spoken.who_asked_is_answered,
    ),
    mutation(
        "only who asked last is answered",
        Edit("people = askers(unanswered(entries))", "people = askers(unanswered(entries))[:1]"),
        by=spoken.who_asked_is_answered,
    ),
    mutation(
        "what people do names no account",
        Edit(
            '    if via is not None:\n        facts["via"]', '    if False:\n        facts["via"]'
        ),
        by=spoken.each_act_names_its_account,
    ),
    mutation(
        "what the bot does names somebody's account",
        Edit(
            '    if actor is None:\n        return {"actor_name": BOT,',
            '    if actor is None:\n        return {"via": 0, "actor_name": BOT,',
        ),
        by=spoken.each_act_names_its_account,
    ),
)
