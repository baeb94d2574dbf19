"""An address book for a platform that awaits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from adapters.chat.teams.address import TEAMS, Address, AddressBook
from bot.chats.addresses import Book
from engine.model.identifiers import PlatformName
from engine.model.via import Via
from engine.ports import UnitOfWork
from tests.simulation.memory import MemoryWork

RIYA = "6f1c3a52-0000-4000-8000-00000000aaaa"


class Watched(MemoryWork):
    """A memory that notes which threads ask it."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[str] = set()

    @contextmanager
    def __call__(self, via: Via | None = None) -> Iterator[UnitOfWork]:
        """Begin."""
        self.threads.add(threading.current_thread().name)
        with super().__call__(via) as uow:
            yield uow


async def test_what_one_process_keeps_every_process_finds() -> None:
    """Of this platform alone."""
    work = MemoryWork()
    web: AddressBook = Book(work, TEAMS)
    worker: AddressBook = Book(work, TEAMS)
    address = Address(service_url="https://smba.trafficmanager.net/emea/", mri="29:riya")

    assert await worker.find(RIYA) is None
    await web.keep(RIYA, address.write())

    assert Address.read(await worker.find(RIYA) or "") == address
    assert await Book(work, PlatformName("slack")).find(RIYA) is None


async def test_nothing_is_asked_in_the_loops_own_thread() -> None:
    """It would stall everybody else's acknowledgements."""
    work = Watched()

    with ThreadPoolExecutor(1, "engine") as pool:
        book = Book(work, TEAMS, pool)
        await book.keep(RIYA, "here")
        await book.find(RIYA)

    assert {name.rpartition("_")[0] for name in work.threads} == {"engine"}


async def test_an_address_without_end_is_refused() -> None:
    """Nothing of it is kept."""
    book = Book(MemoryWork(), TEAMS)

    with pytest.raises(ValueError, match="4000 characters"):
        await book.keep(RIYA, "x" * 4001)

    assert await book.find(RIYA) is None
