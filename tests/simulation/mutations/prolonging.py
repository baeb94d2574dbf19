"""Defects of access that goes on."""

from __future__ import annotations

from tests.simulation.mutations.edits import Edit, mutation
from tests.simulation.prolonging import prolonged

PROLONGING = (
    mutation(
        "one approval of an extension is enough, whatever its stages",
        Edit(
            "    if request.stage_number < len(request.stages):",
            "    if request.stage_number < len(request.stages) and request.extends is None:",
        ),
        by=prolonged.an_end_moves_with_its_approval,
    ),
    mutation(
        "access goes on past the longest that it may",
        Edit("    if access.until + seconds > latest:", "    if seconds > latest - access.since:"),
        by=prolonged.access_lasts_as_decided,
    ),
    mutation(
        "a stage that never decided is left out",
        Edit("step is not last and step.rule in decided", "step is not last"),
        by=prolonged.no_stage_is_left_out,
    ),
    mutation(
        "an extension waits for what has ended",
        Edit("    return sum(_end(work, one) for one in found)", "    return 0"),
        by=prolonged.nothing_waits_for_what_has_ended,
    ),
    mutation(
        "access goes on for longer than was decided",
        Edit(
            "    until = access.until + request.duration",
            "    until = access.until + 2 * request.duration",
        ),
        by=prolonged.access_lasts_as_decided,
    ),
    mutation(
        "a stage of an extension is open for as long as any other",
        Edit("        decide_by=access.until,", "        decide_by=None,"),
        by=prolonged.nothing_is_open_after_its_end,
    ),
)
