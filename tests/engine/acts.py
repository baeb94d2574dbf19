"""What tests of the engine do again and again, in one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.audit.entry import Entry
from engine.errors import Refused
from engine.model.company import Chain, Company, Person
from engine.model.grant import Grant
from engine.model.identifiers import EffectId, EntitlementId, PersonId, RequestId, show
from engine.model.request import Request, Verdict
from engine.policy.plan import Plan, Step
from engine.ports import EffectKind
from engine.workflow.asking.decide import Answer, Decided, decide
from engine.workflow.asking.submit import Ask, submit
from tests.simulation.company import CLOSE, HOUR, RIYA, SOFIA, Setup, company
from tests.simulation.sandbox import Fault
from tests.simulation.world import Message, World
from tests.simulation.world import Plan as Course

REASON = "Q4 close, FIN-1234"


def whole(chain: Chain) -> Plan:
    """Plan to take every step of a chain."""
    steps = (Step(rule, place, is_taken=True) for place, rule in enumerate(chain.stages))
    return Plan(chain.id, tuple(steps))


def ask(
    world: World,
    actor: PersonId = RIYA,
    wanted: EntitlementId = CLOSE,
    *,
    holder: PersonId | None = None,
    duration: timedelta | None = HOUR,
    reason: str = REASON,
) -> RequestId:
    """Ask for something."""
    return submit(world.work, Ask(actor, wanted, duration, reason, holder)).request.id


def answer(
    world: World,
    actor: PersonId,
    request: RequestId,
    *,
    verdict: Verdict = Verdict.APPROVE,
    reason: str = "",
    seen: str | None = None,
) -> Decided:
    """Answer a request."""
    return decide(world.work, Answer(actor, request, verdict, reason, seen))


def approved(
    world: World, holder: PersonId = RIYA, wanted: EntitlementId = CLOSE, *, by: PersonId = SOFIA
) -> RequestId:
    """Ask for something that one approval is enough for, and approve it."""
    request = ask(world, holder, wanted)
    answer(world, by, request)
    return request


def given(world: World, holder: PersonId = RIYA, wanted: EntitlementId = CLOSE) -> RequestId:
    """Give somebody something."""
    request = approved(world, holder, wanted)
    settle(world)
    return request


def settle(world: World) -> None:
    """Do what is due now."""
    while world.tick() or world.queue:
        while world.queue:
            world.deliver(world.queue.pop(0), {})


def work_on(world: World, kind: EffectKind, plan: Course | None = None, *faults: Fault) -> None:
    """Let a worker take up what is due of one kind, with what goes wrong in the target."""
    message = handed(world, kind)
    world.target.faults.extend(faults)
    world.deliver(message, plan or {})


def handed(world: World, kind: EffectKind) -> Message:
    """Let the clock hand out what is due; gives the one message of a kind, drops the others."""
    while world.tick():
        pass
    messages = [message for message in world.queue if message[1] is kind]
    assert len(messages) == 1, f"{len(messages)} duties are due"
    world.queue.clear()
    return messages[0]


def effect_of(world: World, kind: EffectKind) -> EffectId:
    """Find the one effect of a kind."""
    (found,) = [n for n, row in world.state.effects.items() if row.duty.kind is kind]
    return found


def grant(world: World, request: RequestId) -> Grant:
    """Read a grant."""
    return world.state.grants[request]


def request_of(world: World, request: RequestId) -> Request:
    """Read a request."""
    return world.state.requests[request]


def entries(world: World, request: RequestId) -> list[Entry]:
    """Read what was recorded about a request."""
    return [one.entry for one in world.state.entries if one.entry.stream == show(request)]


def actions(world: World, request: RequestId) -> list[str]:
    """Read what was recorded about a request, without its facts."""
    return [str(entry.action) for entry in entries(world, request)]


def configure(world: World, setup: Setup) -> Company:
    """Configure the company anew."""
    return world.work.configure(company(setup)).company


def with_person(known: Company, person: PersonId, change: Callable[[Person], Person]) -> Company:
    """Give the company with one person different."""
    people = (change(one) if one.id == person else one for one in known.people)
    return replace(known, people=tuple(people))


def refusal(act: Callable[[], object]) -> Refused:
    """Do something that is refused, and give the refusal."""
    with pytest.raises(Refused) as caught:
        act()
    return caught.value
