"""A company that is small enough for its people to get in each other's way.

Two entitlements stand for the same permission, one person is asked at several stages, and the
approvers of one chain are the requesters of another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from random import Random

from engine.model.company import (
    Breakglass,
    Chain,
    ClosingRule,
    Company,
    Condition,
    Entitlement,
    Group,
    PartRule,
    Person,
    Role,
    Route,
    Selector,
    SelectorKind,
    SodRule,
    StageRule,
    System,
)
from engine.model.identifiers import (
    AccountName,
    BreakglassId,
    ChainId,
    EntitlementId,
    FunctionId,
    GroupId,
    PersonId,
    PlatformName,
    SodRuleId,
    SystemId,
    TicketSourceId,
)
from engine.model.rules.extending import ExtendRule, ExtendStages
from engine.model.rules.limits import UNLIMITED, Limits, Rate
from engine.model.rules.sod import SodMode
from engine.model.rules.ticket import TicketRule, TicketSource
from tests.simulation.policies.drawn import with_drawn_policy

RIYA = PersonId("riya.patel")
OLA = PersonId("ola.berg")
BEN = PersonId("ben.okafor")
SOFIA = PersonId("sofia.almeida")
MARA = PersonId("mara.lind")
TOM = PersonId("tom.reyes")
LI = PersonId("li.wei")

CHANGES = TicketSource(TicketSourceId("changes"), "Changes", "memory")
TICKET = TicketRule(CHANGES.id, r"\b(?:CHG|FIN)-[0-9]{1,6}\b", "CHG-2041")
LEDGER = SystemId("ledger")
BANK = SystemId("bank")

GL = EntitlementId("netsuite-gl")
CLOSE = EntitlementId("netsuite-close")
"""The same permission as GL, under another name and with a shorter chain."""

AP = EntitlementId("netsuite-ap")
REPORTS = EntitlementId("netsuite-reports")
PAYMENTS = EntitlementId("payments")

CHAT = PlatformName("playground")
SECOND_CHAT = PlatformName("second")

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

_PEOPLE = (
    (RIYA, "Riya Patel", "Accountant", BEN),
    (OLA, "Ola Berg", "Accountant", BEN),
    (BEN, "Ben Okafor", "Controller", MARA),
    (SOFIA, "Sofia Almeida", "Treasurer", None),
    (MARA, "Mara Lind", "CFO", None),
    (TOM, "Tom Reyes", "Head of Compliance", None),
    (LI, "Li Wei", "Platform engineer", MARA),
)
SCARCE = Limits(Rate(2, 6 * HOUR), holders=1, after_denial=HOUR)

_EVERYONE = Selector(SelectorKind.EVERYONE)
_FINANCE = Selector(SelectorKind.DEPARTMENT, "Finance")
_COMPLIANCE = Selector(SelectorKind.ROLE, Role.COMPLIANCE)
_LI = Selector(SelectorKind.PERSON, LI)
"""Named as an approver in a chain, without the role: never one."""

_MANAGER = Selector(SelectorKind.MANAGER)
_OWNER = Selector(SelectorKind.SYSTEM_OWNER)
_CONTROLLERS = Selector(SelectorKind.GROUP, "controllers")
_TREASURY = SodRule(
    SodRuleId("treasury"),
    "Who pays neither posts nor enters bills",
    (FunctionId("payment"), FunctionId("gl-posting"), FunctionId("bill-entry")),
)
_LEDGER_RULE = SodRule(
    SodRuleId("gl-ap"),
    "Posting and bills are kept apart",
    (FunctionId("gl-posting"), FunctionId("bill-entry")),
)


EMERGENCY = Breakglass(
    BreakglassId("incident"),
    "Incident",
    by=(Selector(SelectorKind.GROUP, "accountants"), _LI),
    duration_max=HOUR,
    incident_pattern=r"INC-[1-9][0-9]*",
    incident_example="INC-4711",
    chain=ChainId("one"),
    closing=ClosingRule((_COMPLIANCE,), 4 * HOUR, (Selector(SelectorKind.PERSON, MARA),)),
)
"""By which GL and PAYMENTS are given first and decided afterwards."""


LAST_TWICE = ExtendRule(ExtendStages.LAST, 2)


@dataclass(frozen=True, slots=True)
class Setup:
    """In which respects a company differs from the usual one."""

    gone: frozenset[PersonId] = frozenset()
    """People who left: not active any more."""

    removed: frozenset[EntitlementId] = frozenset()
    """What is not in the catalog any more."""

    has_ledger_rule: bool = True
    has_treasury_rule: bool = False
    is_ledger_rule_reported: bool = False
    """Whether the ledger rule is only reported, and forbids nothing."""

    has_new_permission: bool = False
    """Whether GL and CLOSE stand for another permission than usual."""

    is_sofia_controller: bool = True
    is_ben_owner: bool = False
    """Whether Ben owns the ledger, not Mara."""

    is_tom_on_duty: bool = False
    """Whether Tom may break the glass, too, although he is all of compliance."""

    has_long_afterwards: bool = False
    """Whether three stages approve afterwards that the glass was broken, and not one."""

    is_scarce: bool = False
    """Whether CLOSE and REPORTS have limits, and people a most of what waits for them."""

    has_second_chat: bool = False
    owner_when: Condition | None = None
    """When the second of GL's three stages counts."""

    routes: tuple[Route, ...] = ()
    """Other chains for GL."""

    ticket: TicketRule | None = None
    """Which ticket CLOSE needs."""

    policy: int | None = None
    """By which lot who decides was drawn; None: as it is written here."""

    extend: ExtendRule = LAST_TWICE
    """How access may go on, of whatever kind."""

    has_parts: bool = False
    """Whether the two of PAYMENTS are one of Finance and one of Risk, and Mara is in both."""


