"""Who had what, when? Access counts from the read-back that it is there to the one that it is gone.

Not from the decision, and not until the planned end: what the log can prove, and nothing else.
"""

from __future__ import annotations

from sqlalchemy import String, bindparam, cast, or_, select

from engine.ports import Holding
from storage.database.wire import Row, prepare
from storage.tables import access_grant

_g = access_grant.c
_wanted = cast(bindparam("entitlement"), String)

HOLDINGS_AT = prepare(
    select(_g.id, _g.holder, _g.entitlement, _g.system, _g.starts_at, _g.ended_at, _g.ends_at)
    .where(or_(_wanted.is_(None), _g.entitlement == _wanted))
    .where(_g.starts_at <= bindparam("at"))
    .where(or_(_g.ended_at.is_(None), _g.ended_at > bindparam("at")))
    .order_by(_g.entitlement, _g.starts_at, _g.id)
)


def holding_from(row: Row) -> Holding:
    """Read a holding from a row."""
    return Holding(*row)
