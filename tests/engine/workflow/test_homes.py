"""Whose dashboard follows a request, and which of two dashboards stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.listing import Home
from engine.model.identifiers import PersonId
from engine.ports import EffectKind
from engine.workflow.announce import Story, open_story
from engine.workflow.dashboard import dashboard
from engine.workflow.homes import (
    COMMITTED_WITHIN,
    FOLLOWED_FOR,
    PACE,
    Due,
    begin_showing,
    due_homes,
    end_showing,
    forget_home,
    open_home,
)
from tests.engine.acts import answer, ask, configure, refusal
from tests.engine.workflow.closely import attempt_at
from tests.simulation.company import (
    BEN,
    CHAT,
    CLOSE,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    RIYA,
    SECOND_CHAT,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.world import World

SECOND = timedelta(seconds=1)
EVERYBODY = (BEN, LI, MARA, OLA, RIYA, SOFIA, TOM)


def visit(world: World, *people: PersonId) -> None:
    """Let people open their dashboards."""
    for person in people:
        open_home(world.work, CHAT, person, person)


def story(world: World) -> Story:
    """Take on the one announcement that is due."""
    attempt = attempt_at(world, EffectKind.ANNOUNCE)
    opened = open_story(world.work, attempt.effect, attempt.number)
    assert opened is not None
    return opened


def people(due: Due) -> list[PersonId]:
    """List whose dashboards are due."""
    return [visitor.person for visitor in due.visitors]


def home(world: World, person: PersonId) -> Home:
    """Read what is remembered of somebody's."""
    return world.state.homes[CHAT, person]


def show(world: World, person: PersonId, digest: str = "aa") -> None:
    """Show somebody's dashboard as it is now."""
    read = dashboard(world.work, person)
    assert begin_showing(world.work, home(world, person), read)
    assert end_showing(world.work, home(world, person), read, digest)


def test_opening_shows_and_is_remembered() -> None:
    """What the platform shows from it is not known."""
    world = World()
    request = ask(world)

    seen = open_home(world.work, CHAT, "sofia", SOFIA)

    assert [one.dossier.request.id for one in seen.to_decide] == [request]
    assert world.state.homes[CHAT, "sofia"] == Home(CHAT, "sofia", world.now)


def test_who_left_is_shown_none() -> None:
    """And what is remembered of it is never followed."""
    world = World()
    ask(world, BEN, CLOSE, holder=RIYA)
    configure(world, Setup(gone=frozenset({RIYA})))

    assert refusal(lambda: visit(world, RIYA)).code == "person.inactive"
    assert people(due_homes(world.work, story(world))) == []


def test_those_whom_a_request_concerns_are_followed() -> None:
    """Requester, holder, who is asked or decided, owners, compliance and admins; nobody else."""
    world = World()
    ask(world, BEN, CLOSE, holder=RIYA)
    visit(world, *EVERYBODY)

    due = due_homes(world.work, story(world))

    assert people(due) == [BEN, LI, MARA, RIYA, SOFIA, TOM]
    assert not due.is_paced


def test_who_is_asked_only_later_is_not_concerned_yet() -> None:
    """Mara decides payments after two controllers, and owns nothing of it."""
    world = World()
    request = ask(world, RIYA, PAYMENTS)
    visit(world, MARA, SOFIA, BEN)
    assert MARA not in people(due_homes(world.work, story(world)))

    answer(world, SOFIA, request)
    world.advance(61 * SECOND)
    answer(world, BEN, request)

    assert people(due_homes(world.work, story(world))) == [BEN, MARA, SOFIA]


def test_what_left_the_catalog_has_no_owner() -> None:
    """Its holder and compliance are concerned still."""
    world = World(setup=Setup(is_sofia_controller=False))
    ask(world, RIYA, PAYMENTS)
    configure(world, Setup(removed=frozenset({PAYMENTS}), is_sofia_controller=False))
    visit(world, SOFIA, RIYA, TOM)

    assert people(due_homes(world.work, story(world))) == [RIYA, TOM]


def test_only_the_storys_platform_is_followed() -> None:
    """Who has no account there is not looked for."""
    world = World()
    ask(world)
    visit(world, RIYA)

    elsewhere = replace(story(world), platform=SECOND_CHAT)

    assert people(due_homes(world.work, elsewhere)) == []


def test_who_has_not_looked_for_a_month_is_not_followed() -> None:
    """Until they look again."""
    world = World()
    visit(world, RIYA, SOFIA)
    world.advance(FOLLOWED_FOR + SECOND)
    visit(world, SOFIA)
    ask(world)

    assert people(due_homes(world.work, story(world))) == [SOFIA]


def test_what_was_shown_a_moment_ago_waits() -> None:
    """And then is due."""
    world = World()
    visit(world, RIYA, SOFIA)
    show(world, RIYA)
    ask(world)
    told = story(world)

    due = due_homes(world.work, told)

    assert people(due) == [SOFIA]
    assert due.is_paced
    world.advance(PACE)
    assert not due_homes(world.work, told).is_paced
    assert people(due_homes(world.work, told)) == [RIYA, SOFIA]


def test_what_was_read_well_after_the_news_has_them() -> None:
    """Another announcement has shown it meanwhile; but not where its showing was cut short."""
    world = World()
    visit(world, RIYA, SOFIA)
    ask(world)
    told = story(world)
    world.advance(COMMITTED_WITHIN)
    show(world, RIYA)
    begin_showing(world.work, home(world, SOFIA), dashboard(world.work, SOFIA))

    assert people(due_homes(world.work, told)) == []
    assert due_homes(world.work, told).is_paced
    world.advance(PACE)
    assert people(due_homes(world.work, told)) == [SOFIA]


def test_of_two_dashboards_the_newer_one_stays() -> None:
    """Whoever read earlier learns of it, before or after showing."""
    world = World()
    visit(world, RIYA)
    older = dashboard(world.work, RIYA)
    world.advance(SECOND)
    newer = dashboard(world.work, RIYA)
    mine = home(world, RIYA)

    assert begin_showing(world.work, mine, older)
    assert begin_showing(world.work, mine, newer)
    assert not begin_showing(world.work, mine, older)
    assert not end_showing(world.work, mine, older, "older")
    assert end_showing(world.work, mine, newer, "newer")
    assert home(world, RIYA).digest == "newer"


def test_a_forgotten_home_is_followed_no_more() -> None:
    """Its person is not there."""
    world = World()
    visit(world, RIYA)
    ask(world)
    forget_home(world.work, home(world, RIYA))

    assert people(due_homes(world.work, story(world))) == []
