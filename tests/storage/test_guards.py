"""What the database refuses, whoever asks and whatever our code says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from engine.model import closing as closing_model
from engine.model import grant as grant_model
from engine.model import request as request_model
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import draft, entry
from tests.contracts.test_unit_of_work import activate, add, approve, now

_REVISE = "UPDATE request SET version = version + 1, revision = revision"

CONSTRAINED = """
INSERT INTO decision (request, requester, holder, stage, approver, approver_name, approver_title,
                      basis, verdict, reason, content_hash, decided_at)
SELECT 1, :requester, :holder, 1, :approver, '', '', '', 'approve', '', content_hash, now()
FROM request WHERE id = 1
"""


@pytest.fixture(autouse=True)
def _lived(work: PostgresWork) -> None:
    """Let a request, an approved one with its grant, and an entry be there."""
    at = now(work)
    request = add(work, draft(at))
    with work() as uow:
        uow.audit.append(entry(request, "request.submitted", at))
        uow.commit()
    approve(work, request)


def refusal(engine: Engine, *statements: str, **values: object) -> str:
    """Run statements in one transaction, and give the SQLSTATE that refuses them."""

    def run() -> None:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), values)

    with pytest.raises(DBAPIError) as refused:
        run()
    return str(getattr(refused.value.orig, "pgcode", ""))


def test_the_tables_of_moves_are_the_engines(owner: Engine) -> None:
    """The trigger's table and the engine's hold the same moves."""
    expected: set[tuple[str, str, str]] = {
        ("request", one, to) for one, tos in request_model.MOVES.items() for to in tos
    }
    expected |= {("grant", one, to) for one, tos in grant_model.MOVES.items() for to in tos}
    expected |= {("closing", one, to) for one, tos in closing_model.MOVES.items() for to in tos}

    with owner.connect() as connection:
        rows = connection.execute(text("SELECT * FROM state_move WHERE source <> ''")).all()
        beginnings = connection.execute(text("SELECT * FROM state_move WHERE source = ''")).all()

    assert {tuple(row) for row in rows} == expected
    assert {(row.machine, row.target) for row in beginnings} == {
        ("request", "pending"),
        ("grant", "scheduled"),
        ("grant", "provisioning"),
        ("closing", "waiting"),
    }


@pytest.mark.parametrize(
    ("sqlstate", "statement"),
    [
        ("JT002", "UPDATE request SET state = 'pending', version = version + 1, settled_at = NULL"),
        ("JT002", "UPDATE access_grant SET state = 'unheard of', version = version + 1"),
        ("23514", "UPDATE access_grant SET state = 'scheduled', version = version + 1"),
        ("23514", "UPDATE access_grant SET window_number = 2, version = version + 1"),
        ("JT003", "UPDATE access_grant SET windows = '[[1, 2]]', version = version + 1"),
        ("JT003", "UPDATE access_grant SET window_number = 0, version = version + 1"),
        ("JT001", "UPDATE request SET stage_due_at = now()"),
        ("JT001", "UPDATE access_grant SET version = version + 2"),
        ("JT003", "UPDATE request SET reason = 'other', version = version + 1"),
        ("JT003", "UPDATE request SET requester = 'ben', version = version + 1"),
        ("JT003", f"{_REVISE} + 1, reason = 'other', content_hash = 'other'"),
        ("JT003", "UPDATE access_grant SET permission = 'root', version = version + 1"),
        ("23514", "UPDATE access_grant SET state = 'active', version = version + 1"),
    ],
)
def test_even_the_owner_makes_no_illegal_change(
    owner: Engine, sqlstate: str, statement: str
) -> None:
    """Moves, versions and what was asked for are guarded below every right."""
    assert refusal(owner, statement) == sqlstate


def test_a_request_begins_pending(owner: Engine) -> None:
    """Nothing is ever put in as approved already."""
    copy = """
        INSERT INTO request (state, requester, holder, entitlement, duration, reason,
            config_version, stages, content_hash, submitted_at, stage_due_at, settled_at)
        SELECT 'approved', requester, holder, entitlement, duration, reason,
            config_version, stages, content_hash, submitted_at, stage_due_at, now() FROM request
    """

    assert refusal(owner, copy) == "JT002"


@pytest.mark.parametrize("grant_of", ["pending", "denied", "somebody else"])
def test_a_grant_needs_an_approved_request(
    work: PostgresWork, owner: Engine, grant_of: str
) -> None:
    """Never grant what was not decided: the database looks for the approval itself."""
    holder = "mara.lind" if grant_of == "somebody else" else "riya.patel"
    request = add(work, draft(now(work)))
    settle = "UPDATE request SET state = :state, version = version + 1, settled_at = now()"
    states = {"denied": "denied", "somebody else": "approved"}
    grant = f"""
        INSERT INTO access_grant (id, state, holder, entitlement, system, account, resource,
            permission, duration, ordered_at)
        VALUES ({request.id}, 'provisioning', '{holder}', 'netsuite-gl', '', '', '', '',
                '1 hour', now())
    """
    before = [f"{settle} WHERE id = {request.id}"] if grant_of in states else []

    assert refusal(owner, *before, grant, state=states.get(grant_of)) == "JT004"


@pytest.mark.parametrize(
    ("people", "sqlstate"),
    [
        (("riya.patel", "riya.patel", "riya.patel"), "23514"),
        (("mara.lind", "riya.patel", "riya.patel"), "23514"),
        (("mara.lind", "mara.lind", "riya.patel"), "23503"),
    ],
)
def test_nobody_decides_their_own_request(
    owner: Engine, people: tuple[str, str, str], sqlstate: str
) -> None:
    """Not as themselves, and not by lying about whose request it is."""
    values = dict(zip(("requester", "holder", "approver"), people, strict=True))

    assert refusal(owner, CONSTRAINED, **values) == sqlstate


APPEND_ONLY = ["config_version", "decision", "audit_entry", "audit_leaf", "audit_checkpoint"]
NEVER_DELETED = [*APPEND_ONLY, "request", "access_grant", "audit_stream", "audit_head"]


@pytest.fixture
def full(owner: Engine, sequencer: Engine) -> Engine:
    """Put a row into every table that keeps history."""
    with owner.begin() as connection:
        values = {"requester": "riya.patel", "holder": "riya.patel", "approver": "ben.okafor"}
        connection.execute(text(CONSTRAINED), values)
        connection.execute(
            text("INSERT INTO audit_leaf SELECT 0, id, leaf_hash FROM audit_entry LIMIT 1")
        )
        connection.execute(
            text("INSERT INTO audit_checkpoint (size, root, note) VALUES (0, sha256(''), '')")
        )
    return owner


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_is_never_changed(full: Engine, table: str) -> None:
    """UPDATE is refused to the owner too, and where ordinary triggers are switched off."""
    column = {"config_version": "digest", "decision": "reason"}.get(table, "ctid")
    column = {"audit_entry": "body", "audit_leaf": "leaf_hash"}.get(table, column)
    column = "note" if table == "audit_checkpoint" else column

    change = f"UPDATE {table} SET {column} = {column}"
    assert refusal(full, change) == "JT003"
    assert refusal(full, "SET LOCAL session_replication_role = replica", change) == "JT003"


@pytest.mark.parametrize("table", NEVER_DELETED)
@pytest.mark.parametrize("how", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_history_is_never_removed(full: Engine, table: str, how: str) -> None:
    """Neither row by row nor all at once."""
    remove = how.format(table)

    assert refusal(full, remove) == "JT003"
    assert refusal(full, "SET LOCAL session_replication_role = replica", remove) == "JT003"


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_the_app_may_not_remove_history(engine: Engine, table: str) -> None:
    """It is not even asked by a trigger: the right is missing."""
    assert refusal(engine, f"DELETE FROM {table}") == "42501"
    assert refusal(engine, f"TRUNCATE {table}") == "42501"


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_app_may_not_change_history(engine: Engine, owner: Engine, table: str) -> None:
    """No column of it."""
    for column in columns(owner, table):
        assert refusal(engine, f"UPDATE {table} SET {column} = DEFAULT") == "42501"


@pytest.mark.parametrize("column", ["id", "xid", "recorded_at", "db_user"])
def test_the_app_may_not_forge_what_the_database_says(engine: Engine, column: str) -> None:
    """Number, transaction, time and login of an entry are the database's word."""
    insert = f"""
        INSERT INTO audit_entry ({column}, stream, stream_seq, prev_hash, salt, body, digest,
                                 leaf_hash, action, actor, at)
        OVERRIDING SYSTEM VALUE
        SELECT {column}, stream, 99, prev_hash, salt, body, digest, leaf_hash, action, actor, at
        FROM audit_entry LIMIT 1
    """

    assert refusal(engine, insert) == "42501"


