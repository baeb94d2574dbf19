"""A company: who works there, what may be requested, who decides.

One immutable value. It is read from the company's YAML files by `adapters/company`, kept in
Postgres as numbered, hashed versions, and pinned into each request. References between its parts
have been checked before a `Company` exists (`adapters/company`), so a lookup by a known id never
fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from engine.model.calendar import Calendar
from engine.model.identifiers import (
    AccountName,
    BreakglassId,
    ChainId,
    CostCentreId,
    EntitlementId,
    FunctionId,
    GroupId,
    PersonId,
    PlatformName,
    SystemId,
)
from engine.model.rules.emergency import Breakglass, ClosingRule
from engine.model.rules.extending import WHOLE_CHAIN_ONCE, ExtendRule
from engine.model.rules.limits import DELEGATION_MAX, UNLIMITED, Limits
from engine.model.rules.selector import Role, Selector, SelectorKind
from engine.model.rules.sod import SodRule
from engine.model.rules.ticket import TicketRule, TicketSource

__all__ = ["Breakglass", "ClosingRule", "Role", "Selector", "SelectorKind", "SodRule"]


@dataclass(frozen=True, slots=True)
class Person:
    """A human, with one identity across chats and targets."""

    id: PersonId
    name: str
    title: str
    email: str = ""
    department: str = ""
    employment: str = ""
    """What kind of employment it is, in the company's own words, e.g. `contractor`."""

    manager: PersonId | None = None
    cost_centre: CostCentreId | None = None
    active: bool = True
    zone: str = "UTC"
    """IANA time zone, for reading `until 18:00`."""

    platforms: Mapping[PlatformName, str] = field(default_factory=dict)
    """The person's id on each chat platform."""

    accounts: Mapping[SystemId, AccountName] = field(default_factory=dict)
    """Logins that do not follow the system's pattern."""


@dataclass(frozen=True, slots=True)
class Group:
    """People under one name."""

    id: GroupId
    name: str
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class CostCentre:
    """What people's costs are booked on, and who answers for them."""

    id: CostCentreId
    name: str
    owner: PersonId


@dataclass(frozen=True, slots=True)
class System:
    """A target system."""

    id: SystemId
    name: str
    connector: str
    owner: PersonId
    account_pattern: str = "{person}"
    """The login of a person without an explicit account; `{person}` is the id with `_` for `.`."""

    environment: str = ""
    """Which of several it is, in the company's own words, e.g. `production`."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """What the connector needs to know; a secret is named by its setting, never written here."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a part of a policy counts."""

    expression: str
    """True or false of the facts that `engine/conditions.py` declares."""

    because: str
    """The same for people: completes `because …`, e.g. `it is for longer than 8 hours`."""


@dataclass(frozen=True, slots=True)
class Route:
    """Another chain, where a condition holds."""

    when: Condition
    chain: ChainId


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One permission on one resource that a person can hold, with the policy of asking for it."""

    id: EntitlementId
    name: str
    system: SystemId
    resource: str
    permission: str
    """The exact permission in the target's own words, e.g. a role's name. Nothing more is given."""

    owner: PersonId
    tier: int
    """1 is the most sensitive, 3 the least."""

    chain: ChainId
    duration_default: timedelta
    duration_max: timedelta
    duration_min: timedelta
    requestable_by: tuple[Selector, ...]
    functions: tuple[FunctionId, ...] = ()
    routes: tuple[Route, ...] = ()
    """Chains that are taken instead of `chain`: the first whose condition holds."""

    data: tuple[str, ...] = ()
    """The classes of data that it opens, in the company's own words, e.g. `cardholder`."""

    description: str = ""
    reason_pattern: str = ""
    """A regular expression that the justification must contain, e.g. a ticket's id; or empty."""

    reason_example: str = ""
    """What a person is shown when the pattern is missing, e.g. `FIN-1234`."""

    breakglass: BreakglassId | None = None
    """The rule by which it is given first and decided afterwards; None: never."""
    limits: Limits = UNLIMITED
    ticket: TicketRule | None = None
    """Which ticket the justification must name; None: none."""
    extend: ExtendRule = WHOLE_CHAIN_ONCE
    """How access that is there may go on."""


ALL = 0
"""As a quorum: every one of those who may decide."""


@dataclass(frozen=True, slots=True)
class PartRule:
    """One of the groups that must all agree at a stage: `quorum` of its approvers."""

    name: str
    approvers: tuple[Selector, ...]
    quorum: int = 1
    """1 is any of them, `ALL` every one."""

    barred: tuple[Selector, ...] = ()
    """Who does not decide here, whatever else points at them."""


