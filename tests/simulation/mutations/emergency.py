"""Defects of emergencies."""

from __future__ import annotations

from tests.simulation.emergency import broken
from tests.simulation.mutations.edits import Edit, mutation

EMERGENCY = (
    mutation(
        "everybody may break the glass",
        Edit("if rule is None or not may_break(version.company, rule, actor):", "if rule is None:"),
        by=broken.only_who_may_breaks_the_glass,
    ),
    mutation(
        "one more is open than may be",
        Edit("if len(open_ones) < rule.open_max:", "if len(open_ones) <= rule.open_max:"),
        by=broken.one_at_a_time,
    ),
    mutation(
        "access is given before a checkpoint holds it",
        Edit("if uow.audit.is_signed(stream, Action.BREAKGLASS_OPENED):", "if True:"),
        by=broken.an_emergency_is_signed_first,
    ),
    mutation(
        "nobody looks at what was done",
        Edit("        follow_end(recorder, grant)", "        pass"),
        by=broken.a_closing_follows_its_access,
    ),
    mutation(
        "what is overdue is said once",
        Edit(
            "uow.closings.save(replace(closing, nudge_at=nudged_next(request, closing, uow.now)))",
            "uow.closings.save(replace(closing, nudge_at=None))",
        ),
        by=broken.what_is_open_is_said_again,
    ),
    mutation(
        "whoever likes to closes it",
        Edit("    if actor not in {one.person for one in people}:", "    if False:"),
        by=broken.others_close_it,
    ),
    mutation(
        "it is closed before it is decided",
        Edit("    if request.is_pending and uow.now < request.stage_due_at:", "    if False:"),
        by=broken.others_close_it,
    ),
    mutation(
        "a denial afterwards ends nothing",
        Edit(
            "if request.state is RequestState.DENIED and grant.state in STILL_THERE:", "if False:"
        ),
        by=broken.a_denial_ends_it,
    ),
    mutation(
        "owners and compliance hear nothing",
        Edit("        if action in LOUD:", "        if False:"),
        by=broken.it_is_told_loudly,
    ),
)
