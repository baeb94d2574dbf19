"""A unit of work without a database, for the engine's tests and the simulation.

It passes the same suite as the one on Postgres (tests/contracts). Time is virtual: `clock` is set
by whoever runs the test and never moves by itself. One unit of work runs at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock

from engine.accounts import Accounts
from engine.chats import Addresses, Inbox, Post, Posts
from engine.closings import Closings
from engine.conditions import Conditions, NoConditions
from engine.delegations import Delegations
from engine.guards import Halts, Usage
from engine.listing import Home, Homes, Lists
from engine.model.account import Account
from engine.model.address import Address
from engine.model.closing import Closing
from engine.model.company import Company
from engine.model.delegation import Delegation
from engine.model.grant import Grant
from engine.model.halt import Halt
from engine.model.identifiers import (
    ConfigVersion,
    DelegationId,
    EffectId,
    HaltId,
    PersonId,
    PlatformName,
    RequestId,
    show,
)
from engine.model.request import Decision, Request
from engine.model.via import Via
from engine.policy.accounts import follow_up
from engine.ports import (
    AuditLog,
    Companies,
    CompanyVersion,
    Grants,
    Outbox,
    Requests,
    UnitOfWork,
)
from engine.tickets import NoTickets, Tickets
from tests.simulation.memory.aggregates import MemoryGrants, MemoryLists, MemoryRequests
from tests.simulation.memory.closings import MemoryClosings
from tests.simulation.memory.delegations import MemoryDelegations
from tests.simulation.memory.halts import MemoryHalts, MemoryUsage
from tests.simulation.memory.outbox import MemoryOutbox, Row
from tests.simulation.memory.records import (
    Logged,
    MemoryAccounts,
    MemoryAddresses,
    MemoryAuditLog,
    MemoryCompanies,
    MemoryHomes,
    MemoryInbox,
    MemoryPosts,
)

BEGINNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class State:
    """All that is remembered. Values never change in place, so copying the tables is enough."""

    requests: dict[RequestId, Request] = field(default_factory=dict)
    decisions: dict[RequestId, tuple[Decision, ...]] = field(default_factory=dict)
    grants: dict[RequestId, Grant] = field(default_factory=dict)
    closings: dict[RequestId, Closing] = field(default_factory=dict)
    effects: dict[EffectId, Row] = field(default_factory=dict)
    entries: list[Logged] = field(default_factory=list)
    streams: dict[str, int] = field(default_factory=dict)
    """How many entries each stream has."""

    companies: dict[ConfigVersion, CompanyVersion] = field(default_factory=dict)
    posts: dict[tuple[RequestId, PlatformName, str], Post] = field(default_factory=dict)
    inbox: dict[str, str | None] = field(default_factory=dict)
    homes: dict[tuple[PlatformName, str], Home] = field(default_factory=dict)
    accounts: dict[tuple[PlatformName, str], Account] = field(default_factory=dict)
    accounts_number: int = 0
    addresses: dict[tuple[PlatformName, str], Address] = field(default_factory=dict)
    halts: dict[HaltId, Halt] = field(default_factory=dict)
    signed: int = 0
    """How many entries the newest checkpoint holds."""

    delegations: dict[DelegationId, Delegation] = field(default_factory=dict)
    in_force: CompanyVersion | None = None
    """The newest version, following the accounts; None until somebody asks."""

    def active(self) -> CompanyVersion:
        """Give the version in force; there must be one."""
        if self.in_force is None:
            files = self.companies[max(self.companies)]
            if self.accounts_number == 0:
                return files
            self.in_force = replace(
                files,
                company=follow_up(files.company, self.accounts.values()),
                accounts=self.accounts.copy(),
                accounts_number=self.accounts_number,
                files=files.company,
            )
        return self.in_force

    def copy(self) -> State:
        """Copy the tables."""
        return State(
            self.requests.copy(),
            self.decisions.copy(),
            self.grants.copy(),
            self.closings.copy(),
            self.effects.copy(),
            self.entries.copy(),
            self.streams.copy(),
            self.companies.copy(),
            self.posts.copy(),
            self.inbox.copy(),
            self.homes.copy(),
            self.accounts.copy(),
            self.accounts_number,
            self.addresses.copy(),
            self.halts.copy(),
            self.signed,
            self.delegations.copy(),
            self.in_force,
        )


@dataclass(slots=True)
class Locks:
    """What a unit of work has locked, to find what Postgres would only show as a rare race."""

    is_strict: bool
    people: set[PersonId] = field(default_factory=set)
    requests: set[RequestId] = field(default_factory=set)

    def take_person(self, person: PersonId) -> None:
        """Lock a person; before any request, or two transactions wait for each other."""
        assert not self.requests or person in self.people, "a person's lock comes before a request"
        self.people.add(person)

    def check_person(self, person: PersonId) -> None:
        """Fail where somebody reads access that can change under them."""
        assert person in self.people, f"{person} was read without a lock"

    def check_request(self, request: RequestId) -> None:
        """Fail where somebody writes what they did not lock."""
        assert not self.is_strict or request in self.requests, f"{show(request)} was not locked"


class MemoryUnitOfWork:
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

    def __init__(self, owner: MemoryWork, via: Via | None = None) -> None:
        self.via = via
        self._owner = owner
        self._now = owner.clock
        self.conditions = owner.conditions
        self.tickets = owner.tickets
        self.state = owner.state.copy()
        self.locks = Locks(owner.is_strict)
        self.requests = MemoryRequests(self, owner.next_request)
        self.grants = MemoryGrants(self)
        self.closings = MemoryClosings(self)
        self.audit = MemoryAuditLog(self)
        self.lists = MemoryLists(self)
        self.companies = MemoryCompanies(self)
        self.accounts = MemoryAccounts(self)
        self.outbox = MemoryOutbox(self, owner.next_effect)
        self.posts = MemoryPosts(self)
        self.inbox = MemoryInbox(self)
        self.homes = MemoryHomes(self)
        self.addresses = MemoryAddresses(self)
        self.halts = MemoryHalts(self)
        self.usage = MemoryUsage(self)
        self.delegations = MemoryDelegations(self, owner.next_delegation)

    @property
    def now(self) -> datetime:
        """The virtual time at which it began."""
        return self._now

    def lock_person(self, person: PersonId) -> None:
        """Let nobody else change what this person holds until this transaction ends."""
        self.locks.take_person(person)

    def commit(self) -> None:
        """Make everything durable."""
        before, self._owner.state = self._owner.state, self.state
        self.state = self.state.copy()
        self._owner.committed(before, self._owner.state)


def _say_nothing(before: State, after: State) -> None:
    """Let a commit pass unseen."""


class MemoryWork:
    """Begins units of work on one memory: `with work() as uow: …; uow.commit()`.

    `is_strict` refuses what is written without its request's lock. `committed` sees each commit.
    """

    def __init__(self, *, is_strict: bool = False, clock: datetime = BEGINNING) -> None:
        self.is_strict = is_strict
        self.clock = clock
        self.conditions: Conditions = NoConditions()
        self.tickets: Tickets = NoTickets()
        self.state = State()
        self.committed: Callable[[State, State], None] = _say_nothing
        self._requests = self._effects = self._delegations = 0
        self._one_at_a_time = RLock()
        self._is_open = False

    @contextmanager
    def __call__(self, via: Via | None = None) -> Iterator[UnitOfWork]:
        """Begin; leaving without `commit` undoes everything."""
        with self._one_at_a_time:
            assert not self._is_open, "a unit of work inside another waits for itself"
            self._is_open = True
            try:
                yield MemoryUnitOfWork(self, via)
            finally:
                self._is_open = False

    def next_request(self) -> RequestId:
        """Give the next number; as with a sequence, one that was rolled back is never used."""
        self._requests += 1
        return RequestId(self._requests)

    def next_effect(self) -> EffectId:
        """Give the next number."""
        self._effects += 1
        return EffectId(self._effects)

    def next_delegation(self) -> DelegationId:
        """Give the next number."""
        self._delegations += 1
        return DelegationId(self._delegations)

    def configure(self, company: Company) -> CompanyVersion:
        """Put a company in force without an entry: where a test begins."""
        with self() as uow:
            version = uow.companies.add(company, applied_by="operator")
            uow.commit()
        return version
