"""What the database refuses of extensions, whoever asks and whatever our code says."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from storage.unit_of_work import PostgresWork
from tests.contracts.deciding.test_extensions import extension
from tests.contracts.samples import draft
from tests.contracts.test_unit_of_work import activate, add, now
from tests.storage.test_guards import refusal

_EXTEND = """UPDATE access_grant SET version = version + 1,
    ends_at = ends_at + interval '4 hours 1 microsecond' {more}"""
_APPROVE = """UPDATE request SET state = 'approved', version = version + 1, settled_at = now() {}
    WHERE state = 'pending'"""


@pytest.fixture(autouse=True)
def _asked(work: PostgresWork) -> None:
    """Let access be there, and an extension of it asked for."""
    given = activate(work, draft(now(work)), at=now(work))
    add(work, extension(given, at=now(work)))


@pytest.mark.parametrize(
    ("sqlstate", "statements"),
    [
        ("JT004", [_EXTEND.format(more="")]),
        ("JT004", [_APPROVE.format(""), _EXTEND.format(more="+ interval '1 second'")]),
        ("JT004", [_APPROVE.format(""), _EXTEND.format(more=", starts_at = now()")]),
        ("JT004", [_EXTEND.format(more=""), _APPROVE.format("").replace("approved", "denied")]),
        ("JT004", [_APPROVE.format(""), _EXTEND.format(more=""), _EXTEND.format(more="")]),
        ("23514", [_APPROVE.format("").replace("now()", "now() + interval '2 hours'")]),
        ("JT003", ["UPDATE request SET extends = NULL, version = version + 1"]),
        ("JT003", ["UPDATE request SET held_until = now(), version = version + 1"]),
    ],
)
def test_access_goes_on_as_decided_or_not_at_all(
    owner: Engine, sqlstate: str, statements: list[str]
) -> None:
    """Undecided, for longer, denied, twice by one decision, or decided when it was over."""
    assert refusal(owner, *statements) == sqlstate


def test_what_was_decided_gets_in(owner: Engine) -> None:
    """The guards let through what they are there to let through."""
    with owner.begin() as connection:
        connection.execute(text(_EXTEND.format(more="")))
        connection.execute(text(_APPROVE.format("")))


def test_an_extension_has_no_grant_of_its_own(owner: Engine) -> None:
    """However well it was approved."""
    grant = """
        INSERT INTO access_grant (id, state, holder, entitlement, system, account, resource,
            permission, duration, ordered_at)
        SELECT id, 'provisioning', holder, entitlement, '', '', '', '', duration, now()
        FROM request WHERE extends IS NOT NULL
    """

    assert refusal(owner, _APPROVE.format(""), grant) == "JT004"


def test_an_extension_is_of_what_was_asked_before(owner: Engine) -> None:
    """Never of itself, and never without saying when that began and ends."""
    unguarded = "ALTER TABLE request DISABLE TRIGGER request_keep_extends"
    for broken in ("extends = id", "held_since = NULL"):
        change = f"UPDATE request SET {broken}, version = version + 1 WHERE extends IS NOT NULL"

        assert refusal(owner, unguarded, change) == "23514"
