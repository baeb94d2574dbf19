"""One random history: what people, workers and the world do, from one seed.

The same seed gives the same history, step by step. Each history allows itself only some kinds of
trouble (swarm testing): with everything at once, most histories look alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from random import Random

from engine.model.company import Route
from engine.model.identifiers import ChainId, PersonId, RequestId, show
from engine.model.request import Verdict
from engine.model.target import Target
from engine.model.via import Assurance, Via
from engine.policy.accounts import AccountFacts
from engine.policy.content import shown_hash
from engine.ports import Work
from engine.workflow import accounts, apply_config
from engine.workflow.asking import cancel, decide, question, submit
from engine.workflow.delegating.end import undelegate
from engine.workflow.delegating.give import delegate
from engine.workflow.granting import end
from engine.workflow.granting.attempt import Boundary
from engine.workflow.guarding import freeze as halting
from tests.simulation import asked, invariants
from tests.simulation import company as acme
from tests.simulation.company import Setup
from tests.simulation.emergency import broken, see_to_all, some_emergency
from tests.simulation.guarding import guarded
from tests.simulation.memory.conditions import ANOTHER, LONG
from tests.simulation.memory.tickets import COMMON
from tests.simulation.prolonging import prolong, prolonged
from tests.simulation.sandbox import Fault
from tests.simulation.standing import some_giving
from tests.simulation.world import Cut, Plan, World, refused

INVARIANTS = (broken, guarded, invariants, prolonged)
"""Where what always holds is written down; what is not read is not asked."""

ACTS = 60
"""Enough for a handful of requests to live their whole lives, few enough to be read."""

QUIET_MAX = 2000
"""Turns of clock and workers after which whatever is still due never ends."""

PEOPLE = (acme.RIYA, acme.OLA, acme.BEN, acme.SOFIA, acme.MARA, acme.TOM, acme.LI)
OWNERS = (acme.MARA, acme.SOFIA, acme.BEN)
ENTITLEMENTS = (acme.GL, acme.CLOSE, acme.AP, acme.REPORTS, acme.PAYMENTS)
THEMES = (
    (acme.CLOSE,),
    (acme.GL, acme.CLOSE),
    (acme.CLOSE, acme.AP),
    (acme.CLOSE, acme.AP, acme.REPORTS),
    ENTITLEMENTS,
)
"""One permission, one under two names, two that a rule keeps apart, and everything."""

TWO_FOR_ANOTHER = Route(ANOTHER, ChainId("two-of"))
DURATIONS = tuple(timedelta(minutes=m) for m in (1, 2, 5, 30, 120, 480))
WAITS = tuple(
    timedelta(seconds=s)
    for s in (0.15, 0.3, 1, 1, 2, 4, 5, 10, 15, 19, 21, 30, 60, 61, 120, 300, 1800, 3700, 7200)
)
CHANGES = (
    *("has_ledger_rule", "has_ledger_rule", "has_treasury_rule", "owner_when", "routes"),
    *("gone", "gone", "removed", "has_new_permission", "is_sofia_controller", "is_ben_owner"),
    *("has_second_chat", "is_scarce", "ticket", "has_parts"),
)
"""In which respect the company is configured anew."""

TROUBLES = ("faults", "deaths", "pauses", "losses", "repeats", "changes", "standing", "jumps")
PATTERNS = ("*", "netsuite-*", "netsuite-*", acme.CLOSE, acme.PAYMENTS, "sap-*")
REASON = "Q4 close, FIN-1234"
QUESTIONS = ("For which month is it?", "Who else could do it?")
ANSWERS = ("no", "For November, nobody else.")

Acts = Sequence[int]
"""Which of a history's acts happen: all of them, or few enough to understand a failure by."""


class NeverQuiet(AssertionError):
    """Everything comes to rest once nothing fails any more; this did not."""


