"""How delegating refuses."""

from __future__ import annotations

from datetime import timedelta

from engine.errors import Invalid, NotAllowed, NotFound
from engine.model.delegation import Scope
from engine.model.identifiers import DelegationId, SystemId
from engine.model.rules.limits import DELEGATION_MAX
from engine.policy.delegating.limits import AHEAD_MAX, OPEN_MAX
from engine.workflow.delegating.end import undelegate
from engine.workflow.delegating.give import Giving, delegate
from tests.engine.acts import answer, ask
from tests.engine.workflow.delegating.acts import WHY, stand_in
from tests.refusals import Row
from tests.simulation.company import (
    BANK,
    BEN,
    CLOSE,
    GL,
    HOUR,
    LEDGER,
    LI,
    MARA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)
from tests.simulation.world import World

MINUTE = timedelta(minutes=1)


FIVE = (Scope(system=LEDGER), Scope(system=BANK), *(Scope(entitlement=e) for e in (GL, CLOSE)))


def _given_for_you(world: World) -> object:
    stand_in(world, BEN, MARA)
    request = ask(world, wanted=PAYMENTS)
    answer(world, MARA, request)
    return answer(world, BEN, request)


def _from(world: World, begins: timedelta, ends: timedelta) -> object:
    giving = Giving(BEN, SOFIA, world.now + ends, WHY, begins_at=world.now + begins)
    return delegate(world.work, giving)


def _too_many(world: World) -> object:
    for scope in (*FIVE, Scope(entitlement=PAYMENTS)):
        stand_in(world, BEN, SOFIA, scope=scope)
    return stand_in(world, BEN, SOFIA)


def _over(world: World) -> object:
    given = stand_in(world, BEN, SOFIA)
    world.advance(HOUR)
    return undelegate(world.work, BEN, given.id)


def _gone(world: World) -> object:
    world.work.configure(company(Setup(gone=frozenset({SOFIA}))))
    return stand_in(world, BEN, SOFIA)


ROWS = (
    Row(
        "delegation.not_yours",
        NotAllowed,
        "What Ben Okafor decides is not yours to delegate; they can do that themselves, "
        "and an admin for somebody who cannot.",
        lambda world: stand_in(world, BEN, SOFIA, by=SOFIA),
    ),
    Row(
        "delegation.taken",
        NotAllowed,
        "You cannot let yourself decide for Ben Okafor; another admin can delegate it.",
        lambda world: stand_in(world, BEN, LI, by=LI),
    ),
    Row(
        "delegate.self",
        Invalid,
        "Ben Okafor cannot stand in for themselves; name somebody who is there.",
        lambda world: stand_in(world, BEN, BEN),
    ),
    Row(
        "delegate.inactive",
        Invalid,
        "Sofia Almeida is not active in the directory; an admin can change that.",
        _gone,
    ),
    Row(
        "delegation.nothing",
        Invalid,
        "Riya Patel decides no requests, so there is nothing to delegate.",
        lambda world: stand_in(world, RIYA, SOFIA),
    ),
    Row(
        "delegate.not_approver",
        Invalid,
        "Riya Patel may not decide requests at all (the role “approver” says who may), so they "
        "cannot do it for Ben Okafor; name somebody who may.",
        lambda world: stand_in(world, BEN, RIYA),
    ),
    Row(
        "ends.past",
        Invalid,
        "It would end in the past, 2026-11-22 08:59 UTC; say e.g. `until friday` or "
        "`until 2026-12-24 18:00`.",
        lambda world: stand_in(world, BEN, SOFIA, length=-MINUTE),
    ),
    Row(
        "begins.past",
        Invalid,
        "It cannot begin in the past, 2026-11-22 08:59 UTC: nobody decided by it then; "
        "leave `from` out, and it begins now.",
        lambda world: _from(world, -MINUTE, HOUR),
    ),
    Row(
        "begins.too_far",
        Invalid,
        "It would begin 2027-02-20 09:01 UTC, and that is more than 90 days ahead; "
        "please enter it later.",
        lambda world: _from(world, AHEAD_MAX + MINUTE, AHEAD_MAX + HOUR),
    ),
    Row(
        "ends.too_long",
        Invalid,
        "It would last until 2026-12-23 09:01 UTC, and 31 days is the most; "
        "whoever is away for longer is replaced in the company's files.",
        lambda world: stand_in(world, BEN, SOFIA, length=DELEGATION_MAX + MINUTE),
    ),
    Row(
        "delegation.overlaps",
        Invalid,
        "Ben Okafor has let Sofia Almeida decide for everything until 2026-11-22 10:00 UTC "
        "already; end that first with `undelegate D-1`.",
        lambda world: (stand_in(world, BEN, SOFIA), stand_in(world, BEN, TOM)),
    ),
    Row(
        "delegation.too_many",
        Invalid,
        f"There are {OPEN_MAX} delegations already that are not over, and {OPEN_MAX} is the most; "
        "`delegations` lists them, and any of them can be ended.",
        _too_many,
    ),
    Row(
        "system.unknown",
        NotFound,
        "There is no system “ledgr” in the catalog; did you mean ledger?",
        lambda world: stand_in(world, BEN, SOFIA, scope=Scope(system=SystemId("ledgr"))),
    ),
    Row(
        "delegation.unknown",
        NotFound,
        "There is no delegation D-7; `delegations` lists yours.",
        lambda world: undelegate(world.work, BEN, DelegationId(7)),
    ),
    Row(
        "delegation.not_yours",
        NotAllowed,
        "D-1 is not yours to end; who gave it, who was given it, and admins can.",
        lambda world: undelegate(world.work, RIYA, stand_in(world, BEN, SOFIA).id),
    ),
    Row(
        "delegation.over",
        Invalid,
        "D-1 is over already, so there is nothing to end.",
        _over,
    ),
    Row(
        "decision.given_for_you",
        NotAllowed,
        "Mara Lind has answered JIT-1 in your stead, and of you two one counts; "
        "to end the access, use `revoke JIT-1`.",
        _given_for_you,
    ),
)
