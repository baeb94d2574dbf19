"""A company with enough people that every race is about somebody else's access."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

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
from engine.model.identifiers import (
    BreakglassId,
    ChainId,
    EntitlementId,
    FunctionId,
    GroupId,
    PersonId,
    SodRuleId,
    SystemId,
)
from engine.model.rules.emergency import Breakglass, ClosingRule

ROUNDS = 200

HOLDERS = tuple(PersonId(f"holder.{number}") for number in range(ROUNDS))
ANA, BEN, CLEO, OLA = (PersonId(name) for name in ("ana", "ben", "cleo", "ola"))
"""Three approvers, and the owner of the system, who may revoke."""

BOX = SystemId("box")
ONE = EntitlementId("one-approves")
TWO = EntitlementId("two-approve")
STAGED = EntitlementId("one-and-then-two")
POSTING = EntitlementId("posting")
BILLING = EntitlementId("billing")
HERS = EntitlementId("ana-approves")
"""Where nobody but Ana may decide, unless somebody stands in for her."""

BOTH = EntitlementId("ana-and-ben-approve")

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

FIRE, WATER = EntitlementId("fire"), EntitlementId("water")
"""What everybody may have in an emergency; Ana and Ben look at it when it is over."""

_APPROVERS = (Selector(SelectorKind.GROUP, "approvers"),)
_RULE = Breakglass(
    BreakglassId("alarm"),
    "Alarm",
    by=(Selector(SelectorKind.EVERYONE),),
    duration_max=HOUR,
    incident_pattern=r"INC-[0-9]+",
    incident_example="INC-1",
    chain=ChainId("one"),
    closing=ClosingRule(
        (Selector(SelectorKind.PERSON, ANA), Selector(SelectorKind.PERSON, BEN)), HOUR
    ),
)
_SOD = SodRule(
    SodRuleId("apart"), "Posting and billing are apart", (FunctionId("post"), FunctionId("bill"))
)


def company() -> Company:
    """Give the company."""
    people = (*HOLDERS, ANA, BEN, CLEO, OLA)
    return Company(
        name="Two hundred",
        people=tuple(Person(person, person.title(), "Somebody") for person in people),
        groups=(Group(GroupId("approvers"), "Approvers", (ANA, BEN, CLEO)),),
        roles={Role.APPROVER: _APPROVERS},
        systems=(System(BOX, "Box", "sandbox", OLA),),
        entitlements=(
            _entitlement(ONE, "one"),
            _entitlement(TWO, "two"),
            _entitlement(STAGED, "one-two"),
            _entitlement(POSTING, "one", "post"),
            _entitlement(BILLING, "one", "bill"),
            _entitlement(HERS, "hers"),
            _entitlement(BOTH, "both"),
            *(replace(_entitlement(e, "one"), breakglass=_RULE.id) for e in (FIRE, WATER)),
        ),
        chains=(
            *(_chain("one", 1), _chain("two", 2), _chain("one-two", 1, 2)),
            *(_named("hers", ANA), _named("both", ANA, BEN)),
        ),
        sod_rules=(_SOD,),
        audit_channels={},
        admin_channels={},
        breakglass=(_RULE,),
    )


def without_rules() -> Company:
    """Give the company as it was before somebody thought of SoD."""
    return replace(company(), sod_rules=())


def without(*people: PersonId) -> Company:
    """Give the company after some people have left."""
    known = company()
    left = (replace(p, active=False) if p.id in people else p for p in known.people)
    return replace(known, people=tuple(left))


def _chain(name: str, *quorums: int) -> Chain:
    stages = (StageRule(f"{quorum} of them", _APPROVERS, quorum, HOUR) for quorum in quorums)
    return Chain(ChainId(name), tuple(stages))


def _named(name: str, *people: PersonId) -> Chain:
    selectors = tuple(Selector(SelectorKind.PERSON, person) for person in people)
    return Chain(ChainId(name), (StageRule("All of them", selectors, len(people), HOUR),))


def _entitlement(wanted: EntitlementId, chain: str, *functions: str) -> Entitlement:
    return Entitlement(
        id=wanted,
        name=wanted.title(),
        system=BOX,
        resource="box",
        permission=wanted,
        owner=OLA,
        tier=2,
        chain=ChainId(chain),
        duration_default=HOUR,
        duration_max=8 * HOUR,
        # As short as a whole second: some races begin when the time is over.
        duration_min=SECOND,
        requestable_by=(Selector(SelectorKind.EVERYONE),),
        functions=tuple(FunctionId(function) for function in functions),
    )
