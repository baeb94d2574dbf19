"""Lists stay quick with 100,000 live grants: told by the pages that are touched, not by time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, text

from engine.listing import GrantFilter
from engine.ports import EntryFilter, UnitOfWork
from storage.database.wire import Row, Statement, Wire
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import AP, GL, RIYA

LIVE = 100_000
TABLES = ("request", "access_grant", "audit_entry")

_FILL = """
INSERT INTO request (id, state, requester, holder, entitlement, duration, reason, config_version,
                     stages, content_hash, submitted_at, stage_due_at, settled_at)
SELECT n, 'approved', 'p' || n % 5000, 'p' || n % 5000, 'e' || n % 200, '8 hours', 'r', 1,
       '[{"number": 1, "name": "s", "quorum": 1, "limit": 60, "asked": []}]', 'h', now(), now(),
       now()
FROM generate_series(1, :live) AS n;
INSERT INTO access_grant (id, state, holder, entitlement, system, account, resource, permission,
                          duration, ordered_at, starts_at, ends_at)
SELECT id, 'active', holder, entitlement, 's', 'a', 'r', 'p', '8 hours', now(), now(),
       now() + '8 hours'
FROM request;
INSERT INTO audit_entry (stream, stream_seq, prev_hash, salt, body, digest, leaf_hash, action,
                         actor, at, request, entitlement)
SELECT 'JIT-' || id, 1, hash, salt,
       '{"stream": "s", "action": "a", "actor": "b", "at": "2026-11-22T09:00:00Z",'
       ' "facts": {}}', hash, hash, 'grant.activated', 'jitbot', now(), id,
       entitlement
FROM request, (SELECT decode(repeat('00', 32), 'hex') AS hash,
                      decode(repeat('00', 16), 'hex') AS salt) AS zeros;
"""


@pytest.fixture
def full(work: PostgresWork, owner: Engine) -> PostgresWork:
    """Give units of work on a database where a lot is held."""
    with owner.begin() as filling:
        for table in TABLES:
            filling.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        filling.execute(text(_FILL), {"live": LIVE})
        for table in TABLES:
            filling.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as tidying:
        tidying.execute(text("VACUUM ANALYZE request, access_grant, audit_entry"))
    return work


Look = Callable[[UnitOfWork], object]

_NONE_OWNED = GrantFilter(among=frozenset({GL, AP}), limit=20)
_KEPT = frozenset({"grant.access_kept", "grant.standing_found"})


def _now(look: Callable[[UnitOfWork, Any], object]) -> Look:
    return lambda uow: look(uow, uow.now)


LOOKS: dict[str, tuple[Look, int]] = {
    "first page": (lambda uow: uow.lists.live(GrantFilter(limit=20)), 300),
    "page 2,500": (lambda uow: uow.lists.live(GrantFilter(limit=20, skip=50_000)), 2_500),
    "one person": (lambda uow: uow.lists.live(GrantFilter(holder=RIYA)), 300),
    "what one owns": (lambda uow: uow.lists.live(_NONE_OWNED), 300),
    "how many": (lambda uow: uow.lists.count_live(GrantFilter()), 2_500),
    "ends soon": (_now(lambda uow, at: uow.lists.ending(GrantFilter(limit=5), at)), 2_500),
    "overdue": (_now(lambda uow, at: uow.lists.overdue(GrantFilter(limit=5), at)), 300),
    "last changes": (lambda uow: uow.audit.search(EntryFilter(limit=5)), 300),
    "last changes of what one owns": (
        lambda uow: uow.audit.search(EntryFilter(entitlements=frozenset({GL, AP}), limit=5)),
        300,
    ),
    "what stays": (lambda uow: uow.audit.search(EntryFilter(actions=_KEPT, limit=5)), 300),
}
"""What a dashboard asks, with the most pages of 8 kB that it may touch."""


def test_no_list_reads_everything(full: PostgresWork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is answered by an index, also a page far back."""
    touched: list[int] = []
    monkeypatch.setattr(Wire, "rows", _explaining(touched))
    too_many = {}

    for name, (look, limit) in LOOKS.items():
        touched.clear()
        with full() as uow:
            look(uow)
        if sum(touched) > limit:
            too_many[name] = sum(touched)

    assert not too_many, too_many


def _explaining(touched: list[int]) -> Callable[..., list[Row]]:
    """Let each statement be explained before it is sent."""
    send = Wire.rows

    def rows(wire: Wire, *asked: tuple[Statement, Mapping[str, object]]) -> list[Row]:
        for statement, values in asked:
            explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}"
            ((plan,),) = send(wire, (Statement(explain, statement.fixed), values))
            top = plan[0]["Plan"]
            touched.append(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
        return send(wire, *asked)

    return rows
