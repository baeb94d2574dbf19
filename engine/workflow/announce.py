"""What happened is said where people are.

Level-triggered like everything that leaves Postgres: a platform's adapter reads the whole story,
compares what should be in the chat with the places it remembers, and posts or edits the difference.
A place is remembered before it can be posted to, so nothing is ever posted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from engine.audit.entry import Recorded
from engine.chats import Post
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.identifiers import EffectId, PlatformName, RequestId, show
from engine.ports import Effect, UnitOfWork, Work
from engine.workflow.find import read_request

LEASE = timedelta(seconds=60)
"""How long a platform may take to show one request: a dozen messages at its own pace."""


@dataclass(frozen=True, slots=True)
class Story:
    """All that a platform needs to show a request, as it is now."""

    platform: PlatformName
    dossier: Dossier
    entries: Sequence[Recorded]
    company: Company
    posts: Sequence[Post]


@dataclass(frozen=True, slots=True)
class OpenStory(Story):
    """A story that somebody has taken on to show."""

    effect: Effect


def open_story(work: Work, effect: EffectId, attempt: int) -> OpenStory | None:
    """Take the duty on and read the story; None where another attempt has it or it is done."""
    with work() as uow:
        begun = uow.outbox.start(effect, attempt, LEASE)
        uow.commit()
    if begun is None:
        return None
    with work() as uow:
        platform = begun.duty.platform
        assert platform is not None, "an announcement is for one platform"
        told = _read(uow, begun.duty.request, platform)
        return OpenStory(told.platform, told.dossier, told.entries, told.company, told.posts, begun)


def story_at(work: Work, platform: PlatformName, reference: str) -> tuple[Story, str] | None:
    """Read the story that a message belongs to, and the key of the message in it.

    None where the platform's reference names no message that is remembered: none of ours, or a
    copy that was never known to have arrived.
    """
    with work() as uow:
        post = uow.posts.at(platform, reference)
        return (_read(uow, post.request, platform), post.key) if post else None


def _read(uow: UnitOfWork, request: RequestId, platform: PlatformName) -> Story:
    return Story(
        platform=platform,
        dossier=read_request(uow, request),
        entries=uow.audit.stream(show(request)),
        company=uow.companies.active().company,
        posts=uow.posts.of(request, platform),
    )


def remember_place(work: Work, effect: Effect, post: Post) -> bool:
    """Keep a place before, and again after, posting to it; False where the duty was taken over."""
    with work() as uow:
        if not uow.outbox.is_newest(effect):
            return False
        uow.posts.remember(post)
        uow.commit()
        return True


def close_story(work: Work, effect: Effect) -> None:
    """Everything is shown; if more was ordered meanwhile, the duty stays."""
    with work() as uow:
        uow.outbox.finish(effect)
        uow.commit()


def put_off(work: Work, effect: Effect, after: timedelta, problem: str) -> None:
    """Let the duty come again: the platform did not take it."""
    with work() as uow:
        uow.outbox.postpone(effect, after, problem)
        uow.commit()
