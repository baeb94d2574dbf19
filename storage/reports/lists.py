"""Requests and grants as people ask for them: without locks, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg2.extras import Json
from sqlalchemy import bindparam, literal_column, or_
from sqlalchemy.dialects.postgresql import JSONB

from engine.model.dossier import Dossier
from engine.model.identifiers import PersonId
from storage.database.wire import Statement, prepare
from storage.dossiers import dossier_from, dossiers
from storage.tables import access_grant, request
from storage.transaction import Transaction

_newest_first = dossiers().order_by(request.c.id.desc()).limit(bindparam("limit"))

_OF_PERSON = prepare(
    _newest_first.where(
        or_(request.c.requester == bindparam("person"), request.c.holder == bindparam("person"))
    )
)
# The open stage's list, compared as JSON: pending requests are few, however long the history is.
_WAITING_FOR = prepare(
    _newest_first.where(
        request.c.state == literal_column("'pending'"),
        request.c.stages[request.c.stage_number - 1]["asked"].contains(
            bindparam("asked", type_=JSONB)
        ),
    )
)
_LIVE = prepare(_newest_first.where(access_grant.c.state != literal_column("'ended'")))


class PostgresLists:
    """Lists of requests with their grants, in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def of_person(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List what a person asked for or holds."""
        return self._read(_OF_PERSON, person=person, limit=limit)

    def waiting_for(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List pending requests whose open stage asked this person."""
        return self._read(_WAITING_FOR, asked=Json([{"person": person}]), limit=limit)

    def live(self, limit: int) -> Sequence[Dossier]:
        """List every live grant."""
        return self._read(_LIVE, limit=limit)

    def _read(self, statement: Statement, **values: object) -> Sequence[Dossier]:
        return [dossier_from(row) for row in self._tx.wire.rows((statement, values))]
