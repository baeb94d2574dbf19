"""PostgreSQL (14 or later): a grant is a real membership in a role of the target.

::

    systems.yaml         settings: {url_from: LEDGER_CONNECTOR_URL}
    entitlements.yaml    resource: the database that the address must lead to
                         permission: the role that is given

The connector's login needs ADMIN on each role that may be given (from PostgreSQL 16 on without
INHERIT and SET, so that it cannot use them itself), and `pg_signal_backend`. It must not be a
superuser. See `examples/acme/ledger.sql`.

- `connector.py`: what is asked of the target, and what its answers mean.
- `session.py`: one connection for one call, all of it within one deadline.
- `failures.py`: what went wrong, in words that hold nothing of the target's.
"""

from adapters.connectors.postgres.connector import KIND, PostgresConnector

__all__ = ["KIND", "PostgresConnector"]
