"""Access goes on, where that is decided in time; else it ends as it would have."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.audit.entry import instant
from engine.errors import Invalid
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import RequestState, Verdict
from engine.model.rules.extending import ExtendRule
from engine.policy.extending.going_on import Longer
from engine.workflow.asking.cancel import cancel
from engine.workflow.asking.preview import preview
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.extending.ask import AskLonger, extend
from engine.workflow.extending.over import end_extensions
from engine.workflow.granting.end import expire_due, give_back
from engine.workflow.guarding.freeze import freeze
from engine.workflow.leavers import follow_people
from tests.engine.acts import (
    actions,
    answer,
    ask,
    configure,
    entries,
    given,
    grant,
    refusal,
    request_of,
    settle,
)
from tests.engine.workflow.extending.acts import WHY, longer
from tests.simulation.company import (
    AP,
    BEN,
    CLOSE,
    GL,
    HOUR,
    LI,
    MINUTE,
    OLA,
    RIYA,
    SOFIA,
    TICKET,
    TOM,
    Setup,
)
from tests.simulation.memory.aggregates import MemoryRequests
from tests.simulation.memory.conditions import LONG
from tests.simulation.world import World


def given_gl(world: World, *people: PersonId) -> RequestId:
    """Give Riya what three stages decide."""
    request = ask(world, wanted=GL)
    for person in people or (BEN, SOFIA, TOM):
        answer(world, person, request)
    settle(world)
    return request


def test_what_was_asked_is_kept(world: World) -> None:
    """Which access, since when it is there, and by how much longer; both threads say it."""
    request = given(world)

    extension = longer(world, request)

    kept, live = request_of(world, extension), grant(world, request)
    assert (kept.extends, kept.held_since, kept.held_until) == (
        request,
        live.starts_at,
        live.ends_at,
    )
    assert (kept.duration, kept.reason, kept.requester) == (HOUR, WHY, RIYA)
    assert actions(world, extension) == ["request.submitted", "stage.opened"]
    assert actions(world, request)[-1] == "grant.extension_asked"
    assert entries(world, extension)[0].facts["extended"] == show(request)


def test_the_end_moves_and_nothing_else(world: World) -> None:
    """In the commit of the approval: no new grant, no touch of the target, one more warning."""
    request = given(world)
    extension = longer(world, request)
    before, end = grant(world, request), world.now + HOUR
    changes = list(world.target.held)

    answer(world, SOFIA, extension)

    live = grant(world, request)
    assert (live.state, live.starts_at, live.ends_at) == (
        GrantState.ACTIVE,
        before.starts_at,
        end + HOUR,
    )
    assert live.warn_at is not None
    assert end < live.warn_at < end + HOUR
    assert request_of(world, extension).state is RequestState.APPROVED
    assert extension not in world.state.grants
    assert list(world.target.held) == changes
    assert actions(world, request)[-1] == "grant.extended"
    assert entries(world, request)[-1].facts["ends_at"] == instant(end + HOUR)
    assert actions(world, extension)[-1] == "request.approved"


def test_it_ends_at_its_new_end(world: World) -> None:
    """Not at the old one, and not later."""
    request = given(world)
    answer(world, SOFIA, longer(world, request))

    world.advance(2 * HOUR - timedelta(seconds=1))
    settle(world)
    assert grant(world, request).state is GrantState.ACTIVE
    world.advance(timedelta(seconds=1))
    settle(world)

    assert grant(world, request).state is GrantState.ENDED
    assert grant(world, request).cause is EndCause.EXPIRED


@pytest.mark.parametrize("how", ["denied", "taken back", "unanswered"])
def test_what_is_not_approved_ends_on_time(world: World, how: str) -> None:
    """Refused or unanswered: the access ends as it would have, and its thread says why."""
    request = given(world)
    extension = longer(world, request)
    if how == "denied":
        answer(world, SOFIA, extension, verdict=Verdict.DENY, reason="it is enough for today")
    elif how == "taken back":
        cancel(world.work, RIYA, extension)
    assert ("grant.extension_settled" in actions(world, request)) is (how != "unanswered")

    world.advance(HOUR)
    settle(world)

    assert grant(world, request).ended_at == world.now
    assert not request_of(world, extension).is_pending
    if how == "unanswered":
        assert request_of(world, extension).state is RequestState.LAPSED


def test_no_stage_is_open_when_the_access_has_ended(world: World) -> None:
    """Neither the first one nor a later one, whatever their limits."""
    configure(world, Setup(extend=ExtendRule()))
    request = given_gl(world)
    end = grant(world, request).ends_at
    extension = longer(world, request)
    assert request_of(world, extension).stage_due_at == end

    answer(world, BEN, extension)

    assert request_of(world, extension).stage_number == 2
    assert request_of(world, extension).stage_due_at == end


def test_a_late_approval_is_a_sentence(world: World) -> None:
    """The clock ended the access first; nothing is given, and nothing is kept of it."""
    request = given(world)
    extension = longer(world, request)
    world.advance(HOUR)
    expire_due(world.work)

    assert refusal(lambda: answer(world, SOFIA, extension)).code == "request.too_late"
    assert grant(world, request).state is GrantState.DEPROVISIONING


def test_what_ended_early_is_extended_by_nothing(world: World) -> None:
    """The extension is over with it, and can still be denied until then."""
    request = given(world)
    extension = longer(world, request)
    give_back(world.work, RIYA, request)

    assert refusal(lambda: answer(world, SOFIA, extension)).code == "extend.over"
    assert end_extensions(world.work) == 1

    assert request_of(world, extension).state is RequestState.CANCELLED
    assert actions(world, extension)[-1] == "request.overtaken"
    assert actions(world, request)[-1] == "grant.returned"
    assert end_extensions(world.work) == 0


def test_what_can_still_be_decided_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it was found in the moment before somebody decided it."""
    extension = longer(world, given(world))
    monkeypatch.setattr(MemoryRequests, "extensions_over", lambda *_: [extension])

    assert end_extensions(world.work) == 0
    assert request_of(world, extension).is_pending


