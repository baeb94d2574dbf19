"""A small company and things that happen in it, for suites that need some and do not care which."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from engine.audit.entry import Entry
from engine.model.company import (
    Chain,
    Company,
    Entitlement,
    Group,
    Person,
    Role,
    Selector,
    SelectorKind,
    SodRule,
    StageRule,
    System,
)
from engine.model.grant import Grant, GrantState
from engine.model.identifiers import (
    AccountName,
    ChainId,
    ConfigVersion,
    EntitlementId,
    FunctionId,
    GroupId,
    PersonId,
    PlatformName,
    SodRuleId,
    SystemId,
    show,
)
from engine.model.request import Approver, Decision, Draft, Request, Stage, Verdict

RIYA = PersonId("riya.patel")
BEN = PersonId("ben.okafor")
MARA = PersonId("mara.lind")
LEDGER = SystemId("ledger")
GL = EntitlementId("netsuite-gl")
AP = EntitlementId("netsuite-ap")
CHAT = PlatformName("playground")
HOUR = timedelta(hours=1)


def company(name: str = "Acme") -> Company:
    """Give a company with three people, one system and two entitlements."""
    return Company(
        name=name,
        people=tuple(
            Person(
                id=person,
                name=full_name,
                title=title,
                manager=None if person == MARA else MARA,
                zone="Europe/Berlin",
                platforms={CHAT: person},
                accounts={LEDGER: AccountName("bo")} if person == BEN else {},
            )
            for person, full_name, title in (
                (RIYA, "Riya Patel", "Accountant"),
                (BEN, "Ben Okafor", "Controller"),
                (MARA, "Mara Lind", "CFO"),
            )
        ),
        groups=(Group(GroupId("finance"), "Finance", (RIYA, BEN)),),
        roles={Role.COMPLIANCE: (Selector(SelectorKind.PERSON, MARA),)},
        systems=(System(LEDGER, "Ledger", "postgres", MARA, settings={"dsn": "LEDGER_URL"}),),
        entitlements=tuple(_entitlement(wanted) for wanted in (GL, AP)),
        chains=(
            Chain(
                ChainId("finance"),
                (StageRule("Manager", (Selector(SelectorKind.MANAGER),), 1, 4 * HOUR),),
            ),
        ),
        sod_rules=(SodRule(SodRuleId("gl-ap"), "GL and AP", (FunctionId("gl"), FunctionId("ap"))),),
        audit_channels={CHAT: "audit"},
        admin_channels={},
    )


def _entitlement(wanted: EntitlementId) -> Entitlement:
    return Entitlement(
        id=wanted,
        name=f"“{wanted}”",
        system=LEDGER,
        resource="ledger",
        permission=wanted.replace("-", "_"),
        owner=MARA,
        tier=1,
        chain=ChainId("finance"),
        duration_default=4 * HOUR,
        duration_max=8 * HOUR,
        duration_min=timedelta(minutes=1, microseconds=1),
        requestable_by=(Selector(SelectorKind.GROUP, "finance"),),
        functions=(FunctionId(wanted[-2:]),),
        reason_pattern="[A-Z]+-[0-9]+",
    )


def stage(number: int = 1, *, asked: PersonId = BEN, limit: timedelta = HOUR) -> Stage:
    """Give a stage that asks one person."""
    approvers = (Approver(asked, "manager of Riya Patel"),)
    return Stage(number, f"Stage {number}", 1, limit, approvers, ChainId("one"), number - 1)


def draft(
    at: datetime,
    *,
    holder: PersonId = RIYA,
    entitlement: EntitlementId = GL,
    version: int = 1,
    stages: tuple[Stage, ...] = (),
) -> Draft:
    """Give a draft that somebody submits at an instant."""
    return Draft(
        requester=holder,
        holder=holder,
        entitlement=entitlement,
        duration=timedelta(hours=4, microseconds=1),
        reason="Q4 close, with “quotes”, 100 % and ünïcode",
        config_version=ConfigVersion(version),
        stages=stages or (stage(),),
        content_hash="3f9a" * 16,
        submitted_at=at,
    )


def decision(request: Request, *, approver: PersonId = BEN, at: datetime | None = None) -> Decision:
    """Give an approval of the open stage."""
    return Decision(
        request=request.id,
        requester=request.requester,
        holder=request.holder,
        stage=request.stage_number,
        approver=approver,
        approver_name="Ben Okafor",
        approver_title="Controller",
        basis="manager of Riya Patel",
        verdict=Verdict.APPROVE,
        reason="",
        content_hash=request.content_hash,
        decided_at=at or request.submitted_at + timedelta(seconds=1, microseconds=7),
        revision=request.revision,
    )


def grant(request: Request, *, at: datetime) -> Grant:
    """Give the grant that follows from a request, PROVISIONING."""
    return Grant(
        id=request.id,
        state=GrantState.PROVISIONING,
        version=0,
        holder=request.holder,
        entitlement=request.entitlement,
        system=LEDGER,
        account=AccountName(request.holder.replace(".", "_")),
        resource="ledger",
        permission="gl_posting",
        duration=request.duration,
        ordered_at=at,
    )


def active(given: Grant, *, at: datetime, duration: timedelta = HOUR) -> Grant:
    """Give a grant that was read back as present at an instant."""
    return replace(given, duration=duration, held_before=False).activate(at=at)


def entry(request: Request, action: str, at: datetime, *, actor: PersonId = RIYA) -> Entry:
    """Give an entry about a request."""
    return Entry(
        stream=show(request.id),
        action=action,
        actor=actor,
        at=at,
        facts={
            "request": request.id,
            "requester": request.requester,
            "holder": request.holder,
            "entitlement": request.entitlement,
            "system": LEDGER,
            "reason": request.reason,
        },
    )


def shared_entry(stream: str, at: datetime, *, actor: PersonId = MARA) -> Entry:
    """Give an entry that is about no request."""
    return Entry(stream, "audit.read", actor, at, {"question": "everything", "count": 0})
