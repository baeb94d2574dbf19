"""Numbers about how things stand, read from the database when somebody asks.

Every process tells the same ones: they are facts of the database, not counts of a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from engine.model.grant import GrantState
from engine.model.request import RequestState, Verdict
from engine.ports import EffectKind

EFFECT_STATES = ("ready", "queued", "running", "done")


@dataclass(frozen=True, slots=True)
class Sample:
    """One value, with what tells it from the others of its number."""

    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Number:
    """A number with a name, its meaning, and one or more values."""

    name: str
    meaning: str
    label_names: tuple[str, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class _Age:
    name: str
    meaning: str
    sql: str


# Ages are in seconds; 0 where nothing is waiting, so that an alarm needs one comparison only.
_AGES = (
    _Age(
        "jit_oldest_overdue_grant_seconds",
        "How long ago the access that should have gone first should have gone.",
        """SELECT least(
            (SELECT min(ends_at) FROM access_grant
                WHERE state = 'active' AND ends_at < statement_timestamp()),
            (SELECT min(end_ordered_at) FROM access_grant WHERE state = 'deprovisioning'))""",
    ),
    _Age(
        "jit_oldest_overdue_closing_seconds",
        "How long ago the use of break-glass should have been closed that is overdue the longest.",
        """SELECT min(due_at) FROM closing
            WHERE state = 'open' AND due_at < statement_timestamp()""",
    ),
    _Age(
        "jit_oldest_effect_seconds",
        "How long ago the duty that waits longest was ordered.",
        "SELECT min(ordered_at) FROM effect WHERE state <> 'done'",
    ),
    _Age(
        "jit_audit_sequencing_lag_seconds",
        "How long ago the oldest entry without a place in the log was recorded.",
        """SELECT e.recorded_at FROM audit_entry AS e, audit_head AS h
            WHERE (e.xid, e.id) > (h.xid, h.entry) ORDER BY e.xid, e.id LIMIT 1""",
    ),
    _Age(
        "jit_audit_checkpoint_age_seconds",
        "How long ago the last checkpoint was signed.",
        "SELECT signed_at FROM audit_checkpoint ORDER BY id DESC LIMIT 1",
    ),
)


def read_numbers(engine: Engine) -> Sequence[Number]:
    """Read all numbers, in one transaction that sees one moment."""
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(text("SET TRANSACTION READ ONLY"))
        return [
            *(_age(connection, age) for age in _AGES),
            _audit_size(connection),
            _counts(
                connection,
                Number("jit_requests", "Requests by state.", ("state",), _zeros(RequestState)),
                "SELECT state, count(*) FROM request GROUP BY state",
            ),
            _counts(
                connection,
                Number("jit_grants", "Grants by state.", ("state",), _zeros(GrantState)),
                "SELECT state, count(*) FROM access_grant GROUP BY state",
            ),
            _counts(
                connection,
                Number("jit_decisions", "Decisions by verdict.", ("verdict",), _zeros(Verdict)),
                "SELECT verdict, count(*) FROM decision GROUP BY verdict",
            ),
            _counts(
                connection,
                Number(
                    "jit_effects",
                    "Duties by kind and state.",
                    ("kind", "state"),
                    tuple(
                        Sample((kind, state), 0) for kind in EffectKind for state in EFFECT_STATES
                    ),
                ),
                "SELECT kind, state, count(*) FROM effect GROUP BY kind, state",
            ),
        ]


def _zeros(states: type[RequestState | GrantState | Verdict]) -> tuple[Sample, ...]:
    return tuple(Sample((str(state),), 0) for state in states)


def _age(connection: Connection, age: _Age) -> Number:
    elapsed = f"SELECT extract(epoch FROM statement_timestamp() - ({age.sql}))"  # noqa: S608 - ours
    seconds = float(connection.scalar(text(elapsed)) or 0)
    return Number(age.name, age.meaning, (), (Sample((), max(seconds, 0.0)),))


def _audit_size(connection: Connection) -> Number:
    size = connection.scalar(text("SELECT size FROM audit_head"))
    return Number("jit_audit_entries", "Entries in the log.", (), (Sample((), float(size or 0)),))


def _counts(connection: Connection, zero: Number, sql: str) -> Number:
    """Fill in what was counted: a state that nothing is in tells 0, not nothing."""
    found = {sample.labels: sample.value for sample in zero.samples}
    for *labels, count in connection.execute(text(sql)):
        found[tuple(labels)] = float(count)
    samples = tuple(Sample(labels, value) for labels, value in found.items())
    return Number(zero.name, zero.meaning, zero.label_names, samples)
