"""What the parts of one unit of work share: the wire, the time, and what was locked and seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from engine.model.identifiers import PersonId
from storage.database.wire import Row, Wire, prepare_hot
from storage.dossiers import WIDTH, Head, head_from
from storage.tables import account_change, config_version, delegation

_newest = select(config_version).order_by(config_version.c.number.desc()).limit(1)
_number = _newest.with_only_columns(config_version.c.number).scalar_subquery()
_digest = _newest.with_only_columns(config_version.c.digest).scalar_subquery()
_accounts = select(account_change.c.number).scalar_subquery()

DELEGATION_NAMES = tuple(column.name for column in delegation.c)
_open = and_(delegation.c.ended_at.is_(None), delegation.c.ends_at > func.statement_timestamp())
_delegations = (
    select(
        func.jsonb_agg(
            aggregate_order_by(func.jsonb_build_array(*delegation.c.values()), delegation.c.id)
        )
    )
    .where(_open)
    .scalar_subquery()
)

LOOK: tuple[Any, ...] = (func.clock_timestamp(), _number, _digest, _accounts, _delegations)
"""What every lock reads beside what it was asked for: the time, the newest configuration, how often
what is known of people's accounts has changed, and who stands in for whom.

Read once the locks are held, so that instants in one aggregate never run backwards.
"""

LOOK_ROW = prepare_hot(select(*LOOK))

# The class (1) keeps one kind of advisory lock apart from others; equal hashes wait needlessly, no
# more.
_LOCK_PERSON = prepare_hot("SELECT pg_advisory_xact_lock(1, hashtext(:person))")


class Transaction:
    """One transaction's common knowledge. For one thread."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.heads: dict[str, Head] = {}
        """Where the streams stand that nobody else can append to: their requests are locked."""

        self.newest: tuple[int, str] | None = None
        """Number and digest of the configuration in force, once seen; 0 where there is none."""

        self.accounts_number = 0
        """How often accounts had changed at that look."""

        self.has_changed_accounts = False
        """Whether this transaction itself changes accounts, which nobody else may see yet."""

        self.delegations: Sequence[Sequence[Any]] | None = None
        """The delegations that were not over at that look, as JSON has them; None: look anew."""

        self.access: tuple[PersonId, list[Row]] | None = None
        """What somebody holds, read under their lock; forgotten when anything of it is changed."""

        self._now: datetime | None = None
        self._is_told = False
        self._persons: set[PersonId] = set()
        self._has_requests = False

    @property
    def now(self) -> datetime:
        """The database's time, read once: when the first locks are held, or at the first look."""
        if self._now is None:
            self.look(self.wire.rows((LOOK_ROW, {}))[0])
        assert self._now is not None, "looking reads the time"
        self._is_told = True
        return self._now

    @property
    def now_if_told(self) -> datetime | None:
        """The time if somebody knows it already: due scans read it in their own message."""
        return self._now if self._is_told else None

    def look(self, row: Sequence[Any]) -> None:
        """Take in what `LOOK` read."""
        at, number, digest, self.accounts_number, delegations = row
        self.delegations = delegations or ()
        self.newest = (number or 0, digest or "")
        self.take_time(at)

    def take_time(self, at: datetime) -> None:
        """Take in the time; once it was told to somebody it stays."""
        if not self._is_told:
            self._now = at

    def lock_person(self, person: PersonId) -> None:
        """Lock what a person holds; before any request, or two transactions wait for each other."""
        assert not self._has_requests or person in self._persons, (
            "lock the person before the request: the other way round is a deadlock"
        )
        self.look(self.wire.rows((_LOCK_PERSON, {"person": person}), (LOOK_ROW, {}))[0])
        self._persons.add(person)

    def note_locked(self, row: Row) -> None:
        """Note that a row's request is locked, and where its stream stands."""
        self._has_requests = True
        self.heads[f"JIT-{row[0]}"] = head_from(row)

    def note_locked_with_person(self, row: Row, holder: PersonId) -> None:
        """Note a lock that was taken together with the holder's."""
        self.note_locked(row)
        self._persons.add(holder)
        self.look(row[WIDTH + 2 : WIDTH + 2 + len(LOOK)])
