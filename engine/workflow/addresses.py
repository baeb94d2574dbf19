"""A platform tells where somebody, or a channel, is reached: it is kept for what is said later.

Called with everything that comes in, so nearly always it is known already and nothing is written.
Who could not be written to before, and waits to be asked, is written to now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.chats import NOWHERE, Post
from engine.errors import NotFound
from engine.model.address import Address
from engine.model.company import Person
from engine.model.identifiers import PlatformName
from engine.policy.reach import ask_key
from engine.ports import Duty, EffectKind, UnitOfWork, Work

ASKED_MAX = 100
"""Of more than that, the newest: whoever comes back has a list of all with `pending`."""


def note_address(work: Work, platform: PlatformName, subject: str, written: str) -> bool:
    """Keep where somebody is reached; says whether that was new.

    Of two who are told at once, the one who was told last stays. Raises `ValueError` where it is
    longer than `engine.model.address.WRITTEN_MAX`.
    """
    with work() as uow:
        known = uow.addresses.find(platform, subject)
        if known is not None and known.written == written:
            return False
        uow.addresses.save(Address(platform, subject, written, uow.now))
        missed = tuple(_missed(uow, platform, subject))
        for post in missed:
            uow.posts.remember(replace(post, digest=""))
        uow.commit()
    _announce(work, missed)
    return True


def address_of(work: Work, platform: PlatformName, subject: str) -> str | None:
    """Give what was kept of where somebody is reached; None where nothing was."""
    with work() as uow:
        known = uow.addresses.find(platform, subject)
        return known.written if known else None


def _announce(work: Work, missed: Sequence[Post]) -> None:
    """Let the messages be tried again that went nowhere.

    In a transaction of its own: whoever announces locks the duty first and a place after it.
    """
    if not missed:
        return
    with work() as uow:
        for post in missed:
            uow.outbox.order(Duty(EffectKind.ANNOUNCE, post.request, post.platform))
        uow.commit()


def _owner(uow: UnitOfWork, platform: PlatformName, account: str) -> Person | None:
    """Say whose an account is; None for a channel, a stranger, and where no company is there."""
    try:
        return uow.companies.active().company.person_on(platform, account)
    except NotFound:
        return None


def _missed(uow: UnitOfWork, platform: PlatformName, account: str) -> Iterator[Post]:
    """List the places where somebody was to be asked for a decision that is open still."""
    person = _owner(uow, platform, account)
    if person is None:
        return
    for dossier in uow.lists.waiting_for(person.id, ASKED_MAX):
        key = ask_key(dossier.request.stage_number, person.id)
        for post in uow.posts.of(dossier.request.id, platform):
            if (post.key, post.reference) == (key, NOWHERE):
                yield post
