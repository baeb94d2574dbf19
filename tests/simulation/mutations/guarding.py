"""Defects of freezes and limits."""

from __future__ import annotations

from tests.simulation.guarding import guarded
from tests.simulation.mutations.edits import Edit, mutation

GUARDING = (
    mutation(
        "what is frozen is asked for and given",
        Edit('        raise NotAllowed("entitlement.frozen", sentence)', "        return"),
        by=guarded.nothing_frozen_begins,
    ),
    mutation(
        "a freeze that was lifted stays, and the others do not",
        Edit(
            "return next((halt for halt in halts if halt.covers(entitlement)), None)",
            "return next((halt for halt in halts[1:] if halt.covers(entitlement)), None)",
        ),
        by=(guarded.nothing_frozen_begins, guarded.what_is_frozen_ends),
    ),
    mutation(
        "a freeze takes nothing away",
        Edit("    return sum(_end(work, request) for request in found)", "    return 0"),
        by=guarded.what_is_frozen_ends,
    ),
    mutation(
        "more people have it than may",
        Edit("        check_places(known, uow.usage.holders(wanted), holder)", "        pass"),
        by=guarded.places_are_few,
    ),
    mutation(
        "people ask once more than they may",
        Edit("    if len(counted) >= rate.count:", "    if len(counted) > rate.count:"),
        by=guarded.asking_is_limited,
    ),
    mutation(
        "people ask at once for what was denied",
        Edit("and now < denied_at + after:", "and now < denied_at:"),
        by=guarded.asking_is_limited,
    ),
    mutation(
        "a ticket that is closed is as good as one that is open",
        Edit("    if not ticket.is_open:", "    if ticket.state == Ticket:"),
        by=guarded.tickets_are_right,
    ),
    mutation(
        "anybody's ticket will do",
        Edit(
            '    return bool(ticket.people & {person.id, person.email.lower()} - {""})',
            "    return True",
        ),
        by=guarded.tickets_are_right,
    ),
    mutation(
        "a ticket about anything will do",
        Edit("not ticket.systems & {wanted.id, wanted.system}:", "not ticket.systems:"),
        by=guarded.tickets_are_right,
    ),
    mutation(
        "nobody writes down which ticket it was",
        Edit("        note_ticket(recorder, asking, looked)", "        pass"),
        by=guarded.tickets_are_right,
    ),
)
