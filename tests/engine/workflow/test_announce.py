"""A platform takes a request's story on, remembers its places, and lets go of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.model.identifiers import EffectId, RequestId
from engine.ports import EffectKind, Post
from engine.workflow.announce import (
    LEASE,
    Story,
    close_story,
    open_story,
    put_off,
    remember_place,
)
from engine.workflow.asking.cancel import cancel
from tests.engine.acts import ask, configure
from tests.simulation.company import CHAT, RIYA, Setup
from tests.simulation.world import World

MINUTE = timedelta(minutes=1)


def opened(world: World) -> Story:
    """Take on the one duty that is due."""
    world.tick()
    ((effect, kind, attempt),) = world.queue
    assert kind is EffectKind.ANNOUNCE
    world.queue.clear()
    story = open_story(world.work, effect, attempt)
    assert story is not None
    return story


def places(world: World, request: RequestId) -> list[Post]:
    """Read the places that are remembered."""
    with world.work() as uow:
        return list(uow.posts.of(request, CHAT))


def test_a_story_is_all_that_a_platform_needs(world: World) -> None:
    """The request as it is, its entries, the people's names, and where it was posted before."""
    request = ask(world)

    story = opened(world)

    assert (story.platform, story.dossier.request.id) == (CHAT, request)
    assert [one.entry.action for one in story.entries] == ["request.submitted", "stage.opened"]
    assert story.company == world.version.company
    assert story.posts == []


def test_a_story_is_taken_on_once(world: World) -> None:
    """The same message a second time opens nothing, and neither does one about nothing."""
    ask(world)
    story = opened(world)

    assert open_story(world.work, story.effect.id, story.effect.attempt) is None
    assert open_story(world.work, EffectId(4711), 1) is None


def test_every_platform_has_a_duty_of_its_own(world: World) -> None:
    """One that is away does not hold up another."""
    configure(world, Setup(has_second_chat=True))
    ask(world)

    platforms = {row.duty.platform for row in world.state.effects.values()}

    assert platforms == {"playground", "second"}


def test_a_place_is_remembered_by_the_newest_attempt_only(world: World) -> None:
    """Whoever was taken over stops before it posts."""
    request = ask(world)
    slow = opened(world)
    post = Post(request, CHAT, "root", None, "")
    assert remember_place(world.work, slow.effect, post)
    world.advance(LEASE)

    newer = opened(world)

    assert newer.posts == [post]
    assert not remember_place(world.work, slow.effect, replace(post, reference="late"))
    assert remember_place(world.work, newer.effect, replace(post, reference="m1"))
    assert places(world, request) == [replace(post, reference="m1")]


def test_a_closed_story_stays_closed_until_more_happens(world: World) -> None:
    """What happened while it was being shown opens it again at once."""
    request = ask(world)
    story = opened(world)
    cancel(world.work, RIYA, request)

    close_story(world.work, story.effect)
    again = opened(world)
    close_story(world.work, again.effect)

    assert [one.entry.action for one in again.entries][-1] == "request.cancelled"
    assert world.tick() == 0


def test_a_story_that_is_put_off_comes_again(world: World) -> None:
    """After as long as the platform wants to be left alone."""
    ask(world)
    story = opened(world)

    put_off(world.work, story.effect, MINUTE, "the platform is away")

    assert world.tick() == 0
    assert world.due_in() == MINUTE
    world.advance(MINUTE)
    assert opened(world).effect.attempt == story.effect.attempt + 1
