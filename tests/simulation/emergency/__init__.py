"""Emergencies in a history: people break the glass, and somebody has to see to it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

from engine.model.closing import ClosingOutcome
from engine.model.identifiers import EntitlementId, PersonId, show
from engine.policy.accounts import AccountFacts
from engine.ports import Work
from engine.workflow import accounts, apply_config
from engine.workflow.emergency.checked import Emergency
from engine.workflow.emergency.closing import Finding, close
from engine.workflow.emergency.open import break_glass
from tests.simulation import company as acme
from tests.simulation.company import Setup
from tests.simulation.world import World, refused

PEOPLE = (acme.RIYA, acme.OLA, acme.BEN, acme.LI, acme.SOFIA)
"""Sofia may not."""

CLOSERS = (acme.TOM, acme.TOM, acme.TOM, acme.MARA, acme.SOFIA, acme.RIYA)
WANTED = (acme.GL, acme.GL, acme.PAYMENTS, acme.CLOSE)
"""CLOSE has no rule for emergencies, although it is the same permission as GL."""

LENGTHS = (None, *(timedelta(minutes=m) for m in (1, 5, 30, 60, 120)))
REASONS = ("INC-4711 postings are stuck", "INC-12 postings are stuck", "postings are stuck")
FOUND = "two postings were corrected"

Act = tuple[PersonId, str, Callable[[Work], object]]
"""Who does something, said in words, and what it is."""


def some_emergency(chance: Random, world: World, askers: Sequence[PersonId]) -> Act:
    """Choose an emergency, or somebody who closes one. Not all of it is allowed."""
    if chance.random() < 0.1:
        world.is_unsigned = not world.is_unsigned
        world.say(f"checkpoints are {'not ' * world.is_unsigned}signed")
    there = [one for one in world.state.closings.values() if not one.is_done]
    if there and chance.random() < 0.7:
        outcome = chance.choice((ClosingOutcome.JUSTIFIED, ClosingOutcome.NOT_JUSTIFIED))
        finding = Finding(chance.choice(CLOSERS), chance.choice(there).id, outcome, FOUND)
        words = f"closes {show(finding.request)} as {outcome}"
        return finding.actor, words, lambda work: close(work, finding)
    actor = chance.choice((*askers, *PEOPLE))
    wanted = EntitlementId(chance.choice(WANTED))
    asked = Emergency(actor, wanted, chance.choice(LENGTHS), chance.choice(REASONS))
    words = f"breaks the glass for {wanted}: {asked.duration}, {asked.reason}"
    return actor, words, lambda work: break_glass(work, asked)


def see_to_all(world: World) -> None:
    """Let somebody close what is overdue, in the end: whoever is left, and else all come back.

    Whatever may have happened, somebody can: otherwise the history never comes to rest.
    """
    world.is_unsigned = False
    late = [one for one in world.state.closings.values() if one.is_overdue(world.now)]
    if any(not one.assigned for one in late):
        _come_back(world)
        return
    both = {acme.TOM, acme.MARA}
    if any(both <= {one.person for one in closing.assigned} for closing in late):
        world.say("tom.reyes leaves it to mara.lind")
        accounts.note_account(world.work, AccountFacts(acme.CHAT, acme.TOM, why_not="a guest"))
        return
    for closing in late:
        found = Finding(closing.assigned[0].person, closing.id, ClosingOutcome.NOT_JUSTIFIED, FOUND)
        world.say(f"{found.actor} closes {show(closing.id)} at last")
        refused(world, lambda found=found: close(world.work, found))  # type: ignore[misc] # bound now


def _come_back(world: World) -> None:
    world.say("everybody comes back")
    world.setup = Setup()
    known = acme.company(world.setup)
    apply_config.apply_config(
        world.work, known, applied_by="operator", difference=lambda *_: ("All are back.",)
    )
    for account in list(world.state.accounts.values()):
        if not account.is_active:
            accounts.note_account(world.work, AccountFacts(account.platform, account.account))
