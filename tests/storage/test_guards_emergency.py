"""What the database refuses of emergencies, whoever asks and whatever our code says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from engine.model.request import RequestKind
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import draft
from tests.contracts.test_closings import broken, opened
from tests.contracts.test_unit_of_work import add, now
from tests.storage.test_guards import refusal


@pytest.mark.parametrize(
    ("sqlstate", "statement"),
    [
        ("JT003", "UPDATE request SET kind = 'standard', incident = '', version = version + 1"),
        (
            "JT003",
            "UPDATE request SET revision = 2, content_hash = 'x', version = version + 1",
        ),
        ("JT003", "UPDATE request SET incident = 'INC-8', version = version + 1"),
        (
            "23514",
            "UPDATE request SET state = 'lapsed', version = version + 1, settled_at = now()",
        ),
        ("JT003", "UPDATE closing SET entitlement = 'x', version = version + 1"),
        ("JT003", "DELETE FROM closing"),
        ("JT003", "TRUNCATE closing CASCADE"),
        ("JT001", "UPDATE closing SET due_at = now()"),
        (
            "23514",
            """UPDATE closing SET state = 'done', version = version + 1, nudge_at = NULL,
                closed_at = now(), outcome = 'justified', closed_by = 'riya.patel'""",
        ),
        (
            "23514",
            """UPDATE closing SET state = 'done', version = version + 1, nudge_at = NULL,
                closed_at = now(), outcome = 'justified'""",
        ),
    ],
)
def test_even_the_owner_makes_no_illegal_change(
    work: PostgresWork, owner: Engine, sqlstate: str, statement: str
) -> None:
    """An emergency stays one, never lapses, and is closed by somebody else."""
    _, closing = broken(work)
    opened(work, closing, due_at=now(work))

    assert refusal(owner, statement) == sqlstate


def test_access_that_is_given_first_needs_its_closing(work: PostgresWork, owner: Engine) -> None:
    """Nobody can forget to look at it: the database looks whether it is there."""
    wanted = replace(draft(now(work)), kind=RequestKind.BREAKGLASS, incident="INC-7")
    request = add(work, wanted)
    grant = f"""
        INSERT INTO access_grant (id, state, holder, entitlement, system, account, resource,
            permission, duration, ordered_at)
        VALUES ({request.id}, 'provisioning', 'riya.patel', 'netsuite-gl', '', '', '', '',
                '1 hour', now())
    """

    assert refusal(owner, grant) == "JT004"


def test_the_app_may_not_change_whose_it_is(engine: Engine) -> None:
    """Only where a closing stands may be updated, and nothing is removed."""
    for column in ("holder", "entitlement", "id"):
        assert refusal(engine, f"UPDATE closing SET {column} = DEFAULT") == "42501"
    assert refusal(engine, "UPDATE request SET kind = DEFAULT") == "42501"
    assert refusal(engine, "DELETE FROM closing") == "42501"
