"""A use of break-glass is over, and somebody looks at what was done."""

from __future__ import annotations

from engine.audit.vocabulary import Action
from engine.model.closing import ClosingOutcome, ClosingState
from engine.model.grant import EndCause
from engine.model.request import RequestState, Verdict
from engine.ports import EffectKind
from engine.workflow.granting.attempt import Boundary
from tests.engine.acts import (
    actions,
    answer,
    ask,
    configure,
    grant,
    refusal,
    request_of,
    settle,
)
from tests.engine.workflow.closely import facts, go_on, told, work_until
from tests.engine.workflow.emergency.acts import (
    FOUND,
    approved_after,
    broken,
    closed,
    closing_of,
    used,
)
from tests.simulation.company import (
    GL,
    HOUR,
    MARA,
    RIYA,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.sandbox import Fault
from tests.simulation.world import World

NOT = ClosingOutcome.NOT_JUSTIFIED


def test_it_opens_with_the_end_of_the_access(world: World) -> None:
    """In the same commit, for those whom the rule names, with its due date."""
    request = used(world)

    closing = closing_of(world, request)
    assert (closing.state, closing.opened_at) == (ClosingState.OPEN, world.now)
    assert closing.due_at == world.now + 4 * HOUR
    assert [(one.person, one.basis) for one in closing.assigned] == [(TOM, "one of compliance")]
    assert told(world, request, Action.CLOSING_OPENED) == (
        "The access has ended; what was done with it? To be closed by Tom Reyes, "
        "until 2026-11-22 14:00:00."
    )
    assert facts(world, request, Action.CLOSING_OPENED)["told"] == [TOM]


def test_somebody_closes_it(world: World) -> None:
    """With what was done and what follows, for ever; owners and compliance are told."""
    request = approved_after(world)

    closed(world, request)

    closing = closing_of(world, request)
    assert (closing.state, closing.closed_by, closing.closed_at) == (
        ClosingState.DONE,
        TOM,
        world.now,
    )
    assert (closing.outcome, closing.finding) == (ClosingOutcome.JUSTIFIED, FOUND)
    assert closing.nudge_at is None
    assert told(world, request, Action.CLOSING_CLOSED) == (
        f"Tom Reyes, Head of Compliance, closed this use of break-glass as justified: “{FOUND}”"
    )


def test_the_same_again_is_the_first(world: World) -> None:
    """Another finding, or by somebody else, is too late."""
    request = approved_after(world)
    closed(world, request)

    closed(world, request)

    assert actions(world, request).count(Action.CLOSING_CLOSED) == 1
    assert refusal(lambda: closed(world, request, text="something else")).code == "closing.done"
    assert refusal(lambda: closed(world, request, MARA)).code == "closing.done"


def test_nobody_closes_their_own(world: World) -> None:
    """Whatever else they are: the rule names compliance, and Tom is that."""
    configure(world, Setup(is_tom_on_duty=True))
    request = used(world, TOM)

    assert refusal(lambda: closed(world, request, TOM)).code == "closing.own"
    assert TOM not in {one.person for one in closing_of(world, request).assigned}


def test_where_nobody_else_may_it_is_escalated(world: World) -> None:
    """Nobody is assigned at first; then it is for those to whom it is escalated."""
    configure(world, Setup(is_tom_on_duty=True))
    request = used(world, TOM)
    assert told(world, request, Action.CLOSING_OPENED).startswith(
        "The access has ended; what was done with it? To be closed by nobody, because nobody who "
        "may is left, until"
    )
    answer(world, SOFIA, request)
    assert refusal(lambda: closed(world, request, MARA)).code == "closing.not_yours"

    world.advance(3 * HOUR)
    settle(world)
    closed(world, request, MARA)

    assert closing_of(world, request).closed_by == MARA


def test_while_its_approval_is_open_it_is_not_closed(world: World) -> None:
    """Whoever closes it says whether it was right; first those answer who were asked that."""
    request = used(world)

    assert refusal(lambda: closed(world, request)).code == "closing.undecided"


def test_what_nobody_approved_in_time_is_not_justified(world: World) -> None:
    """Somebody may close it so that nothing is open for ever; it counts as not approved."""
    request = used(world)
    world.advance(HOUR)
    settle(world)
    assert refusal(lambda: closed(world, request)).code == "closing.not_approved"

    closed(world, request, outcome=NOT)

    assert request_of(world, request).state is RequestState.DENIED
    assert told(world, request, Action.BREAKGLASS_UNAPPROVED) == (
        "Nobody approved it afterwards in time, so it counts as not approved."
    )
    assert "as not justified: " in told(world, request, Action.CLOSING_CLOSED)


def test_what_was_denied_is_not_justified(world: World) -> None:
    """It is closed all the same: what was done, and what follows from it."""
    request = used(world)
    answer(world, SOFIA, request, verdict=Verdict.DENY, reason="there is no such incident")

    assert refusal(lambda: closed(world, request)).code == "closing.not_approved"
    closed(world, request, outcome=NOT)

    assert closing_of(world, request).outcome is NOT
    assert Action.BREAKGLASS_UNAPPROVED not in actions(world, request)


def test_before_the_access_is_gone_there_is_nothing_to_close(world: World) -> None:
    """And what was no emergency has no closing."""
    request = broken(world)

    assert refusal(lambda: closed(world, request)).code == "closing.too_early"
    assert refusal(lambda: closed(world, ask(world))).code == "closing.none"


def test_what_may_have_been_given_is_looked_at(world: World) -> None:
    """The target said no once it had been touched: somebody has to see that nothing stayed."""
    request = broken(world)
    work_until(world, EffectKind.PROVISION, Boundary.NOTED)
    go_on(world, Fault.REFUSED)
    settle(world)

    assert grant(world, request).cause is EndCause.FAILED
    assert closing_of(world, request).is_open


def test_where_it_was_not_even_tried_nothing_is_open(world: World) -> None:
    """The holder left at once: there is nothing to look at, and nothing to approve."""
    request = broken(world)
    configure(world, Setup(gone=frozenset({RIYA})))
    settle(world)

    closing = closing_of(world, request)
    assert (closing.state, closing.outcome) == (ClosingState.DONE, ClosingOutcome.UNUSED)
    assert request_of(world, request).state is RequestState.CANCELLED
    assert told(world, request, Action.CLOSING_UNUSED) == (
        "Nothing was given, so there is nothing to look at; it is closed."
    )
    assert told(world, request, Action.BREAKGLASS_UNUSED) == (
        "Nothing was given, so there is nothing to approve afterwards."
    )


def test_of_what_is_out_of_the_catalog_somebody_answers(world: World) -> None:
    """By the rule that it began with, whatever the catalog says by now."""
    request = approved_after(world)
    configure(world, Setup(removed=frozenset({GL})))

    closed(world, request)

    assert closing_of(world, request).is_done
