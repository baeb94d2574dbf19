"""Opens the pool of connections, with limits on everything that could wait for ever."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Engine, create_engine, event, make_url

from storage.database import roles

Database: TypeAlias = Engine
"""A pool of connections, for those who open one and must not know SQLAlchemy."""

LOCK_WAIT_SECONDS = 5
"""Longer than any honest transaction of ours; a click must not hang for longer."""

STATEMENT_SECONDS = 10
IDLE_SECONDS = 10
"""A forgotten transaction holds back the sequencer and the vacuum of the whole cluster."""

_SESSION = (
    f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s "
    f"-c idle_in_transaction_session_timeout={IDLE_SECONDS}s "
    # Lengths of days are added to instants: in a zone with summer time a day is not 24 hours.
    "-c timezone=UTC -c search_path=public -c default_transaction_isolation=read\\ committed"
)

_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    # A peer that vanished without a word is noticed in 25 s also while a query is under way.
    "tcp_user_timeout": 25_000,
    "connect_timeout": 5,
}


def connect(
    url: str, *, role: str | None = roles.APP, pool_size: int = 8, name: str = "jitbot"
) -> Engine:
    """Open a pool; no connection is made yet.

    `url` is libpq's or SQLAlchemy's (`postgresql://…`, `postgresql+psycopg2://…`). Each connection
    acts as `role` where its login may; None keeps the login's own rights, for migrations and
    operators. At most `pool_size` connections, one per thread that works at once; a thread that
    finds none waits 5 s. `name` is what `pg_stat_activity` shows.
    """
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),
        connect_args={"options": _SESSION, "application_name": name, **_KEEPALIVES},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_recycle=1800,  # load balancers and failovers forget older connections
        hide_parameters=True,  # an error must not quote a justification
    )
    if role is not None:
        _act_as(engine, role)
    return engine


def _act_as(engine: Engine, role: str) -> None:
    @event.listens_for(engine, "connect")
    def take_role(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(roles.ACT_AS, {"role": role})
        connection.autocommit = False
