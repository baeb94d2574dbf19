"""Defects of access that goes on."""

from __future__ import annotations

from tests.simulation import invariants
from tests.simulation.history import NeverQuiet
from tests.simulation.mutations.edits import Edit, mutation
from tests.simulation.prolonging import prolonged

PROLONGING = (
    mutation(
        "an extension is approved, and the access does not go on",
        Edit(
            "    uow.grants.save(access.grant.extend(until, at=uow.now))",
            "    access.grant.extend(until, at=uow.now)",
        ),
        by=(prolonged.an_end_moves_with_its_approval, invariants.each_change_is_told_once),
    ),
    mutation(
        "access goes on past the longest that it may",
        Edit("    if access.until + seconds > latest:", "    if seconds > latest - access.since:"),
        by=prolonged.access_lasts_as_decided,
    ),
    mutation(
        "who asked for it may decide that it goes on",
        Edit("if is_active(company, request.requester) else actor", "if not company else actor"),
        by=prolonged.no_stage_is_left_out,
    ),
    mutation(
        "an extension waits for what has ended",
        Edit("    return sum(_end(work, one) for one in found)", "    return 0"),
        by=(prolonged.nothing_waits_for_what_has_ended, NeverQuiet),
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
