"""What the engine needs from outside.

Each port is defined by an executable suite in `tests/contracts/` that every implementation passes,
the fakes too. All of them are synchronous; see docs/engine.md for why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from engine.accounts import Accounts
from engine.audit.entry import Entry, Recorded
from engine.chats import Addresses, Inbox, Posts
from engine.closings import Closings
from engine.conditions import Conditions
from engine.delegations import Delegations
from engine.guards import Halts, Usage
from engine.listing import Homes, Lists
from engine.model.account import Account
from engine.model.company import Company
from engine.model.dossier import Access, Dossier
from engine.model.grant import Grant
from engine.model.identifiers import (
    AccountName,
    ConfigVersion,
    EffectId,
    EntitlementId,
    PersonId,
    PlatformName,
    RequestId,
    SystemId,
)
from engine.model.request import Decision, Draft, Request
from engine.model.target import Target
from engine.model.via import Via
from engine.tickets import Tickets

# ── requests and grants ─────────────────────────────────────────────────────────────────────────


class Requests(Protocol):
    """Requests with their decisions and grants."""

    def lock(self, request: RequestId) -> Dossier | None:
        """Lock the holder's access, then the request; read it whole. Waits for either lock.

        What it extends is locked before it, in the same breath: by the time that is told then,
        neither can change any more.
        """

    def find(self, request: RequestId) -> Dossier | None:
        """Read a request whole, without a lock: for showing, never for deciding."""

    def lock_lapsed(self, limit: int) -> Sequence[Dossier]:
        """Lock pending requests that lapse by now, oldest first; skips what others hold.

        Neither break-glass nor extensions are ever among them.
        """

    def extensions_over(self, limit: int) -> Sequence[RequestId]:
        """List pending extensions that lapse by now, or whose access is ending. Without locks."""

    def access_of(self, holder: PersonId) -> Access:
        """List what a person holds or may get (`is_ahead`). Take `lock_person` or `lock` first."""

    def add(self, draft: Draft) -> Request:
        """Give a draft its number and keep it, PENDING at stage 1."""

    def save(self, request: Request) -> Request:
        """Keep a changed request and count its version. Raises `LostRace`."""

    def add_decision(self, decision: Decision) -> None:
        """Keep a decision. A second one by one approver on one revision never gets in."""


class Grants(Protocol):
    """Writes of grants. They are read and locked with their request."""

    def add(self, grant: Grant) -> Grant:
        """Keep a new grant."""

    def save(self, grant: Grant) -> Grant:
        """Keep a changed grant and count its version. Raises `LostRace`."""

    def lock_expired(self, limit: int) -> Sequence[Dossier]:
        """Lock ACTIVE grants whose time ran out, oldest first; skips what others hold."""

    def lock_ending(self, limit: int) -> Sequence[Dossier]:
        """Lock ACTIVE grants whose holder is due a warning; skips what others hold."""

    def lock_beginning(self, limit: int) -> Sequence[Dossier]:
        """Lock SCHEDULED grants that are to begin, oldest first; skips what others hold."""


# ── the audit log ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to read; None means any. Intervals are half-open: from ≤ at < until."""

    person: PersonId | None = None
    """Actor, requester or holder."""

    entitlement: EntitlementId | None = None
    request: RequestId | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    systems: frozenset[SystemId] | None = None
    """Only entries about these systems: what an owner may see."""

    entitlements: frozenset[EntitlementId] | None = None
    """Only entries that name one of these."""

    actions: frozenset[str] | None = None

    limit: int = 200


@dataclass(frozen=True, slots=True)
class Holding:
    """That someone had something at some time, as recorded."""

    request: RequestId
    holder: PersonId
    entitlement: EntitlementId
    system: SystemId
    starts_at: datetime
    ended_at: datetime | None
    ends_at: datetime


class AuditLog(Protocol):
    """The append-only sequence of entries."""

    def append(self, entry: Entry) -> None:
        """Record a fact in this transaction, chained to its stream's last one."""

    def stream(self, name: str) -> Sequence[Recorded]:
        """Read a stream whole, in order."""

    def search(self, wanted: EntryFilter) -> Sequence[Recorded]:
        """Read entries, newest first."""

    def is_signed(self, stream: str, action: str) -> bool:
        """Say whether a signed checkpoint holds a stream's first entry of an action."""

    def holdings_at(self, entitlement: EntitlementId | None, at: datetime) -> Sequence[Holding]:
        """Say who had an entitlement (or any) at an instant."""


# ── the company ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CompanyVersion:
    """A numbered configuration."""

    number: ConfigVersion
    digest: str
    """SHA-256 of its canonical JSON, in hex."""

    company: Company
    applied_at: datetime
    accounts: Mapping[tuple[PlatformName, str], Account] = field(default_factory=dict)
    """What platforms told of people's accounts; `company` follows it in the version in force."""

    accounts_number: int = 0
    """Counts the changes of accounts: with `number` it names what `company` says."""

    files: Company | None = None
    """What the files say, where `company` says more."""