def test_an_extension_is_asked_for_once(world: World) -> None:
    """The same again gives the first one; a request for the same is another thing."""
    request = given(world)
    first = longer(world, request)

    again = extend(world.work, AskLonger(RIYA, request, Longer(2 * HOUR), WHY))
    anew = submit(world.work, Ask(RIYA, CLOSE, HOUR, WHY))

    assert (again.request.id, again.is_new) == (first, False)
    assert anew.is_new
    assert submit(world.work, Ask(RIYA, CLOSE, HOUR, WHY)).request.id == anew.request.id


def test_looking_ahead_knows_an_extension_from_a_request(world: World) -> None:
    """Asking anew is not the same as what is pending for the access that is there."""
    longer(world, given(world))

    assert preview(world.work, RIYA, CLOSE).already is None


def test_until_an_instant_is_counted_from_its_end(world: World) -> None:
    """Not from now: what is decided is how much longer."""
    request = given(world)
    until = world.now + 3 * HOUR

    done = extend(world.work, AskLonger(RIYA, request, Longer(HOUR, until), WHY))

    assert done.request.duration == 2 * HOUR
    assert done.request.extended_until == until


def test_only_the_last_stage_decides(world: World) -> None:
    """As the policy says; why the others are not asked is in the record."""
    request = given_gl(world)

    extension = longer(world, request)

    assert [stage.name for stage in request_of(world, extension).stages] == ["Compliance"]
    assert "request.routed" in actions(world, extension)


def test_a_stage_for_long_access_decides_where_it_becomes_long(world: World) -> None:
    """Two short ones are never decided by fewer people than one long one."""
    configure(world, Setup(owner_when=LONG))
    request = given_gl(world, BEN, TOM)
    assert [stage.name for stage in request_of(world, request).stages] == ["Manager", "Compliance"]

    extension = longer(world, request, length=MINUTE)

    names = [stage.name for stage in request_of(world, extension).stages]
    assert names == ["Owner", "Compliance"]


def test_who_asked_for_it_never_decides_that_it_goes_on(world: World) -> None:
    """Not even where its holder asks: somebody else had wanted the access for them."""
    request = ask(world, BEN, holder=OLA)
    answer(world, SOFIA, request)
    settle(world)

    extension = longer(world, request, OLA)

    assert request_of(world, extension).requester == BEN
    assert BEN not in {one.person for one in request_of(world, extension).stage.asked}
    assert refusal(lambda: answer(world, BEN, extension)).code == "decision.own_request"
    assert entries(world, extension)[0].actor == OLA


def test_it_is_checked_like_a_request(world: World) -> None:
    """Tickets, freezes and segregation of duties."""
    configure(world, Setup(has_ledger_rule=False))
    request = given(world)
    given(world, wanted=AP)
    configure(world, Setup())
    assert refusal(lambda: longer(world, request)).code == "sod.conflict"
    configure(world, Setup(ticket=TICKET, has_ledger_rule=False))
    refused = refusal(lambda: longer(world, request, reason="it takes longer"))
    assert refused.code == "ticket.missing"
    configure(world, Setup(has_ledger_rule=False))
    freeze(world.work, LI, "netsuite-*", "the auditors take a copy", ends_live=False)
    assert refusal(lambda: longer(world, request)).code == "entitlement.frozen"

    assert not any(one.extends for one in world.state.requests.values())


def test_it_is_checked_again_when_it_is_decided(world: World) -> None:
    """What was frozen meanwhile does not go on."""
    request = given(world)
    extension = longer(world, request)
    freeze(world.work, LI, "netsuite-*", "the auditors take a copy", ends_live=False)

    assert refusal(lambda: answer(world, SOFIA, extension)).code == "entitlement.frozen"
    assert grant(world, request).ends_at == world.now + HOUR


def test_a_ticket_is_in_the_record(world: World) -> None:
    """It is looked up anew: it may be closed by now."""
    request = given(world, OLA)
    configure(world, Setup(ticket=TICKET))

    extension = longer(world, request, OLA)

    assert "ticket.checked" in actions(world, extension)


def test_a_lower_maximum_counts_at_the_decision(world: World) -> None:
    """Also where the catalog has changed what it stands for."""
    request = given(world)
    extension = longer(world, request)
    configure(world, Setup(has_new_permission=True))

    refused = refusal(lambda: answer(world, SOFIA, extension))

    assert refused.code == "extend.over"
    assert "stands for something else" in refused.sentence


def test_who_leaves_extends_nothing(world: World) -> None:
    """The extension is cancelled with the access."""
    request = given(world)
    extension = longer(world, request)
    configure(world, Setup(gone=frozenset({RIYA})))

    follow_people(world.work)

    assert request_of(world, extension).state is RequestState.CANCELLED
    assert grant(world, request).cause is EndCause.LEFT


def test_words_are_checked(world: World) -> None:
    """What must be named is named anew."""
    request = given(world, wanted=AP)

    with pytest.raises(Invalid):
        longer(world, request, reason="because")
