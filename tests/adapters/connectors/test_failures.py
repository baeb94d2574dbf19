"""Mirrors adapters/connectors/postgres/failures.py."""

from __future__ import annotations

import psycopg2
import pytest
from psycopg2 import errors

from adapters.connectors.postgres.failures import failure
from engine.errors import ConnectorError, Permanent, Temporary

LEAK = "password=hunter2 host=db.internal"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("42501", Permanent),
        ("42704", Permanent),
        ("28P01", Permanent),
        ("3D000", Permanent),
        ("2BP01", Permanent),
        ("22023", Permanent),
        ("23505", Temporary),
        ("25006", Temporary),
        ("40001", Temporary),
        ("53300", Temporary),
        ("53100", Temporary),
        ("55P03", Temporary),
        ("57014", Temporary),
        ("57P01", Temporary),
        ("08006", Temporary),
        ("XX000", Temporary),
    ],
)
def test_a_code_says_whether_to_try_again(code: str, kind: type[ConnectorError]) -> None:
    """What the server is in the middle of passes; what it forbids does not."""
    coded = type("Coded", (psycopg2.Error,), {"pgcode": code})

    problem = failure(coded(LEAK))

    assert type(problem) is kind
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('FATAL:  password authentication failed for user "jit"', Permanent),
        ('FATAL:  database "ledgr" does not exist', Permanent),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', Permanent),
        ("FATAL:  sorry, too many clients already", Temporary),
        ("connection refused", Temporary),
        ("FATAL:  Passwort-Authentifizierung fehlgeschlagen", Temporary),
    ],
)
def test_a_refused_connection_is_judged_by_its_words(text: str, kind: type[ConnectorError]) -> None:
    """While connecting there is no code; words that we cannot read are taken for an outage."""
    problem = failure(psycopg2.OperationalError(f"{text} {LEAK}"))

    assert type(problem) is kind
    assert "hunter2" not in str(problem)


def test_a_server_without_a_free_connection_says_when_to_come_back() -> None:
    """Being full is being throttled."""
    problem = failure(psycopg2.OperationalError("FATAL:  sorry, too many clients already"))

    assert isinstance(problem, Temporary)
    assert problem.retry_after is not None


def test_what_is_no_address_is_permanent() -> None:
    """A complaint about an address quotes it, so it is replaced."""
    problem = failure(errors.SyntaxError(LEAK))

    assert type(problem) is Permanent
    assert "hunter2" not in str(problem)
