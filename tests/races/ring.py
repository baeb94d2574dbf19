"""Where rivals meet: real Postgres, a target that every thread reaches, and a common start.

What people and workers do here is what they do everywhere: the engine's use cases, each in a thread
with a connection of its own. In every other race they also wait for each other before they commit:
two that no lock keeps apart have then both looked before either of them wrote.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, text

from adapters.connectors.sandbox import Sandbox
from adapters.signing import Ed25519Signer, is_signed, new_seed
from engine.audit.checkpoint import key_of
from engine.audit.vocabulary import Action
from engine.errors import Refused
from engine.model.company import Company
from engine.model.grant import Grant, GrantState
from engine.model.identifiers import EntitlementId, PersonId, RequestId, show
from engine.model.request import Verdict
from engine.ports import EffectKind
from engine.workflow.apply_config import apply_config
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.asking.submit import Ask, submit
from engine.workflow.find import read_request
from engine.workflow.granting.attempt import Attempt, Boundary
from engine.workflow.granting.deprovision import deprovision
from engine.workflow.granting.provision import provision
from engine.workflow.hand_out import Handed, hand_out
from storage.database import roles
from storage.database.connect import connect
from storage.proof.checkpoints import checkpoint_once
from storage.proof.sequencer import sequence_once
from storage.proof.verify import verify
from storage.unit_of_work import PostgresWork
from tests.races.company import ANA, HOUR, company
from tests.waiting import until

RIVALS_MAX = 8
SIGNER = Ed25519Signer("jit.acme.example/audit", new_seed())
WHY = "closing the books of the fourth quarter"

_WAITING = "SELECT count(*) FROM effect WHERE state <> 'done'"
_UNPLACED = "SELECT (SELECT count(*) FROM audit_entry) - (SELECT size FROM audit_head)"
_NOT_OVER = """
    SELECT count(*) FROM access_grant WHERE state = 'active' AND ends_at > statement_timestamp()
"""
_NEXT_DUE = """
    SELECT id FROM access_grant WHERE state = 'active' AND ends_at <= statement_timestamp()
    ORDER BY ends_at LIMIT 1
