"""What happened is said where people are: a story is opened, shown, and closed."""

from __future__ import annotations

from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.chats import Post
from engine.model.grant import GrantState
from engine.model.identifiers import EffectId, show
from engine.ports import EffectKind
from engine.workflow.announce import (
    LEASE,
    OpenStory,
    close_story,
    open_story,
    put_off,
    remember_place,
    story_at,
)
from engine.workflow.asking.cancel import cancel
from tests.engine.acts import ask, configure, given
from tests.engine.workflow.closely import attempt_at, duty_row
from tests.simulation.company import CHAT, RIYA, SECOND_CHAT, Setup
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import World

SECOND = timedelta(seconds=1)


def opened(world: World) -> OpenStory:
    """Take on the one announcement that is due."""
    attempt = attempt_at(world, EffectKind.ANNOUNCE)
    story = open_story(world.work, attempt.effect, attempt.number)
    assert story is not None
    return story


def place(story: OpenStory, reference: str | None = None) -> Post:
    """Name the root of a request's thread."""
    return Post(story.dossier.request.id, story.platform, "root", reference, "3f9a")


def test_a_story_is_all_that_a_platform_needs() -> None:
    """The request as it is now, its record in order, the company, and the places posted to."""
    world = World()
    request = given(world)
    world.advance(10 * SECOND)
    cancelled = ask(world)
    cancel(world.work, RIYA, cancelled)

    story = opened(world)

    assert story.platform == CHAT
    assert story.dossier.request == world.state.requests[cancelled]
    assert [one.stream_seq for one in story.entries] == [1, 2, 3]
    assert {one.entry.stream for one in story.entries} == {show(cancelled)}
    assert story.entries[-1].entry.action == Action.REQUEST_CANCELLED
    assert story.company == world.version.company
    assert story.posts == []
    assert world.state.grants[request].state is GrantState.ACTIVE


def test_a_message_tells_its_story() -> None:
    """As it is now; nothing is taken on, and nobody is waited for."""
    world = World()
    number = ask(world)
    story = opened(world)
    remember_place(world.work, story.effect, place(story, "m1"))
    cancel(world.work, RIYA, number)

    found = story_at(world.work, CHAT, "m1")

    assert found is not None
    told, key = found
    assert key == "root"
    assert told.entries[-1].entry.action == Action.REQUEST_CANCELLED
    assert told.posts == [place(story, "m1")]


def test_a_message_that_is_not_remembered_tells_nothing() -> None:
    """None of ours, of another platform, or a copy that nobody knows of."""
    world = World()
    ask(world)
    story = opened(world)
    remember_place(world.work, story.effect, place(story, "m1"))

    assert story_at(world.work, CHAT, "m2") is None
    assert story_at(world.work, SECOND_CHAT, "m1") is None


def test_opening_a_story_takes_a_lease() -> None:
    """Long enough for a platform's own pace; nobody else shows it meanwhile."""
    world = World()
    ask(world)

    story = opened(world)

    assert duty_row(world, EffectKind.ANNOUNCE).next_at == world.now + LEASE
    assert open_story(world.work, story.effect.id, story.effect.attempt) is None


def test_a_story_that_does_not_exist_is_not_opened() -> None:
    """A message may be older than the memory."""
    assert open_story(World().work, EffectId(4711), 1) is None


def test_each_platform_has_its_own_story() -> None:
    """One that is away does not hold the others up."""
    world = World()
    configure(world, Setup(has_second_chat=True))
    ask(world)
    while world.tick():
        pass

    stories = [open_story(world.work, effect, attempt) for effect, _, attempt in world.queue]

    assert {story.platform for story in stories if story} == {CHAT, SECOND_CHAT}


def test_a_place_is_remembered_before_it_is_known_to_be_there() -> None:
    """Whoever comes next looks there, and does not post a second time."""
    world = World()
    ask(world)
    story = opened(world)

    assert remember_place(world.work, story.effect, place(story))

    assert list(world.state.posts.values()) == [place(story)]
    world.advance(LEASE)
    assert opened(world).posts == [place(story)]


def test_what_is_newly_known_of_a_place_is_kept() -> None:
    """The platform's own name for the message, to edit it later."""
    world = World()
    ask(world)
    story = opened(world)
    remember_place(world.work, story.effect, place(story))

    assert remember_place(world.work, story.effect, place(story, "1700.42"))

    assert list(world.state.posts.values()) == [place(story, "1700.42")]


def test_a_stale_attempt_remembers_nothing() -> None:
    """It is told so before it posts what a newer one posts too."""
    world = World()
    ask(world)
    story = opened(world)
    world.advance(LEASE)

    assert not remember_place(world.work, story.effect, place(story))
    assert world.state.posts == {}


def test_a_shown_story_is_closed() -> None:
    """Nothing is to be said until something happens."""
    world = World()
    ask(world)

    close_story(world.work, opened(world).effect)

    assert duty_row(world, EffectKind.ANNOUNCE).state is RowState.DONE


def test_what_happened_while_a_story_was_shown_is_shown_too() -> None:
    """Closing leaves the duty, because it was ordered again."""
    world = World()
    request = ask(world)
    story = opened(world)
    cancel(world.work, RIYA, request)

    close_story(world.work, story.effect)

    assert duty_row(world, EffectKind.ANNOUNCE).state is RowState.READY
    assert len(opened(world).entries) == len(story.entries) + 1


def test_a_stale_attempt_closes_nothing() -> None:
    """The newer one has not shown it yet."""
    world = World()
    ask(world)
    story = opened(world)
    world.advance(LEASE)
    newer = opened(world)

    close_story(world.work, story.effect)

    assert duty_row(world, EffectKind.ANNOUNCE).state is RowState.RUNNING
    assert remember_place(world.work, newer.effect, place(newer))


def test_what_a_platform_did_not_take_comes_again() -> None:
    """After as long as was said, and not before."""
    world = World()
    ask(world)
    story = opened(world)

    put_off(world.work, story.effect, 7 * SECOND, "the chat cannot be reached.")

    assert duty_row(world, EffectKind.ANNOUNCE).state is RowState.READY
    assert duty_row(world, EffectKind.ANNOUNCE).next_at == world.now + 7 * SECOND
    world.advance(7 * SECOND)
    assert len(opened(world).entries) == len(story.entries)