@dataclass(frozen=True, slots=True)
class StageRule:
    """One step of approval: `quorum` of the approvers, within `limit`."""

    name: str
    approvers: tuple[Selector, ...]
    """Empty where it has parts, and so are the next two."""

    quorum: int
    """1 is any of them, `ALL` every one."""

    limit: timedelta
    when: Condition | None = None
    """Only where it holds; None: always."""

    barred: tuple[Selector, ...] = ()
    """Who does not decide here, whatever else points at them."""

    parts: tuple[PartRule, ...] = ()
    """Groups that must all agree, each by people of its own; empty: it is one group alone."""

    @property
    def groups(self) -> tuple[PartRule, ...]:
        """Give its parts; of a stage without, the one that it is."""
        return self.parts or (PartRule(self.name, self.approvers, self.quorum, self.barred),)


@dataclass(frozen=True, slots=True)
class Chain:
    """The ordered steps of approval."""

    id: ChainId
    stages: tuple[StageRule, ...]


@dataclass(frozen=True)
class Company:
    """The whole configuration, in one value."""

    name: str
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    roles: Mapping[Role, tuple[Selector, ...]]
    systems: tuple[System, ...]
    entitlements: tuple[Entitlement, ...]
    chains: tuple[Chain, ...]
    sod_rules: tuple[SodRule, ...]
    audit_channels: Mapping[PlatformName, str]
    """Where each request gets its thread, per platform."""

    admin_channels: Mapping[PlatformName, str]
    """Where alarms go, per platform."""

    calendar: Calendar = field(default_factory=Calendar)
    breakglass: tuple[Breakglass, ...] = ()
    """The rules of emergencies, as entitlements name them."""
    pending_max: int | None = None
    """How many requests for one person may wait for a decision at once; None: any number."""

    delegation_max: timedelta = DELEGATION_MAX
    """How long anybody may stand in for somebody, by one delegation."""

    cost_centres: tuple[CostCentre, ...] = ()
    ticket_sources: tuple[TicketSource, ...] = ()
    functions: Mapping[FunctionId, str] = field(default_factory=dict)
    """What the functions of the business are called, which rules keep apart."""

    @cached_property
    def person(self) -> Mapping[PersonId, Person]:
        """People by id."""
        return {person.id: person for person in self.people}

    @cached_property
    def group(self) -> Mapping[GroupId, Group]:
        """Groups by id."""
        return {group.id: group for group in self.groups}

    @cached_property
    def system(self) -> Mapping[SystemId, System]:
        """Systems by id."""
        return {system.id: system for system in self.systems}

    @cached_property
    def entitlement(self) -> Mapping[EntitlementId, Entitlement]:
        """Entitlements by id."""
        return {entitlement.id: entitlement for entitlement in self.entitlements}

    @cached_property
    def cost_centre(self) -> Mapping[CostCentreId, CostCentre]:
        """Cost centres by id."""
        return {centre.id: centre for centre in self.cost_centres}

    @cached_property
    def chain(self) -> Mapping[ChainId, Chain]:
        """Chains by id."""
        return {chain.id: chain for chain in self.chains}

    @cached_property
    def emergency(self) -> Mapping[BreakglassId, Breakglass]:
        """Rules of emergencies by id."""
        return {rule.id: rule for rule in self.breakglass}

    @cached_property
    def selections(self) -> dict[Selector, Mapping[PersonId, None]]:
        """Whom a selector points at, in order, once `policy/people` has found it out.

        Kept here because it is true as long as this value lives; filled by any thread, with the
        same answer each time.
        """
        return {}

    @cached_property
    def _platform_accounts(self) -> Mapping[tuple[PlatformName, str], Person]:
        return {
            (platform, account): person
            for person in self.people
            for platform, account in person.platforms.items()
        }

    def person_on(self, platform: PlatformName, account: str) -> Person | None:
        """Find who a chat account belongs to."""
        return self._platform_accounts.get((platform, account))

    @cached_property
    def _emails(self) -> Mapping[str, tuple[Person, ...]]:
        found: dict[str, tuple[Person, ...]] = {}
        for person in self.people:
            if person.email and person.active:
                spelled = person.email.casefold()
                found[spelled] = (*found.get(spelled, ()), person)
        return found

    def person_at(self, email: str) -> Person | None:
        """Find which active person has an address; nobody where several have it."""
        people = self._emails.get(email.casefold(), ())
        return people[0] if len(people) == 1 else None

    def account_of(self, person: Person, system: SystemId) -> AccountName:
        """Name the person's login in a system: the explicit one, else the system's pattern."""
        explicit = person.accounts.get(system)
        if explicit is not None:
            return explicit
        pattern = self.system[system].account_pattern
        return AccountName(pattern.replace("{person}", person.id.replace(".", "_")))
