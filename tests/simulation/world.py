"""One world: a memory, a target, a queue that forgets, and workers that die, pause and come back.

The clock moves only when it is told to. Everything that happens is written down as a step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.leased import Leased
from bot.upkeep import FOLLOW_EVERY
from engine.errors import ConnectorError, Refused
from engine.model.identifiers import EffectId, PlatformName, RequestId
from engine.model.target import Target
from engine.model.via import Via
from engine.ports import CompanyVersion, Connector, EffectKind, Outcome, Page
from engine.workflow import announce
from engine.workflow.asking.lapse import lapse_due
from engine.workflow.emergency.nudging import nudge_open
from engine.workflow.extending.over import end_extensions
from engine.workflow.granting import deprovision, provision
from engine.workflow.granting.attempt import CALL_MAX, Attempt, Boundary
from engine.workflow.granting.end import expire_due
from engine.workflow.granting.warn import warn_due
from engine.workflow.guarding.enforce import end_frozen
from engine.workflow.hand_out import due_in, hand_out
from engine.workflow.leavers import follow_people, people_now
from tests.simulation import (
    asked,
    invariants,
    spoken,  # noqa: F401 - its invariants are asked from here on
)
from tests.simulation.company import USUAL, Setup, company
from tests.simulation.memory import BEGINNING, MemoryWork, State
from tests.simulation.memory.conditions import PlainConditions
from tests.simulation.memory.tickets import MemoryTickets
from tests.simulation.policies.witness import Witness
from tests.simulation.sandbox import SandboxMemory
from tests.simulation.strands import Died, Strand

HANDED_MAX = 3
"""Few, so that what is due has to wait for its turn."""

Message = tuple[EffectId, EffectKind, int]
T = TypeVar("T")


class Cut(StrEnum):
    """What happens to a worker at a boundary."""

    DIES = "dies"
    PAUSES = "pauses"


Plan = dict[Boundary, Cut]


@dataclass(slots=True)
class Run:
    """One worker's attempt, as the world sees it."""

    message: Message
    plan: Plan
    request: RequestId | None
    begun: float
    """When, in seconds of the world."""

    version: CompanyVersion
    """The configuration in force when it began."""

    strand: Strand | None = None
    back_by: datetime | None = None
    """When the call that it is in ends at the latest; None outside of a call."""

    def __str__(self) -> str:
        effect, kind, attempt = self.message
        return f"{kind} #{effect}.{attempt}"