"""
_GRANTS = "SELECT id, state FROM access_grant ORDER BY id"


Reached = Callable[[Boundary], None]

PATIENCE = 0.005
"""Seconds to wait for a rival that is kept out: longer than a use case takes up to its commit."""


class Meeting:
    """Where rivals wait for each other, for a moment."""

    def __init__(self) -> None:
        self._races = count()
        self._barrier: threading.Barrier | None = None

    def open(self, rivals: int) -> None:
        """Begin a race: the next one with waiting, the one after it without."""
        self._barrier = threading.Barrier(rivals) if next(self._races) % 2 == 0 else None

    def close(self) -> None:
        """End a race."""
        self._barrier = None

    def wait(self) -> None:
        """Wait for the others; who has waited in vain once waits no more in this race."""
        if self._barrier is not None:
            with suppress(threading.BrokenBarrierError):
                self._barrier.wait(PATIENCE)


@dataclass(frozen=True, slots=True)
class Ring:
    """One database with a company, one target, and threads that wait for each other."""

    work: PostgresWork
    owner: Engine
    sequencer: Engine
    target: Sandbox
    pool: ThreadPoolExecutor
    meeting: Meeting = field(default_factory=Meeting)

    # ── rivals ──────────────────────────────────────────────────────────────────────────────────

    def race(self, *rivals: Callable[[], str]) -> list[str]:
        """Let them start at the same instant; gives what each came to, in order of the words.

        A refusal comes out as its code. Anything else that is raised is a defect, `LostRace` too:
        under its locks a use case never loses.
        """
        barrier = threading.Barrier(len(rivals))

        def run(rival: Callable[[], str]) -> str:
            barrier.wait()
            try:
                return rival()
            except Refused as refused:
                return refused.code

        self.meeting.open(len(rivals))
        try:
            return sorted(self.pool.map(run, rivals))
        finally:
            self.meeting.close()

    # ── what people do ──────────────────────────────────────────────────────────────────────────

    def ask(self, holder: PersonId, wanted: EntitlementId, duration: timedelta = HOUR) -> RequestId:
        """Ask for access."""
        return submit(self.work, Ask(holder, wanted, duration, WHY)).request.id

    def answer(self, actor: PersonId, request: RequestId, verdict: Verdict) -> str:
        """Decide; says what the request is then, or that the same was said before."""
        words = "not in this quarter" if verdict is Verdict.DENY else ""
        decided = decide(self.work, Answer(actor, request, verdict, words))
        return "repeated" if decided.is_repeated else str(decided.dossier.request.state)

    def approve(self, actor: PersonId, request: RequestId) -> str:
        """Approve."""
        return self.answer(actor, request, Verdict.APPROVE)

    def deny(self, actor: PersonId, request: RequestId) -> str:
        """Deny."""
        return self.answer(actor, request, Verdict.DENY)

    def give(
        self, holders: Sequence[PersonId], wanted: EntitlementId, duration: timedelta = HOUR
    ) -> list[RequestId]:
        """Let each of them have it: asked for, approved by one, and given."""
        requests = list(self.pool.map(lambda holder: self.ask(holder, wanted, duration), holders))
        list(self.pool.map(partial(self.approve, ANA), requests))
        self.work_off()
        return requests

    # ── what workers do ─────────────────────────────────────────────────────────────────────────

    def hand_out(self) -> Mapping[RequestId, Handed]:
        """Claim everything that is due: what a worker would be told, by request."""
        handed: dict[RequestId, Handed] = {}
        while some := hand_out(self.work, limit=100):
            with self.work() as uow:
                for one in some:
                    duty = uow.outbox.duty_of(one[0])
                    assert duty is not None
                    handed[duty.request] = one
        return handed

    def carry_out(self, handed: Handed, reached: Reached = lambda _: None) -> str:
        """Try once to carry a duty out; says which, or that it was dropped before anything."""
        effect, kind, attempt = handed
        passed: list[Boundary] = []

        def pass_by(boundary: Boundary) -> None:
            passed.append(boundary)
            reached(boundary)

        use_case = provision if kind is EffectKind.PROVISION else deprovision
        use_case(Attempt(self.work, lambda _: self.target, effect, attempt, pass_by))
        return str(kind) if passed else "dropped"

    def sign(self) -> None:
        """Let a signed checkpoint hold everything: without one no emergency begins."""
        until(self._is_placed, what="every entry in its place")
        checkpoint_once(self.sequencer, SIGNER)

    def work_off(self) -> None:
        """Work until nothing is left to be done."""
        until(self._is_idle, within=60, what="every duty done")

    def _is_idle(self) -> bool:
        list(self.pool.map(self.carry_out, hand_out(self.work, limit=100)))
        return self._number(_WAITING) == 0

    # ── what can be seen ────────────────────────────────────────────────────────────────────────

    def grant(self, request: RequestId) -> Grant | None:
        """Read a grant."""
        with self.work() as uow:
            return read_request(uow, request).grant

    def states(self) -> Counter[str]:
        """Count the grants by state."""
        with self.owner.connect() as connection:
            return Counter(str(state) for _, state in connection.execute(text(_GRANTS)))

    def are_over(self) -> bool:
        """Say whether the time of every active grant is over."""
        return self._number(_NOT_OVER) == 0

    def next_due(self) -> RequestId | None:
        """Name the active grant whose time has been over for the longest."""
        with self.owner.connect() as connection:
            found = connection.scalar(text(_NEXT_DUE))
        return None if found is None else RequestId(found)

    def agrees(self) -> None:
        """Fail unless rows, entries, chains and the target all tell the same story.

        The audit log is verified as an operator does it: chains, and what entries tell against the
        rows. On top of that, of each change there is exactly one entry, and the target holds what
        active grants say, and nothing else.
        """
        until(self._is_placed, what="every entry in its place")
        verdict = verify(self.owner, [key_of(SIGNER)], is_signed)
        assert verdict.ok, verdict.sentence
        held: set[tuple[str, str]] = set()
        with self.owner.connect() as connection:
            numbers = [RequestId(row[0]) for row in connection.execute(text(_GRANTS))]
        for number in numbers:
            grant = self.grant(number)
            assert grant is not None
            self._check_told_once(number, grant.state)
            if grant.state is GrantState.ACTIVE:
                held.add((grant.permission, grant.account))
        assert set(self._holders()) == held

    def _check_told_once(self, number: RequestId, state: GrantState) -> None:
        told = self.told(number)
        begun, failed = told[Action.GRANT_ACTIVATED], told[Action.GRANT_FAILED]
        ordered = sum(told[action] for action in _ENDINGS)
        ended = sum(told[action] for action in _ENDED)
        assert told[Action.REQUEST_APPROVED] == 1 or told[Action.BREAKGLASS_OPENED] == 1, told
        # What is ended before it began was revoked, or failed without anything given.
        assert begun == 1 if state is GrantState.ACTIVE else begun <= 1, told
        assert ordered + failed == (1 if state is GrantState.ENDED else 0), told
        assert ended == ordered, told

    def told(self, number: RequestId) -> Counter[str]:
        """Count what was recorded about a request, by action."""
        with self.work() as uow:
            return Counter(one.entry.action for one in uow.audit.stream(show(number)))

    def _holders(self) -> Iterator[tuple[str, str]]:
        for entitlement in company().entitlements:
            page = self.target.holders(entitlement.resource, entitlement.permission, None)
            assert page.after is None, "all fit on one page"
            yield from ((entitlement.permission, account) for account in page.accounts)

    def _is_placed(self) -> bool:
        sequence_once(self.sequencer)
        return self._number(_UNPLACED) == 0

    def _number(self, question: str) -> int:
        with self.owner.connect() as connection:
            found = connection.scalar(text(question))
        assert isinstance(found, int)
        return found


_ENDINGS = (
    Action.GRANT_EXPIRED,
    Action.GRANT_REVOKED,
    Action.GRANT_RETURNED,
    Action.GRANT_LEFT,
)
_ENDED = (Action.GRANT_ENDED, Action.GRANT_KEPT, Action.GRANT_UNUSED)


@contextmanager
def open_ring(url: str, target: Path) -> Iterator[Ring]:
    """Open a ring on a migrated database, with the company in force."""
    # A connection for every rival; the owner's and the sequencer's are for looking.
    pools = (
        connect(url, pool_size=RIVALS_MAX),
        connect(url, role=None, pool_size=2),
        connect(url, role=roles.SEQUENCER, pool_size=1),
    )
    ring: Ring
    with ThreadPoolExecutor(RIVALS_MAX) as threads:
        ring = Ring(PostgresWork(pools[0]), pools[1], pools[2], Sandbox(target), threads)
        put_in_force(ring, company())
        yield ring
    for pool in pools:
        pool.dispose()


def put_in_force(ring: Ring, configured: Company) -> None:
    """Put a configuration in force."""
    apply_config(ring.work, configured, applied_by="operator", difference=lambda _, __: ["other"])
