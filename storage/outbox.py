"""The outbox in Postgres: what has to be made so, leased by time and fenced by attempt.

::

    ready ─claim─▶ queued ─start─▶ running ─finish─▶ done
      ▲              │ 5 s           │ lease           │
      └──────────────┴── time is up ─┴── ordered again ┘

One row per duty: ordering it again raises its generation and wakes it up. `next_at` is when a row
is due and, while somebody has it, when their lease ends; a dead worker's row simply falls due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from engine.model.identifiers import EffectId, PlatformName, RequestId
from engine.ports import Duty, Effect, EffectKind
from storage.database.wire import Row, Statement, prepare, prepare_hot, prepare_many
from storage.tables import effect as effect_table
from storage.transaction import Transaction

QUEUED_FOR = timedelta(seconds=5)
"""From the claim to the start: Redis and a free worker take milliseconds, 5 s mean it is lost."""

_ORDER = prepare_many(
    effect_table,
    ("kind", "request", "platform", "exclusive"),
    # Who is queued or running will see the new generation, at the start or at the finish.
    """
    ON CONFLICT (kind, request, platform) DO UPDATE SET
        generation = effect.generation + 1,
        exclusive = excluded.exclusive,
        ordered_at = CASE WHEN effect.state = 'done' THEN excluded.ordered_at
                          ELSE effect.ordered_at END,
        state = CASE WHEN effect.state = 'done' THEN 'ready' ELSE effect.state END,
        next_at = CASE WHEN effect.state IN ('done', 'ready') THEN excluded.next_at
                       ELSE effect.next_at END
    """,
)

# MATERIALIZED: otherwise the planner may claim more rows than the limit. statement_timestamp() and
# not clock_timestamp(), which no index can answer.
_CLAIM = prepare("""
    WITH due AS MATERIALIZED (
        SELECT id FROM effect
        WHERE state <> 'done' AND next_at <= statement_timestamp()
        ORDER BY next_at LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE effect SET state = 'queued', attempt = effect.attempt + 1,
                      next_at = clock_timestamp() + :queued_for
    FROM due WHERE effect.id = due.id
    RETURNING effect.id, effect.kind, effect.attempt
""")

_DUTY_OF = prepare_hot("SELECT kind, request, platform, exclusive FROM effect WHERE id = :id")

# Class 2: two starts with the same exclusive key look at each other's outcome, one after the other.
_LOCK_EXCLUSIVE = prepare_hot("""
    SELECT pg_advisory_xact_lock(2, hashtext(exclusive)) FROM effect
    WHERE id = :id AND exclusive <> ''
""")
# Where the key is in use it comes again soon, and at a different moment than its rivals.
_START = prepare_hot("""
    UPDATE effect SET
        state = CASE WHEN other.is_running THEN 'ready' ELSE 'running' END,
        next_at = clock_timestamp() + CASE
            WHEN other.is_running THEN interval '100 ms' + random() * interval '150 ms'
            ELSE :lease END
    FROM (
        SELECT EXISTS (
            SELECT FROM effect AS mine
            JOIN effect AS theirs ON theirs.exclusive = mine.exclusive AND theirs.id <> mine.id
            WHERE mine.id = :id AND mine.exclusive <> ''
              AND theirs.state = 'running' AND theirs.next_at > statement_timestamp()
        ) AS is_running
    ) AS other
    WHERE id = :id AND attempt = :attempt AND state = 'queued'
    RETURNING state, kind, request, platform, exclusive, attempt, generation, ordered_at
""")

# A lease that ran out counts as taken over, also before the next claim: the exclusive key is free
# from then on, and somebody else may have changed the target since.
_FINISH = prepare_hot("""
    UPDATE effect SET
        state = CASE WHEN generation = :generation THEN 'done' ELSE 'ready' END,
        next_at = statement_timestamp(), problem = ''
    WHERE id = :id AND attempt = :attempt AND state = 'running'
      AND next_at > statement_timestamp()
    RETURNING state
""")

_IS_NEWEST = prepare_hot("""
    SELECT id FROM effect WHERE id = :id AND attempt = :attempt AND state = 'running'
      AND next_at > statement_timestamp()
    FOR NO KEY UPDATE
""")

_POSTPONE = prepare_hot("""
    UPDATE effect SET
        state = 'ready', problem = :problem,
        next_at = statement_timestamp()
            + CASE WHEN generation = :generation THEN :after ELSE interval '0' END
    WHERE id = :id AND attempt = :attempt AND state = 'running'
""")

# Each line is one probe of an index that holds only what is alive.
_DUE_IN = prepare("""
    SELECT least(
        (SELECT min(ends_at) FROM access_grant WHERE state = 'active'),
        (SELECT min(warn_at) FROM access_grant WHERE state = 'active' AND warn_at IS NOT NULL),
        (SELECT min(begins_at) FROM access_grant WHERE state = 'scheduled'),
        (SELECT min(stage_due_at) FROM request WHERE state = 'pending' AND kind = 'standard'),
        (SELECT min(nudge_at) FROM closing WHERE nudge_at IS NOT NULL),
        (SELECT min(next_at) FROM effect WHERE state <> 'done')
    ) - clock_timestamp()
""")


class PostgresOutbox:
    """Duties, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._ordered: dict[tuple[EffectKind, RequestId, str], Duty] = {}
        self.woke = False
        """Whether this transaction leaves something to do at once, for who asked to be told."""

    def order(self, duty: Duty) -> None:
        """Add a duty, or wake it up again."""
        self._ordered[duty.kind, duty.request, duty.platform or ""] = duty
        self.woke = True

    def write(self) -> None:
        """Send what was ordered along with the next message, in one order for everybody."""
        ordered, self._ordered = self._ordered, {}
        rows = [
            {
                "kind": kind,
                "request": request,
                "platform": platform,
                "exclusive": ordered[kind, request, platform].exclusive,
            }
            for kind, request, platform in sorted(ordered)
        ]
        self._tx.wire.later_many(_ORDER, rows)

    def claim(self, limit: int) -> Sequence[tuple[EffectId, EffectKind, int]]:
        """Take due effects to hand to workers: id, kind and the attempt to hand over."""
        rows = self._rows(_CLAIM, {"limit": limit, "queued_for": QUEUED_FOR})
        return [(EffectId(row[0]), EffectKind(row[1]), row[2]) for row in rows]

    def duty_of(self, effect: EffectId) -> Duty | None:
        """Read what an effect is about, without a lock: its request is locked before it is."""
        rows = self._rows(_DUTY_OF, {"id": effect})
        return _duty_from(rows[0]) if rows else None

    def start(self, effect: EffectId, attempt: int, lease: timedelta) -> Effect | None:
        """Begin an attempt; None where it is done, newer, or its exclusive key is in use.

        Commit also where it is None: the effect was put off until the key may be free.
        """
        one: Mapping[str, object] = {"id": effect, "attempt": attempt, "lease": lease}
        self.write()
        rows = self._tx.wire.rows((_LOCK_EXCLUSIVE, one), (_START, one))
        if not rows or rows[0][0] != "running":
            return None
        _, kind, request, platform, exclusive, number, generation, ordered_at = rows[0]
        return Effect(
            id=effect,
            duty=_duty_from((kind, request, platform, exclusive)),
            attempt=number,
            generation=generation,
            ordered_at=ordered_at,
        )

    def finish(self, effect: Effect) -> bool:
        """Mark it done; False where the attempt is no longer the newest."""
        rows = self._rows(_FINISH, _fence(effect))
        self.woke = self.woke or (bool(rows) and rows[0][0] == "ready")
        return bool(rows)

    def is_newest(self, effect: Effect) -> bool:
        """Say whether no newer attempt took the effect over; holds until the transaction ends."""
        return bool(self._rows(_IS_NEWEST, _fence(effect)))

    def postpone(self, effect: Effect, after: timedelta, problem: str) -> None:
        """Let it come again after a while, or at once where it was ordered again meanwhile."""
        values = {**_fence(effect), "after": after, "problem": problem}
        self._tx.wire.later(_POSTPONE, values)

    def due_in(self) -> timedelta | None:
        """Say how long until something in the clock's care is due; zero where it is overdue."""
        left = self._rows(_DUE_IN, {})[0][0]
        return None if left is None else max(left, timedelta(0))

    def _rows(self, statement: Statement, values: Mapping[str, object]) -> list[Row]:
        self.write()
        return self._tx.wire.rows((statement, values))


def _fence(effect: Effect) -> Mapping[str, object]:
    return {"id": effect.id, "attempt": effect.attempt, "generation": effect.generation}


def _duty_from(row: Row) -> Duty:
    kind, request, platform, exclusive = row
    return Duty(
        kind=EffectKind(kind),
        request=RequestId(request),
        platform=PlatformName(platform) if platform else None,
        exclusive=exclusive,
    )