class Companies(Protocol):
    """Numbered versions of the configuration. The newest one is in force."""

    def active(self) -> CompanyVersion:
        """Read the one in force, following what platforms told of its people's accounts.

        Number and digest are the files'. Raises `NotFound` where none was ever applied.
        """

    def version(self, number: ConfigVersion) -> CompanyVersion:
        """Read one, as its files say. Raises `NotFound`."""

    def lock(self) -> None:
        """Let nobody else add a version until this transaction ends."""

    def add(self, company: Company, *, applied_by: str) -> CompanyVersion:
        """Keep a new version, in force from the commit on."""


# ── the outbox ──────────────────────────────────────────────────────────────────────────────────


class EffectKind(StrEnum):
    """What has to be made so."""

    PROVISION = "provision"
    DEPROVISION = "deprovision"
    ANNOUNCE = "announce"


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that has to be made so; ordering it again is harmless and wakes it up."""

    kind: EffectKind
    request: RequestId
    platform: PlatformName | None = None
    """Where to announce; None for the others."""

    exclusive: str = ""
    """No two duties with the same non-empty key ever run at once."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A duty that a worker has taken on, until its lease runs out."""

    id: EffectId
    duty: Duty
    attempt: int
    generation: int
    """How often it was ordered; if it was ordered again meanwhile, finishing leaves it ready."""

    ordered_at: datetime


class Outbox(Protocol):
    """Duties, written in the transaction that decided them.

    Claimed with SKIP LOCKED, leased by time, fenced by attempt: an effect may be started any number
    of times, and only the newest attempt can finish it.
    """

    def order(self, duty: Duty) -> None:
        """Add a duty, or wake it up again."""

    def claim(self, limit: int) -> Sequence[tuple[EffectId, EffectKind, int]]:
        """Take due effects to hand to workers: id, kind and the attempt to hand over."""

    def duty_of(self, effect: EffectId) -> Duty | None:
        """Read what an effect is about, without a lock: its request is locked before it is."""

    def start(self, effect: EffectId, attempt: int, lease: timedelta) -> Effect | None:
        """Begin an attempt; None where it is done, newer, or its exclusive key is in use."""

    def finish(self, effect: Effect) -> bool:
        """Mark it done; False where a newer attempt took it over, or its lease ran out."""

    def is_newest(self, effect: Effect) -> bool:
        """Say whether the attempt still has the effect; holds until the transaction ends.

        Not where a newer attempt took it over, and not where its lease ran out: its exclusive key
        is free from then on, so that what the attempt saw of the target may be so no more.
        """

    def postpone(self, effect: Effect, after: timedelta, problem: str) -> None:
        """Let it come again after a while. `problem` is ours, never a target's text."""

    def due_in(self) -> timedelta | None:
        """Say how long until something in the clock's care is due; None where nothing waits."""


# ── all of it, in one transaction ───────────────────────────────────────────────────────────────


class UnitOfWork(Protocol):
    """One transaction. Leaving it without `commit` undoes everything.

    What is saved may travel with the commit: `LostRace` and `IllegalMove` come from there at the
    latest.
    """

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
    halts: Halts
    usage: Usage
    tickets: Tickets
    """Never asked inside a unit of work: it may take seconds."""

    @property
    def via(self) -> Via | None:
        """Through which account whoever acts in it was recognised; None where nobody in a chat."""

    @property
    def now(self) -> datetime:
        """The database's time, read once, after the first locks; the only time the engine knows."""

    def lock_person(self, person: PersonId) -> None:
        """Let nobody else change what this person holds until this transaction ends."""

    def commit(self) -> None:
        """Make everything durable. Only `engine/workflow` calls this."""


class Work(Protocol):
    """Begins units of work: `with work() as uow: …; uow.commit()`."""

    def __call__(self, via: Via | None = None) -> AbstractContextManager[UnitOfWork]:
        """Begin one. `via` is how the person who acts in it was recognised.

        Use cases call it without: whoever lets a person in binds it, e.g. with `partial`.
        """


# ── target systems ──────────────────────────────────────────────────────────────────────────────


class Outcome(StrEnum):
    """What a change came to. Already so is an outcome, not an error."""

    CHANGED = "changed"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class Page:
    """Some holders, and where to go on; `after` is None on the last page."""

    accounts: tuple[AccountName, ...]
    after: str | None


class Connector(Protocol):
    """One target system. Level-triggered: it makes a state so, however often it is told.

    Every call ends within the connector's time limit. Raises `Temporary` or `Permanent` with a text
    of ours that holds no secret and nothing of what the target answered.
    """

    def observe(self, target: Target) -> bool:
        """Say whether the account has exactly this permission now, read from the target."""

    def ensure_present(self, target: Target) -> Outcome:
        """Give exactly this permission."""

    def ensure_absent(self, target: Target) -> Outcome:
        """Take exactly this permission, and end the account's sessions that may still use it."""

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """List the accounts that have a permission, a page at a time, in a stable order."""

    def validate(self) -> None:
        """Check that the target can be reached and the credentials are good."""


Connectors = Callable[[SystemId], Connector]
"""Finds the connector of a system as the configuration in force describes it."""


class Signer(Protocol):
    """Signs checkpoints (Ed25519). The key lives outside the database."""

    name: str
    """The log's origin, e.g. `jit.acme.example/audit`: first line of every checkpoint."""

    def sign(self, message: bytes) -> bytes:
        """Sign; 64 bytes."""

    def public_key(self) -> bytes:
        """Give the raw public key; 32 bytes."""