@dataclass
class World:
    """Everything there is."""

    work: MemoryWork = field(default_factory=lambda: MemoryWork(is_strict=True))
    queue: list[Message] = field(default_factory=list)
    """What was handed out and no worker has taken up yet."""

    delivered: list[Message] = field(default_factory=list)
    """What may be delivered a second time."""

    paused: list[Run] = field(default_factory=list)
    standing: frozenset[Target] = frozenset()
    """What people held before us."""

    shown: dict[tuple[PlatformName, RequestId], int] = field(default_factory=dict)
    """How many entries of a request each chat has seen."""

    owed: dict[tuple[PlatformName, RequestId], int] = field(default_factory=dict)
    """How many entries of a request each chat has to see."""

    desk: MemoryTickets = field(default_factory=MemoryTickets)
    steps: list[str] = field(default_factory=list)
    setup: Setup = USUAL
    speaking: Via | None = None
    """Through which account somebody does something right now."""

    witness: Witness = field(default_factory=Witness)
    is_unsigned: bool = False
    """Whether nobody signs checkpoints of the record."""

    running: Run | None = None
    followed: tuple[object, ...] | None = None
    """What was known of people when the clock last came by."""

    followed_at: float = 0.0
    """When, in seconds of the world."""

    def __post_init__(self) -> None:
        self.target = SandboxMemory(self._linger)
        self.work.conditions = PlainConditions()
        self.work.tickets = self.desk
        self.work.configure(company(self.setup))
        self.work.committed = self._committed

    # ── what is seen of it ──────────────────────────────────────────────────────────────────────

    @property
    def now(self) -> datetime:
        """The time."""
        return self.work.clock

    @property
    def state(self) -> State:
        """What is remembered."""
        return self.work.state

    @property
    def version(self) -> CompanyVersion:
        """The configuration in force."""
        return self.state.active()

    def say(self, step: str) -> None:
        """Write a step down."""
        self.steps.append(f"{self.now:%H:%M:%S.%f}"[:-3] + f" {step}")

    def _committed(self, before: State, after: State) -> None:
        change = asked.Change(self, before, after, self.now)
        self.witness.see(change)
        asked.check_change(change)

    # ── what happens by itself ──────────────────────────────────────────────────────────────────

    def advance(self, length: timedelta) -> None:
        """Let time pass; calls of the target end within their limit."""
        until = self.now + length
        while in_call := [run for run in self.paused if run.back_by and run.back_by <= until]:
            run = min(in_call, key=lambda run: run.back_by or until)
            self.work.clock = max(self.now, run.back_by or until)
            self.resume(run)
        self.work.clock = until

    def tick(self) -> int:
        """Let the clock process do what is due; says how much it was."""
        self.sign()
        done = self._follow() + expire_due(self.work, limit=2) + warn_due(self.work, limit=2)
        done += lapse_due(self.work, limit=2) + nudge_open(self.work, limit=2)
        done += end_extensions(self.work, limit=2)
        handed = hand_out(self.work, limit=HANDED_MAX)
        self.queue.extend(handed)
        return done + len(handed)

    def sign(self) -> None:
        """Let a checkpoint hold everything that was recorded, where one can be signed."""
        if not self.is_unsigned:
            self.state.signed = len(self.state.entries)

    def _follow(self) -> int:
        people, done = people_now(self.work), 0
        if people != self.followed or self._seconds() - self.followed_at >= FOLLOW_EVERY:
            self.followed, self.followed_at = people, self._seconds()
            done = follow_people(self.work)
        done += end_frozen(self.work)
        asked.check_followed(self)
        return done

    def deliver(self, message: Message, plan: Plan) -> None:
        """Let a worker take a message up."""
        row = self.state.effects.get(message[0])
        run = Run(message, plan, row.duty.request if row else None, self._seconds(), self.version)
        planned = ", ".join(f"{cut} at {boundary}" for boundary, cut in plan.items())
        self.say(f"{run} {planned}".rstrip())
        self.delivered.append(message)
        run.strand = Strand(lambda: self._carry_out(run)) if plan or self.target.faults else None
        if run.strand is not None:
            self.resume(run)
            return
        self.running = run
        self._carry_out(run)
        self.running = None

    def resume(self, run: Run) -> None:
        """Let a worker go on that was paused."""
        assert run.strand is not None
        if run in self.paused:
            self.paused.remove(run)
            self.say(f"{run} goes on")
        outer, self.running = self.running, run
        try:
            run.strand.resume()
        finally:
            self.running = outer
        if not run.strand.is_over:
            self.paused.append(run)

    def end(self) -> None:
        """Let go of every worker that is still paused."""
        for run in self.paused:
            assert run.strand is not None
            run.strand.kill()
        self.paused.clear()

    def due_in(self) -> timedelta | None:
        """Say how long until something is due."""
        return due_in(self.work)

    # ── a worker ────────────────────────────────────────────────────────────────────────────────

    def _carry_out(self, run: Run) -> None:
        effect, kind, number = run.message
        attempt = Attempt(
            self.work,
            lambda _: self._connector(run),
            effect,
            number,
            lambda boundary: self._reached(run, boundary),
        )
        try:
            match kind:
                case EffectKind.PROVISION:
                    provision.provision(attempt)
                case EffectKind.DEPROVISION:
                    deprovision.deprovision(attempt)
                case EffectKind.ANNOUNCE:
                    self._announce(run)
        except Died:
            self.say(f"{run} died")

    def _connector(self, run: Run) -> Connector:
        """Reach the target within the attempt's lease, which began when the attempt did."""
        return Leased(Watched(self, run), clock=self._seconds, begun=run.begun)

    def _seconds(self) -> float:
        return (self.now - BEGINNING).total_seconds()

    def _reached(self, run: Run, boundary: Boundary) -> None:
        match run.plan.get(boundary):
            case Cut.DIES:
                raise Died
            case Cut.PAUSES:
                assert run.strand is not None
                self.say(f"{run} pauses at {boundary}")
                run.strand.pause()

    def _linger(self) -> None:
        """Stay inside a call of the target for as long as one may take."""
        assert self.running is not None
        assert self.running.strand is not None
        self.say(f"{self.running} waits for the target")
        self.running.strand.pause()

    def _announce(self, run: Run) -> None:
        """Show a request in a chat, as its adapter does: what is new since the last time."""
        effect, _, number = run.message
        story = announce.open_story(self.work, effect, number)
        if story is None:
            return
        self._reached(run, Boundary.STARTED)
        self._reached(run, Boundary.LOOKED)
        with self.work() as uow:
            if not uow.outbox.is_newest(story.effect):
                return
        self.shown[story.platform, story.dossier.request.id] = len(story.entries)
        self._reached(run, Boundary.CHANGED)
        announce.close_story(self.work, story.effect)


@dataclass(frozen=True, slots=True)
class Watched:
    """The target as one attempt reaches it, under the invariants' eyes."""

    world: World
    run: Run

    def observe(self, target: Target) -> bool:
        """Look."""
        return self._call(self.world.target.observe, target)

    def ensure_present(self, target: Target) -> Outcome:
        """Give."""
        asked.check_giving(asked.Call(self.world, self.run, target))
        return self._call(self.world.target.ensure_present, target)

    def ensure_absent(self, target: Target) -> Outcome:
        """Take away."""
        asked.check_taking(asked.Call(self.world, self.run, target))
        return self._call(self.world.target.ensure_absent, target)

    def holders(self, resource: str, permission: str, after: str | None) -> Page:
        """List holders."""
        return self.world.target.holders(resource, permission, after)

    def validate(self) -> None:
        """Check the target."""
        self.world.target.validate()

    def _call(self, call: Callable[[Target], T], target: Target) -> T:
        self.run.back_by = self.world.now + CALL_MAX
        try:
            return call(target)
        except ConnectorError as problem:
            self.world.say(f"{self.run}: {problem}")
            raise
        finally:
            self.run.back_by = None
            invariants.check_access(self.world)


def refused(world: World, act: Callable[[], object]) -> Refused | None:
    """Let somebody do something; gives the refusal, which must have changed nothing."""
    before = world.state
    try:
        act()
    except Refused as refusal:
        invariants.check_refusal(world, before, refusal)
        return refusal
    return None
