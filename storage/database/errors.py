"""What Postgres may answer instead of a result.

::

    Exception
    ├── StorageError         the database did not do it
    │   ├── Unavailable      it did not answer, or not in time
    │   └── Violated         a constraint below says that the rules above have a hole: a defect
    ├── LostRace             (engine.errors) somebody else was first: load again and decide again
    └── IllegalMove          (engine.errors) the trigger's table of moves says no

A driver's own error is never passed on: it quotes the failing row, and with it a justification.
"""

from __future__ import annotations

import psycopg2

from engine.errors import IllegalMove, LostRace

LOST_RACE = frozenset(
    {
        "JT001",  # our trigger: the version is not the one that was read
        "23505",  # a unique key: an equal pending request, a second decision, an entry's place
        "40001",  # serialization failure
        "40P01",  # deadlock: Postgres chose us to give way
        "55P03",  # lock_timeout: somebody has held the row for 5 s
    }
)
ILLEGAL_MOVE = "JT002"
GONE = frozenset(
    {
        "25P03",  # idle_in_transaction_session_timeout: we forgot a transaction
        "57014",  # statement_timeout, or an operator
    }
)


class StorageError(Exception):
    """The database did not do it."""


class Unavailable(StorageError):
    """The database did not answer, or not in time.

    What was committed before is safe. A commit that was under way may or may not have happened.
    """

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the database did not answer; load again to see what is recorded")


class Violated(StorageError):
    """A constraint in the database refused what the engine had allowed."""

    def __init__(self, sqlstate: str, about: str) -> None:
        """Name the SQLSTATE and what it is about."""
        super().__init__(f"Postgres refused a statement: {sqlstate} {about}".rstrip())
        self.sqlstate = sqlstate
        self.about = about


def translate(error: psycopg2.Error) -> Exception:
    """Say in our words what the driver raised, without quoting any row."""
    state = error.pgcode
    if state is None or state in GONE or state[:2] in {"08", "53", "57"}:
        return Unavailable()
    if state in LOST_RACE:
        return LostRace(f"{state} {error.diag.constraint_name or ''}".rstrip())
    if state == ILLEGAL_MOVE:
        return IllegalMove(*(error.diag.message_primary or "||").split("|"))
    # Class 42 is about our own SQL and rights: its message names tables, and quotes no row.
    about = error.diag.message_primary if state.startswith("42") else error.diag.constraint_name
    return Violated(state, about or "")