USUAL = Setup()


@lru_cache(maxsize=1024)
def company(setup: Setup = USUAL) -> Company:
    """Give the company."""
    known = _company(setup)
    return known if setup.policy is None else with_drawn_policy(known, Random(setup.policy))


def _company(setup: Setup) -> Company:
    return Company(
        name="Acme",
        people=tuple(_person(row, setup) for row in _PEOPLE),
        groups=(
            Group(
                GroupId("accountants"),
                "Accountants",
                (RIYA, OLA, BEN, *(TOM,) * setup.is_tom_on_duty),
            ),
            Group(
                GroupId("controllers"),
                "Controllers",
                (BEN, SOFIA, TOM) if setup.is_sofia_controller else (BEN, TOM),
            ),
        ),
        roles={
            Role.ADMIN: (_LI,),
            Role.COMPLIANCE: (Selector(SelectorKind.PERSON, TOM),),
            Role.APPROVER: (
                _CONTROLLERS,
                Selector(SelectorKind.PERSON, MARA),
                Selector(SelectorKind.ROLE, Role.COMPLIANCE),
            ),
        },
        systems=(
            System(LEDGER, "Ledger", "memory", BEN if setup.is_ben_owner else MARA),
            System(BANK, "Bank", "memory", SOFIA, account_pattern="svc-{person}"),
        ),
        entitlements=tuple(
            replace(e, extend=setup.extend)
            for e in _entitlements(setup)
            if e.id not in setup.removed
        ),
        chains=_chains(setup),
        sod_rules=(_ledger_rule(setup),) * setup.has_ledger_rule
        + (_TREASURY,) * setup.has_treasury_rule,
        audit_channels={CHAT: "audit"} | ({SECOND_CHAT: "a"} if setup.has_second_chat else {}),
        admin_channels={CHAT: "admins"},
        breakglass=(
            replace(EMERGENCY, chain=ChainId("three")) if setup.has_long_afterwards else EMERGENCY,
        ),
        pending_max=2 if setup.is_scarce else None,
        ticket_sources=(CHANGES,),
    )


