"""The audit log, configurations, accounts, places posted to, deliveries, homes and addresses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.audit.entry import Entry, Recorded
from engine.chats import Post
from engine.errors import NotFound
from engine.listing import Home
from engine.model.account import Account
from engine.model.address import Address
from engine.model.company import Company
from engine.model.identifiers import (
    ConfigVersion,
    EntitlementId,
    PersonId,
    PlatformName,
    RequestId,
    SystemId,
    read,
    show,
)
from engine.ports import CompanyVersion, EntryFilter, Holding
from storage import company_codec

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryUnitOfWork


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry with its place in its stream."""

    entry: Entry
    stream_seq: int

    def recorded(self) -> Recorded:
        """Give it as the log does; there is no sequencer here."""
        return Recorded(self.entry, self.stream_seq, None)


class MemoryAuditLog:
    """The append-only sequence of entries."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def append(self, entry: Entry) -> None:
        """Record a fact; one that has no canonical spelling is refused, as it is in Postgres."""
        entry.body()
        about = _request_of(entry)
        if about is not None:
            self._uow.locks.check_request(about)
        number = self._uow.state.streams.get(entry.stream, 0) + 1
        self._uow.state.streams[entry.stream] = number
        self._uow.state.entries.append(Logged(entry, number))

    def stream(self, name: str) -> Sequence[Recorded]:
        """Read a stream whole, in order."""
        return [one.recorded() for one in self._uow.state.entries if one.entry.stream == name]

    def search(self, wanted: EntryFilter) -> Sequence[Recorded]:
        """Read entries, newest first."""
        found = [one for one in self._uow.state.entries if self._is_wanted(one.entry, wanted)]
        found.reverse()
        found.sort(key=lambda one: one.entry.at, reverse=True)
        return [one.recorded() for one in found[: wanted.limit]]

    def is_signed(self, stream: str, action: str) -> bool:
        """Say whether a signed checkpoint holds a stream's first entry of an action."""
        signed = self._uow.state.entries[: self._uow.state.signed]
        return any((one.entry.stream, one.entry.action) == (stream, action) for one in signed)

    def holdings_at(self, entitlement: EntitlementId | None, at: datetime) -> Sequence[Holding]:
        """Say who had an entitlement (or any) at an instant."""
        found = [
            Holding(g.id, g.holder, g.entitlement, g.system, g.starts_at, g.ended_at, g.ends_at)
            for g in self._uow.state.grants.values()
            if g.starts_at is not None
            and g.ends_at is not None
            and g.starts_at <= at
            and (g.ended_at is None or at < g.ended_at)
            and entitlement in {None, g.entitlement}
        ]
        found += [
            Holding(g.id, g.holder, g.entitlement, g.system, h.starts_at, h.ended_at, h.ends_at)
            for g in self._uow.state.grants.values()
            for h in g.past
            if h.starts_at <= at < h.ended_at and entitlement in {None, g.entitlement}
        ]
        return sorted(found, key=lambda h: (h.entitlement, h.starts_at, h.request))

    def _is_wanted(self, entry: Entry, wanted: EntryFilter) -> bool:
        about = _request_of(entry)
        request = self._uow.state.requests.get(about) if about is not None else None
        entitlements = {entry.facts.get("entitlement"), request.entitlement if request else None}
        return (
            (wanted.person is None or self._is_about(entry, wanted.person))
            and (wanted.entitlement is None or wanted.entitlement in entitlements)
            and (wanted.request is None or entry.stream == show(wanted.request))
            and (wanted.from_at is None or wanted.from_at <= entry.at)
            and (wanted.until_at is None or entry.at < wanted.until_at)
            and (wanted.systems is None or self._is_in(entry, wanted.systems))
            and (wanted.actions is None or entry.action in wanted.actions)
            and _names(entry, wanted.entitlements)
        )

    def _is_about(self, entry: Entry, person: PersonId) -> bool:
        people = {entry.actor, entry.facts.get("requester"), entry.facts.get("holder")}
        about = _request_of(entry)
        request = self._uow.state.requests.get(about) if about is not None else None
        return person in people | ({request.requester, request.holder} if request else set())

    def _is_in(self, entry: Entry, systems: frozenset[SystemId]) -> bool:
        """Look at the entry's system, or at the one that its request's first entry names."""
        if entry.facts.get("system") in systems:
            return True
        return _request_of(entry) is not None and any(
            one.stream_seq == 1 and one.entry.facts.get("system") in systems
            for one in self._uow.state.entries
            if one.entry.stream == entry.stream
        )


