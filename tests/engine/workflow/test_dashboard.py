"""What somebody has to know now: their own first, and what they watch over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import AccountName, PersonId, RequestId, show
from engine.model.target import Target
from engine.policy.drift import ALARM_AFTER
from engine.ports import EffectKind, EntryFilter
from engine.workflow.dashboard import DECIDED_MAX, Dashboard, dashboard
from engine.workflow.granting.end import expire_due
from engine.workflow.looking.watched import KEPT_FOR, WATCHED_MAX, Watched
from engine.workflow.read_audit import read_audit
from tests.engine.acts import (
    answer,
    approved,
    ask,
    given,
    grant,
    refusal,
    settle,
    work_on,
)
from tests.engine.workflow.closely import hold_before_us
from tests.simulation.company import (
    BEN,
    CLOSE,
    HOUR,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.world import World

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def numbers(dossiers: Sequence[Dossier]) -> list[RequestId]:
    """List which requests they are."""
    return [dossier.request.id for dossier in dossiers]


def to_decide(seen: Dashboard) -> list[RequestId]:
    """List what waits for the person."""
    return [status.dossier.request.id for status in seen.to_decide]


def watched(world: World, actor: PersonId) -> Watched:
    """Read what somebody watches over."""
    found = dashboard(world.work, actor).watched
    assert found is not None
    return found


# ── one's own ───────────────────────────────────────────────────────────────────────────────────


def test_a_dashboard_is_somebodys_at_an_instant() -> None:
    """Reading it changes nothing, and is not a question to the record."""
    world = World()
    given(world)
    before = world.state

    seen = dashboard(world.work, RIYA)

    assert (seen.person.id, seen.at, seen.company) == (RIYA, world.now, world.version.company)
    assert world.state is before


def test_who_left_or_is_nobody_has_none() -> None:
    """There is nobody to show it to."""
    world = World(setup=Setup(gone=frozenset({RIYA})))

    assert refusal(lambda: dashboard(world.work, RIYA)).code == "person.inactive"
    assert refusal(lambda: dashboard(world.work, PersonId("nobody"))).code == "person.unknown"


def test_what_is_to_decide_comes_with_its_record_the_soonest_due_first() -> None:
    """Not what one answered already, nor a stage that is not open."""
    world = World()
    relaxed = ask(world, OLA, CLOSE)  # two hours
    urgent = ask(world, RIYA, PAYMENTS)  # one hour

    seen = dashboard(world.work, SOFIA)

    assert to_decide(seen) == [urgent, relaxed]
    assert seen.to_decide_count == 2
    assert {one.entry.stream for one in seen.to_decide[0].entries} == {show(urgent)}
    assert dashboard(world.work, MARA).to_decide == []
    answer(world, SOFIA, urgent)
    assert to_decide(dashboard(world.work, SOFIA)) == [relaxed]


def test_the_first_few_are_ready_to_be_decided() -> None:
    """The others are counted."""
    world = World()
    for person, wanted in (
        (RIYA, CLOSE),
        (RIYA, REPORTS),
        (OLA, CLOSE),
        (OLA, REPORTS),
        (LI, REPORTS),
        (MARA, REPORTS),
    ):
        ask(world, person, wanted)

    seen = dashboard(world.work, SOFIA)

    assert len(seen.to_decide) == DECIDED_MAX
    assert seen.to_decide_count == DECIDED_MAX + 1


def test_what_one_holds_ends_soonest_first() -> None:
    """What is still being given has no end yet and comes last; what others hold is not there."""
    world = World()
    first = given(world, RIYA, CLOSE)
    world.advance(MINUTE)
    second = given(world, RIYA, REPORTS)
    given(world, OLA, REPORTS)
    beginning = approved(world, RIYA, CLOSE)

    held = dashboard(world.work, RIYA).held

    assert numbers(held) == [first, second, beginning]
    assert [d.grant.state for d in held if d.grant][-1] is GrantState.PROVISIONING


def test_requests_are_open_first_and_without_what_one_holds() -> None:
    """What one holds is shown as such; what ended is a request among others."""
    world = World()
    ended = given(world, RIYA, CLOSE)
    world.advance(HOUR)
    settle(world)
    waiting = ask(world, RIYA, PAYMENTS)
    held = given(world, RIYA, REPORTS)
    for_riya = ask(world, BEN, CLOSE, holder=RIYA)
    answer(world, SOFIA, for_riya)
    settle(world)

    assert numbers(dashboard(world.work, RIYA).requests) == [waiting, ended]
    assert set(numbers(dashboard(world.work, RIYA).held)) == {held, for_riya}
    assert numbers(dashboard(world.work, BEN).requests) == [for_riya]


# ── what others hold ────────────────────────────────────────────────────────────────────────────


def test_who_answers_for_nothing_watches_over_nothing() -> None:
    """What others hold is not theirs to see."""
    world = World()
    given(world)

    assert dashboard(world.work, OLA).watched is None


def test_compliance_and_admins_watch_over_everything() -> None:
    """The newest first, with their number."""
    world = World()
    first, second = given(world, OLA, REPORTS), given(world, RIYA, CLOSE)

    for person in (TOM, LI):
        found = watched(world, person)
        assert found.is_everything
        assert numbers(found.live) == [second, first]
        assert found.live_count == 2


def test_an_owner_watches_over_what_they_own() -> None:
    """Mara owns the ledger, Sofia the bank; an owner who left owns nothing."""
    world = World()
    mine = given(world, RIYA, CLOSE)

    assert numbers(watched(world, MARA).live) == [mine]
    assert not watched(world, MARA).is_everything
    assert watched(world, SOFIA).live == []
    assert watched(world, SOFIA).changes == []
    assert {one.entry.stream for one in watched(world, MARA).changes} == {show(mine)}


def test_what_is_watched_is_a_glance() -> None:
    """However much there is."""
    world = World()
    for person in (RIYA, OLA, LI, MARA, BEN, SOFIA, TOM):
        given_by_other(world, person)

    found = watched(world, TOM)

    assert len(found.live) == len(found.changes) == WATCHED_MAX
    assert found.live_count > WATCHED_MAX


def given_by_other(world: World, person: PersonId) -> RequestId:
    """Give somebody the reports, decided by somebody else."""
    request = approved(world, person, REPORTS, by=BEN if person == SOFIA else SOFIA)
    settle(world)
    return request


def test_what_ends_soon_is_shown() -> None:
    """In the last quarter of its time."""
    world = World()
    request = given(world, RIYA, CLOSE)
    world.advance(45 * MINUTE - SECOND)
    assert watched(world, TOM).ending == []

    world.advance(SECOND)

    assert numbers(watched(world, TOM).ending) == [request]


def test_what_should_be_gone_is_shown_when_it_would_be_said_aloud() -> None:
    """Whether its end was ordered, or the clock is away and nobody noticed."""
    world = World()
    request = given(world, RIYA, CLOSE)
    world.advance(HOUR + ALARM_AFTER)
    assert watched(world, TOM).overdue == []

    world.advance(SECOND)

    assert numbers(watched(world, TOM).overdue) == [request]
    expire_due(world.work)
    assert numbers(watched(world, TOM).overdue) == [request]
    work_on(world, EffectKind.DEPROVISION)
    assert watched(world, TOM).overdue == []


def test_access_that_stays_is_reported_for_a_month() -> None:
    """Found before a grant, or left when it ended."""
    world = World()
    hold_before_us(world, Target(AccountName("riya_patel"), "main", "gl_posting"))
    request = given(world, RIYA, CLOSE)
    assert grant(world, request).held_before
    world.advance(HOUR)
    settle(world)

    kept = watched(world, TOM).kept

    assert [one.entry.action for one in kept] == [Action.GRANT_KEPT, Action.GRANT_STANDING]
    assert [one.entry for one in watched(world, MARA).kept] == [one.entry for one in kept]
    assert watched(world, SOFIA).kept == []
    world.advance(KEPT_FOR + SECOND)
    assert watched(world, TOM).kept == []


def test_last_changes_are_not_who_looked_or_was_refused() -> None:
    """The newest five things that changed something."""
    world = World()
    request = given(world)
    refusal(lambda: answer(world, RIYA, ask(world, RIYA, REPORTS)))
    read_audit(world.work, TOM, EntryFilter())

    changes = watched(world, TOM).changes

    assert changes[0].entry.action == Action.STAGE_OPENED
    assert Action.AUDIT_READ not in {one.entry.action for one in changes}
    assert {one.entry.stream for one in changes} >= {show(request)}
