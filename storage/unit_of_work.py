"""One transaction on Postgres, as the engine knows it.

READ COMMITTED with explicit locks. Writes wait in the process until the commit, or until something
is read, and then travel together; so `LostRace` and `IllegalMove` come at the latest from `commit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine

from engine.accounts import Accounts
from engine.chats import Addresses, Inbox, Posts
from engine.closings import Closings
from engine.conditions import Conditions, NoConditions
from engine.delegations import Delegations
from engine.guards import Halts, Usage
from engine.listing import Homes, Lists
from engine.model.identifiers import PersonId
from engine.model.via import Via
from engine.ports import (
    AuditLog,
    Companies,
    Grants,
    Outbox,
    Requests,
    UnitOfWork,
)
from engine.tickets import NoTickets, Tickets
from storage.accounts import PostgresAccounts
from storage.audit_log import PostgresAuditLog
from storage.chats.addresses import PostgresAddresses
from storage.chats.homes import PostgresHomes
from storage.chats.inbox import PostgresInbox
from storage.chats.posts import PostgresPosts
from storage.companies import CompanyCache, PostgresCompanies
from storage.database.wire import Wire
from storage.emergency.closings import PostgresClosings
from storage.grants import PostgresGrants
from storage.halts import PostgresHalts, PostgresUsage
from storage.outbox import PostgresOutbox
from storage.people.delegations import PostgresDelegations
from storage.reports.lists import PostgresLists
from storage.requests import PostgresRequests
from storage.transaction import Transaction


class Elsewhere(NamedTuple):
    """What the engine asks that is not in the database."""

    conditions: Conditions
    tickets: Tickets


class PostgresUnitOfWork:
    """One transaction. Leaving it without `commit` undoes everything."""

    requests: Requests
    grants: Grants
    closings: Closings
    audit: AuditLog
    lists: Lists
    companies: Companies
    accounts: Accounts
    outbox: Outbox
    posts: Posts
    inbox: Inbox
    homes: Homes
    addresses: Addresses
    delegations: Delegations
    conditions: Conditions
    tickets: Tickets
    halts: Halts
    usage: Usage

    def __init__(
        self, wire: Wire, cache: CompanyCache, elsewhere: Elsewhere, via: Via | None = None
    ) -> None:
        self.via = via
        self.conditions, self.tickets = elsewhere
        self._tx = Transaction(wire)
        self._audit = PostgresAuditLog(self._tx)
        self._outbox = PostgresOutbox(self._tx)
        self.requests = PostgresRequests(self._tx)
        self.grants = PostgresGrants(self._tx)
        self.closings = PostgresClosings(self._tx)
        self.audit = self._audit
        self.lists = PostgresLists(self._tx)
        self.companies = PostgresCompanies(self._tx, cache)
        self.accounts = PostgresAccounts(self._tx)
        self.outbox = self._outbox
        self.posts = PostgresPosts(self._tx)
        self.inbox = PostgresInbox(self._tx)
        self.homes = PostgresHomes(self._tx)
        self.addresses = PostgresAddresses(self._tx)
        self.halts = PostgresHalts(self._tx)
        self.usage = PostgresUsage(self._tx)
        self.delegations = PostgresDelegations(self._tx)
        self.left_work = False
        """Whether what was committed left an effect that is due at once."""

    @property
    def messages(self) -> int:
        """How many round trips were made so far."""
        return self._tx.wire.messages

    @property
    def now(self) -> datetime:
        """The database's time, read once."""
        return self._tx.now

    def lock_person(self, person: PersonId) -> None:
        """Let nobody else change what this person holds until this transaction ends."""
        self._tx.lock_person(person)

    def commit(self) -> None:
        """Make everything durable. Raises `LostRace` where somebody else saved first."""
        self._audit.write()
        self._outbox.write()
        self._tx.wire.commit()
        self.left_work = self._outbox.woke


_NO_CONDITIONS = NoConditions()
_NO_TICKETS = NoTickets()


class PostgresWork:
    """Begins units of work on one database: `with work() as uow: …; uow.commit()`.

    For many threads; each unit of work takes one connection of the engine's pool while it runs.
    `on_ordered` is called, after the commit and outside of the transaction, when there is something
    to do at once; it must be quick, and must not raise. Without `conditions`, none is answered;
    without `tickets`, none is found.
    """

    def __init__(
        self,
        engine: Engine,
        on_ordered: Callable[[], None] | None = None,
        conditions: Conditions = _NO_CONDITIONS,
        tickets: Tickets = _NO_TICKETS,
    ) -> None:
        self._engine = engine
        self._elsewhere = Elsewhere(conditions, tickets)
        self._on_ordered = on_ordered
        self._cache = CompanyCache()

    @contextmanager
    def __call__(self, via: Via | None = None) -> Iterator[UnitOfWork]:
        """Begin; leaving without `commit` undoes everything."""
        wire = Wire(self._engine, is_hot=True)
        uow = PostgresUnitOfWork(wire, self._cache, self._elsewhere, via)
        try:
            yield uow
        finally:
            wire.close()
            if uow.left_work and self._on_ordered is not None:
                self._on_ordered()