def test_the_app_gives_no_places_and_signs_nothing(engine: Engine) -> None:
    """The sequence and the checkpoints are the sequencer's."""
    assert refusal(engine, "INSERT INTO audit_leaf VALUES (0, 1, sha256(''))") == "42501"
    assert refusal(engine, "UPDATE audit_head SET size = 0") == "42501"
    assert (
        refusal(
            engine, "INSERT INTO audit_checkpoint (size, root, note) VALUES (0, sha256(''), '')"
        )
        == "42501"
    )


def test_the_sequencer_decides_nothing(sequencer: Engine) -> None:
    """It reads, gives places and signs, and touches nothing else."""
    for statement in (
        "INSERT INTO audit_entry (stream) VALUES ('x')",
        "UPDATE request SET state = state",
        "INSERT INTO decision (request) VALUES (1)",
        "UPDATE access_grant SET state = state",
        "DELETE FROM audit_leaf",
        "UPDATE audit_checkpoint SET note = ''",
    ):
        assert refusal(sequencer, statement) == "42501", statement


def test_what_was_asked_for_is_not_the_apps_to_change(engine: Engine) -> None:
    """Only where a request and a grant stand may be updated."""
    for table, column in (
        ("request", "requester"),
        ("request", "holder"),
        ("request", "submitted_at"),
        ("access_grant", "permission"),
        ("access_grant", "account"),
        ("access_grant", "windows"),
    ):
        assert refusal(engine, f"UPDATE {table} SET {column} = DEFAULT") == "42501"


