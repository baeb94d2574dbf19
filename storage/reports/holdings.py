"""Who had what, when? Access counts from the read-back that it is there to the one that it is gone.

Not from the decision, and not until the planned end: what the log can prove, and nothing else.
A grant over several windows counts in each of them, and not in between.
"""

from __future__ import annotations

from engine.ports import Holding
from storage.database.wire import Row, prepare

HOLDINGS_AT = prepare("""
    SELECT id, holder, entitlement, system, starts_at, ended_at, ends_at
    FROM access_grant
    WHERE (CAST(:entitlement AS text) IS NULL OR entitlement = CAST(:entitlement AS text))
      AND starts_at <= :at AND (ended_at IS NULL OR ended_at > :at)
    UNION ALL
    SELECT id, holder, entitlement, system, held.starts_at, held.ended_at, held.ends_at
    FROM access_grant
    CROSS JOIN LATERAL jsonb_array_elements(past) AS one
    CROSS JOIN LATERAL (SELECT CAST(one ->> 0 AS timestamptz) AS starts_at,
                               CAST(one ->> 1 AS timestamptz) AS ended_at,
                               CAST(one ->> 2 AS timestamptz) AS ends_at) AS held
    WHERE past <> '[]'
      AND (CAST(:entitlement AS text) IS NULL OR entitlement = CAST(:entitlement AS text))
      AND held.starts_at <= :at AND held.ended_at > :at
    ORDER BY entitlement, starts_at, id
""")


def holding_from(row: Row) -> Holding:
    """Read a holding from a row."""
    return Holding(*row)
