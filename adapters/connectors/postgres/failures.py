"""What went wrong in the target, in words that hold nothing of the target's.

A Postgres message may quote a statement, an address or a password, so only its code is used
(https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""

from __future__ import annotations

from datetime import timedelta

import psycopg2

from engine.errors import ConnectorError, Permanent, Temporary

BUSY_RETRY = timedelta(seconds=2)
"""Connections that are in use now are likely to be free again by then."""

TIMED_OUT = "the database did not answer in time; it will be tried again."
_LOST = "the connection to the database was lost; it will be tried again."
_LOGIN = "the database does not accept the connector's login; check its address and password."
_BUSY = "the database has no connection left for the connector; it will be tried again."

_PERMANENT = {
    "42501": "the connector's login may not do this; it needs ADMIN on the role, and "
    "pg_signal_backend to end the sessions of an account that is no superuser.",
    "42704": "the account or the role does not exist in the database any more.",
    "2BP01": "the account has passed this role on to others, and that must be taken back first.",
    "0LP01": "the database forbids this membership; a role cannot be a member of itself.",
}

_TEMPORARY = {
    "23505": "somebody else is changing the same membership; it will be tried again.",
    "25006": "the database is read-only now, probably a standby; check the address.",
    "53300": _BUSY,
    "55P03": "somebody else holds a lock on the same membership; it will be tried again.",
    "57014": TIMED_OUT,
    "XX000": "somebody else is changing the same membership; it will be tried again.",
}

_TEMPORARY_CLASSES = frozenset({"08", "40", "53", "55", "57", "58", "XX"})
"""Connections, rollbacks, resources, objects in use, operators and the system itself."""

_REFUSALS = (
    "authentication failed",
    "does not exist",
    "no password supplied",
    "no pg_hba.conf entry",
    "not permitted to log in",
    "permission denied for database",
)
_FULL = ("too many connections", "too many clients", "remaining connection slots")


def failure(error: psycopg2.Error) -> ConnectorError:
    """Say what an error means for us. The result holds nothing of the error's text."""
    code = error.pgcode
    if code is None:
        return _without_code(error)
    if code in _PERMANENT:
        return Permanent(_PERMANENT[code])
    if code.startswith(("28", "3D")):
        return Permanent(_LOGIN)
    if code in _TEMPORARY:
        wait = BUSY_RETRY if code == "53300" else None
        return Temporary(_TEMPORARY[code], retry_after=wait)
    if code[:2] in _TEMPORARY_CLASSES:
        return Temporary(f"the database cannot do this now (code {code}); it will be tried again.")
    return Permanent(f"the database refuses this (code {code}); ask who looks after it.")


def _without_code(error: psycopg2.Error) -> ConnectorError:
    """Judge a failure of the connection itself.

    psycopg2 gives no code while connecting, so the words are looked at, and not repeated. A server
    that speaks another language is taken for one that is away: tried again, and alarmed about.
    """
    text = str(error)
    if isinstance(error, psycopg2.ProgrammingError):
        return Permanent("the connector's address is not one of a PostgreSQL database; correct it.")
    if any(words in text for words in _FULL):
        return Temporary(_BUSY, retry_after=BUSY_RETRY)
    if any(words in text for words in _REFUSALS):
        return Permanent(_LOGIN)
    return Temporary(_LOST)