class MemoryCompanies:
    """Numbered versions of the configuration."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def active(self) -> CompanyVersion:
        """Read the one in force. Raises `NotFound` where none was ever applied."""
        if not self._uow.state.companies:
            raise NotFound("config.none", "No configuration has been applied yet; apply one.")
        return self._uow.state.active()

    def version(self, number: ConfigVersion) -> CompanyVersion:
        """Read one. Raises `NotFound`."""
        found = self._uow.state.companies.get(number)
        if found is None:
            raise NotFound("config.unknown", f"There is no configuration {number}.")
        return found

    def lock(self) -> None:
        """Do nothing: only one unit of work runs at a time."""

    def add(self, company: Company, *, applied_by: str) -> CompanyVersion:
        """Keep a new version."""
        number = ConfigVersion(len(self._uow.state.companies) + 1)
        digest = company_codec.digest(company_codec.write(company))
        version = CompanyVersion(number, digest, company, self._uow.now)
        self._uow.state.companies[number] = version
        self._uow.state.in_force = None
        return version


class MemoryAccounts:
    """What chat platforms told of people's accounts."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow
        self._is_locked = False

    def lock(self) -> None:
        """Note that nobody else changes them."""
        self._is_locked = True

    def save(self, account: Account) -> None:
        """Keep what is known of an account."""
        self._uow.state.accounts[account.key] = account
        self._count()

    def forget(self, account: Account) -> None:
        """Forget an account."""
        self._uow.state.accounts.pop(account.key, None)
        self._count()

    def _count(self) -> None:
        assert self._is_locked, "accounts are changed under their lock"
        self._uow.state.accounts_number += 1
        self._uow.state.in_force = None


class MemoryPosts:
    """Places posted to."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def of(self, request: RequestId, platform: PlatformName) -> Sequence[Post]:
        """List a request's places on one platform."""
        found = self._uow.state.posts.values()
        mine = (post for post in found if (post.request, post.platform) == (request, platform))
        return sorted(mine, key=lambda post: post.key)

    def at(self, platform: PlatformName, reference: str) -> Post | None:
        """Find which place a message stands for; None where it is none that is remembered."""
        found = self._uow.state.posts.values()
        wanted = (platform, reference)
        return next((p for p in found if reference and (p.platform, p.reference) == wanted), None)

    def remember(self, post: Post) -> None:
        """Keep a place, or what is newly known of it; a known reference is never forgotten."""
        place = (post.request, post.platform, post.key)
        known = self._uow.state.posts.get(place)
        if post.reference is None and known is not None:
            post = replace(post, reference=known.reference)
        self._uow.state.posts[place] = post


class MemoryInbox:
    """Deliveries that were seen, with the answers they got."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def claim(self, key: str) -> bool:
        """Take a delivery on; False where it was seen before."""
        is_new = key not in self._uow.state.inbox
        if is_new:
            self._uow.state.inbox[key] = None
        return is_new

    def answer_of(self, key: str) -> str | None:
        """Read what a delivery was answered with."""
        return self._uow.state.inbox.get(key)

    def remember(self, key: str, answer: str) -> None:
        """Keep the answer, for the same delivery coming again."""
        if key in self._uow.state.inbox:
            self._uow.state.inbox[key] = answer


class MemoryHomes:
    """Dashboards that are shown to people."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def open(self, platform: PlatformName, account: str) -> None:
        """Remember that somebody opened theirs now; what is shown there is not known."""
        self._uow.state.homes[platform, account] = Home(platform, account, self._uow.now)

    def opened(
        self, platform: PlatformName, accounts: Collection[str], since: datetime
    ) -> Sequence[Home]:
        """List the homes among these accounts that were opened since an instant, by account."""
        homes = self._uow.state.homes
        found = (homes.get((platform, account)) for account in sorted(set(accounts)))
        return [home for home in found if home is not None and home.opened_at >= since]

    def begin(self, home: Home, read_at: datetime) -> bool:
        """Say that a dashboard is about to be shown; False where one as new was begun already."""
        kept = self._uow.state.homes.get((home.platform, home.account))
        if kept is None or (kept.read_at is not None and kept.read_at >= read_at):
            return False
        self._keep(replace(kept, read_at=read_at, digest=""))
        return True

    def finish(self, home: Home, read_at: datetime, digest: str) -> bool:
        """Keep what is shown; False where something newer was begun, or the home opened again."""
        kept = self._uow.state.homes.get((home.platform, home.account))
        if kept is None or kept.read_at != read_at:
            return False
        self._keep(replace(kept, digest=digest))
        return True

    def forget(self, home: Home) -> None:
        """Forget a home: its person is not there any more."""
        self._uow.state.homes.pop((home.platform, home.account), None)

    def _keep(self, home: Home) -> None:
        self._uow.state.homes[home.platform, home.account] = home


class MemoryAddresses:
    """Where platforms reach accounts and channels."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def find(self, platform: PlatformName, subject: str) -> Address | None:
        """Read where an account or a channel is reached."""
        return self._uow.state.addresses.get((platform, subject))

    def save(self, address: Address) -> None:
        """Keep an address, unless a later one is there."""
        known = self.find(address.platform, address.subject)
        if known is None or known.told_at <= address.told_at:
            self._uow.state.addresses[address.platform, address.subject] = address


def _names(entry: Entry, entitlements: frozenset[EntitlementId] | None) -> bool:
    return entitlements is None or entry.facts.get("entitlement") in entitlements


def _request_of(entry: Entry) -> RequestId | None:
    return read(entry.stream) if entry.stream.startswith("JIT-") else None