@dataclass
class Failure(Exception):
    """A history that went wrong, told so that it can be played again."""

    seed: int
    acts: Acts
    steps: list[str]
    error: BaseException
    kind: type[History]

    def __str__(self) -> str:
        told = "\n  ".join(self.steps)
        return (
            f"{type(self.error).__name__}: {self.error}\n"
            f"seed {self.seed}: python -m tests.simulation 1 --seed {self.seed}{self.kind.flag}\n"
            f"  {told}"
        )


class History:
    """Chance, acting on a world."""

    flag = ""
    """How `python -m tests.simulation` is told to play histories of this kind."""

    def __init__(self, seed: int) -> None:
        """Choose what this history is about: few people and things, so that they meet often."""
        self.seed = seed
        self.chance = chance = Random(seed)
        self.world = world = World(setup=self._usual(chance))
        self.troubles = frozenset(t for t in TROUBLES if chance.random() < 0.5)
        self.askers = chance.sample(PEOPLE, chance.choice((1, 2, 2, 3)))
        self.wanted = chance.choice(THEMES)
        self.weak_spot = chance.choice(tuple(Boundary))
        if "standing" in self.troubles:
            world.standing = frozenset(_standing(chance))
            world.target.held |= world.standing

    def _usual(self, chance: Random) -> Setup:
        return Setup(
            has_ledger_rule=chance.random() < 0.6,
            owner_when=LONG if chance.random() < 0.4 else None,
            routes=(TWO_FOR_ANOTHER,) * (chance.random() < 0.3),
            is_ledger_rule_reported=Random(f"sod {self.seed}").random() < 0.1,
            is_scarce=Random(f"scarce {self.seed}").random() < 0.15,
        )

    # ── people ──────────────────────────────────────────────────────────────────────────────────

    def submit(self) -> None:
        """Somebody asks for something, sometimes for somebody else."""
        actor = self.chance.choice(self.askers)
        holder = self.chance.choice(PEOPLE) if self.chance.random() < 0.2 else None
        wanted = self.chance.choice(self.wanted)
        ask = submit.Ask(actor, wanted, self.chance.choice(DURATIONS), REASON, holder)
        times = self.chance.choice((1, 1, 1, 2))
        for _ in range(times):
            self._does(
                actor,
                f"requests {wanted} for {holder or actor}",
                lambda work: submit.submit(work, ask),
            )

    def decide(self) -> None:
        """Somebody answers a pending request: mostly somebody who was asked."""
        requests = list(self.world.state.requests.values())
        pending = [request for request in requests if request.is_pending]
        if not pending or (requests and self.chance.random() < 0.05):
            self.submit()
            pending = list(self.world.state.requests.values())
        if not pending:
            return
        request = self.chance.choice(pending)
        asked = [approver.person for approver in request.stage.asked]
        is_random = self.chance.random() < 0.2 or not asked
        actor = self.chance.choice(PEOPLE if is_random else asked)
        verdict = Verdict.DENY if self.chance.random() < 0.1 else Verdict.APPROVE
        seen = None if self.chance.random() < 0.5 else shown_hash(request)
        answer = decide.Answer(actor, request.id, verdict, "not this week", seen)
        times = self.chance.choice((1, 1, 1, 2))
        for _ in range(times):
            self._does(
                actor,
                f"says {verdict} to {show(request.id)}",
                lambda work: decide.decide(work, answer),
            )

    def talk(self) -> None:
        """Somebody asks something about a request, or answers: mostly who may, and once."""
        pending = [one for one in self.world.state.requests.values() if one.is_pending]
        request = self.chance.choice(pending or [*self.world.state.requests.values(), None])
        if request is None:
            return
        asked = [approver.person for approver in request.stage.asked]
        is_question = self.chance.random() < 0.5
        concerned = asked if is_question else [request.requester, request.holder]
        is_random = self.chance.random() < 0.2 or not concerned
        actor = self.chance.choice(PEOPLE if is_random else concerned)
        words = self.chance.choice(QUESTIONS if is_question else ANSWERS)
        say = question.ask if is_question else question.answer
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            self._does(
                actor,
                f"{'asks' if is_question else 'answers'} about {show(request.id)}",
                lambda work: say(work, actor, request.id, words),
            )

    def stand_in(self) -> None:
        """Somebody lets somebody stand in for them, or that is ended; not always by who may."""
        open_ones = [d for d in self.world.state.delegations.values() if d.ended_at is None]
        if open_ones and self.chance.random() < 0.4:
            ended = self.chance.choice(open_ones)
            by = self.chance.choice((ended.delegator, ended.delegate, acme.LI, *PEOPLE))
            self._does(
                by,
                f"ends delegation {ended.id}",
                lambda work: undelegate(work, by, ended.id),
            )
            return
        giving = some_giving(self.chance, self.world, PEOPLE, self.wanted)
        self._does(
            giving.actor,
            f"lets {giving.delegate} stand in for {giving.delegator}: {giving.scope}",
            lambda work: delegate(work, giving),
        )

    def take_back(self) -> None:
        """Somebody cancels a request."""
        request = self._some_request()
        if request is None:
            return
        asker = self.world.state.requests[request].requester
        actor = asker if self.chance.random() < 0.8 else self.chance.choice(PEOPLE)
        words = f"cancels {show(request)}"
        self._does(actor, words, lambda work: cancel.cancel(work, actor, request))

    def end_early(self) -> None:
        """Somebody gives access back, or takes it."""
        live = [grant for grant in self.world.state.grants.values() if grant.is_live]
        request = self.chance.choice(live).id if live else self._some_request()
        if request is None:
            return
        holder = self.world.state.requests[request].holder
        if self.chance.random() < 0.5:
            actor = holder if self.chance.random() < 0.9 else self.chance.choice(PEOPLE)
            self._does(
                actor,
                f"returns {show(request)}",
                lambda work: end.give_back(work, actor, request),
            )
            return
        revoker = self.chance.choice((acme.TOM, acme.LI, *OWNERS, *OWNERS, *PEOPLE))
        self._does(
            revoker,
            f"revokes {show(request)}",
            lambda work: end.revoke(work, revoker, request, "not needed any more"),
        )

    def emerge(self) -> None:
        """Somebody breaks the glass, or closes a use of it."""
        self._does(*some_emergency(self.chance, self.world, self.askers))

    def _changed(self, setup: Setup, change: str) -> Setup:
        match change:
            case "gone":
                person = frozenset({self.chance.choice((*self.askers, *OWNERS, *PEOPLE))})
                return replace(setup, gone=setup.gone ^ person)
            case "removed":
                removed = frozenset({self.chance.choice(self.wanted)})
                return replace(setup, removed=setup.removed ^ removed)
            case "owner_when":
                return replace(setup, owner_when=None if setup.owner_when else LONG)
            case "routes":
                return replace(setup, routes=() if setup.routes else (TWO_FOR_ANOTHER,))
            case "ticket":
                return replace(setup, ticket=None if setup.ticket else acme.TICKET)
        flag: bool = getattr(setup, change)
        return replace(setup, **{change: not flag})  # type: ignore[arg-type] # a flag's own name

    def change_company(self) -> None:
        """The company is configured anew."""
        world = self.world
        setup = self._changed(world.setup, self.chance.choice(CHANGES))
        world.setup = setup
        self._act(
            f"the company is configured: {setup}",
            lambda: apply_config.apply_config(
                world.work,
                acme.company(setup),
                applied_by="operator",
                difference=lambda _before, _after: ("Something is different.",),
            ),
        )

    def tell_of_account(self) -> None:
        """A chat says something of somebody's account: that it is theirs, is no more, is again."""
        person = self.chance.choice((*self.askers, *OWNERS, *PEOPLE))
        told = self.chance.choice(
            (
                AccountFacts(acme.CHAT, person, why_not="a guest"),
                AccountFacts(acme.CHAT, person),
                AccountFacts(acme.SECOND_CHAT, f"U-{person}", f"{person}@acme.example"),
                AccountFacts(
                    acme.SECOND_CHAT, f"U-{person}", f"{person}@acme.example", "deactivated"
                ),
                AccountFacts(acme.SECOND_CHAT, f"U-{person}", "nobody@acme.example"),
            )
        )
        self._act(
            f"{told.platform} says of {told.account}: {told.email} {told.why_not}".rstrip(),
            lambda: accounts.note_account(self.world.work, told),
        )

    def tend_ticket(self) -> None:
        """The ticket that everybody names changes, or cannot be looked up for a while."""
        desk = self.world.desk
        desk.is_away = self.chance.random() < 0.2
        ticket = replace(
            COMMON,
            is_open=self.chance.random() < 0.8,
            people=frozenset(self.chance.sample(PEOPLE, 3)),
            systems=frozenset({self.chance.choice((acme.LEDGER, acme.CLOSE, acme.BANK))}),
        )
        desk.known = {ticket.reference: ticket} if self.chance.random() < 0.9 else {}
        self.world.say(f"tickets are now {desk}")

    def freeze(self) -> None:
        """Somebody freezes entitlements, or lifts what is frozen."""
        there = [halt for halt in self.world.state.halts.values() if halt.lifted_at is None]
        actor = self.chance.choice((acme.LI, acme.TOM, acme.TOM, *PEOPLE))
        if there and self.chance.random() < 0.7:
            lifted = self.chance.choice(there).pattern
            self._does(
                actor,
                f"lifts the freeze of {lifted}",
                lambda work: halting.unfreeze(work, actor, lifted, "it is over by now"),
            )
            return
        pattern, ends_live = self.chance.choice(PATTERNS), self.chance.random() < 0.5
        self._does(
            actor,
            f"freezes {pattern}, {ends_live=}",
            lambda work: halting.freeze(
                work, actor, pattern, "somebody copies it", ends_live=ends_live
            ),
        )

    # ── the world ───────────────────────────────────────────────────────────────────────────────

    def wait(self) -> None:
        """Time passes: a while, or until something is due."""
        length = self.chance.choice(WAITS[:13] if "jumps" not in self.troubles else WAITS)
        if self.chance.random() < 0.4:
            length = self.world.due_in() or length
        self.world.say(f"{length} pass")
        self.world.advance(length)

    def tick(self) -> None:
        """The clock process does what is due."""
        self.world.tick()

    def work(self) -> None:
        """A worker takes a message up; the queue keeps no order."""
        if not self.world.queue:
            self.world.tick()
        if self.world.queue:
            place = (
                0 if self.chance.random() < 0.7 else self.chance.randrange(len(self.world.queue))
            )
            self.world.deliver(self.world.queue.pop(place), self._plan())

    def trouble(self) -> None:
        """Something goes wrong that may go wrong in this history."""
        world = self.world
        if "faults" in self.troubles and self.chance.random() < 0.5:
            fault = self.chance.choice(tuple(Fault))
            times = self.chance.choice((1, 1, 2, 4))
            world.target.faults.extend([fault] * times)
            world.say(f"the target will be {fault}, {times} times")
        if "losses" in self.troubles and world.queue and self.chance.random() < 0.3:
            world.say("the queue is lost")
            world.queue.clear()
        if "repeats" in self.troubles and world.delivered and self.chance.random() < 0.5:
            world.deliver(self.chance.choice(world.delivered), self._plan())
        if "changes" in self.troubles:
            chance = self.chance.random()
            rare = self.tell_of_account if chance < 0.3 else self.freeze
            (rare if chance < 0.4 else self.change_company)()
            if self.world.setup.ticket and self.chance.random() < 0.5:
                self.tend_ticket()

    def go_on(self) -> None:
        """A worker that was paused wakes up."""
        free = [run for run in self.world.paused if run.back_by is None]
        if free:
            self.world.resume(self.chance.choice(free))

    def _plan(self) -> Plan:
        plan: Plan = {}
        if "deaths" in self.troubles and self.chance.random() < 0.2:
            plan[self.chance.choice(tuple(Boundary))] = Cut.DIES
        if "pauses" in self.troubles:
            for boundary in Boundary:
                if self.chance.random() < (0.4 if boundary is self.weak_spot else 0.05):
                    plan.setdefault(boundary, Cut.PAUSES)
        return plan

    def _some_request(self) -> RequestId | None:
        return self.chance.choice([*self.world.state.requests, None])

    def _does(self, actor: PersonId, words: str, act: Callable[[Work], object]) -> None:
        """Let somebody do something, through an account that an admin gave them or their own."""
        assurance = self.chance.choice(tuple(Assurance))
        via = Via(acme.CHAT, f"account of {actor}", assurance)
        self.world.speaking = via
        self._act(f"{actor} {words}", lambda: act(partial(self.world.work, via=via)))
        self.world.speaking = None

    def _act(self, words: str, act: Callable[[], object]) -> None:
        self.world.say(words)
        refusal = refused(self.world, act)
        if refusal is not None:
            self.world.say(f"  refused: {refusal.code}")

    # ── from the beginning to the end ───────────────────────────────────────────────────────────

    def play(self, acts: Acts) -> None:
        """Let things happen, then let everything come to its end."""
        choices = (
            (self.submit, 3),
            (self.decide, 9),
            (self.talk, 2),
            (self.take_back, 0.5),
            (self.stand_in, 1.5),
            (self.emerge, 2),
            (self.end_early, 2),
            (lambda: prolong(self.chance, self.world, PEOPLE, does=self._does), 2),
            (self.wait, 7),
            (self.tick, 6),
            (self.work, 16),
            (self.trouble, 5),
            (self.go_on, 4),
        )
        weights = [weight * self.chance.choice((0.4, 1, 1, 2)) for _, weight in choices]
        for number in acts:
            # Each act has its own chances, so that leaving one out leaves the others as they are.
            self.chance = Random(self.seed * ACTS * 2 + number)
            (act,) = self.chance.choices([act for act, _ in choices], weights)
            act()
            invariants.check_access(self.world)
        self.come_to_rest()
        asked.check_quiet(self.world)

    def come_to_rest(self) -> None:
        """Nothing fails any more; the clock runs until nothing is due."""
        world = self.world
        world.say("nothing fails any more")
        world.target.faults.clear()
        while world.paused:
            world.resume(world.paused[0])
        for _ in range(QUIET_MAX):
            while world.tick() or world.queue:
                while world.queue:
                    world.deliver(world.queue.pop(0), {})
            see_to_all(world)
            waiting = world.due_in()
            if waiting is None:
                return
            world.advance(waiting)
        raise NeverQuiet(f"something is still due after {QUIET_MAX} turns")


def play(seed: int, acts: Acts = range(ACTS), kind: type[History] = History) -> World:
    """Play one history. Raises `Failure`."""
    history = kind(seed)
    try:
        history.play(acts)
    except (Exception, asked.Broken) as error:
        raise Failure(seed, acts, history.world.steps, error, kind) from error
    finally:
        history.world.end()
    return history.world


def shrink(failure: Failure) -> Failure:
    """Leave out every act without which the same thing still goes wrong."""
    smallest = failure
    for number in failure.acts:
        fewer = [act for act in smallest.acts if act != number]
        try:
            play(failure.seed, fewer, failure.kind)
        except Failure as smaller:
            if type(smaller.error) is type(failure.error) and rule(smaller) == rule(failure):
                smallest = smaller
    return smallest


def rule(failure: Failure) -> str:
    """Say which invariant was broken, if it was one."""
    return failure.error.rule if isinstance(failure.error, asked.Broken) else ""


def _standing(chance: Random) -> list[Target]:
    """Choose what some people hold before us."""
    company = acme.company()
    return [
        Target(company.account_of(person, wanted.system), wanted.resource, wanted.permission)
        for person in company.people
        for wanted in company.entitlements
        if chance.random() < 0.2
    ]