def _chains(setup: Setup) -> tuple[Chain, ...]:
    return (
        Chain(ChainId("one"), (StageRule("Controller", (_CONTROLLERS, _LI), 1, 2 * HOUR),)),
        Chain(
            ChainId("three"),
            (
                StageRule("Manager", (_MANAGER, _CONTROLLERS), 1, HOUR),
                StageRule("Owner", (_OWNER, _CONTROLLERS), 1, 2 * HOUR, setup.owner_when),
                StageRule("Compliance", (_COMPLIANCE,), 1, 2 * HOUR),
            ),
        ),
        Chain(
            ChainId("two-of"),
            (
                _two(setup),
                StageRule(
                    "CFO",
                    (Selector(SelectorKind.PERSON, MARA), Selector(SelectorKind.ENTITLEMENT_OWNER)),
                    1,
                    HOUR,
                ),
            ),
        ),
    )


def _two(setup: Setup) -> StageRule:
    if not setup.has_parts:
        return StageRule("Two controllers", (_CONTROLLERS,), 2, HOUR)
    tom, mara = (Selector(SelectorKind.PERSON, one) for one in (TOM, MARA))
    parts = (
        PartRule("Finance", (_CONTROLLERS, mara), 1, (tom,)),
        PartRule("Risk", (tom, mara)),
    )
    return StageRule("Two controllers", (), 0, HOUR, parts=parts)


def _person(row: tuple[PersonId, str, str, PersonId | None], setup: Setup) -> Person:
    person, name, title, manager = row
    return Person(
        id=person,
        name=name,
        title=title,
        email=f"{person}@acme.example",
        department="Engineering" if person == LI else "Finance",
        manager=manager,
        active=person not in setup.gone,
        platforms={CHAT: person},
        accounts={LEDGER: AccountName("bo")} if person == BEN else {},
    )


def _entitlements(setup: Setup) -> tuple[Entitlement, ...]:
    scarce = SCARCE if setup.is_scarce else UNLIMITED
    posting = "gl_posting_2" if setup.has_new_permission else "gl_posting"
    return (
        replace(_entitlement(GL, posting, "gl-posting", chain="three"), routes=setup.routes),
        replace(
            _entitlement(CLOSE, posting, "gl-posting", chain="one"),
            limits=scarce,
            ticket=setup.ticket,
        ),
        _entitlement(AP, "ap_entry", "bill-entry", chain="one"),
        replace(
            _entitlement(REPORTS, "reports", "", chain="one", requestable_by=_EVERYONE),
            limits=scarce,
        ),
        _entitlement(PAYMENTS, "payments", "payment", chain="two-of", system=BANK),
    )


def _entitlement(
    wanted: EntitlementId,
    permission: str,
    function: str,
    *,
    chain: str,
    system: SystemId = LEDGER,
    requestable_by: Selector = _FINANCE,
) -> Entitlement:
    return Entitlement(
        id=wanted,
        name=wanted.replace("-", " ").upper(),
        system=system,
        resource="main",
        permission=permission,
        owner=SOFIA if system == BANK else MARA,
        tier=1,
        chain=ChainId(chain),
        duration_default=4 * HOUR,
        duration_max=8 * HOUR,
        duration_min=MINUTE,
        requestable_by=(requestable_by,),
        functions=(FunctionId(function),) if function else (),
        reason_pattern="FIN-[0-9]+" if wanted == AP else "",
        reason_example="FIN-1234" if wanted == AP else "",
        breakglass=EMERGENCY.id if wanted in {GL, PAYMENTS} else None,
    )


def _ledger_rule(setup: Setup) -> SodRule:
    mode = SodMode.ALERT if setup.is_ledger_rule_reported else SodMode.BLOCK
    return replace(_LEDGER_RULE, mode=mode)