def columns(owner: Engine, table: str) -> Sequence[str]:
    """List a table's columns."""
    query = text("SELECT column_name FROM information_schema.columns WHERE table_name = :table")
    with owner.connect() as connection:
        return connection.scalars(query, {"table": table}).all()


def test_an_active_grant_has_its_times(work: PostgresWork, owner: Engine) -> None:
    """Access without an end cannot be written down."""
    activate(work, draft(now(work)), at=now(work))
    endless = "UPDATE access_grant SET ends_at = NULL, version = version + 1 WHERE state = 'active'"

    assert refusal(owner, endless) == "23514"


def test_what_windows_were_settled_never_changes(work: PostgresWork, owner: Engine) -> None:
    """Neither of a request that was approved, nor backwards what its grant has behind it."""
    settled = "UPDATE request SET windows = '[[1, 2]]', version = version + 1"
    held = "UPDATE access_grant SET past = '[[1, 2, 3]]', version = version + 1"

    assert refusal(owner, settled + " WHERE state <> 'pending'") == "JT003"
    assert refusal(owner, held) == "23514"


@pytest.mark.parametrize(
    "change",
    [
        "duration = '9 hours'",
        "entitlement = 'other'",
        "reason = 'other'",
        "windows = '[[1, 2]]'",
        "content_hash = 'other'",
        "duration = '9 hours', revision = revision + 1",
        "duration = '9 hours', revision = revision + 2, content_hash = 'other'",
        "revision = revision + 1, content_hash = 'other', state = 'lapsed', settled_at = now()",
    ],
)
def test_what_is_asked_changes_as_a_revision(
    work: PostgresWork, engine: Engine, change: str
) -> None:
    """Never unseen: with its number and another hash, and while nobody has settled it."""
    request = add(work, draft(now(work)))
    statement = f"UPDATE request SET version = version + 1, {change} WHERE id = {request.id}"

    assert refusal(engine, statement) == "JT003"


@pytest.mark.parametrize(("revision", "content"), [(2, "content_hash"), (1, "'other'")])
def test_a_decision_answers_what_is_asked(owner: Engine, revision: int, content: str) -> None:
    """Neither what was asked before nor something else: such an answer never gets in."""
    values = {"requester": "riya.patel", "holder": "riya.patel", "approver": "ben.okafor"}
    answer = CONSTRAINED.replace("decided_at)", "decided_at, revision)").replace(
        "content_hash, now()", f"{content}, now(), {revision}"
    )

    assert refusal(owner, answer, **values) == "JT005"
