"""How break-glass refuses."""

from __future__ import annotations

from engine.errors import Invalid, NotAllowed, Stale
from engine.model.closing import ClosingOutcome
from engine.model.identifiers import RequestId
from engine.workflow.asking.cancel import cancel
from tests.engine.acts import ask, settle
from tests.engine.workflow.emergency.acts import approved_after, broken, closed, used
from tests.refusals import Row
from tests.simulation.company import AP, BEN, GL, HOUR, RIYA, SOFIA
from tests.simulation.world import World


def _ended(world: World) -> RequestId:
    request = used(world)
    world.advance(HOUR)
    settle(world)
    return request


def _closed(world: World) -> object:
    request = approved_after(world)
    closed(world, request)
    return closed(world, request, outcome=ClosingOutcome.NOT_JUSTIFIED)


ROWS = (
    Row(
        "reason.incident",
        Invalid,
        "Break-glass is for an incident, so the reason must name it, e.g. INC-4711; please add it.",
        lambda world: broken(world, reason="payments stuck since 09:00"),
    ),
    Row(
        "duration.emergency",
        Invalid,
        "Break-glass gives NETSUITE GL for 1 minute to 1 hour; you asked for 2 hours.",
        lambda world: broken(world, duration=2 * HOUR),
    ),
    Row(
        "breakglass.not_allowed",
        NotAllowed,
        "Break-glass for NETSUITE AP is not yours, because no rule for emergencies is written for "
        "it; ask for it with `request netsuite-ap`, or somebody on call.",
        lambda world: broken(world, RIYA, AP),
    ),
    Row(
        "breakglass.not_allowed",
        NotAllowed,
        "Break-glass for NETSUITE GL is not yours, because you are not among those whom its rule "
        "names; ask for it with `request netsuite-gl`, or somebody on call.",
        lambda world: broken(world, SOFIA, GL),
    ),
    Row(
        "breakglass.not_closed",
        Invalid,
        "JIT-1 of yours is not closed yet, and by the rule “Incident” nobody breaks the glass "
        "again with 1 open; those who have to approve and close it were asked, and `status` says "
        "who.",
        lambda world: (used(world), broken(world)),
    ),
    Row(
        "request.breakglass",
        Invalid,
        "JIT-1 is break-glass: what was given at once is not taken back unseen; give the access "
        "back with `return JIT-1`.",
        lambda world: cancel(world.work, RIYA, broken(world)),
    ),
    Row(
        "closing.none",
        Invalid,
        "JIT-1 is no break-glass, so there is nothing to close.",
        lambda world: closed(world, ask(world)),
    ),
    Row(
        "closing.own",
        NotAllowed,
        "You broke the glass in JIT-1, so somebody else closes it.",
        lambda world: closed(world, used(world), RIYA),
    ),
    Row(
        "closing.too_early",
        Invalid,
        "The access of JIT-1 is not gone yet; it is closed once it has ended.",
        lambda world: closed(world, broken(world)),
    ),
    Row(
        "closing.done",
        Stale,
        "JIT-1 is closed already, so nothing was changed; `status` says by whom.",
        _closed,
    ),
    Row(
        "closing.not_yours",
        NotAllowed,
        "JIT-1 is not yours to close; Tom Reyes can.",
        lambda world: closed(world, approved_after(world), BEN),
    ),
    Row(
        "closing.undecided",
        Invalid,
        "JIT-1 still waits for the stage “Controller” to approve it afterwards; close it once that "
        "is answered.",
        lambda world: closed(world, used(world)),
    ),
    Row(
        "closing.not_approved",
        Invalid,
        "JIT-1 was not approved afterwards, so it cannot be closed as justified; say "
        "`not-justified`, and what follows from that.",
        lambda world: closed(world, _ended(world)),
    ),
    Row(
        "reason.length",
        Invalid,
        "What came of it is said in a text of 10 to 1000 characters, because it is kept in the "
        "record; you wrote 2.",
        lambda world: closed(world, approved_after(world), text="ok"),
    ),
)
