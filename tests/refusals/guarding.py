"""How freezes and limits refuse."""

from __future__ import annotations

from itertools import product

from engine.errors import Invalid, NotAllowed, NotFound
from engine.model.request import Verdict
from engine.workflow.asking.cancel import cancel
from engine.workflow.foresight.simulate import Wondered, simulate
from engine.workflow.guarding.freeze import freeze, unfreeze
from tests.engine.acts import answer, ask, given
from tests.refusals import Row, after
from tests.simulation.company import CLOSE, GL, LI, OLA, PAYMENTS, REPORTS, RIYA, SOFIA, Setup
from tests.simulation.world import World

SCARCE = Setup(is_scarce=True)
WHY = "the auditors take a copy"


def _frozen(world: World) -> object:
    freeze(world.work, LI, "netsuite-*", WHY, ends_live=False)
    return ask(world)


def _denied(world: World) -> object:
    answer(world, SOFIA, ask(world), verdict=Verdict.DENY, reason="the other team does it")
    return ask(world)


def _held(world: World) -> object:
    given(world, OLA)
    return ask(world)


def _often(world: World) -> object:
    for _ in range(2):
        cancel(world.work, RIYA, ask(world))
    return ask(world)


def _much(world: World) -> object:
    ask(world)
    ask(world, wanted=REPORTS)
    return ask(world, wanted=PAYMENTS)


def _many_freezes(world: World) -> object:
    for begin, end in product(range(8), range(8, 12)):
        for ends_live in (False, True):
            freeze(world.work, LI, f"{GL[:begin]}*{GL[end:]}", WHY, ends_live=ends_live)
    return None


ROWS = (
    Row(
        "halt.pattern",
        Invalid,
        "“[a-z]” does not name entitlements; say an id such as `netsuite-gl`, or a part of ids "
        "with a `*`, such as `netsuite-*`.",
        lambda world: freeze(world.work, LI, "[a-z]", WHY, ends_live=False),
    ),
    Row(
        "halt.nothing",
        Invalid,
        "No entitlement of the catalog fits “sap-*”, so nothing was frozen; `catalog` lists them.",
        lambda world: freeze(world.work, LI, "sap-*", WHY, ends_live=False),
    ),
    Row(
        "halt.not_allowed",
        NotAllowed,
        "Only admins and compliance can freeze entitlements; please tell one of them.",
        lambda world: freeze(world.work, SOFIA, "netsuite-*", WHY, ends_live=False),
    ),
    Row(
        "halt.too_many",
        Invalid,
        "50 freezes are in force, which is the most; lift one that is not needed any more with "
        "`admin unfreeze`.",
        _many_freezes,
    ),
    Row(
        "halt.none",
        NotFound,
        "Nothing is frozen as “netsuite-*”; `admin freezes` lists what is.",
        lambda world: unfreeze(world.work, LI, "netsuite-*", WHY),
    ),
    Row(
        "entitlement.frozen",
        NotAllowed,
        "NETSUITE CLOSE is frozen since 2026-11-22 09:00 UTC by Li Wei: “the auditors take a "
        "copy”; nothing new is given until it is lifted.",
        _frozen,
    ),
    Row(
        "limit.pending",
        Invalid,
        "Already 2 requests for Riya Patel wait for a decision, which is the most at a time; "
        "take one back with `cancel`, or wait until one is decided.",
        after(SCARCE, _much),
    ),
    Row(
        "limit.rate",
        Invalid,
        "NETSUITE CLOSE was asked for 2 times within 6 hours for Riya Patel, which is the most; "
        "ask again from 2026-11-22 15:00 UTC on.",
        after(SCARCE, _often),
    ),
    Row(
        "limit.denied",
        Invalid,
        "NETSUITE CLOSE was denied on 2026-11-22 09:00 UTC, and may be asked for again from "
        "2026-11-22 10:00 UTC on; talk to whoever denied it where that is late.",
        after(SCARCE, _denied),
    ),
    Row(
        "limit.holders",
        Invalid,
        "NETSUITE CLOSE is held by 1 other person now, and no more may have it at a time; "
        "try again when somebody has given it back.",
        after(SCARCE, _held),
    ),
    Row(
        "policy.simulate_not_allowed",
        NotAllowed,
        "Only admins and compliance can try the policy; what you would be asked yourself is shown "
        "by `request`, before anything is sent.",
        lambda world: simulate(world.work, RIYA, Wondered(OLA, CLOSE)),
    ),
)
